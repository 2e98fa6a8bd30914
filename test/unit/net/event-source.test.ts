import { ReadableStream } from 'node:stream/web';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ConnectionState, type EventStreamOptions, openEventStream } from '../../../src/net/event-source.ts';
import type { Transport } from '../../../src/net/transport.ts';
import { ManualClock, nowhere, problemOf, serve, transport, turn } from './support.ts';

const sse = { 'content-type': 'text/event-stream' };
/** Comes back at once, so that no test waits. */
const atOnce = { firstMs: 0, maxMs: 0, minMs: 0 };

const open = (url: string, more: Partial<EventStreamOptions> = {}) => {
  const states: ConnectionState[] = [];
  const stream = openEventStream({
    transport: transport(),
    url,
    backoff: atOnce,
    onState: (state) => states.push(state),
    ...more,
  });
  return { stream, states };
};

const take = async (stream: AsyncGenerator<{ data: unknown }, never>, count: number): Promise<unknown[]> => {
  const values: unknown[] = [];
  for await (const { data } of stream) {
    values.push(data);
    if (values.length === count) break;
  }
  return values;
};

/** A transport that answers everything with this body. */
const bodyTransport = (body: ReadableStream<Uint8Array>): Transport => ({
  fetch: async () => ({ status: 200, headers: { get: () => 'text/event-stream' }, body }),
  socket: () => Promise.reject(new Error('not used')),
  close: async () => undefined,
});

describe('openEventStream: coming back', () => {
  it('is left to its reader, however long that one takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let asked = 0;
    const ending: Transport = {
      ...bodyTransport(new ReadableStream()),
      fetch: async (url, request) => {
        asked += 1;
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            controller.enqueue(Buffer.from('{"n":1}\n'));
            controller.close();
          },
        });
        return bodyTransport(body).fetch(url, request);
      },
    };
    const { stream } = open('http://sandbox.test', {
      transport: ending,
      clock: new ManualClock(),
      isFinal: () => true,
    });
    expect((await stream.next()).value).toEqual({ data: { n: 1 } });
    for (let rest = 0; rest < 10; rest += 1) {
      await turn();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(asked).toBe(1);
    expect(await problemOf(stream.next())).toMatchObject({ kind: 'clean-end' });
  });
});

describe('openEventStream: framing', () => {
  const framings: Record<string, string> = {
    'bare JSON lines': '{"n":1}\n{"n":2}\n{"n":3}\n',
    'bare lines with blank ones between': '{"n":1}\n\n{"n":2}\n\n{"n":3}\n\n',
    'data frames': 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: {"n":3}\n\n',
    'data frames with CRLF, names and comments':
      ': hello\r\nevent: sample\r\nid: 7\r\ndata: {"n":1}\r\n\r\nretry: 5\r\ndata:{"n":\r\ndata:2}\r\n\r\ndata: {"n":3}\r\n\r\n',
    'both mixed': '{"n":1}\ndata: {"n":2}\n\n{"n":3}\n',
  };
  for (const [name, body] of Object.entries(framings)) {
    it(`reads ${name}`, async () => {
      const { origin } = await serve((_, response) => {
        response.writeHead(200, sse);
        response.write(body);
      });
      const { stream } = open(origin);
      expect(await take(stream, 3)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    });
  }

  it('puts a character together that is split over two chunks', async () => {
    const bytes = Buffer.from('{"text":"größer 🙂"}\n');
    const split = bytes.indexOf(Buffer.from('🙂')) + 2;
    let sendRest = (): void => undefined;
    const { origin } = await serve((_, response) => {
      response.writeHead(200, sse);
      response.write(bytes.subarray(0, split));
      sendRest = () => response.write(bytes.subarray(split));
    });
    const { stream } = open(origin, { onState: ({ state }) => state === 'open' && setImmediate(() => sendRest()) });
    expect(await take(stream, 1)).toEqual([{ text: 'größer 🙂' }]);
  });

  it('reports lines it cannot read and goes on', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, sse);
      response.write(`oops password=hunter2\n${'x'.repeat(500)}\n{"n":1}\n`);
    });
    const bad: { reason: string; message: string }[] = [];
    const { stream } = open(origin, { maxLineBytes: 100, onBadLine: (line) => bad.push(line) });
    expect(await take(stream, 1)).toEqual([{ n: 1 }]);
    expect(bad.map(({ reason }) => reason)).toEqual(['not-json', 'too-long']);
    expect(bad[0]?.message).not.toContain('hunter2');
  });
});

