import type { ErrorEvent } from '../../model/error-event.ts';
import { killSuspects } from '../../model/kill-suspects.ts';
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
  /** Those of the last list, which ran when the kernel chose. */
  #running: readonly ProcessReading[] = [];

  /** @returns what is to be told of, or null. A first reading, and a count that went back, tell nothing. */
  see(reading: Reading, sample: Sample): ErrorEvent | null {
    const before = this.#count;
    const count = reading.oomKillCount;
    if (count !== null) this.#count = count;
    const last = this.#last;
    const now = sample.ended === undefined ? null : { atMs: sample.atMs, ended: sample.ended };
    this.#last = now ?? last;
    const running = this.#running;
    this.#running = sample.processes ?? running;
    if (count === null || before === null || count <= before) return null;
    if (now === null && last === null) return event(sample, unknownText(count - before));
    const justBefore = last !== null && sample.atMs - last.atMs <= justBeforeMs ? last.ended : [];
    const ended = [...(now?.ended ?? []), ...justBefore];
    const gone = killSuspects(ended, running);
    if (now === null && gone.length === 0) return event(sample, unknownText(count - before));
    const since = sinceText(last, sample);
    return event(
      sample,
      gone.length === 0 ? noneText(count - before, ended.length > 0, since) : killText(count - before, gone, since),
    );
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

const noneText = (kills: number, hasEnded: boolean, since: string): string => {
  const still = hasEnded ? 'only small ones of them are gone' : 'all of them still run';
  return `${words}, none of those known ${since}: ${still}, and it came after that look or was small then.${moreText(kills)}`;
};

const killText = (kills: number, gone: readonly ProcessReading[], since: string): string => {
  const more = moreText(kills);
  const names = gone.map(processText).join(' and ');
  if (gone.length <= kills) return `${words}, probably ${names}.${more}`;
  return `${words}; gone since ${since}: ${names}.${more}`;
};
