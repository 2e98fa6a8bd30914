import type { Forecast } from '../../src/model/forecast.ts';

const MiB = 1024 * 1024;

/** Memory of 512 MiB, 71 % used, that runs out in two to five minutes. */
export const aForecast = (parts: Partial<Forecast> = {}): Forecast => ({
  signal: 'memory',
  atMs: 0,
  unit: 'bytes',
  used: 364 * MiB,
  limit: 512 * MiB,
  pressure: 0.71,
  pBreak60: 0.1,
  pBreak120: 0.4,
  pBreak300: 0.9,
  timeToLimitMs: { p10: 120_000, p50: 200_000, p90: 300_000 },
  slopePerSecond: 4.2 * MiB,
  grower: { pid: 412, name: 'node', bytesPerSecond: 4.2 * MiB },
  evidence: 'The floor rises.',
  ...parts,
});
