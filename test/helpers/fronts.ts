import { createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import type { KeyAndCertificate } from './certificates.ts';

/** Something that listens on loopback. */
export interface Listening {
  readonly port: number;
  /** Cuts what is open, too. */
  close(): Promise<void>;
}

/** The loopback addresses of this computer; not every container has the one of IPv6. */
export const loopbackAddresses: readonly string[] = ['::1', '127.0.0.1'].filter((address) =>
  Object.values(networkInterfaces()).some((each) => each?.some((one) => one.address === address)),
);

/** Host and port as they stand in an address. */
export const placeOf = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Listens on a free port of `host`. */
export const listen = async (server: Server, host = '127.0.0.1'): Promise<Listening> => {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    close: async () => {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
};

/** Joins two connections until one of them ends, however it ends. */
const join = (one: Duplex, other: Duplex): void => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
};

const headLines = (message: IncomingMessage): string => {
  const pairs = message.rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`));
  return `${pairs.join('')}\r\n`;
};

export interface Ingress {
  /** The plain server behind it, such as `http://127.0.0.1:8080`. */
  readonly target: string;
  readonly tls: KeyAndCertificate;
  /** Everything below this path goes to the target, without it; the rest is 404. Default: all. */
  readonly prefix?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

/** What stands before a server in a company: it ends TLS, takes a path prefix away, and passes requests, streams and WebSockets on. */
export const startIngress = ({ target, tls, prefix = '', host }: Ingress): Promise<Listening> => {
  const { port } = new URL(target);
  const pathOf = (incoming: IncomingMessage): string | null => {
    const path = incoming.url ?? '/';
    return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : null;
  };
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const path = pathOf(incoming);
    if (path === null) {
      outgoing.writeHead(404, { 'content-type': 'text/html' }).end('<html><title>404 Not Found</title></html>');
      return;
    }
    const { method = 'GET', headers } = incoming;
    const upstream = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  };
  const server = createHttpsServer({ key: tls.key, cert: tls.certificate }, handle);
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const upstream = connect(Number(port), '127.0.0.1');
    upstream.write(`GET ${pathOf(incoming) ?? '/'} HTTP/1.1\r\n${headLines(incoming)}`);
    upstream.write(head);
    join(socket, upstream);
  });
  return listen(server, host);
};

/** What a proxy does with whatever it is asked for. */
export type ProxyRule =
  /** Every tunnel ends at this port of this computer, and a plain request is answered by the proxy itself. */
  { readonly to: number; readonly password?: string } | { readonly refuse: number } | 'cut';

export interface TestProxy extends Listening {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** What it was asked for, e.g. `CONNECT host:443`. */
  readonly seen: readonly string[];
  /** The Proxy-Authorization headers that came. */
  readonly authorizations: readonly string[];
}

/** An HTTP proxy as companies have one: plain requests and tunnels. */
export const startProxy = async (rule: ProxyRule): Promise<TestProxy> => {
  const seen: string[] = [];
  const authorizations: string[] = [];
  /** The status it answers with. */
  const judge = (asked: IncomingMessage): number => {
    seen.push(`${asked.method} ${asked.url}`);
    const authorization = asked.headers['proxy-authorization'];
    if (authorization !== undefined) authorizations.push(authorization);
    if (rule === 'cut') return 0;
    if ('refuse' in rule) return rule.refuse;
    const wanted = rule.password === undefined ? undefined : `Basic ${btoa(rule.password)}`;
    return authorization === wanted ? 200 : 407;
  };
  const server = createHttpServer((asked, answer) => {
    const status = judge(asked);
    if (status === 0) answer.destroy();
    else answer.writeHead(status, { 'content-type': 'text/plain' }).end('from the proxy');
  });
  server.on('connect', (asked: IncomingMessage, socket: Socket) => {
    const status = judge(asked);
    socket.on('error', () => socket.destroy());
    if (status === 0) socket.destroy();
    else if (status !== 200) socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    else if (typeof rule === 'object' && 'to' in rule) {
      const upstream = connect(rule.to, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        join(socket, upstream);
      });
      upstream.on('error', () => socket.destroy());
    }
  });
  const listening = await listen(server);
  return { ...listening, url: `http://127.0.0.1:${listening.port}`, seen, authorizations };
};

/** A SOCKS5 proxy (RFC 1928) without passwords; `reply` is what it answers to the wish to connect, 0 for yes. */
export const startSocksProxy = async (to: number, reply = 0): Promise<Listening> => {
  const server = createSocketServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', () => {
        socket.write(Buffer.from([5, reply, 0, 1, 127, 0, 0, 1, 0, 0]));
        if (reply === 0) join(socket, connect(to, '127.0.0.1'));
      });
    });
  });
  return listen(server);
};
