import { baseName, segmentsOf, wordsOf } from './commands.ts';

const managers = [
  ...(['npm', 'pnpm', 'yarn', 'bun', 'deno', 'pip', 'uv', 'poetry', 'pipenv', 'pdm', 'cargo', 'go', 'gem'] as const),
  ...(['bundler', 'composer', 'mix', 'pub', 'apt', 'cypress', 'puppeteer'] as const),
] as const;

/** What a fix may be written for: a package manager, or one of the runtimes whose packages several of them install. */
export type Tool = (typeof managers)[number] | 'node' | 'python';

/** `other` is one for which the catalogue has no command. */
type Named = Tool | 'other';

const others = [
  ...[
    'apk',
    'dnf',
    'yum',
    'microdnf',
    'zypper',
    'pacman',
    'brew',
    'nix',
    'nix-build',
    'snap',
    'conda',
    'mamba',
    'pixi',
  ],
  ...[
    'micromamba',
    'hatch',
    'rye',
    'dotnet',
    'nuget',
    'mvn',
    'mvnw',
    'gradle',
    'gradlew',
    'sbt',
    'swift',
    'pod',
    'cabal',
  ],
  ...['stack', 'conan', 'vcpkg', 'zig', 'terraform', 'tofu', 'helm', 'luarocks', 'opam', 'cpanm', 'pecl', 'Rscript'],
  ...['julia', 'rebar3', 'bazel', 'docker', 'podman', 'curl', 'wget'],
];

const programs: ReadonlyMap<string, Named> = new Map<string, Named>([
  ...managers.map((tool) => [tool, tool] as const),
  ...others.map((name) => [name, 'other'] as const),
  ['npx', 'npm'],
  ['yarnpkg', 'yarn'],
  ['bunx', 'bun'],
  ['node', 'node'],
  ['nodejs', 'node'],
  ['tsx', 'node'],
  ['ts-node', 'node'],
  ['python', 'python'],
  ['pytest', 'python'],
  ['uvx', 'uv'],
  ['bundle', 'bundler'],
  ['dart', 'pub'],
  ['flutter', 'pub'],
  ['apt-get', 'apt'],
]);

/** The managers of each runtime: one of them is more exact than "it ran under Node". */
const families: Readonly<Record<'node' | 'python', ReadonlySet<Named>>> = {
  node: new Set<Named>(['npm', 'pnpm', 'yarn', 'bun', 'deno', 'node']),
  python: new Set<Named>(['pip', 'uv', 'poetry', 'pipenv', 'pdm', 'python']),
};

