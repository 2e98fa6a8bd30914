import type { ErrorEvent } from '../../model/error-event.ts';
import type { ProcessReading, Sample } from '../../model/sample.ts';
import type { Reading } from './reading.ts';

/** Sees when the kernel has ended processes for lack of memory, and which of the known ones are gone. */
export class KillWatch {
  #count: number | null = null;
  #processes: readonly ProcessReading[] = [];

  /** @returns what is to be told of, or null. A first reading, and a count that went back, tell nothing. */
  see(reading: Reading, sample: Sample): ErrorEvent | null {
    const before = this.#count;
    const count = reading.oomKillCount;
    if (count !== null) this.#count = count;
    const known = this.#processes;
    if (sample.processes !== undefined) this.#processes = sample.processes;
    if (count === null || before === null || count <= before) return null;
    const gone = sample.processes === undefined ? [] : missing(known, sample.processes);
    return {
      sandboxId: sample.sandboxId,
      commandId: null,
      commandLine: null,
      source: 'kernel',
      text: killText(count - before, gone),
      exitCode: 137,
      atMs: sample.atMs,
    };
  }
}

/** The large ones that are gone, largest first: the kernel kills what is large, and small processes end by themselves all the time. */
const missing = (before: readonly ProcessReading[], now: readonly ProcessReading[]): readonly ProcessReading[] => {
  const largest = Math.max(0, ...before.map(({ rssBytes }) => rssBytes));
  return before.filter(
    ({ pid, name, rssBytes }) => 2 * rssBytes >= largest && !now.some((one) => one.pid === pid && one.name === name),
  );
};

const killText = (kills: number, gone: readonly ProcessReading[]): string => {
  // The kernel's own words come first: they are what errors of this kind are known by.
  const words = 'Memory cgroup out of memory: Killed process';
  const first = gone[0];
  if (first === undefined)
    return `${words}. ${kills === 1 ? 'One process' : `${kills} processes`}, none of them known by name.`;
  const place = first.startedIn === undefined ? '' : `; it was started in ${first.startedIn}`;
  const more = kills > 1 ? ` ${kills} processes were killed.` : '';
  return `${words} ${first.pid} (${first.name}) with ${Math.round(first.rssBytes / 1024 ** 2)} MiB${place}.${more}`;
};
