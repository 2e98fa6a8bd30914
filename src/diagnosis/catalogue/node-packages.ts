import { openManifest, runAgain } from './common-fixes.ts';
import { category, editor, says, shell } from './record.ts';

/** Projects, their manifests and lockfiles. */
export const nodePackagePatterns = category('package-manager', [
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
        /\bmissing go\.sum entry\b|\bgo: updates to go\.(?:mod|sum) needed\b|\bgo\.mod file indicates go .{0,60}\bneeds? (?:to be )?updat/,
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
    ],
    cause: 'The manifest was edited, often by an agent, without an installation after it.',
    fixes: [
      shell(
        'update-lockfile',
        'Bring the lockfile up to date',
        'confirm',
        'npm install --package-lock-only',
        'npm ci; git diff shows only the lockfile',
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
    ],
    vetoes: [/postmaster\.pid/],
    cause: 'The lockfile is ignored or was not committed.',
    fixes: [
      shell('install-and-lock', 'Install and write a lockfile', 'confirm', 'npm install', 'package-lock.json is there'),
    ],
    docs: 'https://docs.npmjs.com/cli/commands/npm-ci',
  },
  {
    slug: 'npm-peer-conflict',
    title: 'Peer dependencies do not fit together',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /\bcode ERESOLVE\b|\bERESOLVE (?:unable to resolve dependency tree|could not resolve)\b|\bERR_PNPM_PEER_DEP_ISSUES\b/,
      ),
      says(
        /\b(?:conflicting|incorrect) peer dependency\b|\bunmet peer\b|\bYN0060\b.{0,200}\bincompatible\b|\bYN0086\b/i,
        2,
      ),
    ],
    vetoes: [/\bERESOLVE overriding peer dependency\b/],
    cause: 'Two packages ask for different main versions of a third.',
    fixes: [
      editor('open-report', 'Open the report of npm', 'safe', '~/.npm/_logs, the newest eresolve-report', null),
      shell(
        'legacy-peer-deps',
        'Install as older versions of npm did',
        'confirm',
        'npm install --legacy-peer-deps',
        'npm ls ends with exit code 0',
      ),
      { ...openManifest, id: 'align-versions', title: 'Align the versions' },
    ],
    docs: 'https://docs.npmjs.com/cli/using-npm/config#legacy-peer-deps',
  },
  {
    slug: 'package-json-missing',
    title: 'There is no project in this folder',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\bCould not read package\.json\b|\bENOENT\b.{0,200}\bpackage\.json\b/),
      says(
        /\bERR_PNPM_NO_(?:IMPORTER_MANIFEST_FOUND|PKG_MANIFEST)\b|\bNo package\.json\b|\bCouldn't find a package\.json\b|\bpackage\.json (?:was )?not found\b/,
      ),
      says(
        /\bcould not find [`'ˋ]?Cargo\.toml\b|\bthere is no POM in this directory\b|\bdoes not contain (?:a Gradle build|main module)\b|\bgo\.mod file not found\b/,
      ),
      says(
        /\b(?:Could not locate|couldn't find|No) Gemfile\b|\bcould not find a (?:composer\.json|pyproject\.toml|pubspec\.yaml)\b|\bNeither 'setup\.py' nor 'pyproject\.toml' found\b|\bPoetry could not find a pyproject\.toml\b|\bMSB1003\b|\bCould not find a project to run\b|\bCould not find a Mix\.Project\b|\bdoes not appear to be a Python project\b|\bNo such file or directory: '(?:requirements\S{0,40}\.txt|pyproject\.toml|setup\.py)'|\bCould not open requirements file\b/i,
      ),
      says(
        /\b(?:[Ff]ound no|No|no) `?(?:pubspec\.yaml|Package\.swift|build\.zig|build\.sbt|Project\.toml|Chart\.yaml|shard\.yml|deno\.json|rebar\.config|dub\.json|cabal|nimble)`? (?:file )?(?:found|in )|\b[Cc]ould not find (?:a )?`?(?:Package\.swift|build\.zig|build\.sbt|shard\.yml|dune-project|pubspec\.yaml)`?|\bdoes not appear to contain CMakeLists\.txt\b|\bonly supported from within a workspace\b|\bError: No configuration files\b|\bis not a (?:Rust|Cargo|Dart|Flutter|Swift|Meson|Elixir) project\b/,
      ),
      says(/\bNo `?pyproject\.toml`? found\b|\bno Pipfile present\b/i),
    ],
    exitCodes: [254],
    cause: 'It was run in another folder than that of the project.',
    fixes: [
      shell(
        'find-project',
        'Find the folder of the project',
        'safe',
        'find . -maxdepth 3 -not -path "*/node_modules/*" \\( -name package.json -o -name Cargo.toml -o -name go.mod -o -name pom.xml -o -name pyproject.toml -o -name Gemfile \\)',
      ),
    ],
    docs: 'https://docs.npmjs.com/cli/configuring-npm/package-json',
  },
  {
    slug: 'npm-missing-script',
    title: 'The project has no such script',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\b[Mm]issing script:? "?(?<script>[\w:.-]{1,80})/),
      says(
        /\bScript not found "(?<script>[^"]{1,80})"|\bERR_PNPM_NO_SCRIPT\b|\bERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL\b.{0,80}not found|\bCouldn't find a script named "(?<yarn>[^"]{1,80})"/,
      ),
      says(
        /\bScript "(?<script>[^"]{1,80})" is not defined in this package\b|\bCould not find task `(?<task>[^`]{1,80})` in project\b|\bCannot find configuration for task (?<target>\S{1,120})|\bNone of the selected packages has a "(?<pnpm>[^"]{1,80})" script\b/,
      ),
      says(
        /\berror Command "(?<script>[^"]{1,80})" not found\.|\b(?:Task|task) (?:not found|'(?<task>[^']{1,80})' not found): ?(?<deno>[\w:.-]{0,80})|\bCommand "(?<composer>[^"]{1,80})" is not defined\b/,
      ),
    ],
    cause: 'A typing error, or the script belongs to another package.',
    fixes: [
      shell('list-scripts', 'Show the scripts there are', 'safe', 'npm run'),
      editor('open-scripts', 'Open the scripts in package.json', 'safe', '"scripts" in package.json', null),
    ],
    docs: 'https://docs.npmjs.com/cli/commands/npm-run',
  },
  {
    slug: 'node-version-mismatch',
    title: 'The project wants another version of Node',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /\bcode EBADENGINE\b|\bERR_PNPM_UNSUPPORTED_ENGINE\b|\bThe engine "(?:node|npm|pnpm|yarn)" is incompatible\b/,
      ),
      says(
        /\b(?:requires?|required|needs|supports only|Vite requires|minimum version is) (?:a )?(?:minimum )?Node(?:\.js|JS)?(?: version)?:? ?v?(?:>=|\^|~)? ?(?<version>\d{1,3})/i,
        3,
      ),
      says(
        /\brequires a minimum Node\.js version of\b|\bNode\.js version (?:>=|<|\^|~)? ?v?\d{1,3}[\d.+]{0,10} (?:or (?:higher|newer|later) )?is required\b|\bUnsupported (?:Node\.js|engine|NodeJS) version\b/,
      ),
      says(
        /\bYou are (?:using|running) Node(?:\.js)? v?\d{1,3}[\d.]{0,10}\b.{0,120}\b(?:required|requires|unsupported|not supported|upgrade|minimum)/i,
      ),
    ],
    vetoes: [/\bnpm warn EBADENGINE\b/i],
    cause: 'The image has another version of Node than the project asks for.',
    fixes: [
      shell('switch-node', 'Switch Node', 'confirm', 'nvm install && nvm use', 'node -v satisfies the project'),
      editor('open-engines', 'Open engines in package.json', 'safe', '"engines" in package.json', null),
    ],
    docs: 'https://docs.npmjs.com/cli/configuring-npm/package-json#engines',
  },
  {
    slug: 'json-parse-package',
    title: 'package.json is not valid JSON',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bEJSONPARSE\b|\bFailed to parse JSON data\b|\bInvalid package\.json\b|\bERR_INVALID_PACKAGE_CONFIG\b|\bERR_PNPM_JSON_PARSE\b|\bpackage\.json: Unexpected (?:token|string|end)/,
      ),
      says(
        /\b(?:Error parsing|failed to parse|Error reading|Syntax error in) .{0,120}(?:package|tsconfig|composer)\.json\b/i,
        3,
      ),
    ],
    vetoes: [/<<<<<<</],
    cause: 'An edit or a merge left it broken.',
    fixes: [editor('open-at-position', 'Open it at the position', 'safe', 'package.json', 'JSON.parse reads it')],
    docs: 'https://docs.npmjs.com/cli/configuring-npm/package-json',
  },
  {
    slug: 'npm-enotempty',
    title: 'An interrupted installation is in the way',
    severity: 'low',
    priority: 8,
    signals: [says(/\bENOTEMPTY: directory not empty\b|\bcode ENOTEMPTY\b/)],
    exitCodes: [217],
    cause: 'An installation that was killed left folders behind in node_modules.',
    fixes: [
      shell(
        'remove-leftovers',
        'Remove what it left behind',
        'confirm',
        'find node_modules -maxdepth 2 -name ".*-????????" -prune -exec rm -rf {} +',
        'npm install',
      ),
      shell('clean-install', 'Install from scratch', 'destructive', 'rm -rf node_modules && npm ci', 'exit code 0'),
    ],
    docs: 'https://docs.npmjs.com/common-errors',
  },
  {
    slug: 'platform-mismatch',
    title: 'The package is for another system',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bcode EBADPLATFORM\b|\bUnsupported platform for\b|\bERR_PNPM_UNSUPPORTED_PLATFORM\b|\bThe platform "\w{1,20}" is incompatible\b|\bis not a supported wheel on this platform\b/,
      ),
    ],
    cause: 'A dependency for one system only was made mandatory.',
    fixes: [editor('make-optional', 'Move it to optionalDependencies', 'safe', 'package.json', 'npm install')],
    docs: 'https://docs.npmjs.com/cli/configuring-npm/package-json#os',
  },
  {
    slug: 'package-manager-mismatch',
    title: 'The project wants another package manager',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bERR_PNPM_(?:OTHER_PM_EXPECTED|BAD_PM_VERSION|UNSUPPORTED_PM)\b|\bhas a "packageManager" field\b|\bconfigured to use (?:yarn|pnpm|npm|bun)\b|\bdefine[ds] (?:with )?"packageManager"|\bUse "(?:yarn|pnpm|npm|bun)" (?:to|for) install/,
      ),
      says(/\bERR! code EBADDEVENGINES\b|\bThis project (?:requires|uses) (?:yarn|pnpm|npm|bun)\b/i, 3),
    ],
    cause: 'The packageManager field of package.json names another one.',
    fixes: [
      shell(
        'use-corepack',
        'Use the one of the project',
        'confirm',
        'corepack enable && corepack install',
        'the installation starts',
      ),
    ],
    docs: 'https://nodejs.org/api/corepack.html',
  },
  {
    slug: 'script-failed',
    title: 'A script of the project failed',
    severity: 'low',
    priority: 1,
    signals: [
      says(/\bcommand failed$/, 3),
      says(
        /\bERR_PNPM_RECURSIVE_RUN_FIRST_FAIL\b|\brun failed: command {1,2}exited \(\d|\bRunning target \S{1,80} for .{1,80} failed\b|\blerna ERR! .{1,120}\bexited \d{1,3} in\b|^Script .{1,120} handling the \S{1,40} event returned with error code\b/,
        3,
      ),
      says(
        /\bELIFECYCLE\b|\berror Command failed with exit code \d{1,3}|\berror: script "[^"]{1,80}" exited with code \d|\bnpm ERR! (?:Exit status|Lifecycle script)|\bScript \S{1,80} handling the \S{1,40} event returned with error code\b/,
        3,
      ),
      says(/\bLifecycle script [`'"][^`'"]{1,80}[`'"] failed\b/, 3),
    ],
    cause: 'Only the outermost message; what failed stands above it.',
    fixes: [editor('open-script', 'Open the script', 'safe', '"scripts" in package.json', null), runAgain],
    docs: 'https://docs.npmjs.com/cli/using-npm/scripts',
  },
]);
