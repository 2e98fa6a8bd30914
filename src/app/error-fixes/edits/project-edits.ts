import { type EditWay, one } from './edit.ts';
import { scriptLine } from './heap-edits.ts';
import { jsonAt, jsonKeys, removeFromJson, setInJson } from './json-text.ts';
import { addLines, hasLine, removeSettings, setInSection, setLine, settingIn } from './line-text.ts';

const dockerfiles = ['Dockerfile', 'Containerfile', 'compose.yaml', 'compose.yml', 'docker-compose.yml'];
const settings = '.vscode/settings.json';

const cargoDebug: EditWay = {
  label: 'No debug information in development builds',
  files: ['Cargo.toml'],
  change: (text) => one(setInSection(text, 'profile.dev', 'debug', 'false')),
};

const cargoJobs: EditWay = {
  label: 'One job at a time for Cargo',
  files: ['.cargo/config.toml'],
  besides: ['Cargo.toml'],
  creates: true,
  change: (text) => one(setInSection(text, 'build', 'jobs', '1')),
};

/** Folders with many files that change by themselves and never by hand. */
const unwatched = ['node_modules', '.venv', 'dist', 'target'];

const compilerWatch: EditWay = {
  label: 'Folders the compiler does not watch',
  files: ['tsconfig.json'],
  change: (text, { commandLine }) => {
    if (!/\btsc\b.{0,200}(?:\s-w\b|--watch\b)/.test(commandLine ?? '')) return null;
    if (jsonAt(text, ['watchOptions', 'excludeDirectories']) !== undefined) return null;
    return one(
      setInJson(
        text,
        ['watchOptions', 'excludeDirectories'],
        unwatched.map((folder) => `**/${folder}`),
      ),
    );
  },
};

const editorWatch: EditWay = {
  label: 'Folders the editor does not watch',
  files: [settings],
  creates: true,
  change: (text) => {
    const name = 'files.watcherExclude';
    const missing = unwatched
      .map((folder) => `**/${folder}/**`)
      .filter((glob) => jsonAt(text, [name, glob]) === undefined);
    if (missing.length === 0) return null;
    const globs = Object.fromEntries(missing.map((glob) => [glob, true]));
    const now = jsonAt(text, [name]);
    if (typeof now === 'object' && now !== null) return one(setInJson(text, [name], { ...now, ...globs }));
    // With comments in it, nothing is written over it.
    return jsonKeys(text, [name]) === null ? one(setInJson(text, [name], globs)) : null;
  },
};

const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

const environment: EditWay = {
  label: 'The variable in .env, for you to fill in',
  files: ['.env'],
  creates: true,
  change: (text, { parameters }) => {
    const name = parameters['variable'] ?? '';
    if (!variableName.test(name) || settingIn(text.replaceAll(/^[ \t]*export[ \t]+/gm, ''), name) !== null) return null;
    return one(addLines(text, [`${name}=`]));
  },
  also: {
    label: '.env stays out of git',
    files: ['.gitignore'],
    creates: true,
    change: (text) =>
      ['.env', '/.env', '.env*', '*.env', '.env.*', '**/.env'].some((line) => hasLine(text, line))
        ? null
        : one(addLines(text, ['.env'])),
  },
};

const optional: EditWay = {
  label: 'The package is optional',
  files: ['package.json'],
  change: (text, { parameters }) => {
    // The name only chooses among those that stand in the file.
    const [, name] = /^(@?[^@]{1,160})/.exec(parameters['package'] ?? '') ?? [];
    if (name === undefined) return null;
    for (const list of ['dependencies', 'devDependencies']) {
      const version = jsonKeys(text, [list])?.includes(name) === true ? jsonAt(text, [list, name]) : undefined;
      const gone = removeFromJson(text, [list, name]);
      const added = typeof version === 'string' ? setInJson(text, ['optionalDependencies', name], version) : null;
      if (gone === null || added === null) continue;
      return [gone, added];
    }
    return null;
  },
};

const lineFeeds: EditWay = {
  label: 'LF in scripts',
  files: ['.gitattributes'],
  creates: true,
  change: (text) => one(addLines(text, ['*.sh text eol=lf'])),
};

const smallContext: EditWay = {
  label: 'What the build does not need',
  files: ['.dockerignore'],
  besides: dockerfiles,
  creates: true,
  change: (text) => one(addLines(text, ['node_modules', '.git'])),
};

const ownModules: EditWay = {
  label: 'The image gets modules of its own',
  files: ['.dockerignore'],
  besides: dockerfiles,
  creates: true,
  change: (text) =>
    ['node_modules', 'node_modules/', '/node_modules', '**/node_modules'].some((line) => hasLine(text, line))
      ? null
      : one(addLines(text, ['node_modules'])),
};

/** @returns whether a rule of .dockerignore, read roughly, leaves out this path. */
const leavesOut = (rule: string, path: string): boolean => {
  const plain = rule.trim().replace(/^\/+|\/+$/g, '');
  if (plain === '' || plain.startsWith('#') || plain.startsWith('!')) return false;
  const name = path.split('/').at(-1) ?? path;
  if (plain === '*' || plain === '**') return true;
  if (plain.startsWith('**/')) return path.split('/').includes(plain.slice(3));
  if (plain.startsWith('*.')) return !path.includes('/') && name.endsWith(plain.slice(1));
  return path === plain || path.startsWith(`${plain}/`);
};

