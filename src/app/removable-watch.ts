import type { Removable } from '../model/fix.ts';
import type { Clock, FolderSize, Housekeeping, Log } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import type { SandboxView } from '../model/view.ts';
import { within } from '../model/wait.ts';
import { atLeast } from '../model/warning.ts';
import { placeShort } from './fixes/room-check.ts';
import type { Tasks } from './waiting.ts';

export interface RemovableWatchHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  readonly housekeeping: Housekeeping;
  /** The sizes are known now. */
  found(removable: Removable): void;
}

/** From here on it is worth knowing what could go, also before anything is forecast. */
const fullFrom = 0.9;
/** Not more often than this while nothing was removed, and never more than this part of the time: a walk keeps a processor busy. */
const againMs = 30 * 60_000;
const mostOfTime = 1 / 1000;
const measureMs = 2 * 60_000;

const sum = (sizes: readonly FolderSize[]): number => sizes.reduce((all, { bytes }) => all + bytes, 0);

/** Measures caches and large logs when a disk or memory fills up, so that the warning can say what clearing them brings. */
export class RemovableWatch {
  readonly #host: RemovableWatchHost;
  readonly #life = new AbortController();
  #measuredAtMs: number | null = null;
  #againMs = againMs;
  #busy = false;
  /** How often something was removed. */
  #removals = 0;

  constructor(host: RemovableWatchHost) {
    this.#host = host;
  }

  /** Looks at the newest view; measures in the background if it is time to. */
  consider(view: SandboxView): void {
    if (this.#busy || this.#life.signal.aborted || !isWorthKnowing(view)) return;
    const nowMs = this.#host.clock.now();
    if (this.#measuredAtMs !== null && Math.abs(nowMs - this.#measuredAtMs) < this.#againMs) return;
    this.#measuredAtMs = nowMs;
    this.#busy = true;
    const { log, tasks } = this.#host;
    const place = placeShort(view);
    tasks.add(
      this.#measure(place).finally(() => {
        this.#busy = false;
        this.#againMs = Math.max(againMs, Math.abs(this.#host.clock.now() - nowMs) / mostOfTime);
      }),
      (error) => log.debug(`What could be removed was not measured: ${toProblem(error).message}`),
    );
  }

  /** Something was removed: what was measured is not true any more. */
  again(): void {
    this.#removals += 1;
    this.#measuredAtMs = null;
  }

  close(): void {
    this.#life.abort();
  }

  async #measure(place: string | null): Promise<void> {
    const { clock, housekeeping, found } = this.#host;
    const removals = this.#removals;
    const caches = await within(clock, measureMs, this.#life.signal, (signal) => housekeeping.caches(place, signal));
    const logs = await within(clock, measureMs, this.#life.signal, (signal) => housekeeping.logs(place, signal));
    if (removals !== this.#removals) return;
    const onDisk = caches.filter(({ inMemory, elsewhere }) => elsewhere !== true && (place !== null || !inMemory));
    found({
      cachesBytes: sum(onDisk),
      cachesInMemoryBytes: sum(caches.filter(({ inMemory }) => inMemory)),
      logsBytes: sum(logs),
    });
  }
}

const isWorthKnowing = ({ level, leading, sample }: SandboxView): boolean => {
  const disk = sample?.disk;
  const share = disk === undefined || disk.limitBytes === null ? 0 : disk.usedBytes / disk.limitBytes;
  if (share >= fullFrom) return true;
  const signal = leading?.signal;
  return (
    atLeast(level, 'watch') && (signal === 'disk' || signal === 'inodes' || signal === 'memory' || signal === 'swap')
  );
};
