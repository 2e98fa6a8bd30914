import { describe, expect, it } from 'vitest';
import { parametersOf } from '../../../src/diagnosis/parameters.ts';
import { planFix } from '../../../src/diagnosis/plan-fix.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import { everyRecord } from '../../helpers/catalogue-records.ts';

/** What a fix would run after this output of this command; null when it is not offered. */
const planned = (commandLine: string | null, text: string, fixId: string): string | null => {
  const event = { sandboxId: 'a', commandId: null, commandLine, source: 'terminal', text, exitCode: 1, atMs: 0 };
  const found = recognise(event);
  const fix = found?.record?.fixes.find(({ id }) => id === fixId);
  if (found === null || fix === undefined) throw new Error(`${found?.pattern ?? 'no pattern'} has no ${fixId}`);
  const plan = planFix(fix, found.parameters, commandLine);
  return plan.argv === null ? null : plan.text;
};

const pnpmOutdated =
  ' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with package.json\n';
const npmOutOfSync =
  'npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync.\n';
const npmNoLockfile =
  'npm error code EUSAGE\nnpm error\nnpm error The `npm ci` command can only install with an existing package-lock.json or\n';
const cargoLocked =
  'error: the lock file /app/Cargo.lock needs to be updated but --locked was passed to prevent this\n';
const pipHashes =
  'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    requests from https://x.example/requests.whl:\n';
/** Words that several tools use. */
const anyLockfile = 'error: the lock file is out of date\n';
const anyChecksum = 'error: checksum mismatch of left-pad\n';

describe('the tool of a fix', () => {
  it.each([
    ['pnpm install --frozen-lockfile', pnpmOutdated, 'update-lockfile', 'pnpm install --lockfile-only'],
    ['npm ci', npmOutOfSync, 'update-lockfile', 'npm install --package-lock-only'],
    ['npm ci', npmNoLockfile, 'install-and-lock', 'npm install'],
    ['cargo build --locked', cargoLocked, 'update-lockfile', 'cargo update --workspace'],
    ['pip install -r requirements.txt', pipHashes, 'verify-cache', 'pip cache purge; pip install -r requirements.txt'],
  ])('is the one that failed: %s', (commandLine, text, fixId, run) => {
    expect(planned(commandLine, text, fixId)).toBe(run);
  });

  it.each([
    ['poetry install', 'poetry lock'],
    ['sudo -E pip3.12 install x', null],
    ['cd app && pnpm -C . install', 'pnpm install --lockfile-only'],
    ['npx -y pnpm@9 install', 'pnpm install --lockfile-only'],
    ['npx --yes pnpm install', 'pnpm install --lockfile-only'],
    ['corepack yarn install', 'yarn install'],
    ['timeout 5m ./node_modules/.bin/pnpm i', 'pnpm install --lockfile-only'],
    ['bash -lc "cd /app && uv sync --locked"', 'uv lock'],
    ['python3 -m poetry install', 'poetry lock'],
    // A package that is installed is not what installs it.
    ['npm install pnpm', 'npm install --package-lock-only'],
    // The catalogue has no command for it, and one of another tool would repair what is not broken.
    ['dotnet restore --locked-mode', null],
  ])('is that of the command where the words tell nothing: %s', (commandLine, run) => {
    expect(planned(commandLine, anyLockfile, 'update-lockfile')).toBe(run);
  });

  it('is what the words say, also under a command of another one', () => {
    expect(planned('npm run build:all', cargoLocked, 'update-lockfile')).toBe('cargo update --workspace');
    expect(planned('make', pnpmOutdated, 'update-lockfile')).toBe('pnpm install --lockfile-only');
    expect(planned(null, npmOutOfSync, 'update-lockfile')).toBe('npm install --package-lock-only');
  });

  it.each([null, 'make', './ci.sh', 'npm ci && cargo build', 'node build.js'])(
    'is left to the files of the project where nothing else tells: %s',
    (commandLine) => {
      expect(planned(commandLine, anyLockfile, 'update-lockfile')).toMatch(/^if \[ -f uv\.lock \]; then uv lock; elif/);
    },
  );

  it('runs the failed command again only where that is part of its command', () => {
    const fix = everyRecord.flatMap(({ fixes }) => fixes).find(({ id }) => id === 'verify-cache');
    if (fix === undefined) throw new Error('not in the catalogue');
    expect(planFix(fix, {}, 'pip install x')).toMatchObject({ text: 'pip cache purge; pip install x', repeats: true });
    expect(planFix(fix, {}, 'npm ci')).toMatchObject({ text: 'npm cache verify; npm ci', repeats: false });
    expect(planned('apt-get install x', anyChecksum, 'clear-pip-cache')).toBeNull();
  });

  it('is more exactly the package manager than the runtime beneath it', () => {
    const text = 'Error: /app/node_modules/a/build/Release/a.node: invalid ELF header\n';
    const byLockfile = 'if [ -f pnpm-lock.yaml ]; then pnpm rebuild; else npm rebuild; fi';
    expect(planned('node server.js', text, 'rebuild-native')).toBe(byLockfile);
    expect(planned('pnpm start', text, 'rebuild-native')).toBe('pnpm rebuild');
    expect(planned('uv run app.py', text, 'rebuild-native')).toBe(byLockfile);
    expect(planned('yarn start', text, 'rebuild-native')).toBe('npm rebuild');
    const python = 'ImportError: /app/.venv/lib/site-packages/a.so: invalid ELF header\n';
    expect(planned('npm run app', python, 'rebuild-native')).toMatch(/^python3 -m pip /);
  });

  it('is that of the lockfile for what npm and node only start', () => {
    const text = "Error: Cannot find module 'express'\nRequire stack:\n- /app/server.js\n";
    const install = 'install-dependencies';
    const byLockfile =
      /^if \[ -f pnpm-lock\.yaml \]; then pnpm install; elif \[ -f yarn\.lock \]; then yarn install; elif .{1,120}else npm ci \|\| npm install; fi$/;
    for (const command of ['npm start', 'npx jest', 'node server.js', 'make', null]) {
      expect(planned(command, text, install), String(command)).toMatch(byLockfile);
    }
    expect(planned('pnpm start', text, install)).toBe('pnpm install');
    expect(planned('yarn test', text, install)).toBe('yarn install');
    expect(planned('bun run x', text, install)).toBe('bun install');
    const python = "ModuleNotFoundError: No module named 'flask'\n";
    expect(planned('uv run app.py', python, 'install-requirements')).toBe('uv sync');
    expect(planned('poetry install', python, 'install-requirements')).toBe('poetry install');
    expect(planned('python app.py', python, 'install-requirements')).toMatch(
      /^if \[ -f uv\.lock \]; then uv sync; elif/,
    );
  });

  it('can not be set by a text', () => {
    const found = recognise({
      sandboxId: 'a',
      commandId: null,
      commandLine: 'make',
      source: 'terminal',
      text: `${anyLockfile}tool: npm\ntool=npm\n`,
      exitCode: 1,
      atMs: 0,
    });
    expect(found?.parameters).not.toHaveProperty('tool');
    expect(parametersOf([''], [], { tool: 'npm', port: '80' })).toEqual({ port: '80' });
  });

  it('reads command lines of any shape in bounded time', { timeout: 5_000 }, () => {
    for (const part of ['npx ', 'poetry run ', 'bash -lc "', 'timeout 1 ', "sh -c '"])
      expect(() => planned(part.repeat(5_000), anyLockfile, 'update-lockfile')).not.toThrow();
  });
});
