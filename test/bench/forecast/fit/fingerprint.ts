import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unpacked } from '../../../../src/cli/trace-table.ts';
import type { Case } from '../cases.ts';

/** Sets of recordings by which nothing was fitted and no line was chosen: they only tell what the model is worth. */
export const exams: ReadonlySet<string> = new Set(['exam', 'fresh', 'jobs']);
/** And those that nothing is fitted to. */
const onlyJudges: ReadonlySet<string> = new Set([...exams, 'days']);

/** @returns the recordings that the tables are fitted to. */
export const fittedOf = (cases: readonly Case[]): readonly Case[] => cases.filter(({ set }) => !onlyJudges.has(set));

/**
 * @returns what tells these recordings from all others, whatever line ends a checkout gave their files.
 */
export function fingerprintOf(cases: readonly Case[]): string {
  const hash = createHash('sha256');
  for (const one of cases) {
    for (const file of [one.csvFile, one.jsonFile]) {
      hash.update(unpacked(file, readFileSync(file)).replaceAll('\r\n', '\n'));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
