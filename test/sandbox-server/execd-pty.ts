import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { ExecdContext } from './execd.ts';
import { isFolder } from './execd-command.ts';
import { asObject, readBody, sendEmpty, sendError, sendJson } from './http.ts';
import { Terminal } from './terminal.ts';

const frame = { stdin: 0, stdout: 1, stderr: 2, replay: 3 } as const;
const takenOver = 4001;
const pingMs = 30_000;

/** A JSON error as a raw HTTP answer to a handshake that is refused. */
function refuse(socket: Socket, status: string, code: string, message: string): void {
  const body = JSON.stringify({ code, message });
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** `/pty`: terminals over WebSocket. One client at a time; the shell outlives its client. */
export class PtyRoutes {
  readonly #context: ExecdContext;
  readonly #terminals = new Map<string, Terminal>();
  readonly #clients = new Map<string, WebSocket>();
  readonly #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  constructor(context: ExecdContext) {
    this.#context = context;
  }

  async create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await readBody(request)).toString('utf8');
    let body: Record<string, unknown> | undefined;
    try {
      body = text.trim() === '' ? {} : asObject(JSON.parse(text));
    } catch {
      body = undefined;
    }
    if (body === undefined) {
      sendError(response, 400, 'INVALID_REQUEST_BODY', 'error parsing request: invalid character');
      return;
    }
    const { cwd, command } = body;
    const id = randomUUID();
    if (typeof cwd === 'string' && cwd !== '' && !isFolder(cwd)) {
      // As observed: a failed creation answers with its error and then a second, successful body behind it.
      const error = {
        code: 'RUNTIME_ERROR',
        message: `error creating pty session: working directory does not exist: ${cwd}`,
      };
      response.writeHead(500, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(error) + JSON.stringify({ session_id: id }));
      return;
    }
    const terminal = new Terminal(this.#context, {
      cwd: typeof cwd === 'string' ? cwd : '',
      command: typeof command === 'string' ? command : '',
    });
    this.#terminals.set(id, terminal);
    await delay(Number(this.#context.switches.get('slowCreate', this.#context.sandbox.id)));
    sendJson(response, 201, { session_id: id });
  }

  /** Terminals that were made and not deleted. */
  get count(): number {
    return this.#terminals.size;
  }

  status(response: ServerResponse, id: string): void {
    const terminal = this.#terminals.get(id);
    if (terminal === undefined) sendError(response, 404, 'CONTEXT_NOT_FOUND', `pty session ${id} not found`);
    else sendJson(response, 200, { session_id: id, running: terminal.isRunning, output_offset: terminal.outputOffset });
  }

  delete(response: ServerResponse, id: string): void {
    const terminal = this.#terminals.get(id);
    if (terminal === undefined) {
      sendError(response, 404, 'CONTEXT_NOT_FOUND', `pty session ${id} not found`);
      return;
    }
    this.#terminals.delete(id);
    terminal.kill();
    sendEmpty(response, 200);
  }

  /** `GET /pty/{id}/ws`. Refusals come as plain HTTP before the upgrade. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, id: string, url: URL): void {
    const terminal = this.#terminals.get(id);
    if (terminal === undefined) {
      refuse(socket, '404 Not Found', 'CONTEXT_NOT_FOUND', `pty session ${id} not found`);
      return;
    }
    const holder = this.#clients.get(id);
    if (holder !== undefined && url.searchParams.get('takeover') !== '1') {
      const message = `another client is already connected to pty session ${id}`;
      refuse(socket, '409 Conflict', 'ALREADY_CONNECTED', message);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (client) => {
      holder?.close(takenOver, 'TAKEN_OVER');
      this.#clients.set(id, client);
      this.#attach(client, terminal, id, url);
    });
  }

  #attach(client: WebSocket, terminal: Terminal, id: string, url: URL): void {
    const say = (message: Readonly<Record<string, unknown>>): void => client.send(JSON.stringify(message));
    client.on('error', () => client.terminate());
    const failure = terminal.isRunning
      ? undefined
      : terminal.start(url.searchParams.get('pty') === '0' ? 'pipe' : 'pty');
    if (failure !== undefined) {
      say({ type: 'error', code: 'START_FAILED', error: failure });
      this.#clients.delete(id);
      client.terminate();
      return;
    }
    const since = Number(url.searchParams.get('since') ?? 0) || 0;
    const missed = terminal.outputSince(since);
    if (missed.length > 0) {
      const header = Buffer.alloc(9);
      header[0] = frame.replay;
      header.writeBigInt64BE(BigInt(terminal.outputOffset), 1);
      client.send(Buffer.concat([header, missed]));
    }
    say({ type: 'connected', session_id: id, mode: terminal.mode });
    const detach = terminal.attach({
      onOutput: (stream, bytes) => client.send(Buffer.concat([Buffer.from([frame[stream]]), bytes])),
      onExit: (exitCode) => {
        say({ type: 'exit', exit_code: exitCode });
        client.close(1000, 'process exited');
      },
    });
    const pings = setInterval(() => client.ping(), pingMs);
    client.on('message', (data, isBinary) => {
      const bytes = toBuffer(data);
      if (!isBinary) this.#control(terminal, bytes.toString('utf8'), say);
      else if (bytes[0] === frame.stdin) terminal.write(bytes.subarray(1));
    });
    client.on('close', () => {
      clearInterval(pings);
      detach();
      if (this.#clients.get(id) === client) this.#clients.delete(id);
    });
  }

  #control(terminal: Terminal, text: string, say: (message: Readonly<Record<string, unknown>>) => void): void {
    let message: Record<string, unknown> | undefined;
    try {
      message = asObject(JSON.parse(text));
    } catch {
      return; // The real one ignores text that is not JSON.
    }
    const { type, data, signal, cols, rows } = message ?? {};
    if (type === 'stdin') terminal.write(Buffer.from(String(data ?? '')));
    else if (type === 'signal') terminal.signal(String(signal ?? ''));
    else if (type === 'resize') terminal.resize(Number(cols ?? 0), Number(rows ?? 0));
    else if (type === 'ping') say({ type: 'pong' });
    else
      say({ type: 'error', code: 'INVALID_FRAME', error: `unknown frame type ${JSON.stringify(String(type ?? ''))}` });
  }

  /** The sandbox is gone: connections break without a closing handshake. */
  close(): void {
    for (const client of this.#clients.values()) client.terminate();
    this.#webSockets.close();
  }
}
