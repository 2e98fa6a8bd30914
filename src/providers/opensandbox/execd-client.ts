import * as z from 'zod/mini';
import type { Clock } from '../../model/ports.ts';
import { apiPath } from '../../net/address.ts';
import { openEventStream, type StreamEvent } from '../../net/event-source.ts';
import { HttpClient } from '../../net/http.ts';
import { openPostStream } from '../../net/post-stream.ts';
import type { SecretHeaders } from '../../net/secret-headers.ts';
import type { Transport } from '../../net/transport.ts';
import { openWebSocket, type WebSocketConnection } from '../../net/websocket.ts';
import { throwIfAborted } from './abort.ts';
import { type ExecutionEvent, readExecutionEvent } from './execution-events.ts';

/** The port execd has in every sandbox. */
export const execdPort = 44772;

/** How one sandbox's execd is addressed. */
export interface ExecdAddress {
  /** With scheme, host, port and path prefix. */
  readonly baseUrl: string;
  /** What the server said must go with every request, and execd's own token. */
  readonly headers: Readonly<Record<string, string>>;
  /** The server's key, only when requests go through the server. */
  readonly secretHeaders: readonly SecretHeaders[];
}

export interface ExecdClientOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly address: ExecdAddress;
}

/** A foreground command. */
export interface CommandRequest {
  /** Run with `bash -c`, or `sh -c` where there is no bash. */
  readonly command: string;
  /** execd kills the command's process group after this. */
  readonly timeoutMs: number;
}

const sessionAnswer = z.object({ session_id: z.string().check(z.minLength(1)) });
/** execd reports from every command once in 3 s at least. */
const commandSilenceMs = 10_000;
const metricsSilenceMs = 10_000;

/** Requests to the execd of one sandbox. Throws `Problem` only. */
export class ExecdClient {
  readonly address: ExecdAddress;
  readonly #options: ExecdClientOptions;
  readonly #http: HttpClient;

  constructor(options: ExecdClientOptions) {
    this.#options = options;
    this.address = options.address;
    const { transport, clock, address } = options;
    this.#http = new HttpClient({ transport, clock, ...address });
  }

  /** Returns when execd answers. */
  async ping(signal: AbortSignal, timeoutMs: number): Promise<void> {
    throwIfAborted(signal);
    await this.#http.done('/ping', { signal, timeoutMs });
  }

  /** A session whose runs end together with their connection. Needs bash only once something runs in it. */
  async createSession(signal: AbortSignal): Promise<string> {
    throwIfAborted(signal);
    return (await this.#http.json('/session', sessionAnswer, { method: 'POST', body: {}, signal })).value.session_id;
  }

  /** Kills what runs in the session, with its children, and forgets it. */
  async deleteSession(id: string, signal: AbortSignal): Promise<void> {
    await this.#http.done(apiPath`/session/${id}`, { method: 'DELETE', signal });
  }

  /** The events of a run. It ends with the connection. `silenceMs`: longest time without any event. */
  runInSession(id: string, command: string, silenceMs: number, signal: AbortSignal): AsyncIterable<ExecutionEvent> {
    // Older versions call the text `code`.
    return this.#events(apiPath`/session/${id}/run`, { command, code: command }, silenceMs, signal);
  }

  /** The events of a command. It does not end with the connection: see `killCommand`. */
  runCommand(request: CommandRequest, signal: AbortSignal): AsyncIterable<ExecutionEvent> {
    const { command, timeoutMs } = request;
    return this.#events('/command', { command, timeout: timeoutMs }, commandSilenceMs, signal);
  }

  /** Ends a running command: SIGTERM, after 3 s SIGKILL. Fails when it has ended already. */
  async killCommand(id: string, signal: AbortSignal): Promise<void> {
    await this.#http.done('/command', { method: 'DELETE', query: { id }, signal });
  }

  async *#events(
    path: string,
    body: unknown,
    silenceMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<ExecutionEvent, void, undefined> {
    throwIfAborted(signal);
    const { transport, clock } = this.#options;
    const { headers, secretHeaders } = this.address;
    const url = this.#url(path);
    const stream = openPostStream({ transport, clock, url, headers, secretHeaders, body, silenceMs, signal });
    for await (const event of stream) {
      const read = readExecutionEvent(event.data);
      yield read;
      // execd keeps the connection open for a second longer; nothing comes any more.
      if (read.kind === 'succeeded' || read.kind === 'failed' || read.kind === 'refused') return;
    }
  }

  /** The host's numbers, one every 2 s, over one connection: it is not opened again. */
  watchMetrics(signal: AbortSignal): AsyncIterable<StreamEvent> {
    const { transport, clock } = this.#options;
    const { headers, secretHeaders } = this.address;
    return openEventStream({
      transport,
      clock,
      url: this.#url('/metrics/watch'),
      headers,
      secretHeaders,
      signal,
      silenceMs: metricsSilenceMs,
      isFinal: () => true,
    });
  }

  /** Prepares a terminal; its shell starts with the first connection. */
  async createPty(signal: AbortSignal): Promise<string> {
    throwIfAborted(signal);
    return (await this.#http.json('/pty', sessionAnswer, { method: 'POST', body: {}, signal })).value.session_id;
  }

  async deletePty(id: string, signal: AbortSignal): Promise<void> {
    await this.#http.done(apiPath`/pty/${id}`, { method: 'DELETE', signal });
  }

  openPty(id: string, signal: AbortSignal): Promise<WebSocketConnection> {
    const { transport, clock } = this.#options;
    const { headers, secretHeaders } = this.address;
    const url = this.#url(`${apiPath`/pty/${id}/ws`}?pty=1`);
    return openWebSocket({ transport, clock, url, headers, secretHeaders, signal });
  }

  #url(path: string): string {
    return `${this.address.baseUrl.replace(/\/+$/, '')}${path}`;
  }
}
