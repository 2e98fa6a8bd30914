import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { apiPath } from '../../../src/net/address.ts';
import { HttpClient, type HttpClientOptions } from '../../../src/net/http.ts';
import { ManualClock, nowhere, problemOf, serve, transport } from './support.ts';

const Health = z.object({ status: z.string() });
const client = (baseUrl: string, more: Partial<HttpClientOptions> = {}) =>
  new HttpClient({ transport: transport(), baseUrl, ...more });
const json = { 'content-type': 'application/json' };

describe('HttpClient: calls', () => {
  it('sends method, query, headers, key and body, and reads the answer', async () => {
    let body = '';
    const { origin, requests } = await serve(async (request, response) => {
      for await (const chunk of request) body += chunk;
      response.writeHead(201, { ...json, 'X-Request-ID': 'r1' }).end('{"status":"healthy","more":1}');
    });
    const http = client(`${origin}/base`, {
      headers: { 'X-Plain': 'p' },
      secretHeaders: [{ origin, headers: { 'OPEN-SANDBOX-API-KEY': 'k' } }],
    });
    const answer = await http.json(apiPath`/v1/sandboxes/${'a/b ü'}/metadata`, Health, {
      method: 'PATCH',
      query: { state: ['Running', 'Paused'], page: 2, metadata: 'a=b&c=d', absent: undefined },
      body: { x: 'ü' },
      contentType: 'application/merge-patch+json',
    });
    expect(answer.value).toEqual({ status: 'healthy' });
    expect(answer.status).toBe(201);
    expect(answer.header('x-request-id')).toBe('r1');
    expect(requests[0]?.method).toBe('PATCH');
    expect(requests[0]?.url).toBe(
      '/base/v1/sandboxes/a%2Fb%20%C3%BC/metadata?state=Running&state=Paused&page=2&metadata=a%3Db%26c%3Dd',
    );
    expect(requests[0]?.headers).toMatchObject({
      'x-plain': 'p',
      'open-sandbox-api-key': 'k',
      'content-type': 'application/merge-patch+json',
    });
    expect(JSON.parse(body)).toEqual({ x: 'ü' });
  });

  it('reads text and answers without a body', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/log') response.writeHead(200, { 'content-type': 'text/plain' }).end('größer');
      else response.writeHead(202).end();
    });
    const http = client(origin);
    expect(await http.text('log')).toMatchObject({ value: 'größer', truncated: false });
    expect(await http.done('/pause', { method: 'POST' })).toMatchObject({ status: 202, value: null });
  });
});

describe('HttpClient: answers that are not what they should be', () => {
  const cases: [string, number, Record<string, string>, string, string, RegExp][] = [
    [
      'HTML with 200',
      200,
      { 'content-type': 'text/html' },
      '<html>secret page</html>',
      'unexpected-answer',
      /An HTML page/,
    ],
    ['HTML called JSON', 200, json, '\n<!DOCTYPE html><p>secret page', 'unexpected-answer', /An HTML page/],
    ['broken JSON', 200, json, '{"status": secret page', 'unexpected-answer', /not JSON/],
    ['nothing', 200, json, '', 'unexpected-answer', /An empty answer/],
    ['another shape', 200, json, '{"status":{"secret":"page"}}', 'unexpected-answer', /at status: no string/],
    ['another value', 200, json, '[]', 'unexpected-answer', /at the top: no object/],
    [
      'HTML with 404',
      404,
      { 'content-type': 'text/html' },
      '<html>secret page</html>',
      'unexpected-answer',
      /An HTML page/,
    ],
  ];
  for (const [name, status, headers, body, kind, message] of cases) {
    it(`${name}: ${kind}`, async () => {
      const { origin } = await serve((_, response) => response.writeHead(status, headers).end(body));
      const problem = await problemOf(client(origin).json('/health', Health));
      expect(problem).toMatchObject({ kind, status, message: expect.stringMatching(message) });
      expect(problem.message).not.toContain('secret');
      expect(problem.nextStep).not.toBeNull();
    });
  }

  it('does not take a web page for text', async () => {
    const { origin } = await serve((_, response) => response.end('<!doctype html><title>x'));
    expect(await problemOf(client(origin).text('/'))).toMatchObject({ kind: 'unexpected-answer' });
  });

  it('reads an error answer', async () => {
    const { origin } = await serve((_, response) =>
      response.writeHead(401, json).end('{"code":"INVALID_API_KEY","message":"wrong key"}'),
    );
    expect(await problemOf(client(origin).done('/x'))).toMatchObject({
      kind: 'unauthorized',
      status: 401,
      code: 'INVALID_API_KEY',
    });
  });

  it('stops a 10 MB answer at the cap without reading it', async () => {
    let sent = 0;
    const blocks = function* () {
      for (; sent < 10 * 1024 * 1024; sent += 64 * 1024) yield Buffer.alloc(64 * 1024, 'x');
    };
    const { origin } = await serve((_, response) => {
      response.writeHead(200, json);
      Readable.from(blocks()).pipe(response);
    });
    const problem = await problemOf(client(origin, { maxBytes: 256 * 1024 }).json('/big', Health));
    expect(problem).toMatchObject({ kind: 'too-large', message: expect.stringContaining('256 KiB') });
    expect(sent).toBeLessThan(10 * 1024 * 1024);
  });

  it('stops a 10 MB answer at the default cap', async () => {
    const { origin } = await serve((_, response) => response.writeHead(200, json).end(Buffer.alloc(10_000_000, 'x')));
    expect(await problemOf(client(origin).json('/big', Health))).toMatchObject({ kind: 'too-large' });
  });

  it('counts a compressed answer after it was unpacked', async () => {
    const { gzipSync } = await import('node:zlib');
    const { origin } = await serve((_, response) =>
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000, 'x'))),
    );
    expect(await problemOf(client(origin).json('/bomb', Health))).toMatchObject({ kind: 'too-large' });
  });

  it('gives the beginning of a long text when asked to', async () => {
    const { origin } = await serve((_, response) => response.end('aä'.repeat(100)));
    expect(await client(origin).text('/log', { maxBytes: 5, overflow: 'cut' })).toMatchObject({
      value: 'aäa',
      truncated: true,
    });
    expect(await problemOf(client(origin).text('/log', { maxBytes: 5 }))).toMatchObject({ kind: 'too-large' });
  });
});

