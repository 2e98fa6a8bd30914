import type { RankedFix } from '../../model/fix.ts';
import type { FixRecord } from '../../model/history.ts';
import { pastErrorFixes } from '../../monitor/past-error-fixes.ts';
import { editsOf } from './edits/edits.ts';
import { rankFixes } from './rank.ts';

/** @returns the catalogue's slug in a fingerprint, or null for an unknown error. */
export const patternIn = (fingerprint: string): string | null =>
  /^v\d+\/([a-z0-9-]{1,80})\//.exec(fingerprint)?.[1] ?? null;

/**
 * What can still be done against an error when its sandbox is gone: edits of files of the workspace, best first. They run nothing.
 * @param commandLine the normalised command it came from, to find its script; or null
 * @param records how fixes went, over all sandboxes
 */
export const pastEdits = (
  pattern: string,
  fingerprint: string,
  commandLine: string | null,
  records: readonly FixRecord[],
): readonly RankedFix[] => {
  const edits = pastErrorFixes(pattern, fingerprint, commandLine)
    .filter((fix) => editsOf(fix).length > 0)
    // The normalised command only names the script: nothing of it is to be run.
    .map((fix) => ({
      ...fix,
      where: 'editor' as const,
      again: fix.again === null ? null : { argv: [], text: fix.again.text },
    }));
  return rankFixes(edits, [], records);
};
