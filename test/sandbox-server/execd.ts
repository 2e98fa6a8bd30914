import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { EventLog } from './event-log.ts';
import { CommandRoutes } from './execd-command.ts';
import { sendDownload } from './execd-files.ts';
import { sendMetrics, watchMetrics } from './execd-metrics.ts';
import { PtyRoutes } from './execd-pty.ts';
import { SessionRoutes } from './execd-session.ts';
import { forwardRequest, forwardUpgrade } from './forward.ts';
import { apiKeyHeader, sendEmpty, sendError, sendJson, sendText } from './http.ts';
import type { Sandbox } from './sandbox.ts';
import type { Switches } from './switches.ts';

/** The port execd has inside a sandbox. */
export const execdPort = 44772;

/** Header by which the proxy route marks its own requests for the log; the value is secret to this process. */
export const viaHeader = 'x-sandbox-server-via';

/** What the routes of execd work with. */
export interface ExecdContext {
  readonly sandbox: Sandbox;
  readonly switches: Switches;
  readonly log: EventLog;
}

/** The daemon in one sandbox: its own listener on its own port. */
export class Execd {
  readonly #context: ExecdContext;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #viaSecret: string;
  readonly #commands: CommandRoutes;
  readonly #sessions: SessionRoutes;
  readonly #pty: PtyRoutes;
  readonly #stopListening: () => void;
  #port = 0;

  constructor(context: ExecdContext, viaSecret: string) {
    this.#context = context;
    this.#viaSecret = viaSecret;
    this.#sessions = new SessionRoutes(context);
    this.#commands = new CommandRoutes(context, this.#sessions);
    this.#pty = new PtyRoutes(context);
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        context.log.write('problem', { sandboxId: context.sandbox.id, what: String(error) });
        response.destroy();
      });
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#upgrade(request, socket, head).catch(() => socket.destroy());
    });
    this.#server.on('connection', (socket) => this.#connected(socket));
    this.#stopListening = context.switches.onChange((name, id) => {
      if (name === 'killExecd' && (id === undefined || id === context.sandbox.id) && this.isDead) {
        for (const socket of this.#sockets) socket.resetAndDestroy();
      }
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Whether the daemon has been killed while its sandbox runs on, or does not listen yet: connections are accepted and cut, as by Docker's proxy. */
  get isDead(): boolean {
    const { sandbox, switches } = this.#context;
    const lateMs = Number(switches.get('execdLate', sandbox.id));
    return switches.isOn('killExecd', sandbox.id) || Date.now() < sandbox.createdAtMs + lateMs;
  }

  /** What was made in the daemon and not deleted. */
  get held(): { readonly sessions: number; readonly terminals: number } {
    return { sessions: this.#sessions.count, terminals: this.#pty.count };
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nothing leaves any more, while connections are still accepted. */
  freeze(): void {
    for (const socket of this.#sockets) socket.cork();
  }

  thaw(): void {
    for (const socket of this.#sockets) socket.uncork();
  }

  /** Ends abruptly, as when the container goes away: open connections break, new ones are refused. */
  close(): void {
    this.#stopListening();
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#pty.close();
  }

  #connected(socket: Socket): void {
    if (this.isDead) {
      socket.resetAndDestroy();
      return;
    }
    socket.setNoDelay(true);
    if (this.#context.sandbox.state === 'paused') socket.cork();
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }

  /** Writes the request down and takes off the marks that are not part of the protocol. Returns path and query. */
  #receive(request: IncomingMessage): URL {
    const via = request.headers[viaHeader] === this.#viaSecret ? 'proxy' : 'direct';
    delete request.headers[viaHeader];
    const self = `/proxy/${execdPort}`;
    const raw = request.url ?? '/';
    const isSelf = raw === self || raw.startsWith(`${self}/`) || raw.startsWith(`${self}?`);
    const stripped = isSelf ? raw.slice(self.length) : raw;
    const url = new URL(stripped.startsWith('/') ? stripped : `/${stripped}`, 'http://execd');
    this.#context.log.request({
      listener: 'execd',
      method: request.method ?? 'GET',
      path: url.pathname + url.search,
      sandboxId: this.#context.sandbox.id,
      via,
      hasApiKey: request.headers[apiKeyHeader] !== undefined,
    });
    return url;
  }

  #isAllowed(request: IncomingMessage): boolean {
    const { sandbox, switches } = this.#context;
    const token = switches.get('executableToken', sandbox.id) || sandbox.spec.env['EXECD_ACCESS_TOKEN'];
    return token === undefined || token === '' || request.headers['x-execd-access-token'] === token;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.#receive(request);
    await this.#context.sandbox.whenAwake();
    if (!this.#isAllowed(request)) {
      const error = 'Unauthorized: invalid or missing header X-EXECD-ACCESS-TOKEN';
      sendJson(response, 401, { error });
      return;
    }
    const other = /^\/proxy\/([^/]*)(\/.*)?$/.exec(url.pathname);
    if (other !== null) {
      if (other[1] === '') sendText(response, 400, 'port is required\n');
      else
        forwardRequest(request, response, Number(other[1]), (other[2] ?? '/') + url.search, { onRefused: badGateway });
      return;
    }
    await this.#route(request, response, url);
  }

  async #route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const route = `${request.method} ${url.pathname}`;
    const [, first = '', second = '', third = ''] = url.pathname.split('/');
    if (route === 'GET /ping') sendEmpty(response, 200);
    else if (route === 'GET /metrics') await sendMetrics(this.#context, response);
    else if (route === 'GET /metrics/watch') await watchMetrics(this.#context, response);
    else if (route === 'GET /files/download') sendDownload(request, response, url);
    else if (route === 'POST /command') await this.#commands.run(request, response);
    else if (route === 'DELETE /command') await this.#commands.interrupt(response, url);
    else if (route === `GET /command/status/${third}`) this.#commands.status(response, third);
    else if (route === `GET /command/${second}/logs`) this.#commands.logs(response, second, url);
    else if (route === 'POST /session') await this.#sessions.create(request, response);
    else if (route === `POST /session/${second}/run`) await this.#sessions.run(request, response, second);
    else if (route === `DELETE /session/${second}`) this.#sessions.delete(response, second);
    else if (route === 'POST /pty') await this.#pty.create(request, response);
    else if (first === 'pty' && third === 'ws')
      sendError(response, 400, 'INVALID_REQUEST_BODY', 'websocket upgrade required');
    else if (route === `GET /pty/${second}`) this.#pty.status(response, second);
    else if (route === `DELETE /pty/${second}`) this.#pty.delete(response, second);
    else sendText(response, 404, '404 page not found');
  }

  async #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const url = this.#receive(request);
    await this.#context.sandbox.whenAwake();
    if (!this.#isAllowed(request)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const other = /^\/proxy\/(\d+)(\/.*)?$/.exec(url.pathname);
    const pty = /^\/pty\/([^/]+)\/ws$/.exec(url.pathname);
    if (other !== null) forwardUpgrade(request, socket, head, Number(other[1]), (other[2] ?? '/') + url.search);
    else if (pty !== null) this.#pty.upgrade(request, socket, head, pty[1] ?? '', url);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }
}

function badGateway(response: ServerResponse): void {
  sendText(response, 502, 'Bad Gateway\n');
}