describe('HttpClient: time, failure and abort', () => {
  it('ends a call whose headers do not come', async () => {
    const clock = new ManualClock();
    const { origin } = await serve(() => clock.advance(3_000));
    const problem = await problemOf(client(origin, { clock, timeoutMs: 3_000 }).json('/slow', Health));
    expect(problem).toMatchObject({ kind: 'timeout', message: expect.stringContaining('3 s') });
    expect(clock.waiting).toBe(0);
  });

  it('ends a call whose body does not come', async () => {
    const clock = new ManualClock();
    const { origin } = await serve((_, response) => {
      response.writeHead(200, json);
      response.write('{"sta', () => clock.advance(10_000));
    });
    expect(await problemOf(client(origin, { clock }).json('/slow', Health))).toMatchObject({ kind: 'timeout' });
  });

  it('reports the status of an error whose body does not come', async () => {
    const clock = new ManualClock();
    const { origin } = await serve((_, response) => {
      response.writeHead(503, json);
      response.flushHeaders();
    });
    clock.onTimer = (delayMs) => delayMs === 5_000 && setImmediate(() => clock.advance(5_000));
    const problem = await problemOf(client(origin, { clock, timeoutMs: 60_000 }).json('/x', Health));
    expect(problem).toMatchObject({ kind: 'server-error', status: 503 });
  });

  it('names a cut in the middle of an answer', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { ...json, 'content-length': '100' });
      response.write('{"sta', () => response.destroy());
    });
    expect(await problemOf(client(origin).json('/x', Health))).toMatchObject({ kind: 'reset' });
  });

  it('asks once more after a cut before the answer, and names the second one', async () => {
    const { origin, requests } = await serve((request) => request.socket.destroy());
    expect(await problemOf(client(origin).json('/x', Health))).toMatchObject({ kind: 'reset' });
    expect(requests).toHaveLength(2);
  });

  it('does not notice that a connection was closed which had been kept open', async () => {
    const { origin, requests } = await serve((request, response, count) => {
      if (count === 2) request.socket.destroy();
      else response.writeHead(200, json).end('{"status":"ok"}');
    });
    const http = client(origin);
    await http.json('/x', Health);
    expect((await http.json('/x', Health)).value).toEqual({ status: 'ok' });
    expect(requests).toHaveLength(3);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    'does not send a %s twice, which may have been done',
    async (method) => {
      const { origin, requests } = await serve((request) => request.socket.destroy());
      expect(await problemOf(client(origin).done('/x', { method }))).toMatchObject({ kind: 'reset' });
      expect(requests).toHaveLength(1);
    },
  );

  it.each(['gzip', 'br', 'deflate'])('names an answer that is not %s although it says so', async (encoding) => {
    const { origin } = await serve((_, response) =>
      response.writeHead(200, { ...json, 'content-encoding': encoding }).end('{"status":"ok"}'),
    );
    const problem = await problemOf(client(origin).json('/x', Health));
    expect(problem).toMatchObject({
      kind: 'unexpected-answer',
      message: expect.stringContaining('could not be unpacked'),
    });
  });

  it.each([
    ['7', 7000],
    [' 0 ', 0],
    ['Sun, 06 Nov 1994 08:50:07 GMT', 30_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['soon', null],
    ['-1', null],
  ])('reads how long a busy server wants to be left alone: %s', async (header, retryAfterMs) => {
    const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
    const { origin } = await serve((_, response) => response.writeHead(429, { 'retry-after': header, date }).end());
    expect(await problemOf(client(origin).done('/x'))).toMatchObject({ kind: 'rate-limited', retryAfterMs });
  });

  it('names a server that is not there', async () => {
    const problem = await problemOf(client(await nowhere()).json('/x', Health));
    expect(problem).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/^Nothing listens there/) });
    expect(problem.nextStep).toContain('Check the server address');
  });

  it('names HTTPS spoken to an HTTP server', async () => {
    const { origin } = await serve((_, response) => response.end());
    const problem = await problemOf(client(origin.replace('http:', 'https:')).json('/x', Health));
    expect(problem).toMatchObject({ kind: 'unexpected-answer', nextStep: expect.stringContaining('http://') });
  });

  it('throws aborted, before and during a call', async () => {
    const controller = new AbortController();
    const { origin, requests } = await serve(() => controller.abort());
    const http = client(origin);
    expect(await problemOf(http.done('/x', { signal: AbortSignal.abort() }))).toMatchObject({ kind: 'aborted' });
    expect(requests).toHaveLength(0);
    expect(await problemOf(http.done('/x', { signal: controller.signal }))).toMatchObject({ kind: 'aborted' });
  });

  it('throws aborted for every call after the transport was closed', async () => {
    const { origin } = await serve((_, response) => response.end());
    const way = transport();
    const http = client(origin, { transport: way });
    await http.done('/x');
    await way.close();
    expect(await problemOf(http.done('/x'))).toMatchObject({ kind: 'aborted' });
  });
});

