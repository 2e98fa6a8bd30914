import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import type { CpuReading } from '../../model/sample.ts';
import type { Reading } from './reading.ts';

/** What Node.js itself knows of a machine; replaced in tests. */
export interface MachineFigures {
  totalBytes(): number;
  freeBytes(): number;
  cores(): number;
  /** Milliseconds all processors worked since the start. */
  busyMs(): number;
}

export const nodeFigures: MachineFigures = {
  totalBytes: totalmem,
  freeBytes: freemem,
  cores: availableParallelism,
  busyMs: () => cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0),
};

/**
 * Reads macOS and Windows, where there are no control groups: memory and processor of the machine, from Node's own functions. Nothing is known
 * there of limits, so none is invented. `freemem` of macOS leaves out what could be freed, so its memory looks fuller than it is: the caveat
 * says so.
 */
export class MachineReader {
  readonly #figures: MachineFigures;
  readonly #caveats: readonly string[];
  #last: { readonly seconds: number; readonly busyMs: number } | null = null;

  constructor(platform: string, figures: MachineFigures = nodeFigures) {
    this.#figures = figures;
    this.#caveats = platform === 'darwin' ? ['memory that could be freed counts as used'] : [];
  }

  /** @param seconds the time of a clock that only goes forward. */
  read(seconds: number): Promise<Reading> {
    const totalBytes = this.#figures.totalBytes();
    const usedBytes = Math.max(0, totalBytes - this.#figures.freeBytes());
    const cpu = this.#cpu(seconds);
    return Promise.resolve({
      source: 'machine',
      caveats: this.#caveats,
      memory: {
        usedBytes,
        workingSetBytes: usedBytes,
        limitBytes: totalBytes > 0 ? totalBytes : null,
        anonBytes: null,
        oomKillCount: null,
        limitHitCount: null,
        stalledPercent: null,
      },
      ...(cpu === null ? {} : { cpu }),
      oomKillCount: null,
    });
  }

  #cpu(seconds: number): CpuReading | null {
    const busyMs = this.#figures.busyMs();
    const before = this.#last;
    this.#last = { seconds, busyMs };
    if (before === null || !(seconds > before.seconds) || busyMs < before.busyMs) return null;
    const usedCores = (busyMs - before.busyMs) / 1000 / (seconds - before.seconds);
    return { usedCores, limitCores: this.#figures.cores(), throttledRatio: null };
  }
}
