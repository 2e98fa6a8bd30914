import type { Clock, Timer } from '../model/ports.ts';
import { systemClock } from './clock.ts';

/** A silence is measured in this many steps, so it is noticed at most a quarter of itself late. */
const STEPS = 4;

/**
 * Calls `onSilent` once when `silenceMs` pass without `feed()`, at the latest after `silenceMs` and a quarter.
 * It counts timer steps and never reads the time of day, so a clock that jumps does not end a healthy stream. Feeding
 * only sets a number, so a busy stream does not pay for a timer per chunk.
 */
export class Watchdog {
  readonly #stepMs: number;
  readonly #onSilent: () => void;
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #quietSteps = 0;

  constructor(silenceMs: number, onSilent: () => void, clock: Clock = systemClock) {
    this.#stepMs = silenceMs / STEPS;
    this.#onSilent = onSilent;
    this.#clock = clock;
  }

  /** Starts counting from now; a second start counts afresh. */
  start(): void {
    this.stop();
    // The step that is running when something is heard has only partly passed: it does not count as a quiet one.
    this.#quietSteps = 0;
    this.#schedule();
  }

  /** Something was heard. */
  feed(): void {
    this.#quietSteps = -1;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #schedule(): void {
    this.#timer = this.#clock.after(this.#stepMs, () => {
      this.#quietSteps += 1;
      if (this.#quietSteps < STEPS) {
        this.#schedule();
      } else {
        this.#timer = null;
        this.#onSilent();
      }
    });
  }
}