const backInContext: EditWay = {
  label: 'The path is part of the build again',
  files: ['.dockerignore'],
  change: (text, { parameters }) => {
    const path = (parameters['path'] ?? '').replace(/^(?:\.?\/)+|\/+$/g, '');
    // Letters that mean something in the file are no part of it, and it stays within the folder.
    if (!/^[\w@+-][\w@+./-]{0,200}$/.test(path) || path.split('/').includes('..')) return null;
    if (!text.split(/\r?\n/).some((rule) => leavesOut(rule, path))) return null;
    return one(addLines(text, [`!${path}`]));
  },
};

const binaryPackages: EditWay = {
  label: 'Packages that are built already',
  files: ['requirements.txt'],
  change: (text) => (hasLine(text, '--prefer-binary') ? null : [{ offset: 0, length: 0, text: '--prefer-binary\n' }]),
};

const proxyNames = ['proxy', 'http-proxy', 'https-proxy', 'http_proxy', 'https_proxy'];

const noNpmProxy: EditWay = {
  label: 'npm goes without the proxy',
  files: ['.npmrc'],
  change: (text) => removeSettings(text, proxyNames),
};

const noEditorProxy: EditWay = {
  label: 'The editor goes without the proxy',
  files: [settings],
  change: (text) => one(removeFromJson(text, ['http.proxy'])),
};

/** The word that makes a development server listen on all addresses, by program. */
const hostFlags: readonly (readonly [program: RegExp, flag: string])[] = [
  [/^next dev\b/, '-H 0.0.0.0'],
  [
    /^(?:vite(?: dev| serve)?(?= -|$)|nuxt dev\b|nuxi dev\b|astro dev\b|ng serve\b|webpack serve\b|webpack-dev-server\b)/,
    '--host 0.0.0.0',
  ],
];

const allAddresses: EditWay = {
  label: 'The script listens on all addresses',
  files: ['package.json'],
  change: (text, { commandLine }) => {
    const script = scriptLine(text, commandLine);
    if (script === null || /(?:--host(?:name)?\b|\s-H\b)|[;&|]/.test(script.line)) return null;
    const flag = hostFlags.find(([program]) => program.test(script.line))?.[1];
    return flag === undefined ? null : one(setInJson(text, ['scripts', script.name], `${script.line} ${flag}`));
  },
};

const utf8Terminals: EditWay = {
  label: 'UTF-8 in the terminals of this project',
  files: [settings],
  creates: true,
  change: (text) => {
    const path = ['terminal.integrated.env.linux', 'LC_ALL'];
    return jsonAt(text, path) === undefined ? one(setInJson(text, path, 'C.UTF-8')) : null;
  },
};

const phpMemory: EditWay = {
  label: 'A higher limit for PHP',
  files: ['php.ini', '.user.ini'],
  change: (text) => one(setLine(text, 'memory_limit', '1G', ' = ')),
};

/** An option in the call that starts the browser, where the failing file makes that call. */
const browserOption = (option: string): EditWay => ({
  label: `The browser is started with ${option}`,
  files: 'place',
  change: (text) => {
    if (text.includes(option)) return null;
    const call = /\b(?:puppeteer|chromium|browserType)\.launch\((?:\{(?:[^{}]{0,400}?\bargs\s*:\s*\[)?)?/.exec(text);
    const written = call?.[0];
    if (call === null || written === undefined) return null;
    const offset = call.index + written.length;
    const next = text.slice(offset).trimStart()[0];
    if (written.endsWith('[')) return [{ offset, length: 0, text: `'${option}'${next === ']' ? '' : ', '}` }];
    // There is a list somewhere behind what is understood here.
    if (/\bargs\b/.test(text.slice(offset, offset + 600))) return null;
    if (written.endsWith('{')) return [{ offset, length: 0, text: ` args: ['${option}']${next === '}' ? ' ' : ','}` }];
    return next === ')' ? [{ offset, length: 0, text: `{ args: ['${option}'] }` }] : null;
  },
});

const headless = (files: EditWay['files']): EditWay => ({
  label: 'The browser runs without windows',
  files,
  change: (text) => {
    const found = /\bheadless\s*:\s*(false)\b/.exec(text);
    return found === null ? null : [{ offset: found.index + found[0].length - 5, length: 5, text: 'true' }];
  },
});

/** Edits of other files of a project, by fix. */
export const projectEdits: Readonly<Record<string, readonly EditWay[]>> = {
  'compiler-oom-killed/less-debug-info': [cargoDebug],
  'compiler-oom-killed/keep-one-job': [cargoJobs],
  'inotify-watches/exclude-folders': [compilerWatch, editorWatch],
  'env-var-missing/open-env-file': [environment],
  'platform-mismatch/make-optional': [optional],
  'crlf-shebang/set-gitattributes': [lineFeeds],
  'docker-disk-full/keep-context-small': [smallContext],
  'native-arch-mismatch/keep-modules-out-of-image': [ownModules],
  'docker-build-copy-missing/open-dockerignore': [backInContext],
  'native-build-failed/keep-prefer-binary': [binaryPackages],
  'proxy-unreachable/remove-proxy': [noNpmProxy, noEditorProxy],
  'sandbox-port-closed/keep-all-addresses': [allAddresses],
  'locale-encoding/keep-utf8': [utf8Terminals],
  'php-memory-limit/edit-php-ini': [phpMemory],
  'chromium-no-sandbox/add-no-sandbox': [browserOption('--no-sandbox')],
  'chromium-dev-shm/disable-dev-shm': [browserOption('--disable-dev-shm-usage')],
  'display-missing/go-headless': [headless('place'), headless(['playwright.config.ts', 'playwright.config.js'])],
};
