import { catalogue } from '../diagnosis/catalogue/catalogue.ts';
import type { ErrorFix } from '../model/fix.ts';
import { errorFixes } from './error-fixes.ts';

/**
 * The fixes of a pattern for an error of which only the history tells: nothing of its text is left, so what needs a value of it is left
 * out. For what is done in files of the workspace; the command is the normalised one and is not to be run.
 * @param pattern the catalogue's slug
 */
export const pastErrorFixes = (
  pattern: string,
  fingerprint: string,
  commandLine: string | null,
): readonly ErrorFix[] => {
  const record = catalogue.find(({ slug }) => slug === pattern);
  if (record === undefined) return [];
  return errorFixes({ fingerprint, record, parameters: {}, commandLine, cwd: null, place: null });
};
