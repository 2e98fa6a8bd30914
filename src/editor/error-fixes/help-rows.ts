import { shortName } from '../../app/format.ts';
import type { RankedFix } from '../../model/fix.ts';
import type { SandboxView } from '../../model/view.ts';
import { fixRow } from '../text/error-text.ts';
import type { ErrorFixDialogs } from './dialogs.ts';
import { wasStopped } from './offer-state.ts';

const recentMs = 60 * 60_000;
const mostErrors = 3;
const fixesEach = 3;

/** One fix of a recent error as a row of "What can I do?". */
export interface HelpRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly fix: RankedFix;
}

/** @returns the best fixes of a sandbox's recent errors that still stand, the newest error first; not to run again what somebody stopped. */
export async function helpRows(
  view: SandboxView,
  dialogs: ErrorFixDialogs,
  nowMs: number,
): Promise<readonly HelpRow[]> {
  const recent = view.errors
    .filter((error) => error.solvedAtMs === undefined && Math.abs(nowMs - error.lastSeenAtMs) <= recentMs)
    .filter((error) => !wasStopped(error))
    .slice(0, mostErrors);
  const rows = await Promise.all(
    recent.map(async (error) =>
      (await dialogs.fixesFor(view, error))
        .filter(({ does }) => does !== 'link')
        .slice(0, fixesEach)
        .map((fix) => {
          const row = fixRow(fix);
          return {
            ...row,
            description: [row.description, shortName(error.title)].filter((part) => part !== '').join(' · '),
            fix,
          };
        }),
    ),
  );
  return rows.flat();
}
