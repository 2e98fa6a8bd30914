import { describe, expect, it } from 'vitest';
import { openPostStream, type PostStreamOptions } from '../../../src/net/post-stream.ts';
import { collect, ManualClock, nowhere, problemOf, serve, transport, turn } from './support.ts';

const sse = { 'content-type': 'text/event-stream' };
const post = (url: string, more: Partial<PostStreamOptions> = {}) =>
  openPostStream({ transport: transport(), url, body: { command: 'true' }, ...more });

describe('openPostStream', () => {
  it('posts JSON and gives the events until the server ends the stream', async () => {
    let received = '';
    const { origin, requests } = await serve(async (request, response) => {
      for await (const chunk of request) received += chunk;
      response.writeHead(200, sse);
      response.write('{"type":"init"}\n\n{"type":"pi');
      response.end('ng"}\n\ndata: {"type":"execution_complete"}\n\n');
    });
    const stream = post(`${origin}/command`, {
      body: { command: 'echo "ü"', timeout: 5 },
      secretHeaders: [{ origin, headers: { 'X-EXECD-ACCESS-TOKEN': 't' } }],
    });
    expect(await collect(stream)).toEqual([
      { data: { type: 'init' } },
      { data: { type: 'ping' } },
      { data: { type: 'execution_complete' } },
    ]);
    expect(stream.endedMidLine).toBe(false);
    expect(JSON.parse(received)).toEqual({ command: 'echo "ü"', timeout: 5 });
    expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-execd-access-token': 't' });
  });

  it('sends nothing before it is read', async () => {
    const { origin, requests } = await serve((_, response) => response.end());
    const stream = post(origin);
    await turn();
    expect(requests).toHaveLength(0);
    await collect(stream);
    expect(requests).toHaveLength(1);
  });

  it('shows that the stream stopped in the middle of a line, and delivers a whole one', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, sse);
      response.end('{"type":"init"}\n\n{"code":"RUNTIME_ERROR"}');
    });
    const stream = post(origin);
    expect(await collect(stream)).toEqual([{ data: { type: 'init' } }, { data: { code: 'RUNTIME_ERROR' } }]);
    expect(stream.endedMidLine).toBe(true);
  });

  it('never comes back after a cut, and calls it reset', async () => {
    const { origin, requests } = await serve((_, response) => {
      response.writeHead(200, sse);
      response.write('{"n":1}\n', () => response.destroy());
    });
    const seen: unknown[] = [];
    const problem = await problemOf(
      (async () => {
        for await (const { data } of post(origin)) seen.push(data);
      })(),
    );
    expect(seen).toEqual([{ n: 1 }]);
    expect(problem.kind).toBe('reset');
    expect(requests).toHaveLength(1);
  });

  it('takes a stream that falls silent for a failure, but not a slow reader', async () => {
    const clock = new ManualClock();
    const { origin } = await serve((_, response) => {
      response.writeHead(200, sse);
      response.write('{"n":1}\n');
    });
    const stream = post(origin, { clock, silenceMs: 4_000 });
    const events = stream[Symbol.asyncIterator]();
    await events.next();
    // The reader's own time does not count.
    clock.advance(60_000);
    const next = problemOf(Promise.resolve(events.next()));
    await turn();
    clock.advance(3_999);
    expect(clock.waiting).toBe(1);
    clock.advance(1);
    expect(await next).toMatchObject({ kind: 'silent' });
    expect(clock.waiting).toBe(0);
  });

  it('gives up on headers that do not come', async () => {
    const clock = new ManualClock();
    const { origin } = await serve(() => clock.advance(7_000));
    const problem = await problemOf(collect(post(origin, { clock, openTimeoutMs: 7_000 })));
    expect(problem).toMatchObject({ kind: 'timeout', message: expect.stringContaining('7 s') });
  });

  it('turns an error answer into its Problem', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"code":"INVALID_REQUEST_BODY","message":"cwd does not exist"}');
    });
    expect(await problemOf(collect(post(origin)))).toMatchObject({
      kind: 'invalid-request',
      status: 400,
      code: 'INVALID_REQUEST_BODY',
      message: expect.stringContaining('cwd does not exist'),
    });
  });

  it('does not read a web page as a stream', async () => {
    const { origin } = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    );
    expect(await problemOf(collect(post(origin)))).toMatchObject({ kind: 'unexpected-answer' });
  });

  it('names a server that is not there', async () => {
    expect(await problemOf(collect(post(await nowhere())))).toMatchObject({ kind: 'unreachable' });
  });

  it('throws aborted when the signal is aborted, and ends the request', async () => {
    const gone = Promise.withResolvers<void>();
    const { origin } = await serve((_, response) => {
      response.on('close', gone.resolve);
      response.writeHead(200, sse);
      response.write('{"n":1}\n');
    });
    const controller = new AbortController();
    const problem = await problemOf(
      (async () => {
        for await (const _ of post(origin, { signal: controller.signal })) controller.abort();
      })(),
    );
    expect(problem.kind).toBe('aborted');
    await gone.promise;
  });

  it('ends the request when the reader leaves', async () => {
    const gone = Promise.withResolvers<void>();
    const { origin } = await serve((_, response) => {
      response.on('close', gone.resolve);
      response.writeHead(200, sse);
      response.write('{"n":1}\n');
    });
    for await (const _ of post(origin)) break;
    await gone.promise;
  });

  it('reports a line it cannot read and goes on', async () => {
    const { origin } = await serve((_, response) => response.writeHead(200, sse).end('oops\n{"n":1}\n'));
    const bad: string[] = [];
    expect(await collect(post(origin, { onBadLine: ({ reason }) => bad.push(reason) }))).toEqual([{ data: { n: 1 } }]);
    expect(bad).toEqual(['not-json']);
  });
});
