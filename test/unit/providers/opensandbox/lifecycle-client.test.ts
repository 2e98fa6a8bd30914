import { describe, expect, it } from 'vitest';
import { ProxyFailure } from '../../../../src/net/proxy-failure.ts';
import { LifecycleClient } from '../../../../src/providers/opensandbox/lifecycle-client.ts';
import { bodyOf, businessError, FakeLog, FakeNetwork, json, never, type SeenRequest, serverOn } from './fake-server.ts';

type Answer = ConstructorParameters<typeof FakeNetwork>[0];

const clientOn = (answer: Answer, options: Parameters<typeof serverOn>[1] = {}) => {
  const network = new FakeNetwork(answer);
  const { server, clock } = serverOn(network, options);
  const log = new FakeLog();
  return { client: new LifecycleClient(server, clock, log), network, clock, log };
};
const sandbox = (id: string) => ({ id, status: { state: 'Running' }, createdAt: '2026-11-21T20:56:22Z' });
const page = (ids: readonly string[], totalItems: number, hasNextPage: boolean) => ({
  items: ids.map(sandbox),
  pagination: { page: 1, pageSize: 200, totalItems, totalPages: 9, hasNextPage },
});
const pageOf = (request: SeenRequest): number => Number(request.url.searchParams.get('page'));

