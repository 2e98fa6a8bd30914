import { ReadableStream } from 'node:stream/web';
import { EventSource } from 'eventsource';
import type { Clock } from '../model/ports.ts';
import { Problem, toProblem } from '../model/problem.ts';
import { isHtml } from './error-body.ts';
import { Leash } from './leash.ts';
import { Mailbox } from './mailbox.ts';
import type { SecretHeaders } from './secret-headers.ts';
import { callName, type Incoming, send, throwUnlessOk } from './send.ts';
import { checkAddress } from './steps.ts';
import { type BadLine, JsonStreamDecoder } from './stream-format.ts';
import { told } from './told.ts';
import type { Transport } from './transport.ts';
import { Watchdog } from './watchdog.ts';

/** Events that may wait for a slow reader before the network is no longer read. */
const MAX_WAITING_EVENTS = 256;

export interface EventConnectionOptions {
  readonly transport: Transport;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly secretHeaders: readonly SecretHeaders[] | undefined;
  readonly signal: AbortSignal | undefined;
  readonly openTimeoutMs: number;
  readonly silenceMs: number;
  readonly maxLineBytes: number | undefined;
  readonly clock: Clock;
  readonly onOpen: () => void;
  readonly onBadLine: (bad: BadLine) => void;
}

/**
 * One connection of `eventsource`, from the request to its end. The `fetch` given to it turns whatever framing the
 * server uses into standard frames and knows the true reason of the end; `eventsource` only parses and dispatches. It is
 * closed at its first error, before its own reconnecting starts: when to come back is decided in event-source.ts.
 */
export class EventConnection {
  readonly #options: EventConnectionOptions;
  readonly #call: string;
  readonly #leash: Leash;
  readonly #watchdog: Watchdog;
  readonly #decoder: JsonStreamDecoder;
  readonly #mailbox = new Mailbox<unknown>();
  readonly #source: EventSource;
  #reason: Problem | null = null;

  constructor(options: EventConnectionOptions) {
    const { url, openTimeoutMs, silenceMs, clock } = options;
    this.#options = options;
    this.#call = callName('GET', url);
    this.#decoder = new JsonStreamDecoder({ maxLineBytes: options.maxLineBytes });
    this.#leash = new Leash(options.signal, clock);
    this.#leash.signal.addEventListener('abort', () => this.#mailbox.close(this.#leash.problem, { drop: true }));
    if (this.#leash.problem !== null) this.#mailbox.close(this.#leash.problem);
    this.#leash.limit(openTimeoutMs, told(`no answer came within ${openTimeoutMs / 1000} s`, this.#call));
    this.#watchdog = new Watchdog(
      silenceMs,
      () =>
        this.#leash.cut(new Problem('silent', told(`the stream said nothing for ${silenceMs / 1000} s`, this.#call))),
      clock,
    );
    this.#source = new EventSource(url, { fetch: () => this.#fetch() });
    this.#source.addEventListener('message', (event) => this.#mailbox.put(JSON.parse(event.data)));
    this.#source.addEventListener('error', (event) => {
      // The reader may be busy for longer than it waits before it reconnects.
      this.#source.close();
      const fallback = new Problem(
        'unexpected-answer',
        told(event.message ?? 'the stream failed for an unknown reason', this.#call),
      );
      this.#mailbox.close(this.#reason ?? fallback);
    });
  }

  /** The next value of the stream; throws the Problem the connection ended with. */
  async next(): Promise<unknown> {
    const taken = await this.#mailbox.take();
    if (taken === null) throw new Problem('aborted', told('the stream was closed', this.#call));
    return taken.item;
  }

  /** Ends the request and everything that waits. Can be called at any time and repeatedly. */
  close(): void {
    this.#watchdog.stop();
    this.#source.close();
    this.#leash.cut(new Problem('aborted', told('the stream was closed', this.#call)));
  }

  async #fetch(): Promise<{
    body: ReadableStream<Uint8Array>;
    url: string;
    status: number;
    redirected: boolean;
    headers: { get(name: string): string | null };
  }> {
    const { transport, url, headers, secretHeaders, onOpen } = this.#options;
    try {
      const answer = await send({
        transport,
        url,
        method: 'GET',
        // A compressing proxy would hold events back until a block is full.
        headers: [{ accept: 'text/event-stream', 'cache-control': 'no-store', 'accept-encoding': 'identity' }, headers],
        secretHeaders,
        leash: this.#leash,
      });
      await throwUnlessOk(answer, this.#leash);
      throwUnlessStream(answer);
      this.#leash.unlimit();
      this.#watchdog.start();
      onOpen();
      const answerHeaders = { get: (name: string) => (name === 'content-type' ? 'text/event-stream' : null) };
      return { body: this.#frames(answer), url: url.href, status: 200, redirected: false, headers: answerHeaders };
    } catch (error) {
      this.#reason = toProblem(error);
      throw this.#reason;
    }
  }

  /** The body in standard frames. Nothing is read ahead, so all that came before a cut is delivered before the cut. */
  #frames(answer: Incoming): ReadableStream<Uint8Array> {
    const chunks = answer.chunks();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            while (true) {
              await this.#room();
              const { done, value } = await chunks.next();
              this.#watchdog.feed();
              const frames = this.#toFrames(done === true ? null : value);
              if (frames !== '') controller.enqueue(new TextEncoder().encode(frames));
              if (done === true) {
                this.#reason = cleanEnd(this.#call, this.#decoder.endedMidLine);
                controller.close();
                return;
              }
              if (frames !== '') return;
            }
          } catch (error) {
            this.#reason = toProblem(error);
            throw this.#reason;
          }
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Waits for a slow reader; its slowness is not the server's silence. */
  async #room(): Promise<void> {
    if (this.#mailbox.size < MAX_WAITING_EVENTS) return;
    this.#watchdog.stop();
    await this.#mailbox.room(MAX_WAITING_EVENTS);
    if (!this.#mailbox.closed) this.#watchdog.start();
  }

  #toFrames(chunk: Uint8Array | null): string {
    let frames = '';
    for (const item of chunk === null ? this.#decoder.end() : this.#decoder.push(chunk)) {
      if (item.kind === 'bad') this.#options.onBadLine(item);
      else frames += `data: ${item.text.replaceAll('\n', '\ndata: ')}\n\n`;
    }
    return frames;
  }
}

const cleanEnd = (call: string, midLine: boolean): Problem =>
  new Problem(
    'clean-end',
    told(midLine ? 'the stream ended in the middle of a line' : 'the stream ended without giving a reason', call),
  );

const throwUnlessStream = (answer: Incoming): void => {
  const { status } = answer;
  if (status === 204) {
    throw new Problem('clean-end', told('there is nothing to stream, the answer is 204', answer.call), { status });
  }
  const type = answer.header('content-type');
  if (
    /^\s*(?:text\/event-stream|application\/(?:x-)?(?:ndjson|jsonl|jsonlines|stream\+json))\s*(?:;|$)/i.test(type ?? '')
  ) {
    return;
  }
  const what = isHtml(type, '') ? 'an HTML page' : `content of type ${JSON.stringify((type ?? 'none').slice(0, 60))}`;
  throw new Problem('unexpected-answer', told(`${what} came instead of an event stream`, answer.call), {
    status,
    nextStep: checkAddress,
  });
};
