import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { EventLog } from './event-log.ts';
import { answerWithFault } from './faults.ts';
import {
  apiKeyHeader,
  BusinessError,
  sendError,
  sendJson,
  sendText,
  sendUnhandled,
  sendValidationError,
  ValidationError,
} from './http.ts';
import { describedPaths, type LifecycleContext, routeLifecycle } from './lifecycle-routes.ts';
import { type ProxyTarget, parseProxyPath, proxyRequest, proxyUpgrade } from './proxy.ts';

const openPaths = new Set(['/health', '/docs', '/redoc', '/openapi.json']);

/** What the lifecycle server needs. */
export interface LifecycleOptions extends Omit<LifecycleContext, 'authority'> {
  readonly log: EventLog;
  /** The key that every request must carry; undefined: the server is open. */
  readonly apiKey: string | undefined;
  readonly viaSecret: string;
}

/** The lifecycle server's own listener: ids, keys, faults and error shapes around the routes. */
export class LifecycleServer {
  readonly #options: LifecycleOptions;
  readonly #context: LifecycleContext;
  readonly #server: Server;
  #port = 0;

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.#context = { ...options, authority: () => `127.0.0.1:${this.#port}` };
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => this.#fail(response, error));
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#upgrade(request, socket, head);
    });
  }

  /** Starts to listen on 127.0.0.1 and gives the port. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this.#port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Writes the request down and gives its URL, its path without `/v1`, and what the proxy route makes of it. */
  #receive(request: IncomingMessage): { url: URL; path: string; target: ProxyTarget | undefined } {
    const url = new URL(request.url ?? '/', 'http://server');
    const path = url.pathname.startsWith('/v1/') ? url.pathname.slice(3) : url.pathname;
    const target = parseProxyPath(path);
    const sandboxId = /^\/sandboxes\/([^/]+)/.exec(path)?.[1];
    this.#options.log.request({
      listener: target === undefined ? 'server' : 'proxy',
      method: request.method ?? 'GET',
      path: url.pathname + url.search,
      ...(sandboxId === undefined ? {} : { sandboxId }),
      hasApiKey: request.headers[apiKeyHeader] !== undefined,
    });
    return { url, path, target };
  }

  /** The error of a request without the right key, or undefined. */
  #checkKey(request: IncomingMessage, path: string, isProxied: boolean): BusinessError | undefined {
    const { apiKey, switches } = this.#options;
    if (apiKey === undefined || openPaths.has(path)) return undefined;
    if (isProxied && !switches.isOn('proxyNeedsKey')) return undefined;
    const given = request.headers[apiKeyHeader];
    if (given === undefined || given === '') {
      const message = 'Authentication credentials are missing. Provide API key via OPEN-SANDBOX-API-KEY header.';
      return new BusinessError(401, 'MISSING_API_KEY', message);
    }
    if (given === apiKey) return undefined;
    const message = 'Authentication credentials are invalid. Check your API key and try again.';
    return new BusinessError(401, 'INVALID_API_KEY', message);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url, path, target } = this.#receive(request);
    const offsetMs = Number(this.#options.switches.get('clockOffset'));
    response.setHeader('Date', new Date(Date.now() + offsetMs).toUTCString());
    response.setHeader('X-Request-ID', request.headers['x-request-id'] ?? randomUUID().replaceAll('-', ''));
    const refusal = this.#checkKey(request, path, target !== undefined);
    if (target === undefined && (await answerWithFault(this.#options.switches.get('lifecycleFault'), path, response)))
      return;
    if (refusal !== undefined) throw refusal;
    if (target !== undefined) {
      proxyRequest(this.#options, request, response, target, url.search);
    } else if (request.method === 'GET' && openPaths.has(path)) sendOpenPath(path, response);
    else await routeLifecycle(this.#context, request, response, path, url);
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { url, path, target } = this.#receive(request);
    try {
      const refusal = this.#checkKey(request, path, target !== undefined);
      if (refusal !== undefined) throw refusal;
      if (target === undefined) throw new BusinessError(404, 'GENERAL::UNKNOWN_ERROR', 'Not Found');
      proxyUpgrade(this.#options, request, socket, head, target, url.search);
    } catch (error) {
      const status = error instanceof BusinessError ? error.status : 500;
      socket.end(`HTTP/1.1 ${status} Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
  }

  #fail(response: ServerResponse, error: unknown): void {
    if (response.headersSent || response.destroyed) response.destroy();
    else if (error instanceof BusinessError) sendError(response, error.status, error.code, error.message);
    else if (error instanceof ValidationError) sendValidationError(response, error.issues);
    else {
      this.#options.log.write('problem', {
        what: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      sendUnhandled(response);
    }
  }
}

function sendOpenPath(path: string, response: ServerResponse): void {
  if (path === '/health') sendJson(response, 200, { status: 'healthy' });
  else if (path === '/openapi.json') {
    const paths = Object.fromEntries(describedPaths.flatMap((each) => [each, `/v1${each}`]).map((each) => [each, {}]));
    sendJson(response, 200, {
      openapi: '3.1.0',
      info: { title: 'OpenSandbox Lifecycle API', version: '0.1.0' },
      paths,
    });
  } else sendText(response, 200, 'OpenSandbox Lifecycle API');
}
