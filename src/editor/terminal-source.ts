import * as vscode from 'vscode';
import type { ErrorEvent } from '../model/error-event.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { ErrorSource } from '../model/ports.ts';
import { EventQueue } from './event-queue.ts';
import { OutputTail } from './output-tail.ts';
import type { ShellCommand } from './shell-marks.ts';
import type { TerminalOwner } from './task-terminals.ts';

type TerminalEvent = ErrorEvent | CommandStarted | CommandEnded;

/** What the terminal of a task told of it. */
export interface TaskTold {
  /** The line the shell ran, with all variables of the editor resolved; null where the editor only guesses it from the screen. */
  readonly commandLine: string | null;
  /** The folder its shell is in; null where the editor does not tell it. */
  readonly cwd: string | null;
  readonly output: OutputTail;
}

interface Running {
  readonly sandboxId: string;
  readonly terminal: vscode.Terminal;
  readonly output: OutputTail;
  /** Null for the command of a task, which tells of itself. */
  readonly id: Promise<string | null>;
}

/**
 * The integrated terminal as a source of commands and errors: by the marks in our own terminals, by the editor's shell
 * integration in the others. A command counts for a sandbox only if its terminal really runs there. What the editor tells of the terminal
 * of a task is handed to the task.
 */
export class TerminalSource implements ErrorSource, vscode.Disposable {
  readonly name = 'terminal';
  private readonly queue = new EventQueue<TerminalEvent>(1000);
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly running = new Map<vscode.TerminalShellExecution, Running>();
  private readonly sandboxOf: (terminal: vscode.Terminal) => string | null;
  private readonly ownerOf: (terminal: vscode.Terminal) => Promise<TerminalOwner>;
  private readonly ofTask: (task: vscode.TaskExecution, told: TaskTold) => void;
  private readonly now: () => number;
  private readonly failed: (error: unknown) => void;
  private count = 0;

  /** @param options `sandboxOf`: the sandbox in which a terminal's shell runs, or null; `ofTask` is given what the terminal of a task tells. */
  constructor(options: {
    readonly sandboxOf: (terminal: vscode.Terminal) => string | null;
    readonly ownerOf: (terminal: vscode.Terminal) => Promise<TerminalOwner>;
    readonly ofTask: (task: vscode.TaskExecution, told: TaskTold) => void;
    readonly now: () => number;
    readonly failed: (error: unknown) => void;
  }) {
    this.sandboxOf = options.sandboxOf;
    this.ownerOf = options.ownerOf;
    this.ofTask = options.ofTask;
    this.now = options.now;
    this.failed = options.failed;
    this.subscriptions.push(
      vscode.window.onDidStartTerminalShellExecution((event) => this.started(event)),
      vscode.window.onDidEndTerminalShellExecution((event) => {
        this.ended(event).catch(this.failed);
      }),
      vscode.window.onDidCloseTerminal((terminal) => {
        this.closed(terminal).catch(this.failed);
      }),
    );
  }

  events(signal: AbortSignal): AsyncIterable<TerminalEvent> {
    return this.queue.read(signal);
  }

  /** @returns what takes the commands of one of our own terminals in a sandbox. */
  listener(sandboxId: string): (command: ShellCommand) => void {
    let id = '';
    return (command) => {
      const { commandLine } = command;
      const atMs = this.now();
      if (command.kind === 'started') id = this.begin(sandboxId, commandLine, command.cwd, atMs);
      else this.end({ sandboxId, id, commandLine, exitCode: command.exitCode, text: command.output, atMs });
    };
  }

  private started({ terminal, execution }: vscode.TerminalShellExecutionStartEvent): void {
    const sandboxId = this.sandboxOf(terminal);
    if (sandboxId === null) return;
    const output = new OutputTail(execution.read(), this.failed);
    const id = this.idOf(terminal, execution, sandboxId, output);
    // Who waits for it is told, too.
    id.catch(this.failed);
    this.running.set(execution, { sandboxId, terminal, output, id });
  }

  /** @returns the id under which the command is told of, or null when it is a task's. */
  private async idOf(
    terminal: vscode.Terminal,
    execution: vscode.TerminalShellExecution,
    sandboxId: string,
    output: OutputTail,
  ): Promise<string | null> {
    const atMs = this.now();
    const owner = await this.ownerOf(terminal);
    const cwd = execution.cwd?.path ?? null;
    if (owner.kind === 'person') return this.begin(sandboxId, lineOf(execution), cwd, atMs);
    const { High } = vscode.TerminalShellExecutionCommandLineConfidence;
    const isSure = execution.commandLine.confidence === High && lineOf(execution) !== '';
    if (owner.task !== null) this.ofTask(owner.task, { commandLine: isSure ? lineOf(execution) : null, cwd, output });
    return null;
  }

  /** The editor does not tell of the end of what ran in a terminal that is closed. */
  private async closed(terminal: vscode.Terminal): Promise<void> {
    const atMs = this.now();
    for (const [execution, command] of this.running) {
      if (command.terminal !== terminal) continue;
      this.running.delete(execution);
      const id = await command.id;
      if (id === null) continue;
      const { sandboxId } = command;
      this.end({ sandboxId, id, commandLine: lineOf(execution), exitCode: null, text: '', atMs });
    }
  }

  private async ended({ execution, exitCode }: vscode.TerminalShellExecutionEndEvent): Promise<void> {
    const command = this.running.get(execution);
    if (!command) return;
    this.running.delete(execution);
    const atMs = this.now();
    const id = await command.id;
    if (id === null) return;
    const { sandboxId, output } = command;
    await output.done;
    const commandLine = lineOf(execution);
    this.end({ sandboxId, id, commandLine, exitCode: exitCode ?? null, text: output.text, atMs });
  }

  private begin(sandboxId: string, commandLine: string, cwd: string | null, atMs: number): string {
    this.count += 1;
    const commandId = `terminal-${this.count}`;
    this.queue.push({ kind: 'command-started', sandboxId, commandId, atMs, commandLine, cwd });
    return commandId;
  }

  private end(ended: {
    readonly sandboxId: string;
    readonly id: string;
    readonly commandLine: string;
    readonly exitCode: number | null;
    readonly text: string;
    readonly atMs: number;
  }): void {
    const { sandboxId, id: commandId, commandLine, exitCode, text, atMs } = ended;
    this.queue.push({ kind: 'command-ended', sandboxId, commandId, atMs, exitCode });
    if (exitCode === null || exitCode === 0) return;
    this.queue.push({ sandboxId, commandId, commandLine, source: this.name, text, exitCode, atMs });
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.queue.end();
  }
}

/** Read off the screen, a command line comes with the blanks up to the end of its row. */
const lineOf = (execution: vscode.TerminalShellExecution): string => execution.commandLine.value.trim();
