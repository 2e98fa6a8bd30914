import type { Clock } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';
import { systemClock } from './clock.ts';
import { isHtml } from './error-body.ts';
import type { StreamEvent } from './event-source.ts';
import { Leash } from './leash.ts';
import type { SecretHeaders } from './secret-headers.ts';
import { callName, type Incoming, send, throwUnlessOk } from './send.ts';
import { type BadLine, JsonStreamDecoder, type StreamItem } from './stream-format.ts';
import { told } from './told.ts';
import type { Transport } from './transport.ts';
import { Watchdog } from './watchdog.ts';

const DEFAULT_OPEN_TIMEOUT_MS = 10_000;
const DEFAULT_SILENCE_MS = 15_000;

export interface PostStreamOptions {
  readonly transport: Transport;
  readonly url: string | URL;
  /** Sent as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: readonly SecretHeaders[];
  readonly signal?: AbortSignal;
  /** Until the headers are there; execd sends them with its first event. Default 10 s. */
  readonly openTimeoutMs?: number;
  /** Longest silence of an open stream. Default 15 s; execd pings every 3 s. */
  readonly silenceMs?: number;
  /** Default 1 MiB. */
  readonly maxLineBytes?: number;
  readonly clock?: Clock;
  /** Lines that were not JSON or too long; the stream goes on. Must not throw. */
  readonly onBadLine?: (bad: BadLine) => void;
}

/**
 * The events of one POST. Nothing is sent before the first `next()`; it can be iterated once, never reconnects, and
 * leaving the loop ends the request. It ends quietly when the server ends it, and throws a Problem for everything
 * else: `reset`, `silent`, `timeout`, `aborted`, or what the error body says.
 */
export interface PostStream extends AsyncIterable<StreamEvent> {
  /** After the end: whether the stream stopped in the middle of a line, as execd does after its own timeout. */
  readonly endedMidLine: boolean;
}

/** Prepares a POST stream; see `PostStream`. */
export const openPostStream = (options: PostStreamOptions): PostStream => {
  const decoder = new JsonStreamDecoder({ maxLineBytes: options.maxLineBytes });
  const events = run(options, decoder);
  return {
    [Symbol.asyncIterator]: () => events,
    get endedMidLine() {
      return decoder.endedMidLine;
    },
  };
};

async function* run(
  options: PostStreamOptions,
  decoder: JsonStreamDecoder,
): AsyncGenerator<StreamEvent, void, undefined> {
  const url = new URL(options.url);
  const clock = options.clock ?? systemClock;
  const silenceMs = options.silenceMs ?? DEFAULT_SILENCE_MS;
  const call = callName('POST', url);
  const leash = new Leash(options.signal, clock);
  const watchdog = new Watchdog(
    silenceMs,
    () => leash.cut(new Problem('silent', told(`the stream said nothing for ${silenceMs / 1000} s`, call))),
    clock,
  );
  try {
    const answer = await open(options, url, leash);
    watchdog.start();
    for await (const chunk of answer.chunks()) {
      watchdog.feed();
      const items = decoder.push(chunk);
      if (items.length === 0) continue;
      // While the reader is busy nothing is read, so nothing can be heard either.
      watchdog.stop();
      yield* values(items, options);
      watchdog.start();
    }
    watchdog.stop();
    yield* values(decoder.end(), options);
  } finally {
    watchdog.stop();
    leash.cut(new Problem('aborted', told('the stream was closed', call)));
  }
}

const open = async (options: PostStreamOptions, url: URL, leash: Leash): Promise<Incoming> => {
  const call = callName('POST', url);
  const openTimeoutMs = options.openTimeoutMs ?? DEFAULT_OPEN_TIMEOUT_MS;
  leash.limit(openTimeoutMs, told(`no answer came within ${openTimeoutMs / 1000} s`, call));
  const answer = await send({
    transport: options.transport,
    url,
    method: 'POST',
    headers: [
      { accept: 'text/event-stream', 'accept-encoding': 'identity', 'content-type': 'application/json' },
      options.headers,
    ],
    secretHeaders: options.secretHeaders,
    body: JSON.stringify(options.body),
    leash,
  });
  await throwUnlessOk(answer, leash);
  if (isHtml(answer.header('content-type'), '')) {
    throw new Problem('unexpected-answer', told('an HTML page came instead of an event stream', call), {
      status: answer.status,
      nextStep: 'Check that the address is the one of the sandbox.',
    });
  }
  leash.unlimit();
  return answer;
};

function* values(items: readonly StreamItem[], options: PostStreamOptions): Generator<StreamEvent> {
  for (const item of items) {
    if (item.kind === 'value') yield { data: item.value };
    else options.onBadLine?.(item);
  }
}
