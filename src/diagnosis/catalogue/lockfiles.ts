import { bunLocks, byTool } from './by-tool.ts';
import { category, editor, says, shell } from './record.ts';

/** Lockfiles of every package manager. */
export const lockfilePatterns = category('package-manager', [
  {
    slug: 'lockfile-out-of-sync',
    title: 'Lockfile and manifest do not agree',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\bcan only install packages when your package\.json and .{1,80} are in sync\b|\bERR_PNPM_(?:OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH|FROZEN_LOCKFILE_WITH_OUTDATED_LOCKFILE)\b/,
      ),
      says(
        /\blockfile needs to be updated, but yarn was run with\b|\blockfile would have been (?:modified|created) by this install\b|\blockfile had changes, but lockfile is frozen\b/,
      ),
      says(
        /\bmissing go\.sum entry (?!for module providing)|\bgo: updates to go\.(?:mod|sum) needed\b|\bgo\.mod file indicates go .{0,60}\bneeds? (?:to be )?updat/,
      ),
      says(
        /\b(?:cannot update the lock file|lock ?file .{0,200}needs to be updated)\b.{0,80}--locked\b|\block file .{0,200}because --(?:locked|frozen)\b/,
      ),
      says(
        /\b(?:poetry\.lock|pyproject\.toml|Pipfile\.lock|Gemfile\.lock|composer\.lock|uv\.lock|pubspec\.lock|mix\.lock|lock ?file)\b.{0,120}\b(?:out of (?:date|sync)|not up[- ]to[- ]date|changed significantly|needs to be updated|is outdated|does not (?:match|contain))/i,
      ),
      says(
        /\block ?file can(?:'t|not) be updated\b|\bUnable to satisfy `pubspec\.yaml` using `pubspec\.lock`|\block file is read-only\b|\bis not present in the lock file\b|\brerun with `--frozen=false`|\bfrozen mode is set\b/i,
      ),
      says(
        /\bYour lock ?file (?:needs|does not)\b|\bfrozen (?:mode|lockfile)\b.{0,80}\b(?:but|changed|would)|\byou are trying to install in deployment mode after changing your Gemfile\b|\bThe dependencies in your gemfile changed\b/i,
        3,
      ),
      says(
        /\bLock file hash doesn't match\b|\bNU1004\b|\bProvider dependency changes detected\b|\bInconsistent dependency lock file\b/,
      ),
      says(/\bout-of-date resolved file was detected\b|\bchanges to the lockfile in deployment mode\b/),
    ],
    cause: 'The manifest was edited, often by an agent, without an installation after it.',
    fixes: [
      shell(
        'update-lockfile',
        'Bring the lockfile up to date',
        'confirm',
        byTool(
          [
            [['uv'], 'uv.lock', 'uv lock'],
            [['poetry'], 'poetry.lock', 'poetry lock'],
            [['pipenv'], 'Pipfile.lock', 'pipenv lock'],
            [['pdm'], 'pdm.lock', 'pdm lock'],
            [['bundler'], 'Gemfile.lock', 'bundle lock'],
            [['composer'], 'composer.lock', 'composer update --lock'],
            [['cargo'], 'Cargo.lock', 'cargo update --workspace'],
            [['go'], 'go.mod', 'go mod tidy'],
            [['mix'], 'mix.lock', 'mix deps.get'],
            [['pub'], 'pubspec.lock', 'dart pub get'],
            [['deno'], 'deno.lock', 'deno install --frozen=false'],
            [['pnpm'], 'pnpm-lock.yaml', 'pnpm install --lockfile-only'],
            [['yarn'], 'yarn.lock', 'yarn install'],
            [['bun'], bunLocks, 'bun install'],
            [['npm'], null, 'npm install --package-lock-only'],
          ],
          'npm install --package-lock-only',
        ),
        'the installation ends well; git diff shows only the lockfile',
      ),
      editor('open-lock-diff', 'See what differs', 'safe', 'the changes of manifest and lockfile', null),
    ],
    docs: 'https://docs.npmjs.com/cli/commands/npm-ci',
  },
  {
    slug: 'lockfile-missing',
    title: 'There is no lockfile',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bcan only install with an existing package-lock\.json\b|\bERR_PNPM_NO_LOCKFILE\b|\block ?file (?:was |is )?(?:not found|missing|does not exist)\b/i,
      ),
      says(
        /\b(?:Pipfile|poetry|uv|pdm|Gemfile|composer|Cargo|package-lock|pnpm-lock|yarn)\.(?:lock|json|yaml) not found!|\bdeployment setting requires a (?:Gemfile\.lock|lockfile)\b|\bUnable to find lockfile\b|\bpnpm-lock\.yaml is absent\b/,
      ),
    ],
    vetoes: [/postmaster\.pid/],
    cause: 'The lockfile is ignored or was not committed.',
    fixes: [
      shell(
        'install-and-lock',
        'Install and write a lockfile',
        'confirm',
        byTool(
          [
            [['uv'], null, 'uv lock'],
            [['poetry'], null, 'poetry lock'],
            [['pipenv'], null, 'pipenv lock'],
            [['pdm'], null, 'pdm lock'],
            [['bundler'], null, 'bundle lock'],
            [['composer'], null, 'composer update'],
            [['cargo'], null, 'cargo generate-lockfile'],
            [['python'], 'pyproject.toml', 'uv lock || poetry lock'],
            [['pnpm'], 'pnpm-workspace.yaml', 'pnpm install'],
            [['yarn'], null, 'yarn install'],
            [['bun'], null, 'bun install'],
            [['npm'], null, 'npm install'],
          ],
          'npm install',
        ),
        'a lockfile is there',
      ),
    ],
    docs: 'https://docs.npmjs.com/cli/commands/npm-ci',
  },
]);
