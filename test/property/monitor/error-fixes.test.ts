import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argvIn, errorFixes } from '../../../src/monitor/error-fixes.ts';
import { sourcePlaces } from '../../../src/monitor/source-places.ts';
import { shownLine } from '../../../src/monitor/telling-line.ts';
import { everyRecord } from '../../helpers/catalogue-records.ts';

const hostile = fc.oneof(
  fc.constantFrom(
    '$(touch x)',
    '`id`',
    "'; id; '",
    '"; id; "',
    '-rf',
    '--',
    '\n id',
    '$IFS',
    '&& id',
    '|id',
    '{command}',
    '"${1}"',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const names = [
  'port',
  'path',
  'venv',
  'host',
  'module',
  'package',
  'pid',
  'url',
  'name',
  'library',
  'script',
  'version',
  'command_name',
];
const parameters = fc.record(Object.fromEntries(names.map((name) => [name, hostile])));
const record = fc.constantFrom(...everyRecord);
const fixesOf = (of: (typeof everyRecord)[number], values: Readonly<Record<string, string>>, cwd: string | null) =>
  errorFixes({ fingerprint: 'f', record: of, parameters: values, commandLine: 'true', cwd, place: null });

describe('values from error texts', () => {
  it('never change the script that runs: they are arguments', () => {
    fc.assert(
      fc.property(record, parameters, hostile, (of, values, cwd) => {
        const plain = fixesOf(of, Object.fromEntries(names.map((name) => [name, 'plain'])), '/plain');
        const mean = fixesOf(of, values, cwd === '' ? '/' : cwd);
        expect(mean.map(({ fixId }) => fixId)).toEqual(plain.map(({ fixId }) => fixId));
        for (const [index, { argv }] of mean.entries()) {
          const expected = plain[index]?.argv;
          if (argv === null || expected === null || expected === undefined) continue;
          expect(argv).toHaveLength(expected.length);
          // What differs are arguments of their own, in places where a plain value stands.
          for (const [at, word] of expected.entries()) {
            if (word !== 'plain' && word !== '/plain') expect(argv[at]).toBe(word);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('reach a program as they are, also as the folder', () => {
    fc.assert(
      fc.property(
        hostile.filter((value) => !value.includes('\0')),
        (value) => {
          const show = argvIn(['printf', '%s', value], '/');
          const [program = '', ...rest] = show;
          const result = spawnSync(program, rest, { encoding: 'utf8' });
          expect(result.stdout).toBe(Buffer.from(value, 'utf8').toString('utf8'));
          const [shell = '', ...words] = argvIn(['printf', 'ran'], `/nowhere/${value.replaceAll('/', '_')}`);
          const elsewhere = spawnSync(shell, words, { encoding: 'utf8' });
          expect([elsewhere.status, elsewhere.stdout]).toEqual([125, '']);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('lines from outside', () => {
  it('are shown on one line, cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (line) => {
        const shown = shownLine(line, (text) => text);
        expect(shown.length).toBeLessThanOrEqual(160);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('give places with sensible numbers, at most three', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 80 })),
        fc.integer({ min: -1, max: 20 }),
        (lines, at) => {
          const places = sourcePlaces(lines, at);
          expect(places.length).toBeLessThanOrEqual(3);
          for (const { line, column } of places) {
            expect(line).toBeGreaterThan(0);
            expect(column === null || column > 0).toBe(true);
          }
        },
      ),
    );
  });
});
