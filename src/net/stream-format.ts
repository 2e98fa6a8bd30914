import { DEFAULT_MAX_LINE_BYTES, LineDecoder, type LineOutcome } from './lines.ts';
import { redactSecrets } from './redact.ts';

/** Characters of a bad line that are quoted in a report. */
const EXCERPT_CHARS = 80;

export type StreamItem =
  | {
      readonly kind: 'value';
      readonly value: unknown;
      /** The JSON text the value was read from. */
      readonly text: string;
    }
  /** A line or frame that gave no value. The stream goes on. `message` quotes at most its redacted beginning. */
  | BadLine;

export interface BadLine {
  readonly kind: 'bad';
  readonly reason: 'not-json' | 'too-long';
  readonly message: string;
}

const field = /^(data|event|id|retry)(?::|$)/;

/**
 * Bytes to JSON values for every stream execd or a server like it sends: bare JSON lines, with or without blank lines
 * between them, and `data:` frames, mixed as they come. `event:`, `id:`, `retry:` and comments are ignored.
 *
 * `data:` lines of one frame are joined with a line feed as the Server-Sent Events standard says, but one that is
 * complete JSON by itself is delivered at once: nothing can follow complete JSON in the same value, so this gives the
 * same values sooner, and also reads servers that forget the blank line.
 */
export class JsonStreamDecoder {
  readonly #lines: LineDecoder;
  readonly #maxFrameChars: number;
  #frame: string[] = [];
  #frameChars = 0;
  #frameTooLong = false;
  #endedMidLine = false;

  constructor(options: { readonly maxLineBytes?: number | undefined } = {}) {
    this.#lines = new LineDecoder(options);
    this.#maxFrameChars = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
  }

  /** After `end()`: whether the last line had no terminator. Its value, if it was whole, was delivered all the same. */
  get endedMidLine(): boolean {
    return this.#endedMidLine;
  }

  push(chunk: Uint8Array): StreamItem[] {
    return this.#lines.push(chunk).flatMap((outcome) => this.#line(outcome));
  }

  end(): StreamItem[] {
    const last = this.#lines.end();
    this.#endedMidLine = last.length > 0;
    return [...last.flatMap((outcome) => this.#line(outcome)), ...this.#endFrame()];
  }

  #line(outcome: LineOutcome): StreamItem[] {
    if (outcome.kind === 'too-long') {
      return [bad('too-long', `A line of ${outcome.droppedBytes} bytes was dropped.`)];
    }
    const { text } = outcome;
    if (text.trim() === '') return this.#endFrame();
    if (text.startsWith(':')) return [];
    const name = field.exec(text)?.[1];
    if (name === undefined) return [parsed(text) ?? notJson(text)];
    if (name !== 'data') return [];
    const payload = text.slice('data:'.length);
    return this.#data(payload.startsWith(' ') ? payload.slice(1) : payload);
  }

  #data(payload: string): StreamItem[] {
    if (this.#frameTooLong) return [];
    if (this.#frame.length === 0) {
      if (payload.trim() === '') return [];
      const whole = parsed(payload);
      if (whole !== null) return [whole];
    }
    this.#frame.push(payload);
    this.#frameChars += payload.length + 1;
    if (this.#frameChars > this.#maxFrameChars) {
      this.#frame = [];
      this.#frameTooLong = true;
    }
    return [];
  }

  #endFrame(): StreamItem[] {
    if (this.#frameTooLong) {
      const message = `A frame of more than ${this.#maxFrameChars} characters was dropped.`;
      this.#clearFrame();
      return [bad('too-long', message)];
    }
    if (this.#frame.length === 0) return [];
    const text = this.#frame.join('\n');
    this.#clearFrame();
    return [parsed(text) ?? notJson(text)];
  }

  #clearFrame(): void {
    this.#frame = [];
    this.#frameChars = 0;
    this.#frameTooLong = false;
  }
}

const bad = (reason: BadLine['reason'], message: string): BadLine => ({ kind: 'bad', reason, message });

const notJson = (text: string): BadLine => {
  // Redacted before it is shortened: half a token is no longer recognised as one.
  const excerpt = redactSecrets(text.slice(0, EXCERPT_CHARS * 8)).slice(0, EXCERPT_CHARS);
  return bad('not-json', `A line is not JSON (${text.length} characters): ${JSON.stringify(excerpt)}`);
};

const parsed = (text: string): StreamItem | null => {
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'value', value, text };
  } catch {
    // Not JSON; the caller reports it, or waits for the rest of the frame.
    return null;
  }
};
