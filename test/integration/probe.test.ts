import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfCleaning } from '../../src/providers/opensandbox/command-outputs.ts';
import { type ProbeLine, parseProbeText } from '../../src/providers/opensandbox/probe-line.ts';
import { commandProbe, sessionProbe } from '../../src/providers/opensandbox/probe-script.ts';
import { runProbe, scriptFile, shells, type TestShell } from '../helpers/probe.ts';

const mebibyte = 1024 * 1024;
const bash = shells.find((shell) => shell.name === 'bash');

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'probe-test-'));
});

afterEach(() => {
  for (const child of children.splice(0)) {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  }
  rmSync(folder, { recursive: true, force: true });
});

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

/** Starts a program as the leader of its own process group, as execd does. */
function start(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdio: 'pipe' | number[] = 'pipe',
): ChildProcess {
  const [command = '', ...args] = argv;
  const { PATH } = process.env;
  const child = spawn(command, args, {
    env: { PATH, ...env },
    detached: true,
    stdio: stdio === 'pipe' ? ['ignore', 'pipe', 'pipe'] : ['ignore', ...stdio],
  });
  children.push(child);
  return child;
}

/** Collects the lines of a running probe. */
function collect(child: ChildProcess): ProbeLine[] {
  const lines: ProbeLine[] = [];
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map(parseProbeText).filter((line) => line !== null));
  });
  return lines;
}

/** Waits until `test` gives something; the machine's own clock is what is waited for. */
async function until<T>(what: string, test: () => T | undefined, timeoutMs = 15_000): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const result = test();
    if (result !== undefined) return result;
    if (Date.now() > endMs) throw new Error(`never: ${what}`);
    await delay(20);
  }
}

const yes = (condition: boolean): true | undefined => (condition ? true : undefined);

/** A folder for the start of PATH in which `sleep` leaves a mark, and what says whether it did. */
function watchedSleep(): { readonly PATH: string; wasStarted(): boolean } {
  const mark = join(folder, 'slept');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'sleep'), `#!/bin/sh\n: >'${mark}'\nPATH=\${PATH#*:} exec sleep "$@"\n`, { mode: 0o755 });
  return { PATH: `${bin}:${process.env['PATH']}`, wasStarted: () => existsSync(mark) };
}

/** Pids of a process group. */
function groupMembers(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(processGroup) === group && state !== 'Z';
      } catch {
        return false; // It ended in between.
      }
    })
    .map(Number);
}

describe.runIf(bash !== undefined)('in a session of execd', () => {
  const bashFile = ['bash', '--noprofile', '--norc'];
  /** What execd puts around the text: the variables before it, and after it a dump of them. */
  const wrapped = (text: string) =>
    `export SECRET='s3cr3t'\n${text}__USER_EXIT_CODE__=$?\nprintf "DUMP\\n"\nexport -p\nexit "$__USER_EXIT_CODE__"\n`;

  it('removes exactly the script file that it was started from, and leaves nothing else', async () => {
    const script = scriptFile(folder, 'execd_bash_123456.sh', wrapped(sessionProbe({ lines: 2, cadenceSeconds: 0.3 })));
    scriptFile(folder, 'execd_bash_other.sh', '');
    const child = start([...bashFile, script], { TMPDIR: folder, HOME: folder });
    const lines = collect(child);
    let text = '';
    child.stdout?.on('data', (data: string) => {
      text += data;
    });
    await until('first line', () => lines[0]);
    expect(readdirSync(folder)).toEqual(['execd_bash_other.sh']);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(lines).toHaveLength(2);
    expect(text).not.toMatch(/DUMP|s3cr3t/);
    expect(readdirSync(folder)).toEqual(['execd_bash_other.sh']);
  });

  it('keeps a script file of any other name', async () => {
    const script = scriptFile(folder, 'mine.sh', sessionProbe({ lines: 1 }));
    await once(start([...bashFile, script]), 'close');
    expect(existsSync(script)).toBe(true);
  });

  it('waits without a child, so that none is left to pid 1 when it is killed', async () => {
    const sleep = watchedSleep();
    const script = scriptFile(folder, 'execd_bash_1.sh', wrapped(sessionProbe({ lines: 4, cadenceSeconds: 0.2 })));
    const child = start([...bashFile, script], { PATH: sleep.PATH });
    const lines = collect(child);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(lines).toHaveLength(4);
    expect((lines[3]?.t ?? 0) - (lines[0]?.t ?? 0)).toBeGreaterThanOrEqual(0.55);
    expect(sleep.wasStarted()).toBe(false);
  });

  it('waits with a child where bash is told to be a POSIX shell', async () => {
    const sleep = watchedSleep();
    const child = start(['bash', '--posix', '-c', sessionProbe({ lines: 2, cadenceSeconds: 0.2 })], {
      PATH: sleep.PATH,
    });
    const lines = collect(child);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(lines).toHaveLength(2);
    expect(sleep.wasStarted()).toBe(true);
  });

  it('is gone with its children within three seconds when only its leader is killed', async () => {
    const script = scriptFile(folder, 'execd_bash_1.sh', wrapped(sessionProbe()));
    const child = start([...bashFile, script]);
    const lines = collect(child);
    await until('two lines', () => lines[1]);
    const pid = child.pid ?? Number.NaN;
    const killedMs = Date.now();
    child.kill('SIGKILL');
    await once(child, 'close');
    // execd waits for the end of the pipe: the last `sleep` must not hold it.
    expect(Date.now() - killedMs).toBeLessThan(3000);
    await until('empty process group', () => yes(groupMembers(pid).length === 0), 3000);
  });
});

