import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Agent, Dispatcher, ProxyAgent } from 'undici';
import { Problem } from '../model/problem.ts';
import { type CertificateSettings, trustedCertificates } from './certificates.ts';
import { checkIdentity } from './identity.ts';
import { type ProxySettings, proxyFor } from './proxy.ts';
import { ProxyFailure } from './proxy-failure.ts';
import type { SocketRequest, Transport, TransportAnswer, TransportRequest, TransportSocket } from './transport.ts';
import { loadUndici } from './undici.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** No WebSocket message above this is ever put together, whatever the caller allows. */
const MAX_SOCKET_MESSAGE_BYTES = 16 * 1024 * 1024;

/** How to reach the network: VS Code's settings as plain data. All have defaults. */
export interface ConnectionSettings extends ProxySettings, CertificateSettings {
  /** `http.proxy`; wins over the environment's HTTP(S)_PROXY. */
  readonly proxyUrl?: string;
  /** `http.noProxy`, added to the environment's NO_PROXY. Loopback never goes through a proxy. */
  readonly noProxy?: readonly string[];
  /** False for `http.proxySupport: off`: setting and environment are then ignored. Default true. */
  readonly useProxy?: boolean;
  /** `http.proxyAuthorization`: the value of that header, in place of the user name and password in the proxy's address. */
  readonly proxyAuthorization?: string;
  /** `http.proxyStrictSSL`. Default true. */
  readonly strictTls?: boolean;
  /** Authorities trusted besides Node's own, PEM. */
  readonly extraCaPem?: readonly string[];
  /** `http.systemCertificates`. Default true. */
  readonly systemCertificates?: boolean;
  /** Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The real transport. Cheap to make: undici and the certificates are loaded by the first call that needs them. */
export const createTransport = (settings: ConnectionSettings = {}): Transport => new UndiciTransport(settings);

interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity: typeof checkIdentity;
  readonly secureContext?: tls.SecureContext;
}

interface ConnectOptions extends Partial<TlsOptions> {
  readonly timeout: number;
}

