import { describe, expect, it } from 'vitest';
import { endsWell } from '../../../src/diagnosis/ends-well.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';

const spoken = ['console.error', '  Error: connect ECONNREFUSED 127.0.0.1:5432'];
const jest = ['PASS ./a.test.js', 'Tests:       2 passed, 2 total', 'Time:        1.2 s', 'Ran all test suites.'];

describe('an output whose exit code nobody knows', () => {
  it.each([
    ['Jest', jest],
    ['Vitest', ['      Tests  1 passed (1)', '   Start at  11:58:22', '   Duration  4.34s (tests 38ms)']],
    ['pytest', ['========================= 1 passed, 1 warning in 0.01s =========================']],
    ['Go', ['--- PASS: TestA (0.00s)', 'PASS', 'ok  \tapp\t0.010s']],
    ['Deno', ['1 passed | 0 failed (5ms)']],
    ['Behave', ['1 scenario passed, 0 failed, 0 skipped', 'Took 0m0.010s']],
    ['.NET', ['Passed!  - Failed:     0, Passed:     1, Skipped:     0, Total:     1']],
    ['CMake', ['-- Generating done', '-- Build files have been written to: /app/build']],
  ])('is that of a command that went well when it says so at its end: %s', (_name, lines) => {
    expect(endsWell([...spoken, ...lines])).toBe(true);
  });

  it.each([
    ['a test failed', ['Tests:       1 failed, 2 passed, 3 total']],
    ['a test of Deno failed', ['1 passed | 1 failed (5ms)']],
    ['a scenario failed', ['1 feature passed, 1 failed, 0 skipped']],
    [
      'an error follows',
      ['Tests:       2 passed, 2 total', 'Error: listen EADDRINUSE: address already in use :::3000'],
    ],
    ['it says nothing', []],
    ['more follows', [...jest, ...Array.from({ length: 8 }, (_, index) => `line ${index}`)]],
  ])('is not when %s', (_name, lines) => {
    expect(endsWell([...spoken, ...lines])).toBe(false);
  });

  it('is no error then, and one without those words', () => {
    const event = {
      sandboxId: '',
      commandId: null,
      commandLine: 'npm test',
      source: 'terminal',
      exitCode: null,
      atMs: 0,
    };
    expect(recognise({ ...event, text: [...spoken, ...jest].join('\n') })).toBeNull();
    expect(recognise({ ...event, text: spoken.join('\n') })?.pattern).toBe('connection-refused');
  });
});
