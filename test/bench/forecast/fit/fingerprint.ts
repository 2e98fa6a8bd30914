import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unpacked } from '../../../../src/cli/trace-table.ts';
import type { Case } from '../cases.ts';

/** Sets of recordings that nothing is fitted to: they only tell what the model is worth. */
const onlyJudges: ReadonlySet<string> = new Set(['days', 'exam', 'fresh']);

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
