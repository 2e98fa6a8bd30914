import type { Clock, Timer } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';
import { systemClock } from './clock.ts';
import { problemFromAnswer } from './error-body.ts';
import { problemFromFailure } from './failure.ts';
import { Leash } from './leash.ts';
import { Mailbox } from './mailbox.ts';
import { originOf, requestHeaders, type SecretHeaders } from './secret-headers.ts';
import { told } from './told.ts';
import type { Transport, TransportSocket } from './transport.ts';

const DEFAULT_OPEN_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** Unread messages may together hold this many times the largest message. */
const MAX_UNREAD_MESSAGES_FULL = 4;
/** The other side may be frozen: its answer to the farewell is not waited for longer than this. */
const FAREWELL_MS = 3_000;
/** RFC 6455: no close frame came. */
const ABNORMAL = 1006;

export interface WebSocketOptions {
  readonly transport: Transport;
  /** `ws:` or `wss:`; `http:` and `https:` are turned into them. */
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: readonly SecretHeaders[];
  /** Aborting it closes the socket; the reader gets `aborted`. */
  readonly signal?: AbortSignal;
  /** Default 10 s. */
  readonly openTimeoutMs?: number;
  /** Default 4 MiB, at most 16 MiB. A larger message closes the socket with `too-large`. */
  readonly maxMessageBytes?: number;
  readonly clock?: Clock;
}

/** How a socket ended. */
export interface WebSocketEnd {
  /** RFC 6455 close code, 1006 when there was none. */
  readonly code: number;
  readonly reason: string;
}

export interface WebSocketConnection {
  /**
   * Text as string, binary as bytes. Ends quietly when the other side closes normally (1000, 1001, 1005) or with a code
   * of its own (4000–4999, see `ended`); throws a Problem else. Can be iterated once; leaving the loop closes the socket.
   */
  readonly messages: AsyncIterable<string | Uint8Array>;
  /** Settles when the socket is closed, however that came about; never rejects. */
  readonly ended: Promise<WebSocketEnd>;
  /** Bytes given to `send` and not yet written to the network. */
  readonly bufferedBytes: number;
  /** Throws `reset` once the socket is closed. */
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** `code` is 1000 or 3000–4999. */
  close(code?: number, reason?: string): void;
}

/** Opens a WebSocket. A refused handshake is a Problem by its status (401, 404, 409 …). */
export const openWebSocket = async (options: WebSocketOptions): Promise<WebSocketConnection> => {
  const url = socketUrl(options.url);
  const headers = requestHeaders(url, [options.headers], options.secretHeaders);
  const call = `WebSocket ${originOf(url)}${url.pathname}`;
  const openTimeoutMs = options.openTimeoutMs ?? DEFAULT_OPEN_TIMEOUT_MS;
  const leash = new Leash(options.signal, options.clock);
  leash.limit(openTimeoutMs, told(`no answer came within ${openTimeoutMs / 1000} s`, call));
  if (leash.problem !== null) throw leash.problem;
  let refusedWith: number | null = null;
  const onRefused = ({ status }: { readonly status: number }): void => {
    refusedWith = status;
  };
  let failedWith: unknown = null;
  const onFailed = (error: unknown): void => {
    failedWith ??= error;
  };
  try {
    if (leash.problem !== null) throw leash.problem;
    const socket = await options.transport.socket(url, { headers, onRefused, onFailed });
    const connection = new Connection(socket, leash, call, options);
    await connection.opened;
    return connection;
  } catch (error) {
    leash.release();
    if (leash.problem !== null) throw leash.problem;
    if (refusedWith !== null) throw problemFromAnswer({ status: refusedWith, contentType: null, text: '', call });
    throw failedWith === null ? problemFromFailure(error, call) : problemFromFailure(failedWith, call);
  }
};

class Connection implements WebSocketConnection {
  readonly messages: AsyncIterable<string | Uint8Array>;
  readonly ended: Promise<WebSocketEnd>;
  readonly opened: Promise<void>;
  readonly #socket: TransportSocket;
  readonly #leash: Leash;
  readonly #call: string;
  readonly #maxMessageBytes: number;
  readonly #clock: Clock;
  readonly #mailbox = new Mailbox<string | Uint8Array>();
  #unreadBytes = 0;
  #failure: unknown = null;
  #open = false;
  #wasOpen = false;
  #farewell: Timer | null = null;

