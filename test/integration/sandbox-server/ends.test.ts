import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../../helpers/sandbox-server.ts';
import { createSession, eventually, openStream, outputOf, runCommand } from './wire.ts';

let server: SandboxServer;

beforeAll(async () => {
  server = await startSandboxServer();
});
afterAll(() => server.stop());

const ticks = { command: 'while :; do echo tick; sleep 0.1; done' };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.concurrent('how streams end', () => {
  it('is a broken connection directly and a clean end through the proxy, when the time is over', async () => {
    const id = await server.createSandbox({ timeout: 8 });
    const [direct, proxied] = await Promise.all([server.endpoint(id), server.endpoint(id, { useServerProxy: true })]);
    const [a, b] = await Promise.all([openStream(`${direct}/metrics/watch`), openStream(`${proxied}/metrics/watch`)]);
    await Promise.all([a.until((text) => text.includes('\n')), b.until((text) => text.includes('\n'))]);
    expect(await Promise.all([a.ended, b.ended])).toEqual(['cut', 'clean']);
    await eventually(
      () => fetch(`${proxied}/ping`),
      (answer) => answer.status === 404,
    );
  });

  it('is silence while the sandbox is paused, and goes on afterwards', async () => {
    const id = await server.createSandbox();
    const execd = await server.endpoint(id);
    const stream = await openStream(`${execd}/session/${await createSession(execd)}/run`, ticks);
    await stream.until((text) => text.includes('tick'));
    await server.api('POST', `/sandboxes/${id}/pause`);
    // What was on its way when it was paused still comes.
    const before = await eventually(
      async () => {
        const { length } = stream.text();
        await sleep(1000);
        return { length, grown: stream.text().length - length };
      },
      ({ grown }) => grown === 0,
    ).then(({ length }) => length);
    const ping = openStream(`${execd}/ping`);
    const isAnswered = await Promise.race([ping.then(() => true), sleep(1200).then(() => false)]);
    expect([stream.text().length, isAnswered]).toEqual([before, false]);
    await server.api('POST', `/sandboxes/${id}/resume`);
    expect((await ping).status).toBe(200);
    await stream.until((text) => text.length > before);
    stream.leave();
  });

  it('is a reset when only execd dies; the sandbox still counts as running and the proxy answers 502', async () => {
    const id = await server.createSandbox();
    const direct = await server.endpoint(id);
    const proxied = await server.endpoint(id, { useServerProxy: true });
    const stream = await openStream(`${direct}/metrics/watch`);
    await server.setSwitch('killExecd', true, id);
    expect(await stream.ended).toBe('cut');
    await expect(fetch(`${direct}/ping`)).rejects.toThrow();
    const answer = await fetch(`${proxied}/ping`);
    expect([answer.status, await answer.json()]).toEqual([
      502,
      expect.objectContaining({ code: 'GENERAL::UNKNOWN_ERROR' }),
    ]);
    expect((await server.api('GET', `/sandboxes/${id}`)).json.status.state).toBe('Running');
  });

  it('is refused directly and 500 through the proxy after the main process has ended', async () => {
    const id = await server.createSandbox({ entrypoint: ['sh', '-c', 'sleep 5; exit 1'] });
    const direct = await server.endpoint(id);
    const proxied = await server.endpoint(id, { useServerProxy: true });
    const stream = await openStream(`${direct}/metrics/watch`);
    expect(await stream.ended).toBe('cut');
    await expect(fetch(`${direct}/ping`)).rejects.toThrow();
    const answer = await fetch(`${proxied}/ping`);
    const code = 'DOCKER::NETWORK_MODE_ENDPOINT_UNAVAILABLE';
    expect([answer.status, await answer.json()]).toEqual([500, expect.objectContaining({ code })]);
    expect(await server.endpoint(id)).toBe(direct);
  });
});

