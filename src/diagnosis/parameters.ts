import { readCommand } from './commands.ts';

/** The values an error names: `port`, `path`, `module` and so on. Texts from outside; they may only be arguments, never code. */
export type Parameters = Readonly<Record<string, string>>;

/** The one that no text can set: which tool says the error (`tools.ts`), for fixes that differ by tool. */
export const toolParameter = 'tool';

/** A value is taken only if it looks like what it is said to be. None begins with a dash: programs would take it for an option. */
const shapes: Readonly<Record<string, RegExp>> = {
  port: /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
  pid: /^[1-9]\d{0,7}$/,
  host: /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45})$/,
  url: /^https?:\/\/[^\s"'`<>\\]{1,1000}$/,
  module: /^(?!-)[^\s"'`\p{Cc}]{1,200}$/u,
  package: /^(?![-.])@?[\w./+-]{1,160}(?:@[\w.^~+-]{1,40})?$/,
  path: /^(?!-)\P{Cc}{1,1000}$/u,
  venv: /^(?!-)\P{Cc}{1,1000}$/u,
  service: /^(?!-)[\w.@-]{1,60}$/,
  version: /^v?\d[\w.+-]{0,40}$/,
};
const otherShape = /^(?!-)[^\s"'`\p{Cc}]{1,200}$/u;

/** Groups that name the same thing by the wording they stand in. */
const aliases: Readonly<Record<string, string>> = {
  busyPort: 'port',
  missing: 'module',
  bare: 'module',
  lost: 'module',
  parcel: 'module',
  dnf: 'package',
  yum: 'package',
  apk: 'package',
  gem: 'package',
  pc: 'package',
  bun: 'package',
  yarn: 'package',
  jpath: 'path',
  java: 'path',
  source: 'path',
  podman: 'path',
  header: 'path',
  lock: 'path',
  zh: 'path',
  moved: 'path',
  config: 'path',
  mysql: 'name',
  zig: 'library',
  cabal: 'library',
  target: 'name',
  rake: 'name',
  mix: 'name',
  bazel: 'name',
  pnpm: 'script',
  poetry: 'package',
  wantedPython: 'version',
  apt: 'package',
  jest: 'module',
  uvicorn: 'module',
  flask: 'module',
  hub: 'module',
  zypper: 'package',
  env: 'variable',
  key: 'variable',
  dotnet: 'library',
  pg: 'library',
  lib: 'library',
  lld: 'library',
  sys: 'library',
  symbol: 'name',
  term: 'command',
  deno: 'script',
  composer: 'script',
  task: 'name',
  taskfile: 'name',
};

/** Further values found on the line of the error and on those around it, best form first. */
const general: readonly (readonly [name: string, form: RegExp])[] = [
  ['port', /\b(?:[Pp]ort|PORT)\b[ :="']{0,4}(\d{1,5})\b/],
  // After an address a colon may follow: `listen tcp 127.0.0.1:80: bind`; and as Python and others write a pair.
  ['port', /(?:\b\d{1,3}(?:\.\d{1,3}){3}|\blocalhost|\]|\*|::):(\d{1,5})(?![\d.]|:\d)/],
  ['port', /['"][\w.:-]{0,80}['"], {0,2}(\d{2,5})[)\]]/],
  [
    'port',
    /\b[\w-]{1,60}(?:\.[\w-]{1,60}){0,6}(?<!\.(?:c|cc|cpp|rs|go|py|rb|js|ts|php|java|mjs|cjs)):(\d{2,5})(?![\d:.])/,
  ],
  [
    'host',
    /\b(?:getaddrinfo (?:EAI_AGAIN|ENOTFOUND)|[Cc]ould not resolve(?: host(?:name)?| proxy)?:?|Failed to resolve|Cannot connect to host|resolve address for|getaddrinfo for|host not found in upstream|Unknown (?:MySQL |MariaDB )?server host|UnknownHostException:|lookup|host:|hostname:|Failed host lookup:|resolve host address|resolving|translate host name|bad address|connect to(?! (?:proxy|server|host|the|database|port|local|Redis|MySQL|MariaDB|Postgres|PostgreSQL)\b(?!\.))|Unknown host:?)[ '"‘`]{0,3}([A-Za-z0-9][\w.-]{0,252})/,
  ],
  ['host', /\bhttps?:\/\/([A-Za-z0-9][\w.-]{0,252})/],
  ['host', /\b(\d{1,3}(?:\.\d{1,3}){3}|localhost)\b/],
  ['url', /(\bhttps?:\/\/[^\s'"<>)\]]{1,600})/],
  ['pid', /\bpid[ =:]{1,3}(\d{1,8})\b/i],
  ['path', /['"‘“`„»«]((?:\/|\.{1,2}\/|~\/)[^'"’”`“«»\n]{1,400})['"’”`“«»]/],
  ['path', /(?:^|[\s:(=])((?:\/|\.{1,2}\/)[\w.@%+-]{1,80}(?:\/[\w.@%+-]{1,80}){0,20})/],
  ['signal', /\b(SIG(?:KILL|TERM|SEGV|ABRT|BUS|ILL|FPE|HUP|INT|PIPE|XFSZ))\b/],
  ['status', /\b(?:HTTP|status|code|error)[ :=/\d.]{1,12}\b([45]\d\d)\b/i],
];

const ofPeer: ReadonlySet<string> = new Set(['host', 'port', 'url']);
/** Of lines that say the same, so many are read. */
const mostSaid = 12;

/** What the failed command itself asked for, where no line of its output says it. */
const asked: readonly (readonly [name: string, form: RegExp])[] = [
  ['port', /(?:^|\s)(?:--port[ =]|--listen[ =]|-p ?|PORT=|-l (?:[\w.]{1,60} )?)(\d{2,5})(?=\s|$|:)/],
  ['port', /\bhttp\.server (\d{2,5})(?=\s|$)|\brunserver (?:[\w.]{0,60}:)?(\d{2,5})(?=\s|$)/],
  ['port', /(?:\blocalhost|\b\d{1,3}(?:\.\d{1,3}){3}|\]|\s):(\d{2,5})(?=[\s/]|$)/],
  ['url', /(\bhttps?:\/\/[^\s'"<>)\]]{1,600})/],
  [
    'service',
    /\b(?:systemctl|rc-service) (?:-{1,2}[\w-]{1,30} )?(?:start|restart|reload|enable)(?: --now)? ([\w@.-]{1,60})/,
  ],
];

const take = (into: Record<string, string>, name: string, value: string): void => {
  const trimmed = value.replace(/[.,;:)\]]{1,4}$/, '');
  if (into[name] === undefined && (shapes[name] ?? otherShape).test(trimmed)) into[name] = trimmed;
};

/**
 * @param said the line of the error, then further lines that say the same
 * @param around lines near it, where Node and others write the fields of an error
 * @param groups what the expression that recognised it found
 * @param commandLine the failed command, for what no line names
 * @param further what it found in other lines
 */
export const parametersOf = (
  said: readonly string[],
  around: readonly string[],
  groups: Readonly<Record<string, string | undefined>>,
  commandLine: string | null = null,
  further: Readonly<Record<string, string | undefined>> = {},
): Parameters => {
  const found: Record<string, string> = {};
  const takeNamed = (named: Readonly<Record<string, string | undefined>>): void => {
    for (const [group, value] of Object.entries(named)) {
      const name = aliases[group] ?? group;
      // `{command}` is the failed command itself.
      if (value !== undefined && name !== toolParameter) take(found, name === 'command' ? 'command_name' : name, value);
    }
  };
  takeNamed(groups);
  // Further lines may name the peer of a connection; of all else only the first speaks surely.
  for (const [index, line] of said.slice(0, mostSaid).entries()) {
    // What another line names counts only where the line of the error names nothing: a fix goes to that place.
    if (index === 1) takeNamed(further);
    for (const [name, form] of general) {
      if (index > 0 && !ofPeer.has(name)) continue;
      const value = form.exec(line)?.[1];
      if (value !== undefined && name !== toolParameter) take(found, name, value);
    }
  }
  for (const near of around) {
    const field = /^\s{0,12}(port|path|hostname|address): '?([^',]{1,400})'?,?$/.exec(near);
    if (field?.[1] !== undefined && field[2] !== undefined) {
      take(found, field[1] === 'hostname' || field[1] === 'address' ? 'host' : field[1], field[2]);
    }
  }
  const command = readCommand(commandLine);
  for (const [name, form] of asked) {
    const match = form.exec(command);
    const value = match?.[1] ?? match?.[2];
    if (value !== undefined) take(found, name, value);
  }
  return found;
};
