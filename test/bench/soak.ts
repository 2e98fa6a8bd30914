import { readdirSync } from 'node:fs';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLocal } from './local.ts';

export interface SoakResult {
  readonly readings: number;
  readonly corePercent: number;
  /** Slope of the data on the heap after garbage collections, over the second half of the run: the first one fills caches. */
  readonly growthBytesPerHour: number;
  /** Two standard errors of that slope. */
  readonly noiseBytesPerHour: number;
  readonly openFilesGrown: number;
  /** What is wrong, one sentence; null when nothing is. */
  readonly verdict: string | null;
}

/** More than this in an hour would matter to an editor that is open for days. */
const mostBytesPerHour = 512 * 1024;
const mostCorePercent = 0.3;

/** A collection of all garbage, without having been started with a flag for it. */
const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
};

/** What the program keeps. Code that V8 compiles as it learns what is used often grows for a while, and is left out. */
const dataBytes = (): number =>
  getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !/code|trusted/.test(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);

const openFiles = (): number => {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0; // Only Linux has it.
  }
};

/** Least squares: slope per hour and its standard error, of pairs of milliseconds and bytes. */
const slopePerHour = (points: readonly (readonly [ms: number, bytes: number])[]): readonly [number, number] => {
  const n = points.length;
  if (n < 3) return [0, Number.POSITIVE_INFINITY];
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const sxx = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (sxx === 0) return [0, Number.POSITIVE_INFINITY];
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / sxx;
  const residual = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const hourMs = 3_600_000;
  return [slope * hourMs, Math.sqrt(residual / (n - 2) / sxx) * hourMs];
};

/** Watches this place once a second for so many minutes. @param say told of the progress. */
export async function soak(minutes: number, say: (text: string) => void): Promise<SoakResult> {
  const collect = collector();
  const { provider, close } = createLocal();
  const controller = new AbortController();
  const [sandbox] = await provider.list(controller.signal);
  const startedMs = performance.now();
  const endMs = startedMs + minutes * 60_000;
  // Made at once, because a list that grows would be measured with everything else.
  const most = Math.ceil(minutes * 6) + 10;
  const times = new Float64Array(most);
  const heaps = new Float64Array(most);
  let collections = 0;
  let collectedMs = 0;
  let readings = 0;
  let filesBefore = 0;
  let saidMs = startedMs;
  // The clock's timers alone keep no process alive.
  const alive = setInterval(() => undefined, 60_000);
  const before = process.cpuUsage();
  for await (const sample of provider.samples(sandbox?.id ?? '', { signal: controller.signal, mayRenew: false })) {
    readings += sample.kind === 'sample' ? 1 : 0;
    const nowMs = performance.now();
    if (readings === 5) filesBefore = openFiles();
    if (readings % 10 === 0 && collections < most) {
      // What the measurement itself costs is not the reader's.
      const cpuBefore = process.cpuUsage();
      collect();
      const cpu = process.cpuUsage(cpuBefore);
      collectedMs += (cpu.user + cpu.system) / 1000;
      times[collections] = nowMs - startedMs;
      heaps[collections] = dataBytes();
      collections += 1;
    }
    if (nowMs - saidMs > 60_000) {
      saidMs = nowMs;
      say(
        `${Math.round((nowMs - startedMs) / 60_000)} min: ${readings} readings, ${heaps[collections - 1] ?? 0} bytes of heap`,
      );
    }
    if (nowMs >= endMs) break;
  }
  const cpu = process.cpuUsage(before);
  const elapsedMs = performance.now() - startedMs;
  const openFilesGrown = openFiles() - filesBefore;
  controller.abort();
  clearInterval(alive);
  await close();
  const corePercent = (((cpu.user + cpu.system) / 1000 - collectedMs) / elapsedMs) * 100;
  const points = Array.from(heaps.subarray(0, collections), (bytes, index) => [times[index] ?? 0, bytes] as const);
  const [growth, error] = slopePerHour(points.slice(Math.floor(collections / 2)));
  const noise = 2 * error;
  const grows = growth - noise > mostBytesPerHour;
  const verdict = grows
    ? 'The heap grows.'
    : openFilesGrown > 2
      ? 'Open files are left behind.'
      : corePercent > mostCorePercent
        ? 'Reading costs more than it may.'
        : null;
  return { readings, corePercent, growthBytesPerHour: growth, noiseBytesPerHour: noise, openFilesGrown, verdict };
}
