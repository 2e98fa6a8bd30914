import type { ErrorEvent } from '../../model/error-event.ts';
import type { ProcessReading, Sample } from '../../model/sample.ts';
import type { Reading } from './reading.ts';

/** What ended in the look just before belongs to a count that rises now, if it is not older than this: it is read first. */
const justBeforeMs = 2_000;

interface Look {
  readonly atMs: number;
  readonly ended: readonly ProcessReading[];
}

/** Sees when the kernel has ended processes for lack of memory, and which of the known ones are gone. */
export class KillWatch {
  #count: number | null = null;
  #last: Look | null = null;

  /** @returns what is to be told of, or null. A first reading, and a count that went back, tell nothing. */
  see(reading: Reading, sample: Sample): ErrorEvent | null {
    const before = this.#count;
    const count = reading.oomKillCount;
    if (count !== null) this.#count = count;
    const last = this.#last;
    const now = sample.ended === undefined ? null : { atMs: sample.atMs, ended: sample.ended };
    this.#last = now ?? last;
    if (count === null || before === null || count <= before) return null;
    if (now === null && last === null) return event(sample, unknownText(count - before));
    const justBefore = last !== null && sample.atMs - last.atMs <= justBeforeMs ? last.ended : [];
    const gone = candidates([...(now?.ended ?? []), ...justBefore]);
    if (now === null && gone.length === 0) return event(sample, unknownText(count - before));
    return event(sample, killText(count - before, gone, sinceText(last, sample)));
  }
}

const event = (sample: Sample, text: string): ErrorEvent => ({
  sandboxId: sample.sandboxId,
  commandId: null,
  commandLine: null,
  source: 'kernel',
  text,
  exitCode: 137,
  atMs: sample.atMs,
});

/**
 * Of those that are gone, the ones the kernel may have killed: the large ones, because it kills what is large, and small processes end by
 * themselves all the time.
 */
const candidates = (ended: readonly ProcessReading[]): readonly ProcessReading[] => {
  const largest = Math.max(0, ...ended.map(({ rssBytes }) => rssBytes));
  return ended.filter(({ rssBytes }) => 2 * rssBytes >= largest).toSorted((a, b) => b.rssBytes - a.rssBytes);
};

const sinceText = (last: Look | null, sample: Sample): string => {
  const seconds = last === null ? null : Math.max(1, Math.round((sample.atMs - last.atMs) / 1000));
  return seconds === null ? 'before' : `${seconds} s before`;
};

const processText = ({ pid, name, rssBytes, startedIn }: ProcessReading): string => {
  const place = startedIn === undefined ? '' : `, started in ${startedIn}`;
  return `${pid} (${name}) with ${Math.round(rssBytes / 1024 ** 2)} MiB${place}`;
};

// The kernel's own words come first: they are what errors of this kind are known by.
const words = 'Memory cgroup out of memory: Killed process';
const moreText = (kills: number): string => (kills > 1 ? ` ${kills} processes were killed.` : '');

/** Nobody could look at the processes. */
const unknownText = (kills: number): string => `${words}; which one is not known.${moreText(kills)}`;

const killText = (kills: number, gone: readonly ProcessReading[], since: string): string => {
  const more = moreText(kills);
  const names = gone.map(processText).join(' and ');
  if (gone.length === 0) {
    return `${words}, none of those known ${since}: all of them still run, and it came after that look or was small then.${more}`;
  }
  if (gone.length <= kills) return `${words}, probably ${names}.${more}`;
  return `${words}; gone since ${since}: ${names}.${more}`;
};
