import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecdContext } from './execd.ts';
import { noMemory, type SessionRoutes } from './execd-session.ts';
import { describeExit, ExecutionEvents, tailMs } from './execution-events.ts';
import { asObject, readBody, sendEmpty, sendError, sendJson } from './http.ts';
import { LineTail } from './line-tail.ts';
import { signalProcess } from './processes.ts';
import { formatNano, preciseNowMs } from './timestamps.ts';

const pollMs = 100;
const badRequest = 'INVALID_REQUEST_BODY';

interface Command {
  readonly id: string;
  readonly content: string;
  readonly isBackground: boolean;
  readonly startedAtMs: number;
  pid: number;
  isRunning: boolean;
  exitCode?: number;
  error?: string;
  finishedAtMs?: number;
}

interface CommandBody {
  readonly command: string;
  readonly cwd: string | undefined;
  readonly background: boolean;
  readonly timeoutMs: number;
  readonly envs: Record<string, string>;
}

/** Whether a folder exists. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function parseBody(text: string): CommandBody | string {
  let body: Record<string, unknown> | undefined;
  try {
    body = asObject(JSON.parse(text));
  } catch {
    body = undefined;
  }
  if (body === undefined) return 'error parsing request, MAYBE invalid body format. unexpected end of JSON input';
  const { command, cwd, background, timeout, envs } = body;
  const invalid = (field: string, rule: string): string =>
    `invalid request, validation error Key: 'RunCommandRequest.${field}' Error:Field validation for '${field}' failed on the '${rule}' tag`;
  if (typeof command !== 'string' || command === '') return invalid('Command', 'required');
  const timeoutMs = typeof timeout === 'number' ? timeout : 0;
  if (timeoutMs < 0) return invalid('TimeoutMs', 'gte');
  if (typeof cwd === 'string' && cwd !== '' && !isFolder(cwd)) {
    return `invalid request, validation error working directory does not exist: ${cwd}`;
  }
  const strings = Object.entries(asObject(envs) ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  return {
    command,
    cwd: typeof cwd === 'string' && cwd !== '' ? cwd : undefined,
    background: background === true,
    timeoutMs,
    envs: Object.fromEntries(strings),
  };
}

/** `/command` and what belongs to it. Output goes through files that are never removed, as with the real execd. */
export class CommandRoutes {
  readonly #context: ExecdContext;
  readonly #sessions: SessionRoutes;
  readonly #commands = new Map<string, Command>();

  constructor(context: ExecdContext, sessions: SessionRoutes) {
    this.#context = context;
    this.#sessions = sessions;
  }

  async run(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = parseBody((await readBody(request)).toString('utf8'));
    if (typeof body === 'string') sendError(response, 400, badRequest, body);
    else if (body.background) await this.#runInBackground(body, response);
    else await this.#runInForeground(body, response);
  }

