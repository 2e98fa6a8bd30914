import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer, workloads } from '../../helpers/sandbox-server.ts';
import { eventually, outputOf, runCommand } from './wire.ts';

const mib = 1024 * 1024;

/** A command that holds more and more memory until somebody ends it. */
const greedy = `${process.execPath} -e 'const held = []; setInterval(() => held.push(Buffer.alloc(4194304, 1)), 20)'`;

describe.each(['auto', 'emulated'] as const)('memory limits (%s)', (limits) => {
  let server: SandboxServer;

  beforeAll(async () => {
    server = await startSandboxServer({ limits });
  });
  afterAll(() => server.stop());

  it('kills a leaking main process at the limit, and writes down when', async () => {
    const id = await server.createSandbox({
      memory: '128Mi',
      entrypoint: [process.execPath, workloads.leak, '--rate-mib=30', '--saw-mib=4', '--start-mib=60'],
    });
    const kill = await server.waitForEvent('oom-kill', id, 20_000);
    expect(kill).toMatchObject({ main: true, limitBytes: 128 * mib });
    const ended = await eventually(
      () => server.api('GET', `/sandboxes/${id}`),
      (answer) => answer.json.status.state !== 'Running',
    );
    expect(ended.json.status).toMatchObject({
      state: 'Failed',
      reason: 'CONTAINER_EXITED_ERROR',
      message: 'Sandbox container exited with code 137.',
    });
    expect(Math.abs(Date.parse(ended.json.status.lastTransitionAt) - kill.atMs)).toBeLessThan(30_000);
    const events = (await server.api('GET', `/sandboxes/${id}/diagnostics/events`)).text;
    expect(events).toContain('Event:      OOMKilled - container was killed due to out-of-memory\n');
    expect(await server.processes(id)).toEqual([]);
  });

  it('kills another process at the limit and leaves the sandbox running', async () => {
    const id = await server.createSandbox({ memory: '160Mi' });
    const events = await runCommand(await server.endpoint(id), { command: `exec ${greedy}` });
    expect(events.at(-1)?.error).toMatchObject({ evalue: '-1', traceback: ['signal: killed'] });
    expect(await server.waitForEvent('oom-kill', id)).toMatchObject({ main: false, oomKills: 1 });
    expect((await server.api('GET', `/sandboxes/${id}`)).json.status).toMatchObject({ state: 'Running' });
    expect((await server.api('GET', `/sandboxes/${id}/diagnostics/inspect`)).text).toContain('OOMKilled:      False');
  });

  it('survives a build that peaks just below the limit', async () => {
    const options = ['--limit-mib=192', '--peak=0.9', '--rise-seconds=2', '--hold-seconds=1', '--rest-seconds=1'];
    const id = await server.createSandbox({
      memory: '192Mi',
      entrypoint: [process.execPath, workloads.buildPeak, ...options],
    });
    const used = async () => (await server.memory(id)).usedBytes / mib;
    await eventually(used, (usedMib) => usedMib > 160);
    await eventually(used, (usedMib) => usedMib < 110);
    expect((await server.memory(id)).oomKills).toBe(0);
  });

  it('lets a process of the sandbox read its own limit and use', async () => {
    const id = await server.createSandbox({ memory: '200Mi' });
    const command =
      server.limits === 'emulated'
        ? 'cat "$FORESIGHT_CGROUP_ROOT/memory.max" "$FORESIGHT_CGROUP_ROOT/memory.current" "$FORESIGHT_CGROUP_ROOT/pids.current"'
        : [
            'p=$(sed -n "s/^[0-9]*:memory://p; s/^0:://p" /proc/self/cgroup | head -n 1)',
            'if [ -d /sys/fs/cgroup/memory ]; then d=/sys/fs/cgroup/memory$p; cat $d/memory.limit_in_bytes $d/memory.usage_in_bytes',
            'else d=/sys/fs/cgroup$p; cat $d/memory.max $d/memory.current; fi; cat /proc/self/cgroup | wc -l',
          ].join('\n');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [limit, used, count] = outputOf(await runCommand(await server.endpoint(id), { command })).map(Number);
    expect(limit).toBe(200 * mib);
    expect(used).toBeGreaterThan(5 * mib);
    expect(used).toBeLessThan(150 * mib);
    expect(count).toBeGreaterThan(0);
  });
});