class UndiciTransport implements Transport {
  readonly #settings: ConnectionSettings;
  /** By way out; those that are still being made, too. */
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();
  readonly #made = new Set<Dispatcher>();
  /** Open WebSockets; their connections do not belong to the dispatchers any more. */
  readonly #sockets = new Set<TransportSocket>();
  #tls: Promise<TlsOptions> | null = null;
  #closed = false;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  async fetch(url: URL, request: TransportRequest): Promise<TransportAnswer> {
    const { method, headers, body, signal } = request;
    const proxy = proxyFor(url, this.#settings);
    const ready = Promise.all([loadUndici(), this.#dispatcherFor(url, proxy)]);
    const [undici, dispatcher] = await orAborted(ready, signal);
    try {
      return await undici.fetch(url, {
        method,
        headers: { 'user-agent': 'sandbox-foresight', ...headers },
        signal,
        dispatcher,
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      throw proxy === null ? error : new ProxyFailure(proxy, error);
    }
  }

  async socket(url: URL, request: SocketRequest): Promise<TransportSocket> {
    const proxy = proxyFor(url, this.#settings);
    const [undici, dispatcher] = await Promise.all([loadUndici(), this.#dispatcherFor(url, proxy)]);
    const onFailed = (error: unknown): void =>
      request.onFailed(proxy === null ? error : new ProxyFailure(proxy, error));
    let connection: Duplex | null = null;
    const onUpgrade = (upgraded: Duplex): void => {
      connection = upgraded;
    };
    const socket = new undici.WebSocket(url, {
      headers: { 'user-agent': 'sandbox-foresight', ...request.headers },
      dispatcher: dispatcher.compose(handshakes({ onRefused: request.onRefused, onFailed, onUpgrade })),
    });
    const made: TransportSocket = Object.assign(socket, { terminate: () => void connection?.destroy() });
    this.#sockets.add(made);
    made.addEventListener('close', () => this.#sockets.delete(made));
    return made;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const made = [...this.#made];
    this.#made.clear();
    this.#dispatchers.clear();
    await Promise.all(made.map((dispatcher) => dispatcher.destroy()));
    for (const socket of this.#sockets) socket.terminate();
  }

  /** One pool of connections for each way out: direct or a proxy, with or without TLS settings. */
  async #dispatcherFor(url: URL, proxy: URL | null): Promise<Dispatcher> {
    if (this.#closed) throw closed();
    const secure = url.protocol === 'https:' || url.protocol === 'wss:' || proxy?.protocol === 'https:';
    // Proxies pass a WebSocket on only through a tunnel.
    const tunnel = proxy !== null && (url.protocol === 'ws:' || url.protocol === 'wss:');
    const key = [proxy?.href ?? 'direct', secure, tunnel].join(' ');
    const known = this.#dispatchers.get(key);
    if (known !== undefined) return known;
    const made = this.#make(proxy, secure, tunnel);
    this.#dispatchers.set(key, made);
    try {
      return await made;
    } catch (error) {
      // What failed now (a certificate, a module that could not be read) may work at the next call.
      if (this.#dispatchers.get(key) === made) this.#dispatchers.delete(key);
      throw error;
    }
  }

  async #make(proxy: URL | null, secure: boolean, tunnel: boolean): Promise<Dispatcher> {
    const undici = await loadUndici();
    const tlsOptions = secure ? await this.#tlsOptions() : {};
    const connect: ConnectOptions = { timeout: CONNECT_TIMEOUT_MS, ...tlsOptions };
    const options: Agent.Options = {
      allowH2: false,
      // Every call has its own limits (Leash, Watchdog); undici's would end a long pull or a paused stream on its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect,
      webSocket: { maxPayloadSize: MAX_SOCKET_MESSAGE_BYTES },
    };
    // Closed while the certificates were read: what is made now would never be closed.
    if (this.#closed) throw closed();
    const made =
      proxy === null
        ? new undici.Agent(options)
        : new undici.ProxyAgent({ ...options, ...this.#proxyOptions(proxy, connect), proxyTunnel: tunnel });
    this.#made.add(made);
    return made;
  }

  #proxyOptions(proxy: URL, connect: ConnectOptions): ProxyAgent.Options {
    const { proxyAuthorization } = this.#settings;
    const common = { uri: proxy.href, requestTls: connect };
    // undici speaks TLS to a SOCKS proxy for which there are TLS options.
    if (proxy.protocol.startsWith('socks')) return { ...common, connectTimeout: CONNECT_TIMEOUT_MS };
    return {
      ...common,
      proxyTls: { ...connect, allowH2: false },
      ...(proxyAuthorization === undefined ? {} : { token: proxyAuthorization }),
    };
  }

  /** Made once: parsing hundreds of certificates anew for each connection would be felt. */
  async #tlsOptions(): Promise<TlsOptions> {
    this.#tls ??= tlsOptionsOf(this.#settings);
    try {
      return await this.#tls;
    } catch (error) {
      this.#tls = null;
      throw error;
    }
  }
}

const closed = (): Problem => new Problem('aborted', 'The network connection of the extension was closed.');

/** The system's certificates may take long to read; a call does not wait for them beyond its own time. */
const orAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

const tlsOptionsOf = async (settings: ConnectionSettings): Promise<TlsOptions> => {
  const ca = await trustedCertificates(settings);
  return {
    rejectUnauthorized: settings.strictTls !== false,
    checkServerIdentity: checkIdentity,
    ...(ca === null ? {} : { secureContext: tls.createSecureContext({ ca: [...ca] }) }),
  };
};

interface HandshakeEnds {
  readonly onRefused: SocketRequest['onRefused'];
  readonly onFailed: SocketRequest['onFailed'];
  readonly onUpgrade: (connection: Duplex) => void;
}

/** Tells how a handshake ended: its status, its failure, or the connection that it became. The WebSocket itself hides all three. */
const handshakes =
  ({ onRefused, onFailed, onUpgrade }: HandshakeEnds): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, headers, connection) => {
        onUpgrade(connection);
        handler.onRequestUpgrade?.(controller, status, headers, connection);
      },
      onResponseStart: (controller, status, headers, message) => {
        if (status >= 200) onRefused({ status });
        handler.onResponseStart?.(controller, status, headers, message);
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => {
        onFailed(error);
        handler.onResponseError?.(controller, error);
      },
    });