  #start(body: CommandBody, stdout: number, stderr: number): ChildProcess | string {
    const { sandbox, switches } = this.#context;
    if (switches.isOn('noShell', sandbox.id)) return 'exec: "sh": executable file not found in $PATH';
    if (switches.get('startFault', sandbox.id) === 'all') return noMemory;
    const shell = switches.get('noBash', sandbox.id) === 'false' ? 'bash' : 'sh';
    return sandbox.spawn([shell, '-c', body.command], {
      cwd: body.cwd ?? sandbox.workFolder,
      env: sandbox.environment({ ...sandbox.extraEnvironment(), ...body.envs }),
      stdio: ['ignore', stdout, stderr],
    });
  }

  #remember(body: CommandBody, child: ChildProcess, id: string): Command {
    const command: Command = {
      id,
      content: body.command,
      isBackground: body.background,
      startedAtMs: preciseNowMs(),
      pid: child.pid ?? -1,
      isRunning: true,
    };
    this.#commands.set(id, command);
    return command;
  }

  /** Resolves when the process itself has ended; children that it left behind do not count. */
  async #wait(command: Command, child: ChildProcess, timeoutMs: number): Promise<void> {
    const timer = timeoutMs > 0 ? setTimeout(() => signalProcess(-command.pid, 'SIGKILL'), timeoutMs) : undefined;
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      child.on('exit', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
      child.on('error', () => resolve([127, null]));
    });
    clearTimeout(timer);
    if (signal === 'SIGKILL') this.#context.sandbox.checkOom();
    const { exitCode, text } = describeExit(code, signal);
    command.isRunning = false;
    command.exitCode = exitCode;
    command.finishedAtMs = preciseNowMs();
    if (exitCode !== 0) command.error = text;
  }

  async #runInForeground(body: CommandBody, response: ServerResponse): Promise<void> {
    const { sandbox } = this.#context;
    const id = randomBytes(16).toString('hex');
    const paths = [`${id}.stdout`, `${id}.stderr`].map((name) => join(sandbox.tmpFolder, name));
    const files = paths.map((path) => openSync(path, 'w+', 0o777));
    const events = new ExecutionEvents(this.#context, response);
    const startedAtMs = performance.now();
    const child = this.#start(body, files[0] ?? -1, files[1] ?? -1);
    for (const file of files) closeSync(file);
    events.init(id);
    if (typeof child === 'string') {
      events.fail(child, [child]);
      await events.end();
      return;
    }
    const command = this.#remember(body, child, id);
    const tails = paths.map((path, index) => {
      const stream = index === 0 ? 'stdout' : 'stderr';
      return new LineTail(path, (line) => events.output(stream, line));
    });
    const poll = setInterval(() => {
      if (sandbox.state !== 'paused') for (const tail of tails) tail.read(false);
    }, pollMs);
    await this.#wait(command, child, body.timeoutMs);
    clearInterval(poll);
    await sandbox.whenAwake();
    for (const tail of tails) tail.read(true);
    if (command.exitCode === 0) events.complete(performance.now() - startedAtMs);
    else events.fail(String(command.exitCode), [command.error ?? '']);
    await delay(tailMs);
    await events.end();
  }

  async #runInBackground(body: CommandBody, response: ServerResponse): Promise<void> {
    const id = randomBytes(16).toString('hex');
    const file = openSync(join(this.#context.sandbox.tmpFolder, `${id}.output`), 'w+', 0o777);
    const events = new ExecutionEvents(this.#context, response);
    events.init(id);
    const child = this.#start(body, file, file);
    closeSync(file);
    if (typeof child === 'string') {
      events.bareError('RUNTIME_ERROR', `error running commands failed to start commands: ${child}`);
      await events.end();
      return;
    }
    const command = this.#remember(body, child, id);
    const ended = this.#wait(command, child, body.timeoutMs);
    events.complete(0);
    await delay(tailMs);
    await events.end();
    await ended;
  }

  status(response: ServerResponse, id: string): void {
    const command = this.#commands.get(id);
    if (command === undefined) {
      sendError(response, 404, badRequest, `command not found: ${id}`);
      return;
    }
    sendJson(response, 200, {
      id,
      content: command.content,
      running: command.isRunning,
      exit_code: command.exitCode,
      error: command.error,
      started_at: formatNano(command.startedAtMs),
      finished_at: command.finishedAtMs === undefined ? undefined : formatNano(command.finishedAtMs),
    });
  }

  logs(response: ServerResponse, id: string, url: URL): void {
    const command = this.#commands.get(id);
    if (command === undefined || !command.isBackground) {
      const why = command === undefined ? `command not found: ${id}` : `command ${id} is not running in background`;
      sendError(response, 400, badRequest, why);
      return;
    }
    const bytes = readFileSync(join(this.#context.sandbox.tmpFolder, `${id}.output`));
    const cursor = Math.max(0, Number(url.searchParams.get('cursor') ?? 0) || 0);
    const rest = bytes.subarray(cursor);
    response.writeHead(200, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': rest.length,
      'Execd-Commands-Tail-Cursor': String(bytes.length),
    });
    response.end(rest);
  }

  /** `DELETE /command?id=`: SIGTERM to the group, SIGKILL after three seconds; a session's id ends that session. */
  async interrupt(response: ServerResponse, url: URL): Promise<void> {
    const id = url.searchParams.get('id') ?? '';
    const command = this.#commands.get(id);
    const fail = (why: string): void =>
      sendError(response, 500, 'RUNTIME_ERROR', `error interruptting code context. ${why}`);
    if (id === '') sendError(response, 400, 'MISSING_QUERY', "missing query parameter 'id'");
    else if (command !== undefined && !command.isRunning) fail(`command ${id} is not running`);
    else if (command !== undefined) {
      signalProcess(-command.pid, 'SIGTERM');
      for (let waitedMs = 0; waitedMs < 3000 && signalProcess(-command.pid, 0); waitedMs += 50) await delay(50);
      signalProcess(-command.pid, 'SIGKILL');
      sendEmpty(response, 200);
    } else if (this.#sessions.close(id)) sendEmpty(response, 200);
    else fail('no such session');
  }
}
