import { describe, expect, it } from 'vitest';
import { killSuspects } from '../../../src/model/kill-suspects.ts';
import type { ProcessReading } from '../../../src/model/sample.ts';

const mebibyte = 1024 ** 2;
const one = (name: string, mib: number): ProcessReading => ({
  ...{ pid: mib, parentPid: 1, name, ageMs: null, heapLimit: null },
  rssBytes: mib * mebibyte,
});
const [server, build, worker, shell] = [one('server', 300), one('build', 100), one('worker', 80), one('sh', 2)];
const names = (gone: readonly ProcessReading[], ran: readonly ProcessReading[] = gone): readonly string[] =>
  killSuspects(gone, ran).map(({ name }) => name);

describe('what the kernel may have killed', () => {
  it('is what was large among those that are gone, the largest first', () => {
    expect(names([shell, worker, build])).toEqual(['build', 'worker']);
    expect(names([worker, server])).toEqual(['server']);
    expect(names([])).toEqual([]);
  });

  it('is nothing small while large ones live on, unless it may have grown since', () => {
    expect(names([shell], [server, shell])).toEqual([]);
    expect(names([build, shell], [server, build, shell])).toEqual(['build']);
    const justStarted = one('hungry', 45);
    expect(names([justStarted, shell], [server, justStarted, shell])).toEqual(['hungry']);
    expect(names([one('git', 12)], [server, one('git', 12)])).toEqual([]);
  });
});
