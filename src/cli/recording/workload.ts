import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Cgroup } from './cgroup.ts';
import type { CommandEvent } from './row.ts';
import type { SessionStep } from './session.ts';
import { TextTail } from './text-tail.ts';

/** How a workload ended by itself. */
export interface WorkloadEnd {
  /** Of the last command that was waited for; negative is the number of a signal. */
  readonly exitCode: number | null;
}

/** Runs the commands of a session inside a cgroup and keeps the ends of what they print. */
export class Workload {
  readonly stdout = new TextTail(2_000);
  readonly stderr = new TextTail(4_000);
  readonly #group: Cgroup;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #onError: (chunk: string) => void;
  #events: CommandEvent[] = [];
  #count = 0;

  /** @param onError is told every piece of error output, with the end of what came before */
  constructor(group: Cgroup, folder: string, env: NodeJS.ProcessEnv, onError: (text: string) => void) {
    this.#group = group;
    this.#folder = folder;
    this.#env = env;
    this.#onError = onError;
  }

  /** Starts and ends of commands since the last call. */
  takeEvents(): readonly CommandEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Runs all steps. Rejects only when a shell cannot be started; `signal` ends the waiting, not the commands. */
  async run(steps: readonly SessionStep[], signal: AbortSignal): Promise<WorkloadEnd> {
    let exitCode: number | null = null;
    for (const step of steps) {
      if (signal.aborted) break;
      if (step.kind === 'pause') await pause(step.seconds * 1_000, signal);
      else {
        const ended = this.#start(step.line);
        if (step.waits) exitCode = await ended;
        // Nobody waits for this one, so a failure to start goes where its other errors would.
        else ended.catch((error: unknown) => this.stderr.add(`${String(error)}\n`));
      }
    }
    return { exitCode };
  }

  #start(line: string): Promise<number | null> {
    this.#count += 1;
    const id = `c${this.#count}`;
    this.#events.push({ kind: 'start', id, line });
    const [command = '', ...args] = this.#group.wrap(line);
    const child: ChildProcess = spawn(command, args, {
      cwd: this.#folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group: Ctrl+C at the keyboard is for the recorder, which then ends the workload.
      detached: true,
    });
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.stdout.add(chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr.add(chunk);
      this.#onError(this.stderr.last(chunk.length + 200));
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, name) => {
        let over = false;
        const end = (): void => {
          if (over) return;
          over = true;
          clearTimeout(late);
          this.#events.push({ kind: 'end', id, exitCode: code });
          resolve(code ?? (name === null ? null : -constants.signals[name]));
        };
        // 'close' comes when the output is read to its end; a child of the command that keeps it open must not hold the session up.
        const late = setTimeout(end, 300);
        child.once('close', end);
      });
    });
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
