import { describe, expect, it } from 'vitest';
import { endedByKill, readExitWords } from '../../../src/monitor/exit-words.ts';

describe('the exit code', () => {
  it.each([
    [
      'Init: Terminated (exit=0, reason=Completed)\nState: Terminated (exit=137, reason=OOMKilled)\nState: (exit=2)',
      137,
    ],
    ['OOMKilled:      True\nExit Code:      0\nStarted At:     2026-11-23T04:18:40Z', 0],
    ['Sandbox container exited with code 1.\nEvent:      OOMKilled - container was killed due to out-of-memory', 1],
    ['exit=0\nOOMKilled:      False\nExit Code:      137', 137],
    ['primary reason=OOMKilled; sample pod=x-0', null],
  ])('is the one beside the kill, else the one that is named: %s', (text, code) => {
    expect(readExitWords(text).exitCode).toBe(code);
  });

  it('allows a kill only where it is that of one, or not known', () => {
    expect([null, 137, 0, 1, 143].map(endedByKill)).toEqual([true, true, false, false, false]);
  });
});
