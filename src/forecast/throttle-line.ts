/** So long after it was hit last it is still told of. */
const toldForMs = 30_000;

/** Remembers when memory last went over the line where the kernel slows processes down (`memory.high`): slow, but no break. */
export class ThrottleLine {
  #count: number | null = null;
  #hitAtMs = Number.NEGATIVE_INFINITY;

  /** @param count times it was hit so far, or undefined where nobody tells. */
  add(atMs: number, count: number | undefined): void {
    if (count === undefined || !Number.isFinite(count)) return;
    if (this.#count !== null && count > this.#count) this.#hitAtMs = atMs;
    this.#count = count;
  }

  /** The numbers to come are those of another source. */
  restart(): void {
    this.#count = null;
    this.#hitAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Whether processes were slowed down just before this time. */
  slows(atMs: number): boolean {
    return atMs - this.#hitAtMs < toldForMs;
  }
}
