import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PatternFix } from '../../../src/diagnosis/catalogue/pattern.ts';
import { shell } from '../../../src/diagnosis/catalogue/record.ts';
import { parametersOf } from '../../../src/diagnosis/parameters.ts';
import { type PlannedFix, planFix } from '../../../src/diagnosis/plan-fix.ts';
import { everyRecord } from '../../helpers/catalogue-records.ts';

/** Commands of fixes, run for real beside programs that only note how they were called. */
let folder = '';
let bin = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fix-'));
  bin = path.join(folder, 'bin');
  mkdirSync(bin);
  for (const tool of [
    'sh',
    'grep',
    'sed',
    'cut',
    'sort',
    'cat',
    'head',
    'rm',
    'mv',
    'cp',
    'mkdir',
    'mktemp',
    'env',
    'id',
  ])
    link(tool);
  for (const tool of ['dirname', 'readlink', 'tr', 'basename', 'nohup', 'sleep', 'find', 'echo', 'true', 'false'])
    link(tool);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function link(tool: string): void {
  symlinkSync(
    execFileSync('/bin/sh', ['-c', `command -v ${tool} | grep / || echo /bin/${tool}`], { encoding: 'utf8' }).trim(),
    path.join(bin, tool),
  );
}

/** A program that notes its arguments in `calls` and does `then`. */
function stub(name: string, then = ''): void {
  const file = path.join(bin, name);
  rmSync(file, { force: true });
  writeFileSync(file, `#!${path.join(bin, 'sh')}\necho "${name} $*" >> ${path.join(folder, 'calls')}\n${then}\n`);
  chmodSync(file, 0o755);
}

