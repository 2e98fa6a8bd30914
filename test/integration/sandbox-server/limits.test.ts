import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type NewSandbox,
  SandboxRefused,
  type SandboxServer,
  startSandboxServer,
  workloads,
} from '../../helpers/sandbox-server.ts';
import { eventually } from './wire.ts';

const node = process.execPath;

/** Workloads that break within a second or two, with what they say last. */
const breaking: readonly (readonly [string, NewSandbox, RegExp])[] = [
  [
    'a disk that is full',
    { disk: '16Mi', entrypoint: [node, workloads.diskFill, '--rate-mib=60', '--file-mib=4'] },
    /ENOSPC: no space left on device/,
  ],
  [
    'a process that may not be started',
    { pids: 32, entrypoint: [node, workloads.forkGrowth, '--rate=80'] },
    /spawn sleep EAGAIN/,
  ],
  [
    'a file that may not be opened',
    { entrypoint: ['/bin/sh', '-c', 'ulimit -n 64; exec "$@"', 'limited', node, workloads.fdLeak, '--rate=200'] },
    /EMFILE: too many open files/,
  ],
];

/** Disks that a server mounted. */
const disksOf = (pid: number): readonly string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`-record-${pid}-`));

const refusal = (error: unknown): SandboxRefused => {
  if (error instanceof SandboxRefused) return error;
  throw error;
};

let server: SandboxServer;
beforeAll(async () => {
  server = await startSandboxServer();
});
afterAll(() => server.stop());

describe.concurrent('a limit besides that of memory', () => {
  it.each(breaking)(
    'ends the workload with %s, or is refused where it cannot be kept',
    async (_what, wanted, words) => {
      const id = await server.createSandbox(wanted).catch(refusal);
      if (id instanceof SandboxRefused) {
        expect(id.message).toMatch(/cannot be (kept here|mounted by this user)/);
        return;
      }
      expect(await server.waitForEvent('exited', id)).toMatchObject({ exitCode: 1, oomKilled: false });
      await eventually(
        async () => (await server.api('GET', `/v1/sandboxes/${id}/diagnostics/logs`)).text,
        (text) => words.test(text),
      );
      await server.api('DELETE', `/v1/sandboxes/${id}`);
    },
  );

  it('is refused where a limit of processes would only be shown', async () => {
    await using emulated = await startSandboxServer({ limits: 'emulated' });
    await expect(emulated.createSandbox({ pids: 32 })).rejects.toThrow(/cannot be kept here: emulated limits/);
    expect((await emulated.api('GET', '/v1/sandboxes')).json.items).toEqual([]);
  });
});

it('leaves no disk behind: not of a deleted sandbox, not of one that lives, not of a killed server', async () => {
  const killed = await startSandboxServer();
  const first = await killed.createSandbox({ disk: '8Mi' }).catch(refusal);
  if (first instanceof SandboxRefused) {
    await killed.stop();
    expect(first.message).toContain('cannot be mounted by this user');
    return;
  }
  expect(disksOf(killed.pid)).toHaveLength(1);
  const folder = String((await killed.waitForEvent('ready'))['folder']);
  const inside = await killed.processes(first);
  process.kill(killed.pid, 'SIGKILL');
  await killed.stop();
  for (const { pid } of inside) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });

  await using next = await startSandboxServer();
  const id = await next.createSandbox({ disk: '8Mi' });
  await next.createSandbox({ disk: '8Mi' });
  expect(disksOf(killed.pid)).toEqual([]);
  expect(disksOf(next.pid)).toHaveLength(2);
  await next.api('DELETE', `/v1/sandboxes/${id}`);
  expect(disksOf(next.pid)).toHaveLength(1);
  await next.stop();
  expect(disksOf(next.pid)).toEqual([]);
});