describe('openEventStream: ends', () => {
  it('sends its headers and comes back after a clean end, naming it', async () => {
    const { origin, requests } = await serve((_, response, count) => {
      response.writeHead(200, sse);
      response.end(`{"n":${count}}\n`);
    });
    const { stream, states } = open(`${origin}/watch`, {
      headers: { 'X-Extra': 'yes' },
      secretHeaders: [{ origin, headers: { 'X-Token': 't' } }],
    });
    expect(await take(stream, 2)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(requests[0]?.headers).toMatchObject({ accept: 'text/event-stream', 'x-extra': 'yes', 'x-token': 't' });
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open', 'ended']);
    expect(states[2]).toMatchObject({ reason: { kind: 'clean-end' }, retryInMs: 0 });
    expect(states[5]).toMatchObject({ reason: { kind: 'aborted' } });
  });

  it('delivers what came before a cut, then reports reset', async () => {
    const { origin } = await serve((_, response, count) => {
      response.writeHead(200, sse);
      response.write(`{"n":${count}}\n`, () => {
        if (count === 1) response.destroy();
      });
    });
    const { stream, states } = open(origin);
    expect(await take(stream, 2)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(states.find(({ state }) => state === 'waiting')).toMatchObject({ reason: { kind: 'reset' } });
  });

  it('loses nothing of what came at the same moment as the cut', async () => {
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          for (const n of [1, 2, 3]) controller.enqueue(Buffer.from(`{"n":${n}}\n`));
        },
        pull: () => Promise.reject(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })),
      },
      { highWaterMark: 1 },
    );
    const { stream } = open('http://h.test', { transport: bodyTransport(body), isFinal: () => true });
    expect(await stream.next()).toMatchObject({ value: { data: { n: 1 } } });
    expect(await stream.next()).toMatchObject({ value: { data: { n: 2 } } });
    expect(await stream.next()).toMatchObject({ value: { data: { n: 3 } } });
    expect(await problemOf(stream.next())).toMatchObject({ kind: 'reset' });
  });

  it('says when a stream stopped in the middle of a line', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, sse);
      response.end('{"n":1}\n{"n":');
    });
    const { stream } = open(origin, { isFinal: () => true });
    await stream.next();
    const problem = await problemOf(stream.next());
    expect(problem).toMatchObject({ kind: 'clean-end', message: expect.stringContaining('middle of a line') });
  });

  it('takes an open stream that says nothing for a failure', async () => {
    const clock = new ManualClock();
    const { origin } = await serve((_, response) => {
      response.writeHead(200, sse);
      response.flushHeaders();
    });
    const { stream } = open(origin, {
      clock,
      silenceMs: 6_000,
      isFinal: () => true,
      onState: ({ state }) => state === 'open' && setImmediate(() => clock.advance(6_000)),
    });
    expect(await problemOf(stream.next())).toMatchObject({ kind: 'silent', message: expect.stringContaining('6 s') });
    expect(clock.waiting).toBe(0);
  });

  it('gives up on headers that do not come', async () => {
    const clock = new ManualClock();
    const { origin } = await serve(() => clock.advance(10_000));
    const { stream } = open(origin, { clock, isFinal: () => true });
    expect(await problemOf(stream.next())).toMatchObject({ kind: 'timeout' });
  });

  it('names a server that is not there, and tries again', async () => {
    const { stream, states } = open(await nowhere(), { isFinal: () => states.length > 4 });
    expect(await problemOf(stream.next())).toMatchObject({ kind: 'unreachable' });
    expect(states.map(({ state }) => state)).toEqual([
      'connecting',
      'waiting',
      'connecting',
      'waiting',
      'connecting',
      'ended',
    ]);
    expect(states[4]).toEqual({ state: 'connecting', attempt: 3 });
  });

  const refusals: [number, string, string, string][] = [
    [401, 'application/json', '{"error":"Unauthorized: invalid or missing header"}', 'unauthorized'],
    [403, 'application/json', '{"code":"FORBIDDEN","message":"no"}', 'forbidden'],
    [404, 'application/json', '{"code":"DOCKER::SANDBOX_NOT_FOUND","message":"Sandbox x not found."}', 'not-found'],
    [204, 'text/event-stream', '', 'clean-end'],
    [200, 'text/html', '<!doctype html><p>hello', 'unexpected-answer'],
    [200, 'application/json', '{"n":1}', 'unexpected-answer'],
  ];
  for (const [status, type, body, kind] of refusals) {
    it(`ends for good at ${status} with ${type}: ${kind}`, async () => {
      const { origin, requests } = await serve((_, response) => {
        response.writeHead(status, { 'content-type': type });
        response.end(body);
      });
      const { stream, states } = open(origin);
      expect(await problemOf(stream.next())).toMatchObject({ kind, status });
      expect(states.at(-1)).toMatchObject({ state: 'ended', reason: { kind } });
      expect(requests).toHaveLength(1);
    });
  }

  it('waits with backoff while a server fails, and starts afresh after an event', async () => {
    const { origin } = await serve((_, response, count) => {
      if (count === 3) response.writeHead(200, sse).end('{"n":3}\n');
      else if (count === 5) response.writeHead(404).end();
      else response.writeHead(503).end();
    });
    const clock = new ManualClock();
    const waits: number[] = [];
    const { stream } = open(origin, {
      clock,
      backoff: { firstMs: 100, minMs: 0, random: () => 0.5 },
      onState: (state) => {
        if (state.state !== 'waiting') return;
        waits.push(state.retryInMs);
        setImmediate(() => clock.advance(state.retryInMs));
      },
    });
    expect(await stream.next()).toEqual({ done: false, value: { data: { n: 3 } } });
    expect(await problemOf(stream.next())).toMatchObject({ kind: 'not-found' });
    // 503, 503 | event, clean end, 503
    expect(waits).toEqual([50, 100, 50, 100]);
  });
});