const calls = (): readonly string[] => {
  const file = path.join(folder, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

function fixOf(slug: string, id: string): PatternFix {
  const fix = everyRecord
    .filter((pattern) => pattern.slug === slug)
    .flatMap(({ fixes }) => fixes)
    .find((each) => each.id === id);
  if (fix === undefined) throw new Error(`${slug} has no fix ${id}`);
  return fix;
}

function run({ argv }: PlannedFix, env: Readonly<Record<string, string>> = {}) {
  if (argv === null) throw new Error('nothing to run');
  const [, ...args] = argv;
  const environment = { PATH: bin, HOME: folder, TMPDIR: folder, ...env };
  const done = spawnSync(path.join(bin, 'sh'), args, {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

const plan = (slug: string, id: string, values: Readonly<Record<string, string>> = {}, command: string | null = null) =>
  planFix(fixOf(slug, id), values, command);

describe('every command of a fix', () => {
  const commands = everyRecord.flatMap(({ slug, fixes }) =>
    fixes.flatMap((fix) =>
      fix.kind === 'shell'
        ? [fix.how, ...Object.values(fix.byTool ?? {})].map((how) => [`${slug}/${fix.id}`, how] as const)
        : [],
    ),
  );
  const planned = ([, how]: readonly [string, string]): PlannedFix =>
    planFix(
      shell('x', 'X', 'safe', how),
      Object.fromEntries([...how.matchAll(/\{([a-z_]{2,20})\}/g)].map(([, name = '']) => [name, '/a b'])),
      'npm test | cat',
    );

  it('is a command line for a POSIX shell, also as a text for a terminal', () => {
    const script = commands.flatMap((each) => {
      const { argv, text } = planned(each);
      return [`: ${each[0]}`, '(', argv?.[2] ?? ')', ')', '(', text, ')'];
    });
    const done = spawnSync('/bin/sh', ['-n'], { input: script.join('\n'), encoding: 'utf8' });
    expect([done.status, done.stderr]).toEqual([0, '']);
  });

  it('does not close the terminal it is put into, nor change its settings', () => {
    for (const [name, how] of commands) {
      expect(how.replace(/'[^']*'/g, ''), name).not.toMatch(/\bexit\b|\bexport\b|\bset -/);
    }
  });

  it('needs no sudo where there is none', () => {
    for (const [name, how] of commands) {
      if (name !== 'apt-needs-root/with-sudo') expect(how, name).not.toMatch(/(?<!command -v )\bsudo\b/);
    }
    stub('apt-get');
    expect(run(plan('apt-package-not-found', 'update-lists', {}, 'echo done'))).toMatchObject({
      code: 0,
      out: 'done\n',
    });
    expect(calls()).toEqual(['apt-get update']);
    stub('sudo');
    run(plan('apt-package-not-found', 'update-lists', {}, 'echo done'));
    expect(calls()[1]).toMatch(/^sudo \S*apt-get update$|^sudo apt-get update$/);
  });

  it('calls no function of a shell as if it were a program', () => {
    for (const [name, how] of commands) {
      if (/\b(?:nvm|sdk) /.test(how)) expect(how, name).toMatch(/nvm\.sh" && nvm|sdkman-init\.sh" && sdk/);
    }
  });
});

describe('the failed command', () => {
  it('decides by its own exit code, also when it is tried again and again or its output is kept', () => {
    link('date');
    for (const [slug, id] of [
      ['upstream-5xx', 'retry-with-pauses'],
      ['broken-pipe', 'run-to-file'],
      ['too-many-open-files', 'raise-open-files'],
      ['v8-heap-oom', 'raise-heap'],
      ['jvm-heap-oom', 'raise-heap'],
      ['php-memory-limit', 'raise-memory-limit'],
      ['test-worker-killed', 'run-fewer-workers'],
      ['command-not-found', 'use-project-binary'],
    ] as const) {
      stub('sleep');
      expect(run(plan(slug, id, {}, 'exit 7')).code, slug).toBe(7);
      expect(run(plan(slug, id, {}, 'true')).code, slug).toBe(0);
      expect(plan(slug, id, {}, 'true').repeats).toBe(true);
    }
  });

  it('that goes on in the background has no exit code yet, and overwrites no file', () => {
    for (const [slug, id] of [
      ['command-timeout', 'run-in-background'],
      ['sighup', 'run-detached'],
    ] as const) {
      writeFileSync(path.join(folder, 'command.log'), 'mine');
      const planned = plan(slug, id, {}, 'exit 7');
      expect(planned.repeats).toBe(false);
      const { code, out } = run(planned);
      expect(code).toBe(0);
      const file = /\/\S+\/output\.\w+/.exec(out)?.[0] ?? '';
      expect(path.dirname(file)).toBe(folder);
      expect(existsSync(file)).toBe(true);
      expect(readFileSync(path.join(folder, 'command.log'), 'utf8')).toBe('mine');
    }
  });

  it('keeps what its environment said before', () => {
    const heard = (slug: string, id: string, name: string) =>
      run(plan(slug, id, {}, `echo "$${name}"`), { [name]: '--mine' }).out.trim();
    expect(heard('v8-heap-oom', 'raise-heap', 'NODE_OPTIONS')).toMatch(/^--mine --max-old-space-size=\d{2,6}$/);
    expect(heard('node-openssl-legacy', 'legacy-provider', 'NODE_OPTIONS')).toBe('--mine --openssl-legacy-provider');
    expect(heard('jvm-heap-oom', 'raise-heap', 'JAVA_TOOL_OPTIONS')).toBe('--mine -XX:MaxRAMPercentage=70');
    expect(heard('jvm-heap-oom', 'raise-heap', '_JAVA_OPTIONS')).toMatch(/^--mine(?: -Xmx\d{1,6}m)?$/);
  });

  it('is one argument for programs that run command lines themselves', () => {
    stub('sg', '[ "$1" = docker ] && [ "$2" = -c ] && sh -c "$3"');
    const planned = plan('docker-socket-permission', 'run-in-group', {}, 'echo "a b" && exit 3');
    expect(run(planned)).toMatchObject({ code: 3, out: 'a b\n' });
    expect(planned.text).toBe(`sg docker -c 'echo "a b" && exit 3'`);
    expect(planned.repeats).toBe(true);
  });

  it('is never what a text says it is', () => {
    for (const name of ['command', 'command_line']) {
      const planned = planFix(shell('x', 'X', 'safe', `sh -c {${name}}`), { [name]: 'touch pwned' }, null);
      expect(planned.argv).toBeNull();
    }
  });

  it('that begins with an assignment is given to a shell in a terminal as well', () => {
    expect(plan('sighup', 'run-detached', {}, 'A=1 npm test').text).toContain("nohup sh -c 'A=1 npm test'");
  });

  it('runs with the programs of the project', () => {
    mkdirSync(path.join(folder, 'node_modules/.bin'), { recursive: true });
    writeFileSync(path.join(folder, 'node_modules/.bin/own'), `#!${path.join(bin, 'sh')}\necho "own $*"\n`);
    chmodSync(path.join(folder, 'node_modules/.bin/own'), 0o755);
    expect(run(plan('command-not-found', 'use-project-binary', {}, 'own --all'))).toMatchObject({
      code: 0,
      out: 'own --all\n',
    });
  });
});

describe('what a fix may not destroy', () => {
  const lock = (): string => path.join(folder, 'index.lock');

  it('is a lock whose owner runs, or of which nobody knows whether it runs', () => {
    for (const [slug, id, values, file] of [
      ['git-index-lock', 'remove-stale-lock', { path: path.join(folder, 'index.lock') }, lock()],
      ['postgres-stale-pid', 'remove-stale-pid', { path: folder }, path.join(folder, 'postmaster.pid')],
    ] as const) {
      writeFileSync(file, '');
      rmSync(path.join(bin, 'pgrep'), { force: true });
      expect(run(plan(slug, id, values)).code).not.toBe(0);
      stub('pgrep', 'exit 0');
      expect(run(plan(slug, id, values)).code).not.toBe(0);
      expect(existsSync(file)).toBe(true);
      stub('pgrep', 'exit 1');
      expect(run(plan(slug, id, values)).code).toBe(0);
      expect(existsSync(file)).toBe(false);
    }
  });

  it('is the first process of the sandbox, or its agent', () => {
    const killed = (sockets: string) => {
      stub('ss', `echo '${sockets}'`);
      const planned = plan('port-in-use', 'free-port', { port: '3000' });
      const [command = '', ...args] = planned.argv ?? [];
      const script = `kill() { echo "kill $*"; }; ${args[1]}`;
      expect(command).toBe('sh');
      return spawnSync(path.join(bin, 'sh'), ['-c', script, ...args.slice(2)], {
        env: { PATH: bin },
        encoding: 'utf8',
      });
    };
    const own = 'LISTEN 0 511 *:3000 *:* users:(("node",pid=70,fd=3),("node",pid=71,fd=3))';
    expect(killed(own)).toMatchObject({ status: 0, stdout: 'kill 70 71\n' });
    for (const other of ['users:(("node",pid=1,fd=3))', 'users:(("execd",pid=9,fd=3))', '']) {
      const { status, stdout, stderr } = killed(`LISTEN 0 511 *:3000 *:* ${other}`);
      expect([status, stdout, stderr], other).toEqual([1, '', expect.stringContaining('No process')]);
    }
  });

  it('are the owners of what belongs to the system', () => {
    stub('chown');
    const own = (file: string) => run(plan('file-eacces', 'take-ownership', { path: file }));
    for (const file of [
      '/',
      '/etc/shadow',
      '/usr/bin',
      '/usr/lib/node_modules',
      '/var/lib/x',
      '/home',
      '/proc/1',
      '/../..',
    ]) {
      expect(own(file), file).toMatchObject({ code: 1, err: expect.stringContaining('belongs to the system') });
    }
    symlinkSync('/etc', path.join(folder, 'link'));
    expect(own('link').code).toBe(1);
    expect(calls()).toEqual([]);
    mkdirSync(path.join(folder, 'my files'));
    expect(own('my files').code).toBe(0);
    expect(own('/usr/local/lib/node_modules').code).toBe(0);
    expect(calls()).toEqual([
      expect.stringMatching(/^chown -R \d+:\d+ \S+\/my files$/),
      expect.stringMatching(/^chown -R \d+:\d+ \/usr\/local\/lib\/node_modules$/),
    ]);
  });

  it('is a file that is no link, and a folder that is no mount', () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect(run(plan('symlink-loop', 'remove-link', { path: file })).code).not.toBe(0);
    expect(existsSync(file)).toBe(true);
    symlinkSync('loop', path.join(folder, 'loop'));
    expect(run(plan('symlink-loop', 'remove-link', { path: 'loop' })).code).toBe(0);
    for (const answer of ['exit 32', 'exit 0']) {
      stub('mountpoint', answer);
      stub('find');
      run(plan('mount-busy', 'empty-mount', { path: '/' }));
      run(plan('mount-busy', 'empty-mount', { path: folder }));
    }
    expect(calls().filter((call) => call.startsWith('find'))).toEqual([`find ${folder} -xdev -mindepth 1 -delete`]);
  });

  it('is a virtual environment without a list of what is in it, or a folder that is none', () => {
    const environment = path.join(folder, '.venv');
    mkdirSync(path.join(environment, 'bin'), { recursive: true });
    writeFileSync(path.join(environment, 'by-hand'), '');
    stub('python3');
    const again = () => run(plan('missing-interpreter', 'recreate-venv', { venv: environment }));
    writeFileSync(path.join(folder, 'requirements.txt'), '');
    expect(again()).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') });
    rmSync(path.join(folder, 'requirements.txt'));
    writeFileSync(path.join(environment, 'pyvenv.cfg'), '');
    expect(again()).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') });
    expect(calls()).toEqual([]);
    expect(existsSync(path.join(environment, 'by-hand'))).toBe(true);
    writeFileSync(path.join(folder, 'requirements.txt'), '');
    stub('pip');
    symlinkSync(path.join(bin, 'pip'), path.join(environment, 'bin/pip'));
    expect(again().code).toBe(0);
    expect(calls()).toEqual([
      `python3 -m venv --clear -- ${environment}`,
      `pip install -r ${path.join(folder, 'requirements.txt')}`,
    ]);
    expect(fixOf('missing-interpreter', 'recreate-venv').risk).toBe('destructive');
  });

  it('is an installation that no lockfile brings back', () => {
    const modules = path.join(folder, 'node_modules');
    for (const [slug, id, command, lock, ran] of [
      ['npm-enotempty', 'clean-install', 'npm ci', 'package-lock.json', 'npm ci'],
      ['native-arch-mismatch', 'reinstall-dependencies', 'npm ci', 'npm-shrinkwrap.json', 'npm ci'],
      ['native-arch-mismatch', 'reinstall-dependencies', 'pnpm i', 'pnpm-lock.yaml', 'pnpm install --frozen-lockfile'],
      ['native-arch-mismatch', 'reinstall-dependencies', 'yarn', 'yarn.lock', 'yarn install'],
      ['native-arch-mismatch', 'reinstall-dependencies', 'bun i', 'bun.lockb', 'bun install'],
    ] as const) {
      for (const manager of ['npm', 'pnpm', 'yarn', 'bun']) stub(manager);
      mkdirSync(modules);
      const install = () => run(plan(slug, id, {}, command));
      expect(install(), command).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') });
      expect([existsSync(modules), calls()]).toEqual([true, []]);
      writeFileSync(path.join(folder, lock), '');
      expect(install().code).toBe(0);
      expect([existsSync(modules), calls()]).toEqual([false, [ran]]);
      for (const file of [lock, 'calls']) rmSync(path.join(folder, file));
    }
  });

  it('is an environment that uv would replace', () => {
    stub('uv');
    mkdirSync(path.join(folder, '.venv'));
    const make = () => run(plan('python-version-mismatch', 'make-venv', { version: '3.12' }));
    expect(make()).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') });
    expect(calls()).toEqual([]);
    rmSync(path.join(folder, '.venv'), { recursive: true });
    expect(make().code).toBe(0);
    expect(calls()).toEqual(['uv venv --python 3.12']);
  });

  it('is shared memory that somebody uses, or of which nobody can say', () => {
    const shared = path.join(folder, 'shm');
    mkdirSync(shared);
    const old = new Date(Date.now() - 7_200_000);
    for (const name of ['used', 'free', 'new']) {
      writeFileSync(path.join(shared, name), '');
      if (name !== 'new') utimesSync(path.join(shared, name), old, old);
    }
    const planned = plan('shm-full', 'free-stale-segments');
    const here = { ...planned, argv: (planned.argv ?? []).map((word) => word.replaceAll('/dev/shm', shared)) };
    expect(run(here).code).not.toBe(0);
    stub('fuser', 'echo "Cannot stat file /proc/1/fd/0: Permission denied" >&2; exit 1');
    run(here);
    expect(readdirSync(shared).toSorted()).toEqual(['free', 'new', 'used']);
    stub('fuser', 'case $1 in *used) echo "$1: 70" ;; *) exit 1 ;; esac');
    expect(run(here).out).toBe(`${shared}/free\n`);
    expect(readdirSync(shared).toSorted()).toEqual(['new', 'used']);
  });

  it('is the clock, when the network tells no time', () => {
    stub('curl', 'exit 6');
    stub('date');
    expect(run(plan('clock-skew', 'set-clock')).code).not.toBe(0);
    expect(calls()).toEqual([expect.stringMatching(/^curl /)]);
    stub('curl', "printf 'Date: Sun, 22 Nov 2026 10:00:00 GMT\\r\\n'");
    expect(run(plan('clock-skew', 'set-clock')).code).toBe(0);
    expect(calls().at(-1)).toBe('date -u -s Sun, 22 Nov 2026 10:00:00 GMT');
  });
});

describe('a value that begins with a dash', () => {
  it('is taken for no parameter: a program would read it as an option', () => {
    const names = [
      'path',
      'name',
      'command_name',
      'library',
      'image',
      'script',
      'module',
      'package',
      'host',
      'service',
    ];
    expect(parametersOf(["open '-rf'"], [], Object.fromEntries(names.map((name) => [name, '--all'])))).toEqual({});
  });
});

describe('where the tool of a distribution is another one', () => {
  it('installs with the one that is there', () => {
    for (const [manager, expected] of [
      ['apt-get', ['apt-get update', expect.stringMatching(/^apt-get install -y build-essential/)]],
      ['apk', [expect.stringMatching(/^apk add build-base/)]],
      ['dnf', [expect.stringMatching(/^dnf install -y gcc-c\+\+/)]],
    ] as const) {
      stub(manager);
      expect(run(plan('linker-missing', 'install-build-tools')).code).toBe(0);
      expect(calls()).toEqual(expected);
      rmSync(path.join(bin, manager));
      rmSync(path.join(folder, 'calls'));
    }
  });

  it('installs with the manager of the project, of Bun also where its lockfile is binary', () => {
    for (const [file, expected] of [
      ['bun.lock', 'bun install'],
      ['bun.lockb', 'bun install'],
      ['pnpm-lock.yaml', 'pnpm install'],
      ['package-lock.json', 'npm ci'],
    ] as const) {
      for (const manager of ['bun', 'pnpm', 'npm']) stub(manager);
      writeFileSync(path.join(folder, file), '');
      expect(run(plan('node-module-not-found', 'install-dependencies', {}, 'npm start')).code).toBe(0);
      expect(calls().at(-1)).toBe(expected);
      rmSync(path.join(folder, file));
    }
  });

  it('asks for the image of this machine', () => {
    stub('docker');
    for (const [machine, platform] of [
      ['x86_64', 'linux/amd64'],
      ['aarch64', 'linux/arm64'],
    ] as const) {
      stub('uname', `echo ${machine}`);
      run(plan('exec-format-error', 'pull-right-platform', { image: 'a/b:1' }));
      expect(calls().at(-1) === 'uname -m' ? calls().at(-2) : calls().at(-1)).toBe(
        `docker pull --platform=${platform} a/b:1`,
      );
    }
  });
});
