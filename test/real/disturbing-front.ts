import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Listening, listen } from '../helpers/fronts.ts';

/** Stands before a real OpenSandbox server, counts what is asked of it, and shows it as worse than it is. */
export interface DisturbingFront {
  readonly url: string;
  /** All requests so far. */
  readonly requests: number;
  /** Requests for the proxy route of a sandbox. */
  proxied(id: string): number;
  /** Answers every request with 500. */
  fails: boolean;
  /** Shows this state word of a sandbox instead of the real one. */
  readonly states: Map<string, string>;
  /** Sandboxes whose own address leads to a port at which nobody listens. */
  readonly blocked: Set<string>;
  close(): Promise<void>;
}

interface Body {
  id?: string;
  status?: { state?: string };
  items?: Body[];
  endpoint?: string;
}

const proxyRoute = /^\/v1\/sandboxes\/([^/]+)\/proxy\//;
const ownAddressRoute = /^\/v1\/sandboxes\/([^/]+)\/endpoints\/44772(?!.*use_server_proxy=true)/;
const nobodyListens = '127.0.0.1:9/proxy/44772';

/** @param server address of the real one. */
export const disturbingFront = async (server: URL): Promise<DisturbingFront> => {
  const states = new Map<string, string>();
  const blocked = new Set<string>();
  const proxied = new Map<string, number>();
  let requests = 0;

  const changed = (path: string, body: Body): Body => {
    for (const sandbox of [body, ...(body.items ?? [])]) {
      const state = states.get(sandbox.id ?? '');
      if (state !== undefined && sandbox.status !== undefined) sandbox.status.state = state;
    }
    const asked = ownAddressRoute.exec(path)?.[1];
    return asked !== undefined && blocked.has(asked) ? { ...body, endpoint: nobodyListens } : body;
  };
  const pass = async (path: string, answer: IncomingMessage, response: ServerResponse): Promise<void> => {
    const isJson = answer.headers['content-type']?.includes('json') === true && !proxyRoute.test(path);
    if (!isJson) {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
      return;
    }
    const { 'content-length': _length, ...headers } = answer.headers;
    const body = changed(path, JSON.parse(await text(answer)) as Body);
    response.writeHead(answer.statusCode ?? 502, headers).end(JSON.stringify(body));
  };
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    const path = incoming.url ?? '/';
    requests += 1;
    const id = proxyRoute.exec(path)?.[1];
    if (id !== undefined) proxied.set(id, (proxied.get(id) ?? 0) + 1);
    if (front.fails) {
      response.writeHead(500).end();
      return;
    }
    const { method, headers } = incoming;
    const outgoing = request({ host: server.hostname, port: server.port, path, method, headers }, (answer) => {
      pass(path, answer, response).catch(() => response.destroy());
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  };
  const upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const onward = connect(Number(server.port), server.hostname, () => {
      const lines = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  };
  const http = createServer(handle).on('upgrade', upgrade);
  const listening: Listening = await listen(http);
  const front: DisturbingFront = {
    url: `http://127.0.0.1:${listening.port}`,
    get requests() {
      return requests;
    },
    proxied: (id) => proxied.get(id) ?? 0,
    fails: false,
    states,
    blocked,
    close: () => listening.close(),
  };
  return front;
};