describe('openEventStream: closed by us', () => {
  it('throws aborted at once when the signal is aborted, and ends the request', async () => {
    const controller = new AbortController();
    const gone = Promise.withResolvers<void>();
    const { origin } = await serve((_, response) => {
      response.on('close', gone.resolve);
      response.writeHead(200, sse);
      response.write('{"n":1}\n');
    });
    const { stream, states } = open(origin, { signal: controller.signal });
    await stream.next();
    const next = problemOf(stream.next());
    controller.abort();
    expect(await next).toMatchObject({ kind: 'aborted' });
    expect(states.at(-1)).toMatchObject({ state: 'ended', reason: { kind: 'aborted' } });
    await gone.promise;
  });

  it('throws aborted while it waits for the next attempt', async () => {
    const controller = new AbortController();
    const { stream } = open(await nowhere(), {
      signal: controller.signal,
      clock: new ManualClock(),
      backoff: { firstMs: 60_000 },
      onState: ({ state }) => state === 'waiting' && setImmediate(() => controller.abort()),
    });
    expect(await problemOf(stream.next())).toMatchObject({ kind: 'aborted' });
  });

  it('does not connect when the signal is aborted already', async () => {
    const { origin, requests } = await serve((_, response) => response.end());
    const { stream } = open(origin, { signal: AbortSignal.abort() });
    expect(await problemOf(stream.next())).toMatchObject({ kind: 'aborted' });
    expect(requests).toHaveLength(0);
  });

  it('ends the request when the reader leaves', async () => {
    const gone = Promise.withResolvers<void>();
    const { origin } = await serve((_, response) => {
      response.on('close', gone.resolve);
      response.writeHead(200, sse);
      response.write('{"n":1}\n');
    });
    await take(open(origin).stream, 1);
    await gone.promise;
  });

  it('stops reading while its reader is slow, loses nothing, and does not call that silence', async () => {
    const clock = new ManualClock();
    let pulled = 0;
    const endless = bodyTransport(
      new ReadableStream({
        pull: (controller) => {
          controller.enqueue(Buffer.from(`${pulled}\n`));
          pulled += 1;
        },
      }),
    );
    const { stream } = open('http://h.test', { transport: endless, clock, silenceMs: 1_000, isFinal: () => true });
    await stream.next();
    for (let turns = 0; turns < 2_000; turns += 1) await turn();
    expect(pulled).toBeLessThan(300);
    clock.advance(60_000);
    for (let n = 1; n < 1_000; n += 1) expect(await stream.next()).toEqual({ done: false, value: { data: n } });
    expect(pulled).toBeGreaterThanOrEqual(1_000);
    await stream.return(undefined as never);
    expect(clock.waiting).toBe(0);
  });

  it('never sends a key to another origin', async () => {
    const { origin, requests } = await serve((_, response) => response.end());
    const { stream } = open(origin, { secretHeaders: [{ origin: 'http://other.test', headers: { key: 'k' } }] });
    expect(await problemOf(stream.next())).toMatchObject({ kind: 'invalid-request' });
    expect(requests).toHaveLength(0);
  });
});
