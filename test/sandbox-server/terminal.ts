import { type ChildProcess, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import type { ExecdContext } from './execd.ts';
import { readProcess, signalProcess } from './processes.ts';
import { signalNumbers } from './sandbox.ts';

const replayBytes = 1024 * 1024;
const allowedSignals = new Set(['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGQUIT', 'SIGHUP']);

/** What a connected client wants to hear. */
export interface TerminalClient {
  onOutput(stream: 'stdout' | 'stderr', bytes: Buffer): void;
  onExit(exitCode: number): void;
}

/**
 * A shell in a terminal, or on pipes.
 * The terminal is a real one, made by util-linux `script`, which is therefore one more process in the sandbox than
 * with the real execd. Its size is changed from outside with `stty` on the device.
 */
export class Terminal {
  readonly #context: ExecdContext;
  readonly #options: { readonly cwd: string; readonly command: string };
  #child: ChildProcess | undefined;
  #mode: 'pty' | 'pipe' = 'pty';
  #output: Buffer = Buffer.alloc(0);
  #outputOffset = 0;
  #client: TerminalClient | undefined;

  constructor(context: ExecdContext, options: { readonly cwd: string; readonly command: string }) {
    this.#context = context;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  get mode(): 'pty' | 'pipe' {
    return this.#mode;
  }

  /** Bytes of output so far. */
  get outputOffset(): number {
    return this.#outputOffset;
  }

  /** The output after an offset, as far as it is still kept (1 MiB). */
  outputSince(offset: number): Buffer {
    const first = this.#outputOffset - this.#output.length;
    return this.#output.subarray(Math.max(0, offset - first));
  }

  /** Starts the shell. Returns the reason when it cannot be started. */
  start(mode: 'pty' | 'pipe'): string | undefined {
    const { sandbox, switches } = this.#context;
    if (switches.get('noBash', sandbox.id) !== 'false' || switches.isOn('noShell', sandbox.id)) {
      return 'pty start: exec: "bash": executable file not found in $PATH';
    }
    const command = this.#options.command;
    const bash = `exec bash --norc --noprofile${command === '' ? '' : ` -c '${command.replaceAll("'", `'"'"'`)}'`}`;
    const argv =
      mode === 'pty'
        ? ['script', '--quiet', '--return', '--flush', '--command', `stty echo cols 80 rows 24; ${bash}`, '/dev/null']
        : ['sh', '-c', bash];
    const cwd = this.#options.cwd;
    const child = sandbox.spawn(argv, { ...(cwd === '' ? {} : { cwd }), stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    this.#mode = mode;
    child.stdout?.on('data', (bytes: Buffer) => this.#write('stdout', bytes));
    child.stderr?.on('data', (bytes: Buffer) => this.#write(mode === 'pty' ? 'stdout' : 'stderr', bytes));
    child.stdin?.on('error', () => child.stdin?.destroy());
    child.on('error', () => this.#ended(127));
    child.on('close', (code, signal) =>
      this.#ended(code ?? (signal === null ? -1 : 128 + (signalNumbers[signal] ?? 0))),
    );
    return undefined;
  }

  #write(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    this.#outputOffset += bytes.length;
    this.#output = Buffer.concat([this.#output, bytes]).subarray(-replayBytes);
    this.#client?.onOutput(stream, bytes);
  }

  #ended(exitCode: number): void {
    if (this.#child === undefined) return;
    this.#child = undefined;
    this.#client?.onExit(exitCode);
  }

  /** Makes a client the one that hears; the result makes it deaf again. */
  attach(client: TerminalClient): () => void {
    this.#client = client;
    return () => {
      if (this.#client === client) this.#client = undefined;
    };
  }

  write(bytes: Buffer): void {
    this.#child?.stdin?.write(bytes);
  }

  /** The process id of the shell: below `script` for a terminal, the child itself on pipes. */
  #shellPid(): number | undefined {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#mode === 'pipe') return pid;
    return this.#context.sandbox.group.pids().find((candidate) => readProcess(candidate)?.parentPid === pid);
  }

  /** Sends a named signal to the shell's process group; unknown names are ignored. */
  signal(name: string): void {
    const pid = this.#shellPid();
    if (pid !== undefined && allowedSignals.has(name)) signalProcess(-pid, name as NodeJS.Signals);
  }

  resize(cols: number, rows: number): void {
    const pid = this.#shellPid();
    if (this.#mode !== 'pty' || pid === undefined || !(cols > 0) || !(rows > 0)) return;
    let device: string;
    try {
      device = readlinkSync(`/proc/${pid}/fd/0`);
    } catch {
      return; // The shell has just ended.
    }
    spawn('stty', ['-F', device, 'cols', String(cols), 'rows', String(rows)], { stdio: 'ignore' }).on(
      'error',
      (error) =>
        this.#context.log.write('problem', { sandboxId: this.#context.sandbox.id, what: `resize: ${error.message}` }),
    );
  }

  kill(): void {
    const shell = this.#shellPid();
    if (shell !== undefined) signalProcess(-shell, 'SIGKILL');
    if (this.#child?.pid !== undefined) signalProcess(-this.#child.pid, 'SIGKILL');
  }
}
