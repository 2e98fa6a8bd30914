import type { Clock, Timer } from '../../src/model/ports.ts';

interface Waiting {
  readonly dueMs: number;
  readonly no: number;
  readonly run: () => void;
}

/** Lets everything that needs no time happen: all promise reactions that are ready, and those they make ready. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * A clock that stands still until a test moves it. Timers follow time that passes (`advance`), not the hand that is set (`jump`), as on
 * a real computer.
 */
export class FakeClock implements Clock {
  #nowMs: number;
  #passedMs = 0;
  #no = 0;
  readonly #waiting = new Set<Waiting>();

  constructor(startMs = Date.UTC(2026, 0, 1, 12, 0, 0)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    this.#no += 1;
    const waiting: Waiting = { dueMs: this.#passedMs + Math.max(0, delayMs), no: this.#no, run };
    this.#waiting.add(waiting);
    return { cancel: () => void this.#waiting.delete(waiting) };
  }

  /** Timers that have neither run nor been cancelled. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Lets `ms` pass: runs every timer that falls due, in order, with its promise reactions. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#passedMs + ms;
    await settle();
    for (let next = this.#next(endMs); next !== null; next = this.#next(endMs)) {
      this.#pass(next.dueMs - this.#passedMs);
      this.#waiting.delete(next);
      next.run();
      await settle();
    }
    this.#pass(endMs - this.#passedMs);
  }

  /** Sets the hand forward or back; no time passes. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }

  #pass(ms: number): void {
    this.#passedMs += ms;
    this.#nowMs += ms;
  }

  #next(endMs: number): Waiting | null {
    let next: Waiting | null = null;
    for (const one of this.#waiting) {
      if (one.dueMs > endMs) continue;
      if (next === null || one.dueMs < next.dueMs || (one.dueMs === next.dueMs && one.no < next.no)) next = one;
    }
    return next;
  }
}
