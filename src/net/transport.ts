import type { ReadableStream } from 'node:stream/web';

/** What is sent. A reduced `RequestInit`: redirects are always reported, never followed by the transport. */
export interface TransportRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Aborting it ends the request and the body. Its reason is what the pending calls reject with. */
  readonly signal: AbortSignal;
}

/** The part of a fetch `Response` this room reads; both undici's and Node's own fit. */
export interface TransportAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array> | null;
}

/** A message or the end of a socket, as undici's `WebSocket` reports them. */
export interface TransportSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  addEventListener(type: string, listener: (event: Event) => void): void;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /** Says farewell and waits for the answer, for ever if none comes. */
  close(code?: number, reason?: string): void;
  /** Cuts an open connection at once. */
  terminate(): void;
}

/** How a WebSocket handshake ended when it was not the upgrade; told before the socket's own `error` event. */
export interface HandshakeRefusal {
  readonly status: number;
}

export interface SocketRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Told when the server answered the handshake with something other than 101. */
  readonly onRefused: (refusal: HandshakeRefusal) => void;
  /** Told why there was no answer to the handshake; the socket's own `error` event does not say. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * The one way out of the extension: proxy, certificates and connection pool are behind it.
 * `createTransport` in dispatcher.ts makes the real one; a test may pass its own.
 */
export interface Transport {
  fetch(url: URL, request: TransportRequest): Promise<TransportAnswer>;
  /** Starts a WebSocket; `url` has the scheme ws or wss. */
  socket(url: URL, request: SocketRequest): Promise<TransportSocket>;
  /** Drops every connection at once, sockets too. Calls made later fail with `aborted`. */
  close(): Promise<void>;
}
