import type { Clock, Timer } from '../../model/ports.ts';

const beatMs = 1_000;

/** Runs once a second between `start` and `stop`, for what changes with time alone. */
export class Pulse {
  readonly #clock: Clock;
  readonly #run: () => void;
  #timer: Timer | null = null;

  constructor(clock: Clock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  start(): void {
    this.#timer ??= this.#clock.after(beatMs, () => this.#beat());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #beat(): void {
    this.#timer = this.#clock.after(beatMs, () => this.#beat());
    this.#run();
  }
}