describe('HttpClient: redirects and keys', () => {
  it('follows the redirect of a trailing slash on the same origin, with method and body', async () => {
    let body = '';
    const { origin, requests } = await serve(async (request, response) => {
      if (request.url === '/v1/sandboxes/') {
        response.writeHead(307, { location: `http://${request.headers.host}/v1/sandboxes` }).end();
        return;
      }
      for await (const chunk of request) body += chunk;
      response.writeHead(200, json).end('{"status":"ok"}');
    });
    const http = client(origin, { secretHeaders: [{ origin, headers: { key: 'k' } }] });
    await http.json('/v1/sandboxes/', Health, { method: 'POST', body: { a: 1 } });
    expect(requests.map(({ method, headers }) => [method, headers['key']])).toEqual([
      ['POST', 'k'],
      ['POST', 'k'],
    ]);
    expect(body).toBe('{"a":1}');
  });

  it('never follows to another origin, with or without a key', async () => {
    const other = await serve((_, response) => response.end('{"status":"ok"}'));
    const { origin } = await serve((_, response) =>
      response.writeHead(302, { location: `${other.origin}/login` }).end(),
    );
    for (const secretHeaders of [[], [{ origin, headers: { key: 'k' } }]]) {
      const problem = await problemOf(client(origin, { secretHeaders }).json('/x', Health));
      expect(problem).toMatchObject({ kind: 'unexpected-answer', message: expect.stringContaining(other.origin) });
      expect(problem.nextStep).toContain(other.origin);
    }
    expect(other.requests).toHaveLength(0);
  });

  it('does not send the name and password of a redirect', async () => {
    const { origin, requests } = await serve((request, response) => {
      if (request.url === '/x') response.writeHead(302, { location: `http://me:hush@${request.headers.host}/y` }).end();
      else response.writeHead(200, json).end('{"status":"ok"}');
    });
    expect((await client(origin).json('/x', Health)).value).toEqual({ status: 'ok' });
    expect(requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/x', undefined],
      ['/y', undefined],
    ]);
  });

  it('says where a server that wants HTTPS sends one', async () => {
    const { origin } = await serve((request, response) =>
      response.writeHead(308, { location: `https://${request.headers.host}${request.url}` }).end(),
    );
    const problem = await problemOf(client(origin).json('/x', Health));
    expect(problem.nextStep).toBe(
      `If you trust ${origin.replace('http:', 'https:')}, enter it as the server address instead.`,
    );
  });

  it.each([
    [
      'https://login.example/authorize?state=1',
      /has moved to https:\/\/login\.example and .* a login, have the API let/,
    ],
    ['javascript:alert(1)', /^Check that the address/],
    ['http://[', /^Check that the address/],
  ])('says what a redirect to %s may be', async (location, nextStep) => {
    const { origin } = await serve((_, response) => response.writeHead(302, { location }).end());
    const problem = await problemOf(client(origin).json('/x', Health));
    expect(problem).toMatchObject({ kind: 'unexpected-answer', nextStep: expect.stringMatching(nextStep) });
    expect(problem.message).not.toContain('state=1');
  });

  it('does not turn a POST into a GET, and does not run in circles', async () => {
    const { origin, requests } = await serve((_, response) => response.writeHead(302, { location: '/again' }).end());
    expect(await problemOf(client(origin).done('/x', { method: 'POST' }))).toMatchObject({ kind: 'unexpected-answer' });
    expect(requests).toHaveLength(1);
    expect(await problemOf(client(origin).done('/x'))).toMatchObject({ kind: 'unexpected-answer' });
    expect(requests).toHaveLength(5);
  });

  it('cannot be made with a key of another origin', () => {
    expect(() =>
      client('http://b.test', { secretHeaders: [{ origin: 'http://a.test', headers: { key: 'k' } }] }),
    ).toThrow('The key stored for http://a.test is not sent to http://b.test.');
    expect(() =>
      client('http://a.test', { secretHeaders: [{ origin: 'https://a.test', headers: { key: 'k' } }] }),
    ).toThrow();
  });
});