  constructor(socket: TransportSocket, leash: Leash, call: string, options: WebSocketOptions) {
    this.#socket = socket;
    this.#leash = leash;
    this.#call = call;
    this.#maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
    this.#clock = options.clock ?? systemClock;
    this.messages = this.#read();
    socket.binaryType = 'arraybuffer';
    const opened = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<WebSocketEnd>();
    this.opened = opened.promise;
    this.ended = ended.promise;
    const cut = (): void => {
      this.#mailbox.close(leash.problem, { drop: true });
      opened.reject(leash.problem);
      this.close();
    };
    if (leash.problem === null) leash.signal.addEventListener('abort', cut);
    else cut();
    socket.addEventListener('open', () => {
      this.#open = true;
      this.#wasOpen = true;
      leash.unlimit();
      opened.resolve();
    });
    socket.addEventListener('message', (event) => this.#receive(event));
    socket.addEventListener('error', (event) => {
      this.#failure = 'error' in event ? event.error : null;
    });
    socket.addEventListener('close', (event) => {
      const end = endOf(event);
      // After our own farewell it is over, in whatever way the other side takes it.
      const problem = leash.problem ?? (this.#farewell === null ? this.#problemOf(end) : null);
      this.#open = false;
      this.#farewell?.cancel();
      leash.release();
      this.#mailbox.close(problem);
      opened.reject(problem ?? new Problem('reset', told('the connection was closed before it was open', call)));
      ended.resolve(end);
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (!this.#open) throw new Problem('reset', told('the connection is closed', this.#call));
    this.#socket.send(message);
  }

  close(code = 1000, reason = ''): void {
    this.#socket.close(code, reason);
    if (this.#open) this.#farewell ??= this.#clock.after(FAREWELL_MS, () => this.#socket.terminate());
  }

  #receive(event: Event): void {
    const data: unknown = 'data' in event ? event.data : null;
    const message = data instanceof ArrayBuffer ? new Uint8Array(data) : String(data);
    const bytes = typeof message === 'string' ? Buffer.byteLength(message) : message.length;
    if (bytes > this.#maxMessageBytes) {
      this.#leash.cut(new Problem('too-large', told(`a message of ${bytes} bytes is too large`, this.#call)));
      return;
    }
    this.#unreadBytes += bytes;
    if (this.#unreadBytes > this.#maxMessageBytes * MAX_UNREAD_MESSAGES_FULL) {
      this.#leash.cut(new Problem('too-large', told('more came than could be read', this.#call)));
      return;
    }
    this.#mailbox.put(message);
  }

  async *#read(): AsyncGenerator<string | Uint8Array, void, undefined> {
    try {
      while (true) {
        const taken = await this.#mailbox.take();
        if (taken === null) return;
        this.#unreadBytes -= typeof taken.item === 'string' ? Buffer.byteLength(taken.item) : taken.item.length;
        yield taken.item;
      }
    } finally {
      this.close();
    }
  }

  /** What the end means, or null for a normal one. */
  #problemOf({ code, reason }: WebSocketEnd): Problem | null {
    if (code === 1000 || code === 1001 || code === 1005 || code >= 4000) return null;
    const why = reason === '' ? '' : ` (${reason.slice(0, 120)})`;
    if (code === 1009)
      return new Problem('too-large', told(`the connection was closed, a message was too large${why}`, this.#call));
    if (code !== ABNORMAL)
      return new Problem('server-error', told(`the connection was closed with code ${code}${why}`, this.#call));
    if (this.#wasOpen || !(this.#failure instanceof Error)) {
      return new Problem('reset', told('the connection was cut', this.#call), { cause: this.#failure });
    }
    return problemFromFailure(this.#failure, this.#call);
  }
}

const socketUrl = (url: string | URL): URL => {
  const parsed = new URL(url);
  if (parsed.protocol === 'http:') parsed.protocol = 'ws:';
  if (parsed.protocol === 'https:') parsed.protocol = 'wss:';
  return parsed;
};

const endOf = (event: Event): WebSocketEnd => ({
  code: 'code' in event && typeof event.code === 'number' ? event.code : ABNORMAL,
  reason: 'reason' in event && typeof event.reason === 'string' ? event.reason : '',
});
