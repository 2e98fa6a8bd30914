/** Longest line kept by default, in bytes without its terminator. */
export const DEFAULT_MAX_LINE_BYTES = 1024 * 1024;

export type LineOutcome =
  | {
      readonly kind: 'line';
      readonly text: string;
      /** False for the last line of a stream that stopped in the middle of it. */
      readonly terminated: boolean;
    }
  /** A line over the cap. Its bytes are gone; the lines after it come as usual. */
  | { readonly kind: 'too-long'; readonly droppedBytes: number; readonly terminated: boolean };

const LF = 10;
const CR = 13;
const INITIAL_CAPACITY = 4096;
/** A buffer grown beyond this by one long line is given back once the line is out. */
const KEPT_CAPACITY = 64 * 1024;

/**
 * Bytes in any chunking to lines. LF, CRLF and a lone CR end a line, a byte order mark at the very start is dropped,
 * and bytes that are not UTF-8 become U+FFFD. Lines are cut on bytes before they are decoded, so a character split
 * over chunks is never torn; every byte is looked at a fixed number of times.
 */
export class LineDecoder {
  readonly #maxLineBytes: number;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Bytes of the line that is still open: the first `#length` of `#pending`. */
  #pending: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #length = 0;
  /** Bytes of the open line once it is over the cap, else 0. */
  #overflowBytes = 0;
  #afterCr = false;
  #firstLine = true;

  constructor(options: { readonly maxLineBytes?: number | undefined } = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
  }

  /** The lines that `chunk` completes. The chunk may be reused by the caller afterwards. */
  push(chunk: Uint8Array): LineOutcome[] {
    const outcomes: LineOutcome[] = [];
    let start = 0;
    if (chunk.length > 0 && this.#afterCr) {
      if (chunk[0] === LF) start = 1;
      this.#afterCr = false;
    }
    let nextLf = chunk.indexOf(LF, start);
    let nextCr = chunk.indexOf(CR, start);
    while (nextLf !== -1 || nextCr !== -1) {
      const atCr = nextCr !== -1 && (nextLf === -1 || nextCr < nextLf);
      const end = atCr ? nextCr : nextLf;
      outcomes.push(this.#take(chunk.subarray(start, end), true));
      start = end + 1;
      if (atCr && start < chunk.length && chunk[start] === LF) start += 1;
      else if (atCr && start === chunk.length) this.#afterCr = true;
      // Each search goes on where its last one ended, so both together read the chunk at most twice.
      if (nextCr !== -1 && nextCr < start) nextCr = chunk.indexOf(CR, start);
      if (nextLf !== -1 && nextLf < start) nextLf = chunk.indexOf(LF, start);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return outcomes;
  }

  /** The last line, if the stream stopped without ending it. */
  end(): LineOutcome[] {
    return this.#length > 0 || this.#overflowBytes > 0 ? [this.#take(new Uint8Array(0), false)] : [];
  }

  #take(tail: Uint8Array, terminated: boolean): LineOutcome {
    const lineBytes = Math.max(this.#overflowBytes, this.#length) + tail.length;
    if (lineBytes > this.#maxLineBytes) {
      this.#forget();
      return { kind: 'too-long', droppedBytes: lineBytes, terminated };
    }
    if (this.#length === 0) return { kind: 'line', text: this.#decode(tail), terminated };
    this.#keep(tail);
    const text = this.#decode(this.#pending.subarray(0, this.#length));
    this.#forget();
    return { kind: 'line', text, terminated };
  }

  #decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes);
    const hasMark = this.#firstLine && text.charCodeAt(0) === 0xfeff;
    this.#firstLine = false;
    return hasMark ? text.slice(1) : text;
  }

  /** Copies, because a kept view would hold the whole network buffer behind it. */
  #keep(bytes: Uint8Array): void {
    const needed = Math.max(this.#overflowBytes, this.#length) + bytes.length;
    if (needed > this.#maxLineBytes) {
      this.#overflowBytes = needed;
      this.#length = 0;
      return;
    }
    if (needed > this.#pending.length) {
      const doubled = Math.min(this.#maxLineBytes, Math.max(INITIAL_CAPACITY, this.#pending.length * 2));
      const grown = new Uint8Array(Math.max(needed, doubled));
      grown.set(this.#pending.subarray(0, this.#length));
      this.#pending = grown;
    }
    this.#pending.set(bytes, this.#length);
    this.#length = needed;
  }

  #forget(): void {
    this.#firstLine = false;
    this.#length = 0;
    this.#overflowBytes = 0;
    if (this.#pending.length > KEPT_CAPACITY) this.#pending = new Uint8Array(0);
  }
}
