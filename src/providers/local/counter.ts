import type { Log } from '../../model/ports.ts';

/**
 * A counter of the kernel that goes on over what interrupts it. Another control group has counters of its own: they are put on top of what
 * was told before, so that a change of group never looks like an event. A counter that falls within one group was reset, and its new value
 * is where counting goes on, so that a reset neither hides nor invents events.
 */
export class Counter {
  readonly #what: string;
  readonly #log: Log;
  #group: string | null = null;
  #last: number | null = null;
  #shift = 0;

  /** @param what is counted, for the log: "kills". */
  constructor(what: string, log: Log) {
    this.#what = what;
    this.#log = log;
  }

  /** @param group what the value was read from. @returns the count since the first reading of all, on the scale of that reading. */
  read(group: string, value: number | null): number | null {
    if (value === null) return null;
    const moved = this.#group !== group;
    if (this.#last !== null && (moved || value < this.#last)) this.#shift += this.#last - value;
    if (this.#last !== null && !moved && value < this.#last) {
      this.#log.info(
        `The kernel's count of ${this.#what} went back from ${this.#last} to ${value}; counting goes on from there.`,
      );
    }
    this.#group = group;
    this.#last = value;
    return value + this.#shift;
  }
}