/** What each prints itself when it fails, or only it speaks of. The first that fits counts. */
const wordings: readonly (readonly [tool: Named, text: RegExp])[] = [
  ['pnpm', /\bERR_PNPM_|\bpnpm-(?:lock|workspace)\.yaml\b/],
  ['yarn', /\bYN\d{4}\b|\byarn\.lock\b|\byarn was run with\b|\bThe lockfile would have been\b/],
  [
    'bun',
    /\bbun\.lockb?\b|\blockfile had changes, but lockfile is frozen\b|\bmatching "[^"]{1,80}" found for specifier\b/,
  ],
  ['deno', /\bdeno\.lock\b|--frozen=false\b|\bjsr package\b/],
  [
    'npm',
    /(?:^|\s)npm (?:ERR!|error)|\bnpm-shrinkwrap\b|\bpackage-lock\.json\b|\bEINTEGRITY\b|\bcode E(?:TARGET|4\d\d|USAGE)\b/,
  ],
  ['uv', /\buv\.lock\b|`uv (?:lock|sync)|\bwas not found in the package registry\b/],
  ['poetry', /\bpoetry\.lock\b|`poetry lock|\bpyproject\.toml changed significantly\b/],
  ['pipenv', /\bPipfile\b/],
  ['pdm', /\bpdm\.lock\b|\[PdmUsageError\]|\bLock file hash doesn't match\b/],
  ['pip', /\bDO NOT MATCH THE HASHES\b|\bNo matching distribution found\b|\bsatisfies the requirement\b/],
  [
    'cargo',
    /\bCargo\.(?:lock|toml)\b|\bcrates\.io\b|\bno matching package named\b|\bselect a version for the requirement\b|\bchecksum for `/,
  ],
  ['go', /\bgo\.(?:mod|sum)\b|^go: |\bverifying \S{1,200}: checksum mismatch\b/],
  ['bundler', /\bGemfile\b|\byour gemfile\b|\bCould not find gem '/],
  ['gem', /\bCould not find a valid gem\b/],
  ['composer', /\bcomposer\.(?:lock|json)\b|\bThe requested package\b/],
  ['mix', /\bmix\.(?:lock|exs)\b|\*\* \(Mix\)/],
  ['pub', /\bpubspec\.(?:lock|yaml)\b/],
  ['apt', /\bHash Sum mismatch\b|^E: /],
  ['cypress', /\bcypress\b/i],
  ['puppeteer', /\bpuppeteer\b|\bCould not find (?:Chrome|Chromium|Firefox) \((?:ver|rev)/i],
  [
    'other',
    /\bNU\d{4}\b|\.terraform\.lock\b|\bdependency lock file\b|\bProvider dependency changes\b|\bfind artifact\b/,
  ],
  ['node', /\.node\b|\bnode_modules\b|\bERR_DLOPEN_FAILED\b/],
  ['python', /\b(?:site|dist)-packages\b|^(?:ImportError|OSError)\b/],
];

/** @returns the tool whose words a line is, as that tool printed it, or null. */
export const toolOfWords = (line: string): string | null =>
  wordings.find(([, text]) => text.test(line.trim()))?.[0] ?? null;

/** Programs whose first argument is the program they run. */
const launchers: ReadonlySet<string> = new Set([
  'npx',
  'pnpx',
  'bunx',
  'uvx',
  'corepack',
  'timeout',
  'nohup',
  'stdbuf',
]);
/** What others say before the program they run; for `npm run` it is the name of a script. */
const launching = /^(?:poetry|uv|pipenv|pdm|rye) run$|^(?:npm|pnpm|yarn|bundle|poetry) exec$|^(?:pnpm|yarn) dlx$/;
/** `@9` in `npx pnpm@9`. */
const release = /@[\w.^~-]{0,40}$/;
/** `3.12` in `pip3.12`, and what `timeout 5m` waits for. */
const number = /[\d.]{1,8}$/;
const duration = /^\d[\d.]{0,8}[smhd]?$/;

/** The tool that a command starts: of `npx pnpm install` it is pnpm, of `npm install pnpm` npm. */
const toolStarted = (words: readonly string[]): Named | undefined => {
  const [first = '', ...rest] = words.slice(words.findIndex((word) => !word.startsWith('-')));
  const name = baseName(first).replace(release, '');
  const own = programs.get(name) ?? programs.get(name.replace(number, ''));
  let started: readonly string[] = [];
  if (own === 'python' && rest[0] === '-m') started = rest.slice(1);
  else if (launchers.has(name)) started = rest;
  else if (launching.test(`${name} ${rest[0]}`)) started = rest.slice(1);
  const at = started.findIndex((word) => !word.startsWith('-') && !duration.test(word));
  return (at < 0 ? undefined : toolStarted(started.slice(at))) ?? own;
};

/** What is within the quotes of `bash -lc "…"`. */
const withinShell = (commandLine: string): string =>
  /^\s{0,8}(?:\S{0,80}\/)?(?:ba|da|z)?sh -[a-z]{0,4}c (["'])(?<line>[\s\S]{1,4000})\1\s{0,8}$/.exec(commandLine)
    ?.groups?.['line'] ?? commandLine;

/** @returns the tool that a command line is about; null where it names none, or several. */
const toolOfCommand = (commandLine: string | null): Named | null => {
  const tools = new Set<Named>();
  for (const segment of segmentsOf(withinShell(commandLine ?? ''))) {
    const tool = toolStarted(wordsOf(segment));
    if (tool !== undefined) tools.add(tool);
  }
  const [tool = null] = tools;
  return tools.size === 1 ? tool : null;
};

const isRuntime = (tool: string): tool is keyof typeof families => Object.hasOwn(families, tool);

/**
 * The command that fits what failed. What the tool said of itself counts first, then the command that was run.
 * @param byTool the commands of a fix
 * @param otherwise one that goes by the files of the project; where neither the words nor the command tell
 * @param said see `toolOfWords`
 * @returns null where a tool failed that the fix has no command for: that of another one would change what is not broken
 */
export const commandFor = (
  byTool: Readonly<Partial<Record<Tool, string>>>,
  otherwise: string,
  said: string | null,
  commandLine: string | null,
): string | null => {
  const ran = toolOfCommand(commandLine);
  const isExact = said !== null && isRuntime(said) && ran !== null && families[said].has(ran);
  for (const tool of isExact ? [ran, said] : [said, ran]) {
    if (tool === null) continue;
    if (Object.hasOwn(byTool, tool)) return byTool[tool as Tool] ?? otherwise;
    // Under Node or Python many tools run: that says not enough.
    if (!isRuntime(tool)) return null;
  }
  return otherwise;
};
