import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Agent, Dispatcher } from 'undici';
import { Problem } from '../model/problem.ts';
import { type CertificateSettings, trustedCertificates } from './certificates.ts';
import { type ProxySettings, proxyFor } from './proxy.ts';
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
  readonly secureContext?: tls.SecureContext;
}

class UndiciTransport implements Transport {
  readonly #settings: ConnectionSettings;
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();
  /** Open WebSockets; their connections do not belong to the dispatchers any more. */
  readonly #sockets = new Set<TransportSocket>();
  #tls: TlsOptions | null = null;
  #closed = false;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  async fetch(url: URL, request: TransportRequest): Promise<TransportAnswer> {
    const [undici, dispatcher] = await Promise.all([loadUndici(), this.#dispatcherFor(url)]);
    const { method, headers, body, signal } = request;
    return undici.fetch(url, {
      method,
      headers: { 'user-agent': 'sandbox-foresight', ...headers },
      signal,
      dispatcher,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
  }

  async socket(url: URL, request: SocketRequest): Promise<TransportSocket> {
    const [undici, dispatcher] = await Promise.all([loadUndici(), this.#dispatcherFor(url)]);
    let connection: Duplex | null = null;
    const onUpgrade = (upgraded: Duplex): void => {
      connection = upgraded;
    };
    const socket = new undici.WebSocket(url, {
      headers: { 'user-agent': 'sandbox-foresight', ...request.headers },
      dispatcher: dispatcher.compose(handshakes(request.onRefused, onUpgrade)),
    });
    const made: TransportSocket = Object.assign(socket, { terminate: () => void connection?.destroy() });
    this.#sockets.add(made);
    made.addEventListener('close', () => this.#sockets.delete(made));
    return made;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const dispatchers = [...this.#dispatchers.values()];
    this.#dispatchers.clear();
    // One that could not be made has nothing to close; whoever asked for it was told why.
    const made = (await Promise.allSettled(dispatchers)).filter((each) => each.status === 'fulfilled');
    await Promise.all(made.map(({ value }) => value.destroy()));
    for (const socket of this.#sockets) socket.terminate();
  }

  /** One pool of connections for each way out: direct or a proxy, with or without TLS settings. */
  async #dispatcherFor(url: URL): Promise<Dispatcher> {
    if (this.#closed) throw new Problem('aborted', 'The network connection of the extension was closed.');
    const proxy = proxyFor(url, this.#settings);
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
    const tlsOptions = secure ? this.#tlsOptions() : {};
    const connect = { timeout: CONNECT_TIMEOUT_MS, ...tlsOptions };
    const options: Agent.Options = {
      allowH2: false,
      // Every call has its own limits (Leash, Watchdog); undici's would end a long pull or a paused stream on its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect,
      webSocket: { maxPayloadSize: MAX_SOCKET_MESSAGE_BYTES },
    };
    if (proxy === null) return new undici.Agent(options);
    return new undici.ProxyAgent({
      ...options,
      uri: proxy.href,
      requestTls: connect,
      proxyTls: connect,
      ...(tunnel ? { proxyTunnel: true } : {}),
    });
  }

  #tlsOptions(): TlsOptions {
    if (this.#tls === null) {
      const ca = trustedCertificates(this.#settings);
      this.#tls = {
        rejectUnauthorized: this.#settings.strictTls !== false,
        // Made once: parsing hundreds of certificates anew for each connection would be felt.
        ...(ca === null ? {} : { secureContext: tls.createSecureContext({ ca: [...ca] }) }),
      };
    }
    return this.#tls;
  }
}

/** Tells the status of a handshake that was not answered with the upgrade, and the connection of one that was; the WebSocket itself hides both. */
const handshakes =
  (
    onRefused: SocketRequest['onRefused'],
    onUpgrade: (connection: Duplex) => void,
  ): Dispatcher.DispatcherComposeInterceptor =>
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
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    });
