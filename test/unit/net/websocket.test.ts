import type { IncomingMessage } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { openWebSocket, type WebSocketOptions } from '../../../src/net/websocket.ts';
import { collect, ManualClock, nowhere, problemOf, serve, transport } from './support.ts';

/** A WebSocket server on loopback; `refuse` answers the handshake with that status instead. */
const socketServer = async (
  connected: (socket: ServerSocket, request: IncomingMessage) => void,
  refuse?: number,
): Promise<string> => {
  const { origin, server } = await serve((_, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => connected(opened, request));
  });
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
  });
  return origin;
};

const open = (url: string, more: Partial<WebSocketOptions> = {}) =>
  openWebSocket({ transport: transport(), url, ...more });

describe('openWebSocket', () => {
  it('exchanges text and bytes with headers, and ends quietly when the other side closes', async () => {
    let headers: IncomingMessage['headers'] = {};
    const origin = await socketServer((socket, request) => {
      headers = request.headers;
      socket.on('message', (data, isBinary) => {
        socket.send(data, { binary: isBinary });
        if (isBinary) socket.close(1000, 'process exited');
      });
    });
    const connection = await open(`${origin}/pty/1/ws?pty=1`, {
      headers: { 'X-Plain': 'p' },
      secretHeaders: [{ origin, headers: { 'X-EXECD-ACCESS-TOKEN': 't' } }],
    });
    connection.send('{"type":"ping"}');
    connection.send(Uint8Array.of(0, 65));
    expect(await collect(connection.messages)).toEqual(['{"type":"ping"}', Uint8Array.of(0, 65)]);
    expect(await connection.ended).toEqual({ code: 1000, reason: 'process exited' });
    expect(headers).toMatchObject({ 'x-plain': 'p', 'x-execd-access-token': 't' });
    expect(() => connection.send('late')).toThrow('is closed');
    expect(connection.bufferedBytes).toBe(0);
  });

  it('tells a code of the application, such as "taken over"', async () => {
    const origin = await socketServer((socket) => socket.close(4001, 'TAKEN_OVER'));
    const connection = await open(origin.replace('http', 'ws'));
    expect(await collect(connection.messages)).toEqual([]);
    expect(await connection.ended).toEqual({ code: 4001, reason: 'TAKEN_OVER' });
  });

  it('calls a cut reset, after what came before it', async () => {
    const origin = await socketServer((socket) => socket.send('last words', () => socket.terminate()));
    const connection = await open(origin);
    const messages = connection.messages[Symbol.asyncIterator]();
    expect(await messages.next()).toEqual({ done: false, value: 'last words' });
    expect(await problemOf(Promise.resolve(messages.next()))).toMatchObject({ kind: 'reset' });
    expect(await connection.ended).toMatchObject({ code: 1006 });
  });

  it('calls an error code of the server by its name', async () => {
    const origin = await socketServer((socket) => socket.close(1011, 'oops'));
    const connection = await open(origin);
    expect(await problemOf(collect(connection.messages))).toMatchObject({
      kind: 'server-error',
      message: expect.stringContaining('1011 (oops)'),
    });
  });

  for (const [status, kind] of [
    [401, 'unauthorized'],
    [404, 'not-found'],
    [409, 'conflict'],
  ] as const) {
    it(`a handshake refused with ${status} is ${kind}`, async () => {
      const origin = await socketServer(() => undefined, status);
      expect(await problemOf(open(origin))).toMatchObject({ kind, status });
    });
  }

  it('names a server that is not there', async () => {
    const problem = await problemOf(open(await nowhere()));
    expect(problem).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/^Nothing listens there \(/) });
  });

  it('gives up on a handshake that is not answered', async () => {
    const clock = new ManualClock();
    const { origin, server } = await serve(() => undefined);
    server.on('upgrade', (_, socket) => {
      onTestFinished(() => {
        socket.destroy();
      });
      clock.advance(10_000);
    });
    expect(await problemOf(open(origin, { clock }))).toMatchObject({ kind: 'timeout' });
    expect(clock.waiting).toBe(0);
  });

  it('closes with too-large on a message over the cap', async () => {
    const origin = await socketServer((socket) => socket.send('x'.repeat(1_001)));
    const connection = await open(origin, { maxMessageBytes: 1_000 });
    expect(await problemOf(collect(connection.messages))).toMatchObject({ kind: 'too-large' });
    await connection.ended;
  });

  it('does not pile up messages nobody reads', async () => {
    const origin = await socketServer((socket) => {
      for (let i = 0; i < 5; i += 1) socket.send('x'.repeat(1_000));
    });
    const connection = await open(origin, { maxMessageBytes: 1_000 });
    await connection.ended;
    expect(await problemOf(collect(connection.messages))).toMatchObject({ kind: 'too-large' });
  });

  it('closes and throws aborted when the signal is aborted', async () => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<number>();
    const origin = await socketServer((socket) => socket.on('close', closed.resolve));
    const connection = await open(origin, { signal: controller.signal });
    const reading = problemOf(collect(connection.messages));
    controller.abort();
    expect(await reading).toMatchObject({ kind: 'aborted' });
    await closed.promise;
    await connection.ended;
    expect(await problemOf(open(origin, { signal: controller.signal }))).toMatchObject({ kind: 'aborted' });
  });

  it('closes when the reader leaves', async () => {
    const closed = Promise.withResolvers<number>();
    const origin = await socketServer((socket) => {
      socket.on('close', closed.resolve);
      socket.send('hello');
    });
    const connection = await open(origin);
    for await (const message of connection.messages) {
      expect(message).toBe('hello');
      break;
    }
    expect(await closed.promise).toBe(1000);
  });

  describe('with a peer that does not answer the farewell, as a frozen sandbox', () => {
    const frozen = (): Promise<string> => socketServer((socket) => socket.pause());

    it('cuts the connection after a while when it is closed', async () => {
      const clock = new ManualClock();
      const connection = await open(await frozen(), { clock });
      connection.close();
      connection.close();
      clock.advance(3_000);
      expect(await connection.ended).toMatchObject({ code: 1006 });
      expect(clock.waiting).toBe(0);
    });

    it('cuts it after a while when the signal is aborted or the reader leaves', async () => {
      const clock = new ManualClock();
      const controller = new AbortController();
      const aborted = await open(await frozen(), { clock, signal: controller.signal });
      controller.abort();
      clock.advance(3_000);
      await aborted.ended;
      const left = await open(await frozen(), { clock });
      const reader = left.messages[Symbol.asyncIterator]();
      const waiting = reader.next();
      left.close();
      clock.advance(3_000);
      await left.ended;
      expect(await waiting).toMatchObject({ done: true });
    });

    it('cuts it at once when the transport is closed', async () => {
      const made = transport();
      const connection = await open(await frozen(), { transport: made });
      await made.close();
      expect(await connection.ended).toMatchObject({ code: 1006 });
    });
  });

  it('never sends a key to another origin', async () => {
    const secretHeaders = [{ origin: 'http://other.test', headers: { key: 'k' } }];
    expect(await problemOf(open('ws://127.0.0.1:9', { secretHeaders }))).toMatchObject({ kind: 'invalid-request' });
  });
});
