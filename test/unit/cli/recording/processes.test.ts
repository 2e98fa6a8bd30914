import { describe, expect, it } from 'vitest';
import { parseOpenFileLimit, parseProcessStat } from '../../../../src/cli/recording/processes.ts';

const stat = (name: string, state: string): string =>
  `77 (${name}) ${state} 12 77 77 0 -1 4194304 100 0 0 0 5 6 0 0 20 0 1 0 2000 9000000 256 18446744073709551615 1 1`;

describe('/proc/PID/stat', () => {
  it('gives parent, age and resident memory, whatever the name looks like', () => {
    expect(parseProcessStat(stat('a) R 1 (b', 'S'), 25_000, 4_096)).toEqual({
      pid: 77,
      parentPid: 12,
      name: 'a) R 1 (b',
      ageMs: 5_000,
      rssBytes: 256 * 4_096,
      startTicks: 2_000,
    });
  });

  it('leaves out zombies and what is no such line', () => {
    expect(parseProcessStat(stat('node', 'Z'), 25_000, 4_096)).toBeNull();
    expect(parseProcessStat('', 25_000, 4_096)).toBeNull();
    expect(parseProcessStat('77 (node) S 1', 25_000, 4_096)).toBeNull();
  });
});

describe('/proc/PID/limits', () => {
  it('tells the soft limit of open files', () => {
    const text =
      'Limit                     Soft Limit           Hard Limit           Units\nMax open files            768                  4096                 files\n';
    expect(parseOpenFileLimit(text)).toBe(768);
    expect(
      parseOpenFileLimit('Max open files            unlimited            unlimited            files\n'),
    ).toBeNull();
  });
});