describe.each(shells)('in $name', (shell) => {
  it('ends by itself when nobody reads any more', async () => {
    for (const prelude of ['', 'trap "" PIPE; ']) {
      const child = start([
        'sh',
        '-c',
        `${prelude}exec "$@"`,
        'sh',
        ...shell.argv,
        '-c',
        sessionProbe({ cadenceSeconds: 0.2 }),
      ]);
      const lines = collect(child);
      await until('first line', () => lines[0]);
      child.stdout?.destroy();
      await until('its end', () => yes(child.exitCode !== null || child.signalCode !== null), 5000);
    }
  });

  it('writes no file', async () => {
    await once(
      start([...shell.argv, '-c', sessionProbe({ lines: 12, cadenceSeconds: 0 })], { TMPDIR: folder, HOME: folder }),
      'close',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('reads the real machine', () => {
    const { lines, stderr } = runProbe(shell, sessionProbe({ lines: 2, cadenceSeconds: 0.05 }));
    expect(stderr).toBe('');
    expect(lines).toHaveLength(2);
    const memTotal = Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
    for (const line of lines) {
      expect(line.memTotal).toBe(memTotal);
      expect(line.memAvail).toBeLessThan(memTotal);
      expect(line.cpus).toBeGreaterThan(0);
      expect(line.disk?.free).toBeGreaterThan(0);
      expect(line.cpuUs).toBeGreaterThan(0);
      // Version 1 only. Files of the kernel that give nothing behind their first byte: dash and ash read one digit of them.
      const remembered = Number(readFileSync('/proc/sys/fs/dentry-state', 'utf8').split(/\s/, 1)[0]);
      if (line.cg === 1) expect(line.dentries).toBeGreaterThan(remembered / 2);
    }
    expect(lines[0]?.procs?.length).toBeGreaterThan(0);
    expect(lines[1]?.t).toBeGreaterThan(lines[0]?.t ?? Number.NaN);
  });

  it('lets no command line and no environment out', async () => {
    const secret = 'hunter2-only-mine';
    const holder = start(
      [
        'sh',
        '-c',
        'exec node --max-old-space-size=128 -e "setTimeout(Boolean, 60000)" -- "$@"',
        'sh',
        `--token=${secret}`,
      ],
      {
        PASSWORD: secret,
        NODE_OPTIONS: '--max-http-header-size=73519264',
        PATH: `${process.execPath.replace(/\/[^/]*$/, '')}:/usr/bin:/bin`,
      },
    );
    mkdirSync(join(folder, 'group'));
    for (const [name, text] of [
      ['memory.current', '5'],
      ['memory.max', 'max'],
      ['cgroup.procs', String(holder.pid)],
    ]) {
      writeFileSync(join(folder, 'group', String(name)), `${text}\n`);
    }
    await until('node', () => yes(readFileSync(`/proc/${holder.pid}/cmdline`, 'utf8').startsWith('node')));
    const env = { FORESIGHT_CGROUP_ROOT: join(folder, 'group') };
    const { stdout, lines } = runProbe(shell, sessionProbe({ lines: 6, cadenceSeconds: 0 }), env);
    for (const line of [lines[0], lines[5]]) {
      expect(line?.procs).toMatchObject([
        { pid: holder.pid, heap: { by: '--max-old-space-size', bytes: 128 * mebibyte } },
      ]);
    }
    expect(stdout).not.toMatch(/hunter2|token|PASSWORD|setTimeout|73519264|http-header/);
  });
});

describe.each(shells)('as a command of execd in $name', (shell) => {
  const id = '0123456789abcdef0123456789abcdef';
  const earlier = 'f'.repeat(32);

  interface CommandRun {
    readonly seen: string;
    readonly status: number | null;
    readonly signal: string | null;
    /** Processes of it that were there when it had ended. */
    readonly left: readonly number[];
  }

  /** Runs a text as execd runs a command: its output goes to two files, which are opened by name every 100 ms. */
  const runCommand = async (base: string, text: string, endWith?: NodeJS.Signals): Promise<CommandRun> => {
    const paths = [join(folder, `${base}.stdout`), join(folder, `${base}.stderr`)];
    const child = start(
      [...shell.argv, '-c', text],
      { TMPDIR: `${folder}/` },
      paths.map((path) => openSync(path, 'w')),
    );
    const pid = child.pid ?? Number.NaN;
    let seen = '';
    const ended = once(child, 'exit').then(([status, signal]) => ({ status, signal, left: groupMembers(pid) }));
    const poll = (): void => {
      if (existsSync(paths[0] ?? '')) seen = readFileSync(paths[0] ?? '', 'utf8');
    };
    const timer = setInterval(poll, 100);
    if (endWith !== undefined) {
      await until('the output', () => yes(seen !== ''));
      // As execd does: the whole group at once.
      process.kill(-pid, endWith);
    }
    const { status, signal, left } = await ended;
    clearInterval(timer);
    poll();
    return { seen, status, signal, left };
  };
  const probe = commandProbe({ previousIds: [earlier] });

  it('removes its own output files and those of earlier commands after they were read', async () => {
    for (const name of [`${earlier}.stdout`, `${earlier}.stderr`, 'keep.stdout', `${'e'.repeat(32)}.stdout`]) {
      writeFileSync(join(folder, name), 'x');
    }
    const { seen, status, left } = await runCommand(id, probe);
    expect({ status, left }).toEqual({ status: 0, left: [] });
    expect(parseProbeText(seen)?.memTotal).toBeGreaterThan(0);
    expect(readdirSync(folder).sort()).toEqual([`${'e'.repeat(32)}.stdout`, 'keep.stdout']);
  });

  it('keeps files that are not named like those of execd', async () => {
    await runCommand('build-log', probe);
    expect(readdirSync(folder).sort()).toEqual(['build-log.stderr', 'build-log.stdout']);
  });

  it.each([
    ['nothing', '', ''],
    ['whole lines', 'one\ntwo\n', 'one\ntwo\n'],
    ['a line without an end', 'one\ntwo', 'one\ntwo\n'],
  ])(
    'a command that says %s is read to its end, leaves no file and no process, and keeps its exit code',
    async (...row) => {
      const [, said, seen] = row;
      const run = await runCommand(id, selfCleaning(`'sh' '-c' 'printf %s "$1"; exit 7' 'sh' '${said}'`));
      expect(run).toEqual({ seen, status: 7, signal: null, left: [] });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('finds its output files also where the folder for temporary files is a link', async () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    const files = ['stdout', 'stderr'].map((kind) => openSync(join(folder, 'link', `${id}.${kind}`), 'w'));
    const env = { TMPDIR: join(folder, 'link') };
    expect(await once(start([...shell.argv, '-c', selfCleaning("'true'")], env, files), 'exit')).toEqual([0, null]);
    expect(readdirSync(join(folder, 'real'))).toEqual([]);
  });

  it.each([
    ['a command', selfCleaning("'sh' '-c' 'echo begun; exec sleep 30'")],
    ['the probe', commandProbe({ lines: 10, cadenceSeconds: 30 })],
  ])('%s that is ended waits for its children and removes its files', async (_what, text) => {
    // By an exit, not by the signal: only a shell that lives on after it can take back its children.
    expect(await runCommand(id, text, 'SIGTERM')).toMatchObject({ status: 143, signal: null, left: [] });
    expect(readdirSync(folder)).toEqual([]);
  });
});

interface KernelGroup {
  readonly path: string;
  readonly root: string;
}

/** A group with a memory limit made by the kernel, or nothing where that is not permitted. */
function makeGroup(limitBytes: number): KernelGroup | undefined {
  const own = readFileSync('/proc/self/cgroup', 'utf8');
  const v1 = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes');
  const root = v1 ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup';
  const below = (v1 ? /:(?:.*,)?memory(?:,.*)?:(.*)/ : /^0::(.*)/m).exec(own)?.[1] ?? '/';
  for (const base of [join(root, below), root]) {
    const path = join(base, `foresight-probe-${process.pid}`);
    try {
      mkdirSync(path);
    } catch {
      continue; // Read-only or not ours.
    }
    try {
      writeFileSync(join(path, v1 ? 'memory.limit_in_bytes' : 'memory.max'), String(limitBytes));
      return { path, root };
    } catch {
      rmdirSync(path); // The controller is not there.
    }
  }
  return undefined;
}

const trial = makeGroup(96 * mebibyte);
if (trial !== undefined) rmdirSync(trial.path);

describe.runIf(trial !== undefined)('with a limit of the kernel', () => {
  it.each(shells)('sees an allocation and a kill ($name)', async (shell: TestShell) => {
    const limitBytes = 96 * mebibyte;
    const group = makeGroup(limitBytes);
    if (group === undefined) throw new Error('a group could be made a moment ago');
    /** Starts a shell text inside the group. */
    const inside = (argv: readonly string[]): ChildProcess =>
      start(['sh', '-c', 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"', 'sh', group.path, ...argv]);
    /** Holds this many bytes of memory until its output is read, which nobody does. */
    const hold = (bytes: number): ChildProcess =>
      inside(['sh', '-c', `head -c ${bytes} /dev/zero | tail -c ${bytes} | sleep 30`]);
    try {
      const lines = collect(inside([...shell.argv, '-c', sessionProbe({ cadenceSeconds: 0.1 })]));
      const before = await until('first line', () => lines[2]);
      expect(before.memMax).toBe(limitBytes);
      expect(before.oomKill).toBe(0);
      expect(before.mem).toBeLessThan(20 * mebibyte);

      const held = 48 * mebibyte;
      hold(held);
      const grown = (line: ProbeLine): number => (line.anon ?? 0) - (before.anon ?? 0);
      const during = await until('the allocation', () => lines.findLast((line) => grown(line) > 0.95 * held));
      expect(grown(during)).toBeLessThan(1.15 * held);
      expect(during.mem ?? 0).toBeGreaterThan(during.anon ?? Number.NaN);
      const withList = await until('the process', () => lines.findLast((line) => line.procs?.[0]?.name === 'tail'));
      expect(withList.procs?.[0]?.rss).toBeGreaterThan(0.95 * held);

      hold(200 * mebibyte);
      const killed = await until('the kill', () => lines.findLast((line) => (line.oomKill ?? 0) > 0));
      expect(killed.hits).toBeGreaterThan(before.hits ?? Number.NaN);
    } finally {
      for (const child of children.splice(0)) if (child.pid !== undefined) killGroup(child.pid);
      await until('empty group', () => yes(readFileSync(join(group.path, 'cgroup.procs'), 'utf8') === ''));
      rmdirSync(group.path);
    }
  });
});
