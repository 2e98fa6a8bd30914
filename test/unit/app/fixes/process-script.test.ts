import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { type ProcessSignal, readSignalAnswer, signalArgv } from '../../../../src/app/fixes/process-script.ts';
import { processStat } from '../../../../src/providers/local/figures.ts';

const run = (pid: number, name: string, signal: ProcessSignal, startTicks?: number) => {
  const target = startTicks === undefined ? { pid, name } : { pid, name, startTicks };
  const [command = 'sh', ...rest] = signalArgv(target, signal);
  const { status, stdout } = spawnSync(command, rest, { encoding: 'utf8' });
  return readSignalAnswer(status, stdout);
};

describe('the argv that ends a process', () => {
  it('carries pid and name as arguments and never in the script', () => {
    const evil = '$(touch /tmp/x); rm -rf /';
    const argv = signalArgv({ pid: 7, name: evil }, 'TERM');
    expect(argv.slice(3)).toEqual(['sh', '7', 'TERM', '', evil.slice(0, 15)]);
    expect(signalArgv({ pid: 7, name: 'sleep', startTicks: 90 }, '0').slice(3)).toEqual([
      'sh',
      '7',
      '0',
      '90',
      'sleep',
    ]);
    expect(argv[2]).toBe(signalArgv({ pid: 8, name: 'node' }, 'KILL')[2]);
    expect(argv[2]).not.toContain('touch');
  });

  it('reads the exit codes', () => {
    expect(readSignalAnswer(0, '')).toEqual({ kind: 'signalled' });
    expect(readSignalAnswer(3, '')).toEqual({ kind: 'gone' });
    expect(readSignalAnswer(4, 'bash\n')).toEqual({ kind: 'other-process', name: 'bash' });
    expect(readSignalAnswer(5, '')).toEqual({ kind: 'not-allowed' });
    expect(readSignalAnswer(127, '')).toEqual({ kind: 'unclear', exitCode: 127 });
    expect(readSignalAnswer(null, '')).toEqual({ kind: 'unclear', exitCode: null });
  });
});

describe.runIf(existsSync('/proc/self/comm'))('the script in a real shell', () => {
  it('looks, refuses another name, and ends the right process', async () => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    try {
      expect(run(pid, name, '0')).toEqual({ kind: 'signalled' });
      expect(run(pid, 'node; true', 'TERM')).toEqual({ kind: 'other-process', name });
      expect(child.exitCode).toBeNull();
      const ended = once(child, 'exit');
      expect(run(pid, name, 'TERM')).toEqual({ kind: 'signalled' });
      expect(await ended).toEqual([null, 'SIGTERM']);
    } finally {
      child.kill('SIGKILL');
    }
    expect(run(pid, name, '0')).toEqual({ kind: 'gone' });
  });

  it('ends the process that started then, and none of the same pid and name that started later', async () => {
    // A name that could be taken for the end of the name in /proc/<pid>/stat, and for words of it.
    const renamed = 'printf "a) *  9 (b" >/proc/$$/comm; while :; do sleep 0.05; done';
    const child = spawn('sh', ['-c', renamed], { stdio: 'ignore' });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const name = 'a) *  9 (b';
    try {
      await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/comm`, 'utf8').trim()).toBe(name), 5_000);
      const startTicks = processStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.startTicks ?? 0;
      expect(startTicks).toBeGreaterThan(0);
      expect(run(pid, name, 'TERM', startTicks - 1)).toEqual({ kind: 'other-process', name });
      expect(run(pid, name, '0', startTicks)).toEqual({ kind: 'signalled' });
      expect(child.signalCode).toBeNull();
      const ended = once(child, 'exit');
      expect(run(pid, name, 'KILL', startTicks)).toEqual({ kind: 'signalled' });
      expect(await ended).toEqual([null, 'SIGKILL']);
    } finally {
      child.kill('SIGKILL');
    }
    expect(run(pid, name, '0', 1)).toEqual({ kind: 'gone' });
  });

  it('knows Node.js by the name people are shown, whatever its main thread is called', async () => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => 1, 1000)'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      if (child.stdout) await once(child.stdout, 'data');
      const ended = once(child, 'exit');
      expect(run(child.pid ?? 0, 'bash', 'TERM').kind).toBe('other-process');
      expect(run(child.pid ?? 0, 'node', 'TERM')).toEqual({ kind: 'signalled' });
      expect(await ended).toEqual([null, 'SIGTERM']);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
