/** The course of one signal in typed arrays: adding is cheap, and an hour at one reading a second takes no more than a hundred kilobytes. */
export class Ring {
  readonly #most: number;
  #times = new Float64Array(512);
  #used = new Float64Array(512);
  /** NaN where there was no limit. */
  #limit = new Float64Array(512);
  #start = 0;
  #length = 0;

  /** @param most readings that are kept; rounded up to a power of two. */
  constructor(most = 16_384) {
    this.#most = 2 ** Math.ceil(Math.log2(Math.max(512, most)));
  }

  get length(): number {
    return this.#length;
  }

  get lastAtMs(): number | null {
    return this.#length === 0 ? null : this.timeAt(this.#length - 1);
  }

  clear(): void {
    this.#start = 0;
    this.#length = 0;
  }

  /** @returns whether it was taken: a reading that is not later than the last one is not. */
  push(atMs: number, used: number, limit: number | null): boolean {
    const last = this.lastAtMs;
    if (last !== null && atMs <= last) return false;
    if (this.#length === this.#times.length) this.#makeRoom();
    const at = this.#index(this.#length);
    this.#times[at] = atMs;
    this.#used[at] = used;
    this.#limit[at] = limit ?? Number.NaN;
    this.#length += 1;
    return true;
  }

  timeAt(index: number): number {
    return this.#times[this.#index(index)] ?? Number.NaN;
  }

  usedAt(index: number): number {
    return this.#used[this.#index(index)] ?? Number.NaN;
  }

  limitAt(index: number): number | null {
    const limit = this.#limit[this.#index(index)] ?? Number.NaN;
    return Number.isNaN(limit) ? null : limit;
  }

  /** @returns the index of the first reading at or after `atMs`; `length` when all are before it. */
  firstFrom(atMs: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(middle) < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @returns the index of the reading nearest to `atMs`, or null when there is none. */
  nearest(atMs: number): number | null {
    if (this.#length === 0) return null;
    const after = this.firstFrom(atMs);
    if (after === 0) return 0;
    if (after === this.#length) return after - 1;
    return atMs - this.timeAt(after - 1) <= this.timeAt(after) - atMs ? after - 1 : after;
  }

  #index(position: number): number {
    return (this.#start + position) & (this.#times.length - 1);
  }

  #makeRoom(): void {
    if (this.#times.length >= this.#most) {
      this.#start = this.#index(1);
      this.#length -= 1;
      return;
    }
    const grow = (from: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(from.length * 2);
      to.set(from.subarray(this.#start));
      to.set(from.subarray(0, this.#start), from.length - this.#start);
      return to;
    };
    [this.#times, this.#used, this.#limit] = [grow(this.#times), grow(this.#used), grow(this.#limit)];
    this.#start = 0;
  }
}
