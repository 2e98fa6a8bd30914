/** The values an error names: `port`, `path`, `module` and so on. Texts from outside; they may only be arguments, never code. */
export type Parameters = Readonly<Record<string, string>>;

/** The one that no text can set: which tool says the error (`tools.ts`), for fixes that differ by tool. */
export const toolParameter = 'tool';

/** A value is taken only if it looks like what it is said to be. */
const shapes: Readonly<Record<string, RegExp>> = {
  port: /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
  pid: /^[1-9]\d{0,7}$/,
  host: /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45})$/,
  url: /^https?:\/\/[^\s"'`<>\\]{1,1000}$/,
  module: /^(?![-\s])[^\s"'`\p{Cc}]{1,200}$/u,
  package: /^(?![-.])@?[\w./+-]{1,160}(?:@[\w.^~+-]{1,40})?$/,
  path: /^\P{Cc}{1,1000}$/u,
  version: /^v?\d[\w.+-]{0,40}$/,
};
const otherShape = /^[^\s"'`\p{Cc}]{1,200}$/u;

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
  config: 'path',
  mysql: 'name',
  zig: 'library',
  cabal: 'library',
  target: 'name',
  rake: 'name',
  mix: 'name',
  bazel: 'name',
  pnpm: 'script',
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
  ['port', /(?:[\d.]{7,15}|localhost|\]|::|\*|\b[\w-]{1,60}(?:\.[\w-]{1,60}){0,6}):(\d{2,5})(?![\d:.])/],
  [
    'host',
    /\b(?:getaddrinfo (?:EAI_AGAIN|ENOTFOUND)|[Cc]ould not resolve(?: host(?:name)?)?:?|UnknownHostException:|lookup|host:|hostname:|Failed host lookup:|resolve host address|resolving|translate host name|bad address|connect to(?! (?:proxy|server|host|the|database|port)\b(?!\.))|Unknown host:?)[ '"‘`]{0,3}([A-Za-z0-9][\w.-]{0,252})/,
  ],
  ['host', /\bhttps?:\/\/([A-Za-z0-9][\w.-]{0,252})/],
  ['host', /\b(\d{1,3}(?:\.\d{1,3}){3}|localhost)\b/],
  ['url', /(\bhttps?:\/\/[^\s'"<>)\]]{1,600})/],
  ['pid', /\bpid[ =:]{1,3}(\d{1,8})\b/i],
  ['path', /['"‘“`]((?:\/|\.{1,2}\/|~\/)[^'"’”`\n]{1,400})['"’”`]/],
  ['path', /(?:^|[\s:(=])((?:\/|\.{1,2}\/)[\w.@%+-]{1,80}(?:\/[\w.@%+-]{1,80}){0,20})/],
  ['signal', /\b(SIG(?:KILL|TERM|SEGV|ABRT|BUS|ILL|FPE|HUP|INT|PIPE|XFSZ))\b/],
  ['status', /\b(?:HTTP|status|code|error)[ :=/\d.]{1,12}\b([45]\d\d)\b/i],
];

const take = (into: Record<string, string>, name: string, value: string): void => {
  const trimmed = value.replace(/[.,;:)\]]{1,4}$/, '');
  if (into[name] === undefined && (shapes[name] ?? otherShape).test(trimmed)) into[name] = trimmed;
};

/**
 * @param line the line of the error
 * @param around lines near it, where Node and others write the fields of an error
 * @param groups what the expression that recognised it found
 */
export const parametersOf = (
  line: string,
  around: readonly string[],
  groups: Readonly<Record<string, string | undefined>>,
): Parameters => {
  const found: Record<string, string> = {};
  for (const [group, value] of Object.entries(groups)) {
    const name = aliases[group] ?? group;
    // `{command}` is the failed command itself.
    if (value !== undefined && name !== toolParameter) take(found, name === 'command' ? 'command_name' : name, value);
  }
  for (const [name, form] of general) {
    const value = form.exec(line)?.[1];
    if (value !== undefined && name !== toolParameter) take(found, name, value);
  }
  for (const near of around) {
    const field = /^\s{0,12}(port|path|hostname|address): '?([^',]{1,400})'?,?$/.exec(near);
    if (field?.[1] !== undefined && field[2] !== undefined) {
      take(found, field[1] === 'hostname' || field[1] === 'address' ? 'host' : field[1], field[2]);
    }
  }
  return found;
};
