import { Backoff, type BackoffOptions } from '../model/backoff.ts';
import type { Clock } from '../model/ports.ts';
import { isProblem, Problem, toProblem } from '../model/problem.ts';
import { systemClock } from './clock.ts';
import { EventConnection } from './event-connection.ts';
import { pause } from './pause.ts';
import type { SecretHeaders } from './secret-headers.ts';
import type { BadLine } from './stream-format.ts';
import type { Transport } from './transport.ts';

const DEFAULT_OPEN_TIMEOUT_MS = 10_000;
const DEFAULT_SILENCE_MS = 10_000;

/** One parsed JSON value of a stream. */
export interface StreamEvent {
  readonly data: unknown;
}

export type ConnectionState =
  /** `attempt` counts from 1 since the last event that arrived. */
  | { readonly state: 'connecting'; readonly attempt: number }
  /** The headers came. Events may still be missing. */
  | { readonly state: 'open' }
  | { readonly state: 'waiting'; readonly reason: Problem; readonly retryInMs: number }
  /** Nothing comes after this. The reason is `aborted` when we closed it. */
  | { readonly state: 'ended'; readonly reason: Problem };

export interface EventStreamOptions {
  readonly transport: Transport;
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: readonly SecretHeaders[];
  readonly signal?: AbortSignal;
  /** Until the headers are there, and for each attempt anew. Default 10 s. */
  readonly openTimeoutMs?: number;
  /** Longest silence of an open stream, in bytes of any kind. Default 10 s. */
  readonly silenceMs?: number;
  /** Default 1 MiB. */
  readonly maxLineBytes?: number;
  readonly backoff?: BackoffOptions;
  readonly clock?: Clock;
  /** Must not throw. */
  readonly onState?: (state: ConnectionState) => void;
  /** Lines that were not JSON or too long; the stream goes on. Must not throw. */
  readonly onBadLine?: (bad: BadLine) => void;
  /** Which ends are not followed by another attempt. Default `isFinalReason`. */
  readonly isFinal?: (reason: Problem) => boolean;
}

/**
 * Ends that another attempt with the same request cannot cure. A cut, silence, a clean end, a timeout, a full server
 * and an unreachable one are tried again. A 204 is the server's word for "do not come back".
 */
export const isFinalReason = (reason: Problem): boolean =>
  reason.status === 204 ||
  isProblem(
    reason,
    'aborted',
    'unauthorized',
    'forbidden',
    'not-found',
    'conflict',
    'invalid-request',
    'not-supported',
    'unexpected-answer',
    'needs-consent',
  );

/**
 * A GET stream of JSON values in any framing that comes back by itself, with jittered backoff that starts afresh after
 * every event. Nothing is sent before the first `next()`. Leaving the loop closes it quietly; an aborted signal throws
 * `aborted`, and an end that `isFinal` accepts throws its Problem. It never ends in any other way.
 */
export async function* openEventStream(options: EventStreamOptions): AsyncGenerator<StreamEvent, never, undefined> {
  const clock = options.clock ?? systemClock;
  const backoff = new Backoff(options.backoff);
  const isFinal = options.isFinal ?? isFinalReason;
  const tell = (state: ConnectionState): void => options.onState?.(state);
  const url = parseUrl(options.url);
  let endReason = new Problem('aborted', 'The stream was closed by its reader.');
  let attempt = 0;
  try {
    while (true) {
      attempt += 1;
      tell({ state: 'connecting', attempt });
      const connection = new EventConnection({
        transport: options.transport,
        url,
        headers: options.headers,
        secretHeaders: options.secretHeaders,
        signal: options.signal,
        openTimeoutMs: options.openTimeoutMs ?? DEFAULT_OPEN_TIMEOUT_MS,
        silenceMs: options.silenceMs ?? DEFAULT_SILENCE_MS,
        maxLineBytes: options.maxLineBytes,
        clock,
        onOpen: () => tell({ state: 'open' }),
        onBadLine: (bad) => options.onBadLine?.(bad),
      });
      let reason: Problem;
      try {
        while (true) {
          const data = await connection.next();
          attempt = 0;
          backoff.reset();
          yield { data };
        }
      } catch (error) {
        reason = toProblem(error);
      } finally {
        connection.close();
      }
      if (reason.kind === 'aborted' || isFinal(reason)) {
        endReason = reason;
        throw reason;
      }
      const retryInMs = backoff.nextMs();
      tell({ state: 'waiting', reason, retryInMs });
      await pause(retryInMs, options.signal, clock);
    }
  } finally {
    tell({ state: 'ended', reason: endReason });
  }
}

const parseUrl = (url: string | URL): URL => {
  if (URL.canParse(String(url))) return new URL(url);
  throw new Problem('invalid-request', 'The address of the stream is not an address.');
};