describe('list', () => {
  it('asks for large pages with the key, and follows them to the end', async () => {
    const { client, network } = clientOn((request) =>
      pageOf(request) === 1 ? page(['a', 'b'], 3, true) : page(['c'], 3, false),
    );
    expect((await client.list(never)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(network.calls).toEqual(['GET /v1/sandboxes?page=1&pageSize=200', 'GET /v1/sandboxes?page=2&pageSize=200']);
    expect(network.requests[0]?.headers['open-sandbox-api-key']).toBe('secret-key');
  });

  it('sends no key when there is none, and keeps a path prefix', async () => {
    const { client, network } = clientOn(() => page([], 0, false), { key: null, url: 'https://example.org/open/v1/' });
    await client.list(never);
    expect(network.requests[0]?.url.href).toBe('https://example.org/open/v1/sandboxes?page=1&pageSize=200');
    expect(network.requests[0]?.headers).not.toHaveProperty('open-sandbox-api-key');
  });

  it('reads again when the list changed between two pages, so that nobody is missed', async () => {
    const answers = [page(['a', 'b'], 3, true), page([], 2, false), page(['a', 'c'], 3, true), page(['d'], 3, false)];
    const { client } = clientOn((_request, count) => answers[count - 1] ?? page([], 0, false));
    expect((await client.list(never)).map(({ id }) => id)).toEqual(['a', 'c', 'd']);
  });

  it('misses nobody who lives when the list changes in every reading', async () => {
    // Between the two pages of each reading the first of the list ends, so that one moves up over the edge of the pages.
    let alive = Array.from({ length: 260 }, (_, index) => `s${index}`);
    const { client, network } = clientOn((request) => {
      const from = (pageOf(request) - 1) * 200;
      const answer = page(alive.slice(from, from + 200), alive.length, from + 200 < alive.length);
      if (from === 0) alive = alive.slice(1);
      return answer;
    });
    const listed = new Set((await client.list(never)).map(({ id }) => id));
    expect(network.requests).toHaveLength(6);
    expect(alive.filter((id) => !listed.has(id))).toEqual([]);
  });

  it('does not read again for ever', async () => {
    let total = 0;
    const { client, network } = clientOn((request) => {
      total += 1;
      return pageOf(request) === 1 ? page(['a'], total, true) : page(['b'], total, false);
    });
    expect((await client.list(never)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(network.requests).toHaveLength(6);
  });

  it('asks for smaller pages where the sandboxes carry so much that a large one is too large', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `s${index}`);
    const labels = { 'devcontainer.metadata': 'x'.repeat(60_000) };
    const { client, network } = clientOn(({ url }) => {
      const size = Number(url.searchParams.get('pageSize'));
      const from = (Number(url.searchParams.get('page')) - 1) * size;
      const items = ids.slice(from, from + size).map((id) => ({ ...sandbox(id), metadata: labels }));
      return { items, pagination: { totalItems: ids.length, hasNextPage: from + size < ids.length } };
    });
    expect((await client.list(never)).map(({ id }) => id)).toEqual(ids);
    expect(network.requests).toHaveLength(4);
    await client.list(never);
    expect(network.requests).toHaveLength(7);
  });

  it('gives up on a list whose small pages are too large too, and begins with large ones again', async () => {
    const { client, network } = clientOn((_request, count) =>
      count <= 2 ? new Response('x'.repeat(5_000_000)) : page(['a'], 1, false),
    );
    await expect(client.list(never)).rejects.toMatchObject({ kind: 'too-large' });
    expect(await client.list(never)).toHaveLength(1);
    expect(network.calls.map((call) => call.slice(call.indexOf('pageSize')))).toEqual([
      'pageSize=200',
      'pageSize=50',
      'pageSize=200',
    ]);
  });

  it('stops at a list without an end', async () => {
    const { client, network } = clientOn((request) => page([`s${pageOf(request)}`], 1e6, true));
    await expect(client.list(never)).rejects.toMatchObject({ kind: 'too-large' });
    expect(network.requests).toHaveLength(50);
  });

  it('leaves out what is no sandbox, and keeps the others', async () => {
    const items = [sandbox('a'), { status: {} }, 7, null, sandbox('b')];
    const { client, log } = clientOn(() => ({ items }));
    expect((await client.list(never)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(log.lines).toHaveLength(3);
  });

  it('forgives one failure while a container vanishes, but not two', async () => {
    const failure = () => businessError(500, 'DOCKER::SANDBOX_QUERY_FAILED');
    const once = clientOn((_request, count) => (count === 1 ? failure() : page(['a'], 1, false)));
    const listed = once.client.list(never);
    await once.clock.advance(250);
    expect((await listed).map(({ id }) => id)).toEqual(['a']);
    const twice = clientOn(failure);
    const failing = expect(twice.client.list(never)).rejects.toMatchObject({ kind: 'server-error' });
    await twice.clock.advance(250);
    await failing;
    const other = clientOn(() => businessError(500, 'GENERAL::UNKNOWN_ERROR'));
    await expect(other.client.list(never)).rejects.toMatchObject({ kind: 'server-error' });
    expect(other.network.requests).toHaveLength(1);
  });

  it.each([
    ['a page of HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['another JSON', () => ({ hello: 'world' })],
    ['a 404 of something else', () => json(404, { error: 'no such page' })],
    ['an unknown path', () => json(404, { detail: 'Not Found' })],
  ])('names the setting when %s answers', async (_name, answer) => {
    const { client } = clientOn(answer);
    const problem = await client.list(never).catch((error: unknown) => error);
    expect(problem).toMatchObject({
      kind: expect.stringMatching(/unexpected-answer|not-supported/),
      nextStep: expect.stringContaining('sandboxForesight.openSandbox.serverUrl'),
    });
  });

  it('names the command when the key is wrong', async () => {
    const { client } = clientOn(() => businessError(401, 'INVALID_API_KEY', 'Check your API key'));
    await expect(client.list(never)).rejects.toMatchObject({
      kind: 'unauthorized',
      code: 'INVALID_API_KEY',
      nextStep: expect.stringContaining('Set API Key'),
    });
  });

  it.each([401, 403])('does not ask for another key when a page of an ingress refuses (%d)', async (status) => {
    const headers = { 'content-type': 'text/html' };
    const { client } = clientOn(() => new Response('<html><title>Sign in</title></html>', { status, headers }));
    await expect(client.list(never)).rejects.toMatchObject({
      kind: 'unexpected-answer',
      nextStep: expect.stringContaining('a login of its own'),
    });
  });

  it.each([
    ['an expired certificate', 'CERT_HAS_EXPIRED', /^Have its expired certificate renewed/],
    ['HTTPS to an HTTP port', 'ERR_SSL_WRONG_VERSION_NUMBER', /^Use http:\/\/ instead of https:\/\//],
    ['no network', 'ENETUNREACH', /^Check the network connection/],
  ])('keeps the advice that says more: %s', async (_name, code, nextStep) => {
    const { client } = clientOn(() => Object.assign(new Error('failed'), { code }));
    await expect(client.list(never)).rejects.toMatchObject({ nextStep: expect.stringMatching(nextStep) });
  });

  it('keeps the advice to enter the address that a server redirects to', async () => {
    const headers = { location: 'https://sandboxes.example/v1/sandboxes' };
    const { client } = clientOn(() => new Response(null, { status: 301, headers }));
    await expect(client.list(never)).rejects.toMatchObject({
      kind: 'unexpected-answer',
      nextStep: 'If you trust https://sandboxes.example, enter it as the server address instead.',
    });
  });

  it('names the proxy that is not there, and keeps its advice', async () => {
    const failed = new ProxyFailure(
      new URL('http://me:hush@proxy.example:3128'),
      Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    );
    const { client } = clientOn(() => failed);
    const problem = client.list(never);
    await expect(problem).rejects.toThrow('The proxy proxy.example:3128 cannot be reached: nothing listens there');
    await expect(problem).rejects.toMatchObject({ nextStep: expect.stringContaining('http.proxy') });
  });

  it.each([
    ['http://sandboxes.example:8080', 'if it speaks HTTPS, write https:// before it'],
    ['https://sandboxes.example:8080', 'speaks HTTPS'],
  ])('doubts the protocol when a server has only ever cut connections (%s)', async (url, advice) => {
    let isCutting = true;
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const { client } = clientOn(() => (isCutting ? reset : page([], 0, false)), { url });
    await expect(client.list(never)).rejects.toMatchObject({
      kind: 'reset',
      nextStep: expect.stringContaining(advice),
    });
    isCutting = false;
    await client.list(never);
    isCutting = true;
    await expect(client.list(never)).rejects.toMatchObject({ kind: 'reset', nextStep: null });
  });

  it('passes on how long a busy server wants to be left alone', async () => {
    const { client } = clientOn(() => new Response('', { status: 429, headers: { 'retry-after': '20' } }));
    await expect(client.list(never)).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 20_000 });
  });

  it('names the server when nothing listens there', async () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const { client } = clientOn(() => refused);
    await expect(client.list(never)).rejects.toMatchObject({
      kind: 'unreachable',
      nextStep: expect.stringContaining('sandboxes.example:8080'),
    });
  });
});

describe('find', () => {
  it('gives null only for what the server itself does not find', async () => {
    const gone = clientOn(() => businessError(404, 'DOCKER::SANDBOX_NOT_FOUND'));
    expect(await gone.client.find('a', never)).toBeNull();
    const other = clientOn(() => json(404, { error: 'no such page' }));
    await expect(other.client.find('a', never)).rejects.toMatchObject({ kind: 'unexpected-answer' });
    const page404 = clientOn(() => new Response('<html>', { status: 404, headers: { 'content-type': 'text/html' } }));
    await expect(page404.client.find('a', never)).rejects.toMatchObject({ kind: 'unexpected-answer' });
  });

  it.each([
    ['an ingress without its backend', () => new Response('404 page not found\n', { status: 404 })],
    ['another web framework', () => json(404, { detail: 'Not Found' })],
  ])('takes no lasting lack from a path that is not there for a while: %s', async (_name, answer) => {
    const { client } = clientOn(answer);
    const foreign = { kind: 'unexpected-answer', nextStep: expect.stringContaining('serverUrl') };
    await expect(client.find('a', never)).rejects.toMatchObject(foreign);
    await expect(client.endpoint('a', 44772, 'direct', never)).rejects.toMatchObject(foreign);
    await expect(client.list(never)).rejects.toMatchObject(foreign);
  });

  it('never lets an id leave its place in the path', async () => {
    const { client, network } = clientOn(() => sandbox('x'));
    await client.find('../snapshots/1?x=#', never);
    expect(network.requests[0]?.url.pathname).toBe('/v1/sandboxes/..%2Fsnapshots%2F1%3Fx%3D%23');
    await expect(client.find('..', never)).rejects.toMatchObject({ kind: 'invalid-request' });
    await expect(client.find('', never)).rejects.toMatchObject({ kind: 'invalid-request' });
  });
});

describe('changes', () => {
  it('renews with a time in UTC and believes the answer', async () => {
    const { client, network } = clientOn(() => ({ expiresAt: '2026-11-30T16:00:00Z' }));
    const wantedMs = Date.UTC(2026, 10, 30, 15, 59, 59, 500);
    expect(await client.renew('a', wantedMs, never)).toBe(Date.UTC(2026, 10, 30, 16));
    expect(network.calls).toEqual(['POST /v1/sandboxes/a/renew-expiration']);
    expect(bodyOf(network.requests[0])).toEqual({ expiresAt: '2026-11-30T15:59:59.500Z' });
    const vague = clientOn(() => ({ expiresAt: 'later' }));
    await expect(vague.client.renew('a', wantedMs, never)).rejects.toMatchObject({ kind: 'unexpected-answer' });
  });

  it('keeps the code of a conflict', async () => {
    const { client } = clientOn(() => businessError(409, 'DOCKER::SANDBOX_NOT_RUNNING'));
    await expect(client.pause('a', never)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'DOCKER::SANDBOX_NOT_RUNNING',
    });
  });

  it('deletes quietly what is gone already', async () => {
    const gone = clientOn(() => businessError(404, 'DOCKER::SANDBOX_NOT_FOUND'));
    await gone.client.delete('a', never);
    expect(gone.network.calls).toEqual(['DELETE /v1/sandboxes/a']);
    const other = clientOn(() => json(404, { error: 'no such page' }));
    await expect(other.client.delete('a', never)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('patches metadata, removing with null', async () => {
    const { client, network } = clientOn(() => ({ ...sandbox('a'), metadata: { cause: 'memory' } }));
    const patched = await client.patchMetadata('a', { cause: 'memory', old: null }, never);
    expect(patched.metadata).toEqual({ cause: 'memory' });
    expect(network.calls).toEqual(['PATCH /v1/sandboxes/a/metadata']);
    expect(bodyOf(network.requests[0])).toEqual({ cause: 'memory', old: null });
  });

  it('creates from a snapshot, with and without an end', async () => {
    const { client, network } = clientOn(() => json(202, sandbox('new')));
    const request = { snapshotId: 's', resourceLimits: { memory: '512Mi' }, metadata: { name: 'x' } };
    await client.createFromSnapshot({ ...request, timeoutSeconds: 600 }, never);
    await client.createFromSnapshot({ ...request, timeoutSeconds: null }, never);
    expect(network.requests.map(bodyOf)).toEqual([{ ...request, timeout: 600 }, request]);
  });

  it('asks for either address of a port', async () => {
    const { client, network } = clientOn(() => ({ endpoint: 'host:1/proxy/44772', headers: { a: 'b', c: 7, d: [] } }));
    expect(await client.endpoint('a', 44772, 'direct', never)).toEqual({
      endpoint: 'host:1/proxy/44772',
      headers: { a: 'b', c: '7' },
    });
    await client.endpoint('a', 44772, 'proxy', never);
    expect(network.calls).toEqual([
      'GET /v1/sandboxes/a/endpoints/44772',
      'GET /v1/sandboxes/a/endpoints/44772?use_server_proxy=true',
    ]);
  });

  it('asks for health at the root', async () => {
    const { client, network } = clientOn(() => ({ status: 'healthy' }));
    expect(await client.health(never)).toBe('healthy');
    expect(network.calls).toEqual(['GET /health']);
    const other = clientOn(() => ({ ok: true }));
    await expect(other.client.health(never)).rejects.toMatchObject({ kind: 'unexpected-answer' });
  });
});
