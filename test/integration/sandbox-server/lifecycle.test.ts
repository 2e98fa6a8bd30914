import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../../helpers/sandbox-server.ts';
import { eventually, outputOf, runCommand } from './wire.ts';

let server: SandboxServer;
const stateOf = async (id: string) => (await server.api('GET', `/v1/sandboxes/${id}`)).json.status;

beforeAll(async () => {
  server = await startSandboxServer();
});
afterAll(() => server.stop());

describe('keys and errors', () => {
  it('tells a missing key from a wrong one, and needs none for health and the API description', async () => {
    const missing = await fetch(`${server.url}/v1/sandboxes`);
    expect([missing.status, await missing.json()]).toEqual([401, expect.objectContaining({ code: 'MISSING_API_KEY' })]);
    const wrong = await fetch(`${server.url}/sandboxes`, { headers: { 'OPEN-SANDBOX-API-KEY': 'nope' } });
    expect([wrong.status, await wrong.json()]).toEqual([401, expect.objectContaining({ code: 'INVALID_API_KEY' })]);
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'healthy' });
    const description = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(description.paths)).toContain('/v1/sandboxes/{sandbox_id}/renew-expiration');
  });

  it('answers with each of the four error shapes, and a request id on all of them', async () => {
    const business = await server.api('GET', '/v1/sandboxes/none');
    expect(business).toMatchObject({
      status: 404,
      json: { code: 'DOCKER::SANDBOX_NOT_FOUND', message: 'Sandbox none not found.' },
    });
    const invalid = await server.api('POST', '/v1/sandboxes', { image: { uri: 'x' }, env: { SECRET: 's3' } });
    expect(invalid.status).toBe(422);
    expect(invalid.json.detail).toEqual([
      expect.objectContaining({ type: 'missing', loc: ['body', 'resourceLimits'], msg: 'Field required' }),
    ]);
    expect(invalid.text).toContain('s3');
    const unknown = await server.api('GET', '/nothing-here');
    expect([unknown.status, unknown.json]).toEqual([404, { detail: 'Not Found' }]);
    const method = await server.api('PUT', '/sandboxes');
    expect([method.status, method.json]).toEqual([405, { detail: 'Method Not Allowed' }]);
    await server.setSwitch('lifecycleFault', '500');
    const unhandled = await server.api('GET', '/sandboxes');
    await server.setSwitch('lifecycleFault', 'none');
    expect([unhandled.status, unhandled.text]).toEqual([500, 'Internal Server Error']);
    expect(unhandled.headers.get('content-type')).toContain('text/plain');
    for (const answer of [business, invalid, unknown, method, unhandled]) {
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it('can be made to answer nonsense', async () => {
    await server.setSwitch('lifecycleFault', 'html');
    expect((await server.api('GET', '/sandboxes')).text).toMatch(/^<!doctype html>/);
    await server.setSwitch('lifecycleFault', 'empty');
    expect((await server.api('GET', '/sandboxes')).text).toBe('');
    await server.setSwitch('lifecycleFault', 'huge');
    expect((await server.api('GET', '/sandboxes')).text.length).toBeGreaterThan(10_000_000);
    await server.setSwitch('lifecycleFault', 'wrong-server');
    expect((await server.api('GET', '/health')).json).not.toHaveProperty('status');
    await server.setSwitch('lifecycleFault', 'slow:300');
    const startedAtMs = performance.now();
    expect((await server.api('GET', '/health')).json).toEqual({ status: 'healthy' });
    expect(performance.now() - startedAtMs).toBeGreaterThan(290);
    await server.setSwitch('lifecycleFault', 'none');
  });
});

describe('sandboxes', () => {
  it('reports the end of the main process by its exit code', async () => {
    const [fine, broken] = await Promise.all([
      server.createSandbox({ entrypoint: ['sh', '-c', 'sleep 0.2'] }),
      server.createSandbox({ entrypoint: ['sh', '-c', 'sleep 0.2; exit 3'] }),
    ]);
    expect(await stateOf(fine)).toMatchObject({ state: 'Running', reason: 'CONTAINER_RUNNING' });
    const ended = (state: string) => (status: { state: string }) => status.state === state;
    expect(await eventually(() => stateOf(fine), ended('Terminated'))).toMatchObject({ reason: 'CONTAINER_EXITED' });
    expect(await eventually(() => stateOf(broken), ended('Failed'))).toMatchObject({
      reason: 'CONTAINER_EXITED_ERROR',
      message: 'Sandbox container exited with code 3.',
    });
  });

  it('pages and filters the list, newest first, and hides limits and variables', async () => {
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      ids.push(await server.createSandbox({ metadata: { suite: 'paging', name }, env: { HIDDEN: 'value' } }));
    }
    const list = (query: string) => server.api('GET', `/v1/sandboxes?metadata=suite%3Dpaging&${query}`);
    const first = await list('pageSize=2');
    expect(first.json.items.map((item) => item.metadata['name'])).toEqual(['three', 'two']);
    expect(first.json.pagination).toEqual({ page: 1, pageSize: 2, totalItems: 3, totalPages: 2, hasNextPage: true });
    expect((await list('pageSize=2&page=2')).json.items.map((item) => item.id)).toEqual([ids[0]]);
    expect((await list('pageSize=201')).status).toBe(422);
    expect((await list('state=paused')).json.items).toEqual([]);
    expect((await list('state=running&state=paused')).json.items).toHaveLength(3);
    expect(first.text).not.toMatch(/HIDDEN|resourceLimits/);
    await server.setSwitch('strangeState', 'Defrosting', ids[0]);
    expect(await stateOf(ids[0] ?? '')).toMatchObject({ state: 'Defrosting' });
  });

  it('pauses and resumes with the answers of the Docker runtime', async () => {
    const id = await server.createSandbox();
    const post = (action: string) => server.api('POST', `/v1/sandboxes/${id}/${action}`);
    expect(await post('resume')).toMatchObject({ status: 409, json: { code: 'DOCKER::SANDBOX_NOT_PAUSED' } });
    expect(await post('pause')).toMatchObject({ status: 202, text: '' });
    expect(await stateOf(id)).toMatchObject({ state: 'Paused', reason: 'CONTAINER_PAUSED' });
    expect(await post('pause')).toMatchObject({ status: 500, json: { code: 'DOCKER::SANDBOX_PAUSE_FAILED' } });
    expect(await post('snapshots')).toMatchObject({ status: 409, json: { code: 'SNAPSHOT::INVALID_SOURCE_STATE' } });
    expect(await post('resume')).toMatchObject({ status: 202, text: '' });
    expect(await stateOf(id)).toMatchObject({ state: 'Running' });
  });

  it('renews, also to an earlier time, and refuses what cannot be', async () => {
    const id = await server.createSandbox();
    const renew = (expiresAt: unknown, of = id) =>
      server.api('POST', `/sandboxes/${of}/renew-expiration`, { expiresAt });
    const inOneMinute = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000).toISOString().replace('.000Z', 'Z');
    expect(await renew(inOneMinute)).toMatchObject({ status: 200, json: { expiresAt: inOneMinute } });
    expect((await server.api('GET', `/sandboxes/${id}`)).json.expiresAt).toBe(inOneMinute);
    expect(await renew('2020-01-01T00:00:00Z')).toMatchObject({
      status: 400,
      json: { code: 'DOCKER::INVALID_EXPIRATION' },
    });
    expect((await renew('soon')).status).toBe(422);
    const manual = await server.createSandbox({ timeout: null });
    expect((await server.api('GET', `/sandboxes/${manual}`)).json).not.toHaveProperty('expiresAt');
    expect(await renew(inOneMinute, manual)).toMatchObject({ status: 409 });
  });

  it('patches metadata', async () => {
    const id = await server.createSandbox({ metadata: { keep: 'a', drop: 'b' } });
    const answer = await server.api('PATCH', `/sandboxes/${id}/metadata`, { drop: null, cause: 'out-of-memory' });
    expect(answer.json.metadata).toEqual({ keep: 'a', cause: 'out-of-memory' });
    expect(await server.api('PATCH', `/sandboxes/${id}/metadata`, { 'bad key': 'x' })).toMatchObject({
      status: 400,
      json: { code: 'INVALID_METADATA_LABEL' },
    });
  });

  it('keeps files in a snapshot and gives them to a new sandbox with more memory', async () => {
    const id = await server.createSandbox();
    await runCommand(await server.endpoint(id), { command: 'echo precious > kept.txt' });
    const accepted = await server.api('POST', `/sandboxes/${id}/snapshots`, { name: 'before' });
    expect(accepted).toMatchObject({
      status: 202,
      json: { sandboxId: id, name: 'before', status: { state: 'Creating' } },
    });
    const path = `/snapshots/${accepted.json.id}`;
    await eventually(
      () => server.api('GET', path),
      (answer) => answer.json.status.state === 'Ready',
    );
    await server.api('DELETE', `/sandboxes/${id}`);
    const copy = await server.createSandbox({ snapshotId: accepted.json.id, memory: '512Mi' });
    expect(outputOf(await runCommand(await server.endpoint(copy), { command: 'cat kept.txt' }))).toEqual(['precious']);
    expect((await server.memory(copy)).limitBytes).toBe(512 * 1024 * 1024);
    expect((await server.api('DELETE', path)).status).toBe(204);
    expect(await server.api('GET', path)).toMatchObject({ status: 404, json: { code: 'SNAPSHOT::NOT_FOUND' } });
  });

  it('calls a sandbox paused while a snapshot of it is made', async () => {
    const id = await server.createSandbox();
    await server.setSwitch('slowSnapshot', '500', id);
    const { json } = await server.api('POST', `/sandboxes/${id}/snapshots`, {});
    const stateNow = async (): Promise<string> => (await server.api('GET', `/sandboxes/${id}`)).json.status.state;
    expect(await eventually(stateNow, (state) => state === 'Paused')).toBe('Paused');
    expect((await server.api('GET', `/snapshots/${json.id}`)).json.status.state).toBe('Creating');
    expect(await eventually(stateNow, (state) => state === 'Running')).toBe('Running');
    expect(outputOf(await runCommand(await server.endpoint(id), { command: 'echo on' }))).toEqual(['on']);
    await server.api('DELETE', `/sandboxes/${id}`);
  });

  it('vanishes without trace at the end of its time', async () => {
    const id = await server.createSandbox({ timeout: 1 });
    const execd = await server.endpoint(id);
    await server.waitForEvent('expired', id);
    await eventually(
      () => server.api('GET', `/sandboxes/${id}`),
      (answer) => answer.status === 404,
    );
    const gone = { status: 404, json: { code: 'DOCKER::SANDBOX_NOT_FOUND' } };
    for (const path of ['', '/endpoints/44772', '/diagnostics/events', '/proxy/44772/ping']) {
      expect(await server.api('GET', `/sandboxes/${id}${path}`)).toMatchObject(gone);
    }
    expect(await server.api('POST', `/sandboxes/${id}/pause`)).toMatchObject(gone);
    await expect(fetch(`${execd}/ping`)).rejects.toThrow();
  });

  it('describes itself in diagnostics, as text or as a descriptor', async () => {
    const id = await server.createSandbox({ memory: '128Mi', cpu: '0.5', env: { MY_TOKEN: 'hidden', PLAIN: 'seen' } });
    const get = (path: string) => server.api('GET', `/sandboxes/${id}/diagnostics/${path}`);
    const inspect = (await get('inspect')).text;
    expect(inspect).toContain('  Memory:       128 MiB\n');
    expect(inspect).toContain('  CPU:          0.50 cores\n');
    expect(inspect).toContain('MY_TOKEN=***');
    const hostname = outputOf(await runCommand(await server.endpoint(id), { command: 'echo $HOSTNAME' }))[0];
    expect(inspect.split('\n')[0]).toBe(`Container ID:   ${hostname}`);
    expect((await get('logs')).headers.get('deprecation')).toBe('true');
    expect(await get('logs?scope=container')).toMatchObject({
      status: 501,
      json: { code: 'DIAGNOSTICS_NOT_IMPLEMENTED' },
    });
    await server.setSwitch('diagnosticsScope', true);
    expect((await get('events?scope=container')).json).toMatchObject({
      sandboxId: id,
      kind: 'events',
      scope: 'container',
      delivery: 'inline',
      truncated: false,
    });
  });
});
