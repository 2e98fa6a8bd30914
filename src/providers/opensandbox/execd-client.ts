import * as z from 'zod/mini';
import type { Clock, Log } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import { apiPath } from '../../net/address.ts';
import { openEventStream, type StreamEvent } from '../../net/event-source.ts';
import { HttpClient } from '../../net/http.ts';
import { openPostStream } from '../../net/post-stream.ts';
import type { SecretHeaders } from '../../net/secret-headers.ts';
import type { BadLine } from '../../net/stream-format.ts';
import type { Transport } from '../../net/transport.ts';
import { openWebSocket, type WebSocketConnection } from '../../net/websocket.ts';
import { throwIfAborted } from './abort.ts';
import { type BackgroundWork, createRemovable } from './background-work.ts';
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
  readonly log: Log;
  readonly address: ExecdAddress;
  /** Takes what has to be removed after its caller has left. */
  readonly work: BackgroundWork;
}

/** A foreground command. */
export interface CommandRequest {
  /** Run with `bash -c`, or `sh -c` where there is no bash. */
  readonly command: string;
  /** execd kills the command's process group after this. */
  readonly timeoutMs: number;
}

const sessionAnswer = z.object({ session_id: z.string().check(z.minLength(1)) });
const ptyAnswer = z.object({ running: z.boolean() });
/** execd reports from every command once in 3 s at least. */
const commandSilenceMs = 10_000;
const metricsSilenceMs = 10_000;

/**
 * What a terminal runs instead of execd's plain shell: the same one, told what kind of terminal it is in, where execd
 * does not say so. Nothing of it is typed, so nothing of it is in the history.
 */
const shellInTerminal = [
  'case ${TERM:-dumb} in dumb) TERM=xterm-256color; export TERM;; esac',
  'command -v bash >/dev/null 2>&1 && exec bash --norc --noprofile',
  'exec sh',
].join('\n');

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
  createSession(signal: AbortSignal): Promise<string> {
    const remove = (id: string, limit: AbortSignal): Promise<void> => this.deleteSession(id, limit);
    return createRemovable(
      { what: 'session', create: () => this.#create('/session', {}), remove },
      signal,
      this.#options,
    );
  }

  async #create(path: string, body: object): Promise<string> {
    return (await this.#http.json(path, sessionAnswer, { method: 'POST', body })).value.session_id;
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
    const onBadLine = this.#badLines(path);
    const stream = openPostStream({
      transport,
      clock,
      url,
      headers,
      secretHeaders,
      body,
      silenceMs,
      signal,
      onBadLine,
    });
    for await (const event of stream) {
      const read = readExecutionEvent(event.data);
      yield read;
      // execd keeps the connection open for a second longer; nothing comes any more.
      if (read.kind === 'succeeded' || read.kind === 'failed' || read.kind === 'refused') return;
    }
    if (stream.endedMidLine) throw new Problem('clean-end', 'The stream of execd stopped in the middle of a line.');
  }

  /** Reports the first line of a connection that gave no value; a thousand more would say nothing new. */
  #badLines(path: string): (bad: BadLine) => void {
    let hasTold = false;
    return ({ message }) => {
      if (hasTold) return;
      hasTold = true;
      this.#options.log.debug(`${path}: ${message} Further ones of this connection are not reported.`);
    };
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
      onBadLine: this.#badLines('/metrics/watch'),
    });
  }

  /** Prepares a terminal; its shell starts with the first connection. */
  createPty(signal: AbortSignal): Promise<string> {
    const remove = (id: string, limit: AbortSignal): Promise<void> => this.deletePty(id, limit);
    const create = (): Promise<string> => this.#create('/pty', { command: shellInTerminal });
    return createRemovable({ what: 'terminal', create, remove }, signal, this.#options);
  }

  async deletePty(id: string, signal: AbortSignal): Promise<void> {
    await this.#http.done(apiPath`/pty/${id}`, { method: 'DELETE', signal });
  }

  /** Whether the shell of a terminal runs. A terminal that is connected to when its shell does not run starts a new one. */
  async isPtyRunning(id: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#http.json(apiPath`/pty/${id}`, ptyAnswer, { signal })).value.running;
  }

  /** @param since to come back: so many bytes of output were received before. A connection that execd still takes for open is replaced. */
  openPty(id: string, signal: AbortSignal, since: number | null = null): Promise<WebSocketConnection> {
    const { transport, clock } = this.#options;
    const { headers, secretHeaders } = this.address;
    const again = since === null ? '' : `&since=${since}&takeover=1`;
    const url = this.#url(`${apiPath`/pty/${id}/ws`}?pty=1${again}`);
    return openWebSocket({ transport, clock, url, headers, secretHeaders, signal });
  }

  #url(path: string): string {
    return `${this.address.baseUrl.replace(/\/+$/, '')}${path}`;
  }
}
