import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';

/** What to change on the way, and what to answer when nobody listens. */
export interface ForwardOptions {
  /** Header names (lower case) that must not be passed on. */
  readonly dropHeaders?: readonly string[];
  /** Headers to add. */
  readonly addHeaders?: Readonly<Record<string, string>>;
  readonly onRefused: (response: ServerResponse, error: Error) => void;
}

function passedHeaders(
  request: IncomingMessage,
  port: number,
  { dropHeaders = [], addHeaders = {} }: Omit<ForwardOptions, 'onRefused'>,
): OutgoingHttpHeaders {
  const kept = Object.entries(request.headers).filter(([name]) => !dropHeaders.includes(name));
  return { ...Object.fromEntries(kept), ...addHeaders, host: `127.0.0.1:${port}` };
}

/**
 * Passes a request on to a port of this machine and the answer back, unbuffered.
 * When the other side breaks in the middle, the client sees a clean end. When the client leaves, the other side is told.
 */
export function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  path: string,
  options: ForwardOptions,
): void {
  const headers = passedHeaders(request, port, options);
  const upstream = httpRequest({ host: '127.0.0.1', port, path, method: request.method, headers, agent: false });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.on('data', (chunk: Buffer) => response.write(chunk));
    answer.on('end', () => response.end());
    answer.on('error', () => response.end());
    answer.on('close', () => response.end());
  });
  upstream.on('error', (error) => {
    if (response.headersSent) response.end();
    else options.onRefused(response, error);
  });
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

/** Passes a WebSocket handshake and everything after it on to a port of this machine. */
export function forwardUpgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  port: number,
  path: string,
  options: Omit<ForwardOptions, 'onRefused'> = {},
): void {
  const upstream = connect(port, '127.0.0.1', () => {
    const lines = Object.entries(passedHeaders(request, port, options)).flatMap(([name, value]) =>
      [value ?? []].flat().map((one) => `${name}: ${one}`),
    );
    upstream.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
  upstream.on('close', () => socket.destroy());
  socket.on('error', () => upstream.destroy());
  socket.on('close', () => upstream.destroy());
}
