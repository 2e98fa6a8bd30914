import type { Attention, Clock, Log } from '../../model/ports.ts';
import type { Sample } from '../../model/sample.ts';
import { sleep } from '../../model/wait.ts';
import { Cadence } from './cadence.ts';
import type { Disks, Room } from './disks.ts';
import type { Reading } from './reading.ts';

export interface LocalSamplesOptions {
  readonly sandboxId: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A clock that only goes forward, in seconds. */
  readonly seconds: () => number;
  readonly read: (seconds: number) => Promise<Reading>;
  /** Null where disks can not be asked. */
  readonly disks: Disks | null;
  readonly attention: Attention;
  /** Never faster than this, milliseconds: what a reading costs decides. */
  readonly leastMs: number;
  /** What a sample from this source lacks in this place; null for nothing. */
  readonly caveatOf: (reading: Reading) => string | null;
  /** Told of every reading, before the sample goes out. */
  readonly seen: (reading: Reading, sample: Sample) => void;
}

/** While nobody looks, nothing is read, and nobody expects a reading. */
const restingCadenceMs = 24 * 60 * 60_000;

/** Reads again and again until aborted: every second while something moves, every five while nothing does, not at all while nobody looks. */
export async function* localSamples(options: LocalSamplesOptions, signal: AbortSignal): AsyncGenerator<Sample, void> {
  const { clock, log, attention, leastMs } = options;
  const cadence = new Cadence();
  let told = 0;
  while (!signal.aborted) {
    const askedAt = options.seconds();
    const reading = await options.read(askedAt);
    const lateMs = Math.round(1_000 * (options.seconds() - askedAt));
    if (signal.aborted) return;
    const room = await options.disks?.read(signal);
    if (signal.aborted) return;
    const sample = { ...toSample(options, reading, room ?? null), lateMs };
    const waitMs = Math.max(leastMs, cadence.next(sample));
    const rests = attention.away;
    if (waitMs !== told) log.debug(`Reading this place every ${waitMs / 1000} s.`);
    told = waitMs;
    const paced: Sample = {
      ...sample,
      cadenceMs: rests ? restingCadenceMs : waitMs,
      caveat: rests ? joined(sample.caveat, 'measuring rests while nobody looks') : sample.caveat,
    };
    options.seen(reading, paced);
    yield paced;
    if (rests) {
      log.info('Nobody has looked at the editor for long: measuring rests.');
      await untilBack(attention, signal);
      if (!signal.aborted) log.info('Somebody looks again: measuring goes on.');
    } else await sleep(clock, waitMs, signal);
  }
}

const joined = (first: string | null, second: string): string => (first === null ? second : `${first}; ${second}`);

const toSample = ({ sandboxId, clock, caveatOf }: LocalSamplesOptions, reading: Reading, room: Room | null): Sample => {
  const { caveats: _caveats, oomKillCount: _kills, ...signals } = reading;
  return {
    kind: 'sample',
    sandboxId,
    atMs: clock.now(),
    cadenceMs: 0,
    caveat: caveatOf(reading),
    ...signals,
    ...(room === null ? {} : inSample(room)),
  };
};

const inSample = ({ disk, otherDisks, inodes, otherInodes }: Room): Partial<Sample> => ({
  disk,
  ...(otherDisks.length === 0 ? {} : { otherDisks }),
  ...(inodes === null ? {} : { inodes }),
  ...(otherInodes.length === 0 ? {} : { otherInodes }),
});

const untilBack = (attention: Attention, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      leave();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const leave = attention.onChange(() => {
      if (!attention.away) end();
    });
    signal.addEventListener('abort', end);
    if (signal.aborted || !attention.away) end();
  });
