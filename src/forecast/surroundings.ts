import type { CpuReading } from '../model/sample.ts';
import type { Surroundings } from './features.ts';

/** A change in the number of tasks counts when it stays for so many readings: health checks come and go. */
const stays = 3;
/** Weight of the newest reading in the share of the processor used: some five seconds at one reading a second. */
const smoothing = 0.25;

/** What is known of a sandbox beside its exhaustible signals: how new its processes are and how busy they keep the processor. */
export class Around implements Surroundings {
  bornAtMs = Number.NaN;
  busy = Number.NaN;
  readonly #tasks = new Float64Array(stays);
  readonly #tasksAtMs = new Float64Array(stays);
  #seen = 0;
  #settledTasks = Number.POSITIVE_INFINITY;

  restart(): void {
    this.bornAtMs = Number.NaN;
    this.busy = Number.NaN;
    this.#seen = 0;
    this.#settledTasks = Number.POSITIVE_INFINITY;
  }

  /** Takes the number of tasks; a lasting rise is a birth, dated to its first reading. */
  tasks(atMs: number, count: number): void {
    if (!(count >= 0 && Number.isFinite(count))) return;
    const at = this.#seen % stays;
    this.#tasks[at] = count;
    this.#tasksAtMs[at] = atMs;
    this.#seen++;
    if (this.#seen === 1) this.bornAtMs = atMs;
    if (this.#seen < stays) return;
    let least = Number.POSITIVE_INFINITY;
    let firstMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < stays; i++) {
      least = Math.min(least, this.#tasks[i] ?? 0);
      firstMs = Math.min(firstMs, this.#tasksAtMs[i] ?? 0);
    }
    if (least > this.#settledTasks) this.bornAtMs = firstMs;
    this.#settledTasks = least;
  }

  /** Takes the use of the processor. */
  cpu({ usedCores, limitCores }: CpuReading): void {
    if (!(usedCores >= 0 && limitCores !== null && limitCores > 0)) return;
    const share = usedCores / limitCores;
    if (!Number.isFinite(share)) return;
    this.busy = Number.isNaN(this.busy) ? share : this.busy + smoothing * (share - this.busy);
  }
}
