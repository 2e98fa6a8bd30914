import type { ChildProcess } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecdContext } from './execd.ts';
import { isFolder } from './execd-command.ts';
import { ExecutionEvents, tailMs } from './execution-events.ts';
import { asObject, readBody, sendEmpty, sendError, sendJson } from './http.ts';
import { signalProcess } from './processes.ts';
import { buildSessionScript, parseExports, SessionOutput } from './session-script.ts';

interface Session {
  readonly id: string;
  env: Record<string, string>;
  cwd: string;
  /** Group leaders of the runs that go on now. */
  readonly running: Set<number>;
}

const noBash = 'start bash: exec: "bash": executable file not found in $PATH';
/** Why a start fails when the switch `startFault` says so. */
export const noMemory = 'fork/exec /bin/bash: cannot allocate memory';
const longestRunMs = 24 * 3600 * 1000;

function parse(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {};
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined; // The caller answers 400.
  }
}

/** `2s`, `1.5s`, `1m30s` …: how Go prints a duration, for the durations that tests use. */
function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes === 0 ? '' : `${minutes}m`}${(ms - minutes * 60_000) / 1000}s`;
}

/** `/session`: runs that share variables and folder. Each run is a bash of its own, killed when its client leaves. */
export class SessionRoutes {
  readonly #context: ExecdContext;
  readonly #sessions = new Map<string, Session>();

  constructor(context: ExecdContext) {
    this.#context = context;
  }

  async create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { sandbox, switches } = this.#context;
    const body = parse((await readBody(request)).toString('utf8'));
    if (body === undefined) {
      sendError(response, 400, 'INVALID_REQUEST_BODY', 'error parsing request. invalid character');
    } else if (switches.get('noBash', sandbox.id) === 'refuse') {
      sendError(response, 500, 'RUNTIME_ERROR', `error creating session. ${noBash}`);
    } else if (switches.get('startFault', sandbox.id) === 'refuse') {
      sendError(response, 500, 'RUNTIME_ERROR', `error creating session. start bash: ${noMemory}`);
    } else {
      const id = randomUUID();
      const cwd = typeof body['cwd'] === 'string' ? body['cwd'] : '';
      this.#sessions.set(id, { id, env: sandbox.environment(), cwd, running: new Set() });
      await delay(Number(switches.get('slowCreate', sandbox.id)));
      sendJson(response, 200, { session_id: id });
    }
  }

  async run(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const body = parse((await readBody(request)).toString('utf8'));
    const command = body?.['command'];
    const timeout = body?.['timeout'] ?? 0;
    const cwd = body?.['cwd'];
    const refuse = (why: string): void => sendError(response, 400, 'INVALID_REQUEST_BODY', why);
    if (body === undefined) return refuse('error parsing request. invalid character');
    if (typeof command !== 'string' || command === '') return refuse('invalid request. Command is required');
    if (typeof timeout !== 'number' || timeout < 0) return refuse('invalid request. Timeout must not be negative');
    if (typeof cwd === 'string' && cwd !== '' && !isFolder(cwd)) {
      return refuse(`invalid request. working directory does not exist: ${cwd}`);
    }
    const session = this.#sessions.get(id);
    if (session === undefined) {
      return sendError(response, 500, 'RUNTIME_ERROR', 'error running in session. context not found');
    }
    const folder = typeof cwd === 'string' && cwd !== '' ? cwd : session.cwd;
    await this.#runIn(session, command, folder, timeout, response);
  }

  async #runIn(session: Session, command: string, cwd: string, timeoutMs: number, response: ServerResponse) {
    const { sandbox, switches } = this.#context;
    const events = new ExecutionEvents(this.#context, response);
    const startedAtMs = performance.now();
    events.init(session.id);
    if (switches.get('noBash', sandbox.id) !== 'false' || switches.isOn('noShell', sandbox.id)) {
      events.bareError('RUNTIME_ERROR', `error running in session. ${noBash}`);
      await events.end();
      return;
    }
    const fault = switches.get('startFault', sandbox.id);
    if (fault === 'session' || fault === 'all') {
      events.output('stdout', 'bash: fork: Cannot allocate memory');
      events.fail('254', ['exit status 254']);
      await events.end();
      return;
    }
    if (fault === 'mute') {
      await new Promise((resolve) => response.on('close', resolve));
      await events.end();
      return;
    }
    // The script stays behind for ever: the real execd leaks it too.
    const script = join(sandbox.tmpFolder, `execd_bash_${randomInt(1_000_000_000, 4_000_000_000)}.sh`);
    writeFileSync(script, buildSessionScript(command, session.env, cwd), { mode: 0o600 });
    const child = sandbox.spawn(
      ['bash', '--noprofile', '--norc', script],
      { ...(cwd === '' ? {} : { cwd }), stdio: ['ignore', 'pipe', 'inherit'] },
      true,
    );
    const pid = child.pid ?? -1;
    session.running.add(pid);
    let isTimedOut = false;
    // Only bash itself is killed, both here and when the client leaves: its children end on their own.
    const killLeader = (): void => {
      if (child.exitCode === null && child.signalCode === null) signalProcess(pid, 'SIGKILL');
    };
    response.on('close', killLeader);
    const timer = setTimeout(
      () => {
        isTimedOut = true;
        killLeader();
      },
      Math.min(timeoutMs === 0 ? longestRunMs : timeoutMs, longestRunMs),
    );
    const output = await this.#collect(child, events);
    clearTimeout(timer);
    session.running.delete(pid);
    await sandbox.whenAwake();
    if (isTimedOut) {
      events.bareError('RUNTIME_ERROR', `error running in session. timeout after ${goDuration(timeoutMs)}`);
    } else {
      const env = parseExports(output.envLines);
      if (env !== undefined) session.env = env;
      session.cwd = output.pwd ?? session.cwd;
      const exitCode = output.exitCode ?? output.processExitCode;
      if (exitCode === 0) events.complete(performance.now() - startedAtMs);
      else events.fail(String(exitCode), [output.exitText]);
      await delay(tailMs);
    }
    await events.end();
  }

  /** Passes output on line by line until every process that holds the pipe has ended. */
  async #collect(child: ChildProcess, events: ExecutionEvents): Promise<SessionOutput> {
    const output = new SessionOutput((line) => events.output('stdout', line));
    const decoder = new StringDecoder('utf8');
    child.stdout?.on('data', (chunk: Buffer) => output.push(decoder.write(chunk)));
    await new Promise<void>((resolve) => {
      child.on('close', () => resolve());
      child.on('exit', (code, signal) => {
        output.exited(code, signal);
        if (signal === 'SIGKILL') this.#context.sandbox.checkOom();
      });
      child.on('error', () => resolve());
    });
    output.push(decoder.end());
    output.end();
    return output;
  }

  delete(response: ServerResponse, id: string): void {
    if (this.close(id)) sendEmpty(response, 200);
    else sendError(response, 404, 'CONTEXT_NOT_FOUND', `session ${id} not found`);
  }

  /** Sessions that were made and not deleted. */
  get count(): number {
    return this.#sessions.size;
  }

  /** Ends a session and kills the whole process group of each of its runs. Says whether there was one. */
  close(id: string): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#sessions.delete(id);
    for (const pid of session.running) signalProcess(-pid, 'SIGKILL');
    return true;
  }
}
