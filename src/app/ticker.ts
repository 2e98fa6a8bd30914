import type { Clock, Timer } from '../model/ports.ts';

const everyMs = 1_000;

/** Calls back once a second, with the number of the turn, until it is stopped. */
export class Ticker {
  readonly #clock: Clock;
  readonly #run: (turn: number) => void;
  #timer: Timer | null = null;
  #turn = 0;

  constructor(clock: Clock, run: (turn: number) => void) {
    this.#clock = clock;
    this.#run = run;
  }

  start(): void {
    this.#timer ??= this.#next();
  }

  #next(): Timer {
    return this.#clock.after(everyMs, () => {
      this.#timer = this.#next();
      this.#turn += 1;
      this.#run(this.#turn);
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
