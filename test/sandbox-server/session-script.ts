import { describeExit } from './execution-events.ts';

const envStart = '__EXECD_ENV_DUMP_START_8a3f__';
const envEnd = '__EXECD_ENV_DUMP_END_8a3f__';
const exitPrefix = '__EXECD_EXIT_v1__:';
const pwdPrefix = '__EXECD_PWD_v1__:';
const notPersisted = new Set(['PS1', 'PS2', 'PS3', 'PS4', 'PROMPT_COMMAND']);
const maxValueBytes = 8 * 1024;
const validName = /^[A-Za-z_][A-Za-z0-9_]*$/;

function quote(value: string): string {
  return `'${value.replaceAll("'", `'"'"'`)}'`;
}

function isKept(name: string, value: string): boolean {
  return validName.test(name) && !notPersisted.has(name) && Buffer.byteLength(value) <= maxValueBytes;
}

/**
 * The script of one session run: the session's variables, its folder, the command,
 * and at the end lines that tell the new variables, folder and exit code, which never reach the client.
 */
export function buildSessionScript(command: string, env: Readonly<Record<string, string>>, cwd: string): string {
  const exports = Object.entries(env)
    .filter(([name, value]) => isKept(name, value))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `export ${name}=${quote(value)}`);
  return [
    ...exports,
    ...(cwd === '' ? [] : [`cd ${quote(cwd)}`]),
    command.endsWith('\n') ? command.slice(0, -1) : command,
    '__USER_EXIT_CODE__=$?',
    `printf "\\n%s\\n" "${envStart}"`,
    'export -p',
    `printf "%s\\n" "${envEnd}"`,
    `printf "${pwdPrefix}%s\\n" "$(pwd)"`,
    `printf "${exitPrefix}%s\\n" "$__USER_EXIT_CODE__"`,
    'exit "$__USER_EXIT_CODE__"',
    '',
  ].join('\n');
}

/** The variables of an `export -p` dump; undefined when there was none. */
export function parseExports(lines: readonly string[]): Record<string, string> | undefined {
  if (lines.length === 0) return undefined;
  const env: Record<string, string> = {};
  for (const line of lines) {
    const match = /^declare -x ([A-Za-z_][A-Za-z0-9_]*)(?:="(.*)")?$/.exec(line);
    if (match?.[1] === undefined) continue;
    const value = (match[2] ?? '').replace(/\\([\\"$`])/g, '$1');
    if (isKept(match[1], value)) env[match[1]] = value;
  }
  return env;
}

/** Sorts the output of a session run into lines for the client and lines that only concern the session. */
export class SessionOutput {
  readonly envLines: string[] = [];
  pwd: string | undefined;
  /** The exit code that the script told; undefined when it was killed or left by `exit` or `exec`. */
  exitCode: number | undefined;
  processExitCode = 0;
  exitText = '';
  readonly #onLine: (line: string) => void;
  #rest = '';
  #isInDump = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  /** The pipe is closed: an unfinished last line counts as a line. */
  end(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }

  exited(code: number | null, signal: NodeJS.Signals | null): void {
    const { exitCode, text } = describeExit(code, signal);
    this.processExitCode = exitCode;
    this.exitText = text;
  }

  #line(line: string): void {
    if (line === envStart) this.#isInDump = true;
    else if (line === envEnd) this.#isInDump = false;
    else if (line.startsWith(exitPrefix)) this.exitCode = Number(line.slice(exitPrefix.length));
    else if (line.startsWith(pwdPrefix)) this.pwd = line.slice(pwdPrefix.length);
    else if (this.#isInDump) this.envLines.push(line);
    else if (line !== '') this.#onLine(line);
  }
}