describe.concurrent('addresses and keys', () => {
  it('never passes the key on to execd, and counts requests by the door they came through', async () => {
    const id = await server.createSandbox();
    const proxied = await server.endpoint(id, { useServerProxy: true });
    const direct = await server.endpoint(id);
    const key = { 'OPEN-SANDBOX-API-KEY': server.apiKey };
    expect((await fetch(`${proxied}/ping`, { headers: key })).status).toBe(200);
    expect((await fetch(`${proxied}/ping`)).status).toBe(200);
    expect((await fetch(`${direct}/ping`)).status).toBe(200);
    expect((await fetch(`${proxied}/ping`, { method: 'HEAD' })).status).toBe(405);
    const counts = await server.requests(id);
    expect(counts.byListener).toMatchObject({ proxy: 3, execd: 3 });
    expect(counts.withApiKey).toMatchObject({ proxy: 1, execd: 0 });
    expect(counts.byRoute).toMatchObject({ 'execd GET /ping': 3 });
    const arrivals = (await server.events()).filter((line) => line['listener'] === 'execd' && line.sandboxId === id);
    expect(arrivals.map((line) => line['via'])).toEqual(['proxy', 'proxy', 'direct']);
  });

  it('renews on access only what was created so, and only through the proxy', async () => {
    const extensions = { 'access.renew.extend.seconds': '600' };
    const id = await server.createSandbox({ timeout: 60, extensions });
    const expiresAt = async () => Date.parse((await server.api('GET', `/sandboxes/${id}`)).json.expiresAt);
    const before = await expiresAt();
    await fetch(`${await server.endpoint(id)}/ping`);
    expect(await expiresAt()).toBe(before);
    await fetch(`${await server.endpoint(id, { useServerProxy: true })}/ping`);
    expect(await expiresAt()).toBeGreaterThan(before + 500_000);
    expect((await server.waitForEvent('renewed', id))['by']).toBe('access');
  });

  it('enforces the token of execd when the creator set one', async () => {
    const execd = await server.endpoint(await server.createSandbox({ env: { EXECD_ACCESS_TOKEN: 'secret' } }));
    const refused = await fetch(`${execd}/ping`);
    const error = 'Unauthorized: invalid or missing header X-EXECD-ACCESS-TOKEN';
    expect([refused.status, await refused.json()]).toEqual([401, { error }]);
    expect((await fetch(`${execd}/ping`, { headers: { 'X-EXECD-ACCESS-TOKEN': 'secret' } })).status).toBe(200);
  });

  it('reaches other ports of the sandbox through execd', async () => {
    const id = await server.createSandbox();
    const open = await server.endpoint(id, { port: Number(new URL(server.controlUrl).port) });
    expect((await fetch(`${open}/requests`)).status).toBe(200);
    const closed = await fetch(await server.endpoint(id, { port: 1 }));
    expect([closed.status, await closed.text()]).toEqual([502, 'Bad Gateway\n']);
  });

  it('downloads files, but neither those of a cgroup nor those of /proc', async () => {
    const id = await server.createSandbox();
    const execd = await server.endpoint(id);
    const folder = outputOf(await runCommand(execd, { command: 'printf 0123456789 > file.txt; pwd' }))[0];
    const download = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${execd}/files/download?path=${encodeURIComponent(path)}`, { headers });
      return [answer.status, await answer.text()];
    };
    expect(await download(`${folder}/file.txt`)).toEqual([200, '0123456789']);
    expect(await download(`${folder}/file.txt`, { Range: 'bytes=2-4' })).toEqual([206, '234']);
    expect(await download('/sys/fs/cgroup')).toEqual([200, '']);
    expect(await download('/proc/meminfo')).toEqual([500, "seeker can't seek\n"]);
    expect((await download('/nowhere'))[0]).toBe(404);
  });
});

describe('a direct address that cannot be reached', () => {
  it('leaves the proxy working', async () => {
    const id = await server.createSandbox();
    await server.setSwitch('directUnreachable', true);
    await expect(fetch(`${await server.endpoint(id)}/ping`)).rejects.toThrow();
    expect((await fetch(`${await server.endpoint(id, { useServerProxy: true })}/ping`)).status).toBe(200);
    await server.setSwitch('directUnreachable', false);
  });
});
