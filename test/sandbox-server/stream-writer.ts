import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Switches, SwitchName } from './switches.ts';

/** JSON as Go's encoder writes it: `<`, `>`, `&` and the two line separators are escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const hugeLineBytes = 2 * 1024 * 1024;

/**
 * Writes the lines of one execd stream, with the framing and the fault that the switches ask for.
 * Headers are committed with the first line unless `open` is called before.
 */
export class StreamWriter {
  readonly #response: ServerResponse;
  readonly #switches: Switches;
  readonly #sandboxId: string;
  readonly #framing: SwitchName;
  readonly #separator: string;
  readonly #stopListening: () => void;
  #queue: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(
    response: ServerResponse,
    switches: Switches,
    sandboxId: string,
    kind: { readonly framing: 'metricsFraming' | 'eventsFraming'; readonly separator: string },
  ) {
    this.#response = response;
    this.#switches = switches;
    this.#sandboxId = sandboxId;
    this.#framing = kind.framing;
    this.#separator = kind.separator;
    this.#stopListening = switches.onChange((name, id) => {
      if (name === 'streamFault' && (id === undefined || id === sandboxId) && response.headersSent) this.#breakNow();
    });
    response.on('close', () => this.#finish());
  }

  /** Whether nothing more can be written: the client is gone or a fault ended the stream. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the response has begun, so that errors can no longer be told by a status code. */
  get hasBegun(): boolean {
    return this.#response.headersSent;
  }

  /** Sends the headers. */
  open(): void {
    if (this.#response.headersSent || this.#isOver) return;
    this.#response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache',
      Connection: 'keep-alive',
      'X-Accel-Buffering': 'no',
    });
    this.#response.flushHeaders();
  }

  /** Writes one JSON value as one line. */
  send(value: unknown): void {
    if (this.#isOver) return;
    this.open();
    const fault = this.#switches.get('streamFault', this.#sandboxId);
    if (fault === 'silent') return;
    const json = goJson(value);
    if (fault === 'garbage') this.#write('\u0000%% not json {"a":\n');
    if (fault === 'huge-line') this.#write(`{"padding":"${'x'.repeat(hugeLineBytes)}"}\n`);
    const framing = this.#switches.get(this.#framing, this.#sandboxId);
    if (framing === 'sse') this.#write(`data: ${json}\n\n`);
    else if (framing === 'crlf') this.#write(`data: ${json}\r\n\r\n`);
    else if (framing === 'chunked-bytes') this.#writeInPieces(json + this.#separator);
    else this.#write(json + this.#separator);
    this.#breakNow();
  }

  /** Writes text as it is, without framing: execd does so for errors on a stream that has begun. */
  sendRaw(text: string): void {
    if (!this.#isOver) this.#write(text);
  }

  /** Ends the stream cleanly after everything written so far. */
  async end(): Promise<void> {
    await this.#queue;
    if (!this.#isOver) this.#response.end();
    this.#finish();
  }

  #write(text: string): void {
    this.#queue = this.#queue.then(() => {
      if (!this.#isOver) this.#response.write(text);
    });
  }

  /** One to three bytes at a time, so that characters of several bytes are torn apart. */
  #writeInPieces(text: string): void {
    const bytes = Buffer.from(text);
    this.#queue = this.#queue.then(async () => {
      for (let at = 0, size = 1; at < bytes.length; at += size, size = (size % 3) + 1) {
        if (this.#isOver) return;
        this.#response.write(bytes.subarray(at, at + size));
        await nextTurn();
      }
    });
  }

  /** Ends the stream the way the fault says, after what has been written. */
  #breakNow(): void {
    const fault = this.#switches.get('streamFault', this.#sandboxId);
    if (this.#isOver || !['clean-end', 'reset', 'mid-line'].includes(fault)) return;
    if (fault === 'mid-line') this.#write('{"type":"stdout","te');
    this.#queue = this.#queue.then(() => {
      if (this.#isOver) return;
      if (fault === 'reset') this.#response.socket?.resetAndDestroy();
      else this.#response.end();
      this.#finish();
    });
  }

  #finish(): void {
    this.#isOver = true;
    this.#stopListening();
  }
}
