/** Blocks kept of each scale; the window is this many block lengths. */
const blockCount = 6;
/** Fewer closed blocks than this carry no slope: with four, six pairs. */
const minimumBlocks = 4;
/** Agreement from which a rise is taken for one, and below which it has ended. */
const riseBegins = 0.55;
const riseEnds = 0.2;
/** A rise has begun where the floor left its level by this share of what it rose in the window. */
const startsAbove = 0.1;
const pairCount = (blockCount * (blockCount - 1)) / 2;

const openAt = 3 * blockCount;
const openLow = openAt + 1;
const openHigh = openAt + 2;
/** How many numbers the blocks of an envelope are. */
export const blocksLength = 3 * blockCount + 3;

// Scratch space for medians. Everything here is synchronous, so one set serves all signals.
const slopes = new Float64Array(pairCount);
const deviations = new Float64Array(pairCount);

function sortedMedian(values: Float64Array, count: number): number {
  for (let i = 1; i < count; i++) {
    const value = values[i] ?? 0;
    let j = i - 1;
    for (; j >= 0 && (values[j] ?? 0) > value; j--) values[j + 1] = values[j] ?? 0;
    values[j + 1] = value;
  }
  const middle = count >> 1;
  return count % 2 === 1 ? (values[middle] ?? 0) : ((values[middle - 1] ?? 0) + (values[middle] ?? 0)) / 2;
}

/**
 * The floor and the swing of one signal over one time scale: the window is cut into blocks, and of each block only the lowest and
 * the highest reading are kept. A garbage collector's sawtooth has a flat floor however steep its teeth; a leak lifts the floor.
 * Fitted values are refreshed when a block closes; adding a reading allocates nothing.
 */
export class Envelope {
  /** Theil–Sen slope of the floor, units per second. */
  slope = 0;
  /** Standard error of the slope, from the roughness of the floors. */
  slopeDeviation = 0;
  /** Kendall's rank sum of the floor over the number of pairs, -1..1; 1 means every block is higher than all before it. */
  agreement = 0;
  /** Median swing inside a block beyond what the slope itself explains. */
  swing = 0;
  /** Variance per second of the floor about a smooth course, were it a random walk. */
  variancePerSecond = 0;
  /**
   * Standard deviation of a single floor about a smooth course. From the median second difference: unlike the spread of the
   * pairwise slopes it takes neither a gentle bend nor a single kink for noise.
   */
  roughness = 0;
  /** Since when the floor has been rising without a break, milliseconds; NaN while it does not. */
  risingSinceMs = Number.NaN;
  /** The floor where that rise began. */
  roseFrom = 0;
  readonly #blockMs: number;
  /** Starts, lows and highs of the closed blocks, three rings, and last the open block: one piece of memory. */
  readonly #blocks: Float64Array;
  #closed = 0;
  #next = 0;

  /** @param blocks where it keeps its blocks: `blocksLength` numbers, all 0. Several envelopes may share one buffer, which costs more than what is in it. */
  constructor(windowSeconds: number, blocks: Float64Array = new Float64Array(blocksLength)) {
    this.#blocks = blocks;
    this.#blockMs = (windowSeconds * 1000) / blockCount;
    this.#blocks[openAt] = Number.NaN;
  }

  /** Whether enough blocks are closed for a slope. */
  get ready(): boolean {
    return this.#closed >= minimumBlocks;
  }

  /** The floor of the oldest block and when that began, milliseconds. */
  get firstFloor(): number {
    return this.#low(0);
  }

  get firstAtMs(): number {
    return this.#start(0);
  }

  /** The same of the block in the middle of the window. */
  get middleFloor(): number {
    return this.#low(this.#closed >> 1);
  }

  get middleAtMs(): number {
    return this.#start(this.#closed >> 1);
  }

  /** The same of the newest closed block. */
  get floor(): number {
    return this.#low(this.#closed - 1);
  }

  get floorAtMs(): number {
    return this.#start(this.#closed - 1);
  }

