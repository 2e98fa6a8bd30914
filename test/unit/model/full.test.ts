import { describe, expect, it } from 'vitest';
import type { Forecast } from '../../../src/model/forecast.ts';
import { isFull } from '../../../src/model/full.ts';
import { aForecast } from '../../helpers/a-forecast.ts';

const MiB = 1024 ** 2;
const GiB = 1024 * MiB;
const of = (signal: Forecast['signal'], used: number, limit: number | null): boolean =>
  isFull(
    aForecast({
      ...{ signal, used, limit, pressure: limit === null ? null : used / limit },
      unit: signal === 'pids' || signal === 'fds' || signal === 'inodes' ? 'count' : 'bytes',
    }),
  );

describe('what is full', () => {
  it('is what gives out nothing more', () => {
    expect([of('disk', 100 * MiB, 100 * MiB), of('inodes', 1000, 1000), of('pids', 100, 100)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([of('fds', 256, 256), of('disk', 101 * MiB, 100 * MiB)]).toEqual([true, true]);
  });

  it('is not what has room left, however small a share that is', () => {
    expect([of('disk', 99 * MiB, 100 * MiB), of('disk', 998 * GiB, 1000 * GiB)]).toEqual([false, false]);
    expect([of('pids', 99, 100), of('pids', 32_700, 32_768), of('fds', 100, null)]).toEqual([false, false, false]);
  });

  it('is not memory, which the kernel takes back', () => {
    expect([of('memory', MiB, MiB), of('swap', MiB, MiB), of('heap', MiB, MiB)]).toEqual([false, false, false]);
  });
});
