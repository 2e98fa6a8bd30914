import { HeldMemory } from '../model/held-memory.ts';
import type { CommandPeaks } from '../model/history.ts';
import type { Incident, IncidentCause } from '../model/incident.ts';
import { LifeCourse, type LifeSignal, lifeKey, lifeSignals } from '../model/life.ts';
import type { Clock, Timer } from '../model/ports.ts';
import type { Sample } from '../model/sample.ts';
import type { Sandbox } from '../model/sandbox.ts';

/** By then the system has told why it ended. */
const settledMs = 20_000;

/** A reading of this age tells whether the disk that was full is the one that is measured; disks are read every ten seconds or so. */
const freshMs = 15_000;
/** A disk that is filled quickly may have had so much room left when it was read last. */
const nearlyFull = 0.9;

const fullMemory: readonly IncidentCause[] = ['out-of-memory', 'out-of-memory-child'];

interface Reading {
  readonly atMs: number;
  /** Of the limit; null without one. */
  readonly share: number | null;
}

interface Life {
  readonly held: HeldMemory;
  readonly courses: Readonly<Record<LifeSignal, LifeCourse>>;
  disk: Reading | null;
}

const newLife = (): Life => ({
  held: new HeldMemory(),
  courses: { memory: new LifeCourse(), disk: new LifeCourse() },
  disk: null,
});

/** An end whose cause may still become known. */
interface Ending {
  readonly life: Life;
  readonly sandbox: Sandbox;
  readonly incidentId: string;
  readonly atMs: number;
  /** Memory ran out, as far as is known now. */
  isFull: boolean;
  readonly timer: Timer;
}

/** Follows each sandbox through its life, and writes down at its end how far it filled, for the next one of the same kind. */
export class LifeMemory {
  readonly #clock: Clock;
  readonly #peaks: CommandPeaks | null;
  readonly #lives = new Map<string, Life>();
  readonly #endings = new Map<string, Ending>();

  constructor({ clock, peaks }: { readonly clock: Clock; readonly peaks: CommandPeaks | null }) {
    this.#clock = clock;
    this.#peaks = peaks;
  }

  sample({ id, origin }: Sandbox, { atMs, source, memory, swap, disk }: Sample): void {
    // Numbers of the machine are not the sandbox's.
    if (this.#peaks === null || origin === undefined || origin === null || source === 'machine') return;
    const life = this.#lives.get(id) ?? newLife();
    this.#lives.set(id, life);
    if (memory !== undefined) {
      // As the forecast counts it: with the swap that takes over what memory cannot hold.
      const swapLimit = swap?.limitBytes ?? 0;
      const aside = swap !== undefined && swapLimit > 0 ? swap.usedBytes : 0;
      const limit = memory.limitBytes === null ? null : memory.limitBytes + swapLimit;
      life.courses.memory.add(atMs, life.held.of(memory) + aside, limit);
    }
    if (disk === undefined) return;
    const { usedBytes, limitBytes } = disk;
    life.courses.disk.add(atMs, usedBytes, limitBytes);
    life.disk = { atMs, share: limitBytes === null || limitBytes <= 0 ? null : usedBytes / limitBytes };
  }

  /** This limit was reached in it, whatever the last reading said. */
  reached(sandboxId: string, signal: LifeSignal): void {
    this.#lives.get(sandboxId)?.courses[signal].reached();
  }

  /** An error said that a disk was full: the one that is measured, unless that has room. Another one, or a quota, is not remembered. */
  diskFull(sandboxId: string, atMs: number): void {
    const read = this.#lives.get(sandboxId)?.disk ?? null;
    const isFresh = read !== null && Math.abs(atMs - read.atMs) <= freshMs;
    if (!isFresh || (read.share ?? 1) >= nearlyFull) this.reached(sandboxId, 'disk');
  }

  /** Something ended in it, or it did; told again when more is known of the same end. */
  incident(sandbox: Sandbox, { id: incidentId, cause, endsSandbox, atMs }: Incident): void {
    const ending = this.#endings.get(sandbox.id);
    const isFull = fullMemory.includes(cause);
    if (ending?.incidentId === incidentId) {
      // What was thought first may not be true.
      ending.isFull = isFull;
      if (endsSandbox) this.#lives.delete(sandbox.id);
      return;
    }
    const life = this.#lives.get(sandbox.id) ?? ending?.life;
    if (life === undefined || !(isFull || endsSandbox)) return;
    // What runs on, or again, begins anew; it counts as a life of its own only where nobody knows when the sandbox was made.
    this.#lives.delete(sandbox.id);
    if (ending?.life === life) {
      ending.isFull ||= isFull;
      return;
    }
    this.#settle(sandbox.id);
    const timer = this.#clock.after(settledMs, () => this.#settle(sandbox.id));
    this.#endings.set(sandbox.id, { life, sandbox, incidentId, atMs, isFull, timer });
  }

  /** It had not ended. */
  withdrawn(sandboxId: string): void {
    const ending = this.#endings.get(sandboxId);
    if (ending === undefined) return;
    ending.timer.cancel();
    this.#endings.delete(sandboxId);
    if (!this.#lives.has(sandboxId)) this.#lives.set(sandboxId, ending.life);
  }

  /** Nothing is to be remembered of it. */
  forget(sandboxId: string): void {
    this.#lives.delete(sandboxId);
    this.#endings.get(sandboxId)?.timer.cancel();
    this.#endings.delete(sandboxId);
  }

  /** It is not shown any more. */
  drop(sandboxId: string): void {
    this.#settle(sandboxId);
    this.#lives.delete(sandboxId);
  }

  /** Writes down what has ended; of what still runs nobody knows where it stops. */
  close(): void {
    for (const sandboxId of [...this.#endings.keys()]) this.#settle(sandboxId);
    this.#lives.clear();
  }

  #settle(sandboxId: string): void {
    const ending = this.#endings.get(sandboxId);
    if (ending === undefined) return;
    ending.timer.cancel();
    this.#endings.delete(sandboxId);
    this.#write(ending);
  }

  #write({ life, sandbox: { origin, createdAtMs }, atMs: endedAtMs, isFull }: Ending): void {
    if (origin === undefined || origin === null) return;
    if (isFull) life.courses.memory.reached();
    const atMs = createdAtMs ?? endedAtMs;
    for (const signal of lifeSignals) {
      const course = life.courses[signal];
      const end = course.end();
      // Of those that reached the limit the next one wants to know when, too.
      const tookMs =
        createdAtMs === null || course.reachedAtMs === null ? null : Math.max(0, course.reachedAtMs - createdAtMs);
      if (end !== null) this.#peaks?.record(lifeKey(origin, signal), end, atMs, tookMs);
    }
  }
}
