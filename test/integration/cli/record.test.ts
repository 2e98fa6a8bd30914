import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CgroupPlace, findCgroupPlace, NoCgroupError } from '../../../src/cli/recording/cgroup-place.ts';

const script = join(import.meta.dirname, '../../../scripts/tasks/record.mjs');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

function placeHere(): CgroupPlace | null {
  try {
    return findCgroupPlace();
  } catch (error) {
    if (error instanceof NoCgroupError) return null;
    throw error;
  }
}

/** Everything a recorder with this process id could have left behind. */
function remains(place: CgroupPlace, pid: number | undefined): readonly string[] {
  const mark = `foresight-record-${pid}-`;
  const groups = [...place.bases.values()].flatMap((base) => readdirSync(base));
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return [...groups, ...mounts, ...readdirSync(tmpdir())].filter((text) => text.includes(mark));
}

describe('the recorder', () => {
  const place = placeHere();
  let out = '';
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'record-test-'));
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  if (place === null) {
    it('says what to do where no cgroup can be made', async () => {
      const { code, stdout, stderr } = await start(['--out', out, '--', 'true']).ended;
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/No cgroup with a memory limit can be made here: .+ Run the recorder as root/);
    });
    return;
  }

  it('records a leak until the kernel kills it, and leaves nothing behind', async () => {
    const leak = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(2e6, 1)), 100)';
    const args = ['--mem', '72m', '--seconds', '30', '--id', 'leak', '--family', 'test', '--out', out];
    const { child, ended } = start([...args, '--', process.execPath, '-e', leak]);
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: `${join(out, 'leak.json')}\n` });
    const summary = JSON.parse(readFileSync(join(out, 'leak.json'), 'utf8'));
    expect(summary).toMatchObject({
      id: 'leak',
      family: 'test',
      ended: 'break',
      break: { kind: 'oom_kill' },
      limits: { mem_bytes: 72 * 2 ** 20, disk: null },
      env: {},
    });
    const [head = '', ...lines] = readFileSync(join(out, 'leak.csv'), 'utf8').trimEnd().split('\n');
    const names = head.split(',');
    const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])));
    expect(summary.rows).toBe(rows.length);
    expect(rows[0]?.['command_events']).toMatch(/^start:c1:/);
    expect(Number(rows.at(-1)?.['t_ms'])).toBeGreaterThanOrEqual(summary.break.t_ms);
    expect(Number(rows.at(-1)?.['oom_kill_count'])).toBeGreaterThan(0);
    expect(rows.every((row) => row['mem_limit_bytes'] === String(72 * 2 ** 20))).toBe(true);
    const used = rows.slice(0, -1).map((row) => Number(row['mem_usage_bytes']));
    expect(Math.max(...used)).toBeGreaterThan(30 * 2 ** 20);
    expect(remains(place, child.pid)).toEqual([]);
  });

  it('keeps what it has when it is interrupted, and still cleans up', async () => {
    const mark = join(out, 'mark');
    const args = ['--mem', '64m', '--disk', '16m', '--id', 'stopped', '--out', out];
    const { child, ended } = start([...args, '--', `pwd > ${mark}; sleep 600`]);
    await vi.waitFor(() => expect(existsSync(mark)).toBe(true), { timeout: 20_000, interval: 50 });
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: `${join(out, 'stopped.json')}\n` });
    const summary = JSON.parse(readFileSync(join(out, 'stopped.json'), 'utf8'));
    expect(summary).toMatchObject({ ended: 'stopped', break: null });
    // The workload ran on its own disk, which is gone.
    expect(existsSync(readFileSync(mark, 'utf8').trim())).toBe(false);
    expect(remains(place, child.pid)).toEqual([]);
  });

  it('goes on and cleans up when nobody listens any more', async () => {
    const { child, ended } = start(['--mem', '64m', '--id', 'unheard', '--out', out, '--', 'sleep 1']);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
    expect(existsSync(join(out, 'unheard.json'))).toBe(true);
    expect(remains(place, child.pid)).toEqual([]);
  });

  it('starts nothing where its files cannot be written', async () => {
    const mark = join(out, 'started');
    const file = join(out, 'file');
    writeFileSync(file, '');
    for (const folder of [join(file, 'below'), file, '/proc/nothing-can-be-made-here']) {
      const { code, stderr } = await start(['--id', 'lost', '--out', folder, '--', `touch ${mark}`]).ended;
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^Nothing can be written to .+: E/) });
    }
    expect(existsSync(mark)).toBe(false);
  });

  it('says so when the limit of open files cannot be set, in place of a run that never began', async () => {
    const may = spawnSync('/bin/sh', ['-c', 'ulimit -n 1000000'], { stdio: 'ignore' }).status === 0;
    const { code, stderr } = await start(['--nofile', '1000000', '--id', 'files', '--out', out, '--', 'true']).ended;
    expect({ code, hinted: stderr.includes('choose a lower --nofile') }).toEqual({ code: may ? 0 : 1, hinted: !may });
  });
});

describe('the command line of the recorder', () => {
  it('is explained when it is not understood', async () => {
    const { code, stdout, stderr } = await start(['--mem', 'much', '--', 'true']).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--mem takes a size like 512m');
    expect(stderr).toContain('npm run record -- ');
  });
});
