import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { loadCases } from '../../bench/forecast/cases.ts';
import { fingerprintOf, fittedOf } from '../../bench/forecast/fit/fingerprint.ts';
import { livesSet } from '../../bench/forecast/lives.ts';

const root = path.resolve(import.meta.dirname, '../../..');

// Fitting anew takes minutes; that recordings were changed without it is seen at once.
it('was fitted to the recordings that are committed', () => {
  const cases = fittedOf(loadCases(path.join(root, 'test/replay/traces')).filter(({ set }) => set !== livesSet));
  const [, said] = /sha256 ([0-9a-f]{16})/.exec(readFileSync(path.join(root, 'src/forecast/tables.ts'), 'utf8')) ?? [];
  expect(cases.length).toBeGreaterThan(200);
  expect(said).toBe(fingerprintOf(cases));
});
