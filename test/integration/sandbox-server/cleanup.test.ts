import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSandboxServer } from '../../helpers/sandbox-server.ts';
import { readProcess } from '../../sandbox-server/processes.ts';
import { eventually, openStream } from './wire.ts';

/** A zombie that waits for its parent does not count: it holds nothing any more. */
const isAlive = (pid: number): boolean => readProcess(pid) !== undefined;

/** Control groups that the server with this process id made. */
function groupsOf(pid: number): string[] {
  const paths = ['memory', 'pids', 'cpu', 'cpuacct', 'freezer', '.'].flatMap((controller) => {
    const base = `/sys/fs/cgroup/${controller}`;
    return existsSync(base)
      ? readdirSync(base, { recursive: controller === 'memory' }).map((name) => `${base}/${name}`)
      : [];
  });
  return paths.filter((path) => new RegExp(`/foresight-sandbox-${pid}-[^/]+$`).test(path));
}

describe.each(['auto', 'emulated'] as const)('the end of the server (%s)', (limits) => {
  it('leaves no process, no control group and no folder behind', async () => {
    const server = await startSandboxServer({ limits });
    const id = await server.createSandbox();
    const paused = await server.createSandbox();
    const stream = await openStream(`${await server.endpoint(id)}/command`, {
      command: 'trap "" TERM; sleep 40 & wait',
    });
    await stream.until((text) => text.includes('ping'));
    await server.api('POST', `/sandboxes/${paused}/pause`);
    const pids = (await Promise.all([id, paused].map((each) => server.processes(each)))).flat().map(({ pid }) => pid);
    expect(pids.length).toBeGreaterThanOrEqual(3);
    const folder = String((await server.waitForEvent('ready'))['folder']);
    expect(existsSync(folder)).toBe(true);
    if (server.limits !== 'emulated') expect(groupsOf(server.pid).length).toBeGreaterThanOrEqual(2);
    await server.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(groupsOf(server.pid)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('a caller that dies', () => {
  it('takes the server and its sandboxes along', async () => {
    const helper = new URL('../../helpers/sandbox-server.ts', import.meta.url).href;
    const code = `
      const { startSandboxServer } = await import(${JSON.stringify(helper)});
      const server = await startSandboxServer();
      const id = await server.createSandbox();
      const [main] = await server.processes(id);
      console.log(JSON.stringify({ server: server.pid, main: main.pid }));`;
    const folder = await mkdtemp(join(tmpdir(), 'dying-caller-'));
    const caller = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, TMPDIR: folder },
    });
    const line = await new Promise<string>((resolve, reject) => {
      caller.stdout.once('data', (data: Buffer) => resolve(String(data)));
      caller.once('exit', (code) => reject(new Error(`the caller ended with ${code}`)));
    });
    const pids = Object.values(JSON.parse(line) as Record<string, number>);
    expect(pids.every(isAlive)).toBe(true);
    caller.kill('SIGKILL');
    await eventually(
      () => Promise.resolve(pids.filter(isAlive)),
      (alive) => alive.length === 0,
    );
    await eventually(
      () => Promise.resolve(readdirSync(folder)),
      (names) => names.every((name) => name.startsWith('sandbox-server-log-')),
    );
    await rm(folder, { recursive: true });
  });
});