  /** Forgets everything. */
  restart(): void {
    this.#closed = 0;
    this.#next = 0;
    this.#blocks[openAt] = Number.NaN;
    this.risingSinceMs = Number.NaN;
  }

  /** Adds one reading; times must not fall. */
  add(atMs: number, value: number): void {
    const blocks = this.#blocks;
    const start = blocks[openAt] ?? 0;
    // A NaN start compares false, so the first reading opens a block.
    if (atMs - start < this.#blockMs) {
      if (value < (blocks[openLow] ?? 0)) blocks[openLow] = value;
      if (value > (blocks[openHigh] ?? 0)) blocks[openHigh] = value;
      return;
    }
    if (!Number.isNaN(start)) this.#close();
    blocks[openAt] = atMs;
    blocks[openLow] = value;
    blocks[openHigh] = value;
  }

  #close(): void {
    this.#blocks[this.#next] = this.#blocks[openAt] ?? 0;
    this.#blocks[blockCount + this.#next] = this.#blocks[openLow] ?? 0;
    this.#blocks[2 * blockCount + this.#next] = this.#blocks[openHigh] ?? 0;
    this.#next = (this.#next + 1) % blockCount;
    if (this.#closed < blockCount) this.#closed++;
    if (this.ready) this.#refit();
  }

  /** Position in the rings of the i-th oldest closed block. */
  #at(i: number): number {
    return (this.#next - this.#closed + i + blockCount) % blockCount;
  }

  #start(i: number): number {
    return this.#blocks[this.#at(i)] ?? 0;
  }

  #low(i: number): number {
    return this.#blocks[blockCount + this.#at(i)] ?? 0;
  }

  #high(i: number): number {
    return this.#blocks[2 * blockCount + this.#at(i)] ?? 0;
  }

  #refit(): void {
    const n = this.#closed;
    let pairs = 0;
    let concordant = 0;
    for (let j = 1; j < n; j++) {
      const low = this.#low(j);
      const start = this.#start(j);
      for (let i = 0; i < j; i++) {
        const rise = low - this.#low(i);
        slopes[pairs] = (rise * 1000) / (start - this.#start(i));
        concordant += Math.sign(rise);
        pairs++;
      }
    }
    this.agreement = concordant / pairs;
    this.slope = sortedMedian(slopes, pairs);

    const seconds = (this.#start(n - 1) - this.#start(0)) / 1000 / (n - 1);
    for (let i = 2; i < n; i++) deviations[i - 2] = Math.abs(this.#low(i) - 2 * this.#low(i - 1) + this.#low(i - 2));
    // 1.4826 turns a median absolute value into a standard deviation.
    const bend = 1.4826 * sortedMedian(deviations, n - 2);
    // The second difference of independent floors has six times their variance, that of a random walk twice its steps'.
    this.roughness = bend / Math.sqrt(6);
    this.variancePerSecond = (bend * bend) / 2 / seconds;
    // Least squares on n equidistant floors: the slope's variance is 12 σ² / (n (n² - 1) Δ²).
    this.slopeDeviation = (this.roughness / seconds) * Math.sqrt(12 / (n * (n * n - 1)));

    const explained = (Math.max(0, this.slope) * this.#blockMs) / 1000;
    for (let i = 0; i < n; i++) deviations[i] = Math.max(0, this.#high(i) - this.#low(i) - explained);
    this.swing = sortedMedian(deviations, n);
    this.#followRise(n);
  }

  /** A rise begins where the window's first blocks stop lying level, and lasts until the floor no longer rises. */
  #followRise(n: number): void {
    if (!(this.slope > 0 && this.agreement >= (Number.isNaN(this.risingSinceMs) ? riseBegins : riseEnds))) {
      this.risingSinceMs = Number.NaN;
      return;
    }
    if (!Number.isNaN(this.risingSinceMs)) return;
    const first = this.#low(0);
    const level = first + startsAbove * (this.#low(n - 1) - first);
    let start = 0;
    for (let i = 1; i < n - 1 && this.#low(i) <= level; i++) start = i;
    this.risingSinceMs = this.#start(start);
    this.roseFrom = this.#low(start);
  }
}
