import type { ProcessReading, Sample } from '../model/sample.ts';

/** Below this number the kernel gives none a second time before all processes are new: later rounds of numbers begin here. */
const firstOfNextRound = 300;

interface Started {
  readonly pid: number;
  /** Clock ticks of the machine. */
  readonly startTicks: number;
  readonly ageMs: number | null;
}

const isStarted = (process: ProcessReading): process is ProcessReading & Started => process.startTicks !== undefined;

/**
 * Finds that a sandbox was restarted where no word of the server tells: all its processes are others, and their numbers began anew. It is
 * only said when there is no other reading. A list holds the largest processes only, so that all of them may be new while the first one lives on.
 */
export class InterruptionClues {
  #list: readonly Started[] = [];
  #listedAtMs = 0;
  /** When process 1 started, as last seen. */
  #first: number | null = null;
  #newestStart = Number.NEGATIVE_INFINITY;
  #highestPid = 0;
  /** Rates were told: they are missing where their counters began anew. */
  #hadRates = false;

  /** @returns when another run began, as far as is known, or null when this sample tells of none. */
  read({ atMs, processes, cpu }: Sample): number | null {
    const list: readonly Started[] = processes?.filter(isStarted) ?? [];
    const isOther = list.length > 0 && this.#list.length > 0 && this.#isOtherRun(list, cpu === undefined);
    const sinceMs = this.#listedAtMs;
    if (isOther) this.forget();
    if (cpu !== undefined) this.#hadRates = true;
    if (list.length === 0) return null;
    this.#keep(list, atMs);
    if (!isOther) return null;
    const ages = list.flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs]));
    return ages.length === 0 ? sinceMs : atMs - Math.max(...ages);
  }

  /** Its processes may be others from now on. */
  forget(): void {
    this.#list = [];
    this.#first = null;
    this.#newestStart = Number.NEGATIVE_INFINITY;
    this.#highestPid = 0;
    this.#hadRates = false;
  }

  #isOtherRun(list: readonly Started[], lacksRates: boolean): boolean {
    const isThere = ({ pid, startTicks }: Started): boolean =>
      this.#list.some((before) => before.pid === pid && before.startTicks === startTicks);
    if (list.some(isThere)) return false;
    const first = list.find(({ pid }) => pid === 1);
    if (first !== undefined && this.#first !== null) return first.startTicks !== this.#first;
    // A process that is newer than all that were seen has a higher number than they, or one of a later round.
    const isRenumbered = ({ pid, startTicks }: Started): boolean =>
      startTicks > this.#newestStart && pid <= this.#highestPid && pid < firstOfNextRound;
    if (first !== undefined) return isRenumbered(first);
    return this.#hadRates && lacksRates && list.some(isRenumbered);
  }

  #keep(list: readonly Started[], atMs: number): void {
    this.#list = list;
    this.#listedAtMs = atMs;
    this.#first = list.find(({ pid }) => pid === 1)?.startTicks ?? this.#first;
    this.#newestStart = Math.max(this.#newestStart, ...list.map(({ startTicks }) => startTicks));
    this.#highestPid = Math.max(this.#highestPid, ...list.map(({ pid }) => pid));
  }
}
