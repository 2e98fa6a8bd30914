import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  clearScript,
  execHousekeeping,
  logsScript,
  shortenScript,
} from '../../../../src/app/fixes/exec-housekeeping.ts';
import type { ExecResult } from '../../../../src/model/ports.ts';

const mebibyte = 1024 ** 2;
const { signal } = new AbortController();
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'exec home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Runs what would run inside a sandbox here, with the test's folder as the home. */
const execAs = (uid: number | null, argv: readonly string[]): Promise<ExecResult> => {
  const [command = 'sh', ...rest] = argv;
  const { status, stdout, stderr } = spawnSync(command, rest, {
    encoding: 'utf8',
    env: { HOME: home, PATH: process.env['PATH'] ?? '' },
    ...(uid === null ? {} : { uid }),
  });
  return Promise.resolve({ exitCode: status, stdout, stderr, truncated: false });
};
const exec = (argv: readonly string[]): Promise<ExecResult> => execAs(null, argv);
const sh = (script: string, ...args: readonly string[]) => exec(['sh', '-c', script, 'sh', ...args]);
const answering = (result: Partial<ExecResult>) =>
  execHousekeeping(() => Promise.resolve({ exitCode: 0, stdout: '', stderr: '', truncated: false, ...result }));

const fill = (path: string, bytes: number): void => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, Buffer.alloc(bytes, 1));
};

describe('caches inside a sandbox', () => {
  it('are measured and emptied by a shell, also what is hidden in them', async () => {
    fill(join(home, '.npm', '_cacache', 'a', 'b'), 3 * mebibyte);
    fill(join(home, '.npm', '_cacache', '.hidden'), 1000);
    fill(join(home, '.cache', 'pip', 'x'), 100);
    const housekeeping = execHousekeeping(exec);
    const found = (await housekeeping.caches(null, signal)).filter(({ path }) => path.startsWith(home));
    expect(found).toMatchObject([{ tool: 'npm', path: join(home, '.npm', '_cacache'), inMemory: false }]);
    const [npm] = found;
    if (npm === undefined) throw new Error('no cache');
    expect(await housekeeping.clear(npm, signal)).toBeGreaterThanOrEqual(3 * mebibyte);
    expect([existsSync(npm.path), existsSync(join(npm.path, 'a')), existsSync(join(npm.path, '.hidden'))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('are not offered where the user there may not remove them', async () => {
    fill(join(home, '.npm', '_cacache', 'x'), 3 * mebibyte);
    // The administrator may write everywhere: then it is another user who looks.
    const isRoot = process.getuid?.() === 0;
    chmodSync(home, 0o755);
    chmodSync(join(home, '.npm', '_cacache'), 0o555);
    const housekeeping = execHousekeeping((argv) => execAs(isRoot ? 65_534 : null, argv));
    const found = (await housekeeping.caches(null, signal)).filter(({ path }) => path.startsWith(home));
    chmodSync(join(home, '.npm', '_cacache'), 0o755);
    expect(found).toEqual([]);
  });

  it('are never emptied over a link, and nothing but a known cache is', async () => {
    fill(join(home, 'precious', '_cacache', 'x'), 3 * mebibyte);
    symlinkSync(join(home, 'precious'), join(home, '.npm'));
    expect((await sh(clearScript, '~', '.npm/_cacache')).exitCode).toBe(4);
    expect((await sh(clearScript, '~', '.cache/pip')).exitCode).toBe(3);
    expect(existsSync(join(home, 'precious', '_cacache', 'x'))).toBe(true);
    const path = join(home, 'precious');
    const cache = { tool: 'npm', path, bytes: 1, inMemory: false };
    await expect(execHousekeeping(exec).clear(cache, signal)).rejects.toMatchObject({ kind: 'invalid-request' });
    const npm = { ...cache, path: join(home, '.npm/_cacache') };
    await expect(execHousekeeping(exec).clear(npm, signal)).rejects.toMatchObject({ kind: 'invalid-request' });
  });
});

describe('logs inside a sandbox', () => {
  const line = `${'x'.repeat(99)}\n`;

  it('are found by name, size and content, and keep their end', async () => {
    const path = join(home, 'server.log');
    writeFileSync(path, `${line.repeat(130_000)}the last line\n`);
    fill(join(home, 'data.log'), 1);
    writeFileSync(join(home, 'binary.log'), Buffer.alloc(12 * mebibyte));
    writeFileSync(join(home, 'two\nlines.log'), line.repeat(130_000));
    const { stdout } = await sh(logsScript, home);
    expect(stdout).toMatch(new RegExp(`^\\d+\\t${path}\n$`));
    const housekeeping = execHousekeeping(exec);
    expect(await housekeeping.shorten({ path, bytes: 1 }, signal)).toBeGreaterThan(10 * mebibyte);
    const kept = readFileSync(path, 'utf8');
    expect(kept.endsWith(`${line}the last line\n`)).toBe(true);
    expect(kept.length).toBeLessThanOrEqual(mebibyte);
  });

  it('are shortened only under the name of a log, and over no link', async () => {
    const housekeeping = execHousekeeping(exec);
    await expect(housekeeping.shorten({ path: '/etc/passwd', bytes: 1 }, signal)).rejects.toMatchObject({
      kind: 'invalid-request',
    });
    writeFileSync(join(home, 'text'), line);
    symlinkSync(join(home, 'text'), join(home, 'link.log'));
    await expect(housekeeping.shorten({ path: join(home, 'link.log'), bytes: 1 }, signal)).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(readFileSync(join(home, 'text'), 'utf8')).toBe(line);
    expect((await sh(shortenScript, join(home, 'nowhere.log'), '10')).exitCode).toBe(3);
  });

  it('of a name that is hostile stay an argument', async () => {
    const path = join(home, '$(touch pwned); x.log');
    writeFileSync(path, line.repeat(130_000));
    expect((await sh(shortenScript, path, '100')).exitCode).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(line);
    expect(existsSync('pwned')).toBe(false);
  });
});

describe('what a shell prints', () => {
  it('is believed only where it is a size and a path', async () => {
    const stdout = '5000\t/root/.npm/_cacache\nnonsense\n12 relative\n-5\t/x\n9999999999999999\t/y\n70000\t/srv/x\n';
    expect(await answering({ stdout }).caches(null, signal)).toEqual([
      { tool: 'npm', path: '/root/.npm/_cacache', bytes: 5000 * 1024, inMemory: false },
    ]);
    expect((await answering({ stdout, truncated: true }).largest(null, signal)).complete).toBe(false);
    expect((await answering({ stdout }).largest(null, signal)).folders.map(({ path }) => path)).toEqual([
      '/srv/x',
      '/root/.npm/_cacache',
    ]);
    expect(await answering({ stdout: '20000\t/var/log/a.log\n20000\t/db/000001.log\n' }).logs(null, signal)).toEqual([
      { path: '/var/log/a.log', bytes: 20_000 * 1024 },
    ]);
  });

  it('in place of the size that went is a failure with the next step', async () => {
    const cache = { tool: 'npm', path: '/root/.npm/_cacache', bytes: 1, inMemory: false };
    await expect(answering({ stdout: 'lots' }).clear(cache, signal)).rejects.toMatchObject({
      kind: 'unavailable-here',
      nextStep: expect.stringContaining('terminal'),
    });
    expect(await answering({ stdout: '-4\n' }).clear(cache, signal)).toBe(0);
  });
});
