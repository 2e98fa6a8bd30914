import { bunLocks, byTool, npmLocks, type ToolCommands } from './by-tool.ts';
import { fromNothing } from './command-lines.ts';

/**
 * The manager that a project's lockfile names, for what runs under Node or Python: `npm run`, `npx` and `node` start programs of
 * projects of any manager, so they say nothing about it; only pnpm, yarn, bun and their like speak for themselves.
 */
const byLockfile = (
  branches: Parameters<typeof byTool>[0],
  otherwise: string,
  open: readonly ('npm' | 'node' | 'pip' | 'python')[],
): ToolCommands => {
  const commands = byTool(branches, otherwise);
  return {
    ...commands,
    byTool: { ...Object.fromEntries(open.map((tool) => [tool, commands.how])), ...commands.byTool },
  };
};

/** Installs what a Node project declares. */
export const installsNode = byLockfile(
  [
    [['pnpm'], 'pnpm-lock.yaml', 'pnpm install'],
    [['yarn'], 'yarn.lock', 'yarn install'],
    [['bun'], bunLocks, 'bun install'],
    [['deno'], 'deno.lock', 'deno install'],
  ],
  'npm ci || npm install',
  ['npm', 'node'],
);

/** The same from nothing, for another system or another version of Node. */
export const reinstallsNode = byLockfile(
  [
    [['pnpm'], 'pnpm-lock.yaml', fromNothing(['pnpm-lock.yaml'], 'pnpm install --frozen-lockfile')],
    [['yarn'], 'yarn.lock', fromNothing(['yarn.lock'], 'yarn install')],
    [['bun'], bunLocks, fromNothing(bunLocks, 'bun install')],
  ],
  fromNothing(npmLocks, 'npm ci'),
  ['npm', 'node'],
);

const reinstallsPython = 'python3 -m pip install --force-reinstall --no-cache-dir -r requirements.txt';

/** Builds the native modules of an installed Node project, or Python's packages, again. */
export const rebuildsNative = byTool(
  [
    [['pnpm'], 'pnpm-lock.yaml', 'pnpm rebuild'],
    [['yarn', 'bun'], null, 'npm rebuild'],
    [['npm', 'node'], 'package.json', 'if [ -f pnpm-lock.yaml ]; then pnpm rebuild; else npm rebuild; fi'],
    [['uv'], 'uv.lock', 'uv sync --reinstall'],
    [['poetry'], 'poetry.lock', 'poetry sync'],
    [['pipenv', 'pdm', 'pip', 'python'], null, reinstallsPython],
  ],
  reinstallsPython,
);

/** Installs what a Python project declares. */
export const installsPython = byLockfile(
  [
    [['uv'], 'uv.lock', 'uv sync'],
    [['poetry'], 'poetry.lock', 'poetry install'],
    [['pdm'], 'pdm.lock', 'pdm install'],
    [['pipenv'], 'Pipfile.lock', 'pipenv sync'],
  ],
  'python3 -m pip install -r requirements.txt',
  ['pip', 'python'],
);

/** Installs what a project of any language declares, for a program that it brings along. */
export const installsAny = byLockfile(
  [
    [['pnpm'], 'pnpm-lock.yaml', 'pnpm install'],
    [['yarn'], 'yarn.lock', 'yarn install'],
    [['bun'], bunLocks, 'bun install'],
    [['uv'], 'uv.lock', 'uv sync'],
    [['poetry'], 'poetry.lock', 'poetry install'],
    [['pipenv'], 'Pipfile.lock', 'pipenv sync'],
    [['bundler'], 'Gemfile', 'bundle install'],
    [['composer'], 'composer.json', 'composer install'],
    [[], 'package.json', '{ npm ci || npm install; }'],
  ],
  'python3 -m pip install -r requirements.txt',
  ['npm', 'node', 'pip', 'python'],
);
