import { byTool, npmLocks } from './by-tool.ts';
import { fromNothing, withNvm } from './command-lines.ts';
import { openManifest, runAgain } from './common-fixes.ts';
import { category, editor, says, shell } from './record.ts';

/** Projects, their manifests and lockfiles. */
export const nodePackagePatterns = category('package-manager', [
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
        /\b(?:[Ff]ound no|No|no) `?(?:pubspec\.yaml|Package\.swift|build\.zig|build\.sbt|Project\.toml|Chart\.yaml|shard\.yml|deno\.json|rebar\.config|dub\.json|cabal|nimble)`? (?:file )?(?:found|in )|\b[Cc]ould not find (?:a )?`?(?:Package\.swift|build\.zig|build\.sbt|shard\.yml|dune-project|pubspec\.yaml)`?|\bdoes not appear to contain CMakeLists\.txt\b|\bonly supported from within a workspace\b|\bError: No configuration files\b|\bis not a (?:Rust|Cargo|Dart|Flutter|Swift|Meson|Elixir) project\b|\bNo targets specified and no makefile found\b|\bcontain a build file meson\.build\b|^ninja: error: loading 'build\.ninja': No such file|\b(?:Could not|Cannot) resolve entry module (?:"|')?index\.html\b/,
      ),
      says(/\bNo `?pyproject\.toml`? found\b|\bno Pipfile present\b/i),
      says(
        /\bChart\.yaml file is missing\b|\bthe playbook: \S{1,200} could not be found\b|\bNeither build\.sbt nor a 'project' directory\b|\bMSB1009\b|\bisn't part of an Nx workspace\b|\bAngular CLI outside a workspace\b|\bNo [`']?Podfile'? found\b|^error: No config file found\b|\bUnable to locate config file or config directory\b/,
      ),
      says(
        /\b[Cc]ould not (?:find|locate|open) (?:a |the )?(?:file )?["'`]?(?:pom\.xml|build\.gradle|requirements[\w.-]{0,30}\.txt|pyproject\.toml|mix\.exs|Podfile|go\.mod)\b/,
        3,
      ),
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
        /\bScript not found "(?<script>[^"]{1,80})"|\bERR_PNPM_NO_SCRIPT\b|\bCouldn't find a script named "(?<yarn>[^"]{1,80})"/,
      ),
      says(
        /\bScript "(?<script>[^"]{1,80})" is not defined in this package\b|\bCould not find task `(?<task>[^`]{1,80})` in project\b|\bCannot find configuration for task (?<target>\S{1,120})|\bNone of the selected packages has a "(?<pnpm>[^"]{1,80})" script\b/,
      ),
      says(
        /\berror Command "(?<script>[^"]{1,80})" not found\.|\b(?:Task|task) (?:not found|'(?<task>[^']{1,80})' not found): ?(?<deno>[\w:.-]{0,80})|\bCommand "(?<composer>[^"]{1,80})" is not defined\b/,
      ),
      says(
        /\bcould not find task `(?<task>[^`]{1,80})` in project\b|^Error: Unrecognized task '(?<poe>[^']{1,80})'|\[PdmUsageError\]: Command '(?<pdm>[^']{1,80})'|\bNo packages found with the lifecycle script '/,
      ),
      says(/^Unknown script: (?<hatch>[\w:.-]{1,80})$/),
    ],
    cause: 'A typing error, or the script belongs to another package.',
    fixes: [
      shell(
        'list-scripts',
        'Show the scripts there are',
        'safe',
        byTool(
          [
            [['npm', 'pnpm', 'yarn', 'bun', 'node'], 'package.json', 'npm run'],
            [['deno'], 'deno.json', 'deno task'],
            [['composer'], 'composer.json', 'composer run-script --list'],
            [['uv', 'poetry', 'pipenv', 'pdm', 'python'], 'pyproject.toml', 'cat pyproject.toml'],
          ],
          'ls',
        ),
      ),
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
      says(
        /\bNode(?:\.js)? \(?v?\d{1,3}[\d.]{0,10}\)? (?:is|are) (?:not supported|outdated|too old|unsupported|no longer supported|incompatible)\b|\brequires at least Node(?:\.js)?\b|\bversion "v?\d[\d.]{0,12}" is not yet installed\b|\bRequested version v\d[\d.]{0,12} is not currently installed\b/,
      ),
      says(
        /\b(?:use|upgrade to|install|need|needs|expects?|expected) Node(?:\.js)? (?:version )?(?:>=? ?)?v?(?<version>\d{1,3})[\d.]{0,10} ?(?:\+|or (?:higher|later|newer|above|greater))/i,
        3,
      ),
    ],
    vetoes: [/\bnpm warn EBADENGINE\b/i],
    cause: 'The image has another version of Node than the project asks for.',
    fixes: [
      // nvm is a function of the shell, and what it switches ends with the shell.
      shell(
        'switch-node',
        'Run it with the Node of the project (nvm)',
        'confirm',
        `${withNvm} && nvm install && {command}`,
        'exit code 0',
      ),
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
      says(
        /\b(?:package|composer|tsconfig|bower|lerna|turbo|nx|deno)\.jsonc?['"]? (?:does not contain valid JSON|is not valid JSON|file must be an object|contains invalid JSON)|\bParserError parsing package\.json\b|\bTOML parse error\b|\bTOMLDecodeError\b|\bInvalid TOML\b/i,
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
      shell('clean-install', 'Install from scratch', 'destructive', fromNothing(npmLocks, 'npm ci'), 'exit code 0'),
    ],
    docs: 'https://docs.npmjs.com/common-errors',
  },
  {
    slug: 'platform-mismatch',
    title: 'The package is for another system',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\bUnsupported platform for (?<package>@?[\w./+-]{1,160}@[\w.^~+-]{1,40})/),
      says(
        /\bcode EBADPLATFORM\b|\bUnsupported platform for\b|\bERR_PNPM_UNSUPPORTED_PLATFORM\b|\bThe platform "\w{1,20}" is incompatible\b|\bis not a supported wheel on this platform\b/,
      ),
      says(
        /\bwheel for the current platform\b|\bhas no wheels with a matching\b|\bYour bundle only supports platforms\b|\bno wheels? (?:are |is )?available for (?:your|the current) platform\b/,
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
      says(/\bUse "(?:yarn|pnpm|npm|bun)(?: install)?" (?:to|for) install/),
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
