import * as vscode from 'vscode';
import type { ErrorEvent } from '../model/error-event.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { ErrorSource } from '../model/ports.ts';
import { EventQueue } from './event-queue.ts';
import type { ShellCommand } from './shell-marks.ts';

type TerminalEvent = ErrorEvent | CommandStarted | CommandEnded;

const outputCapCharacters = 64 * 1024;

/**
 * The integrated terminal as a source of commands and errors: by the marks in our own terminals, by the editor's shell
 * integration in the others. A command counts for a sandbox only if its terminal really runs there.
 */
export class TerminalSource implements ErrorSource, vscode.Disposable {
  readonly name = 'terminal';
  private readonly queue = new EventQueue<TerminalEvent>(1000);
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly running = new Map<
    vscode.TerminalShellExecution,
    { id: string; sandboxId: string; terminal: vscode.Terminal; output: Promise<string> }
  >();
  private readonly sandboxOf: (terminal: vscode.Terminal) => string | null;
  private readonly now: () => number;
  private readonly failed: (error: unknown) => void;
  private count = 0;

  /** @param sandboxOf the sandbox in which a terminal's shell runs, or null. */
  constructor(options: {
    readonly sandboxOf: (terminal: vscode.Terminal) => string | null;
    readonly now: () => number;
    readonly failed: (error: unknown) => void;
  }) {
    this.sandboxOf = options.sandboxOf;
    this.now = options.now;
    this.failed = options.failed;
    this.subscriptions.push(
      vscode.window.onDidStartTerminalShellExecution((event) => this.started(event)),
      vscode.window.onDidEndTerminalShellExecution((event) => {
        this.ended(event).catch(this.failed);
      }),
      vscode.window.onDidCloseTerminal((terminal) => this.closed(terminal)),
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
      if (command.kind === 'started') id = this.begin(sandboxId, commandLine, null);
      else this.end(sandboxId, id, commandLine, command.exitCode, command.output);
    };
  }

  private started({ terminal, execution }: vscode.TerminalShellExecutionStartEvent): void {
    const sandboxId = this.sandboxOf(terminal);
    if (sandboxId === null) return;
    const id = this.begin(sandboxId, lineOf(execution), execution.cwd?.path ?? null);
    this.running.set(execution, { id, sandboxId, terminal, output: readTail(execution.read()) });
  }

  /** The editor does not tell of the end of what ran in a terminal that is closed. */
  private closed(terminal: vscode.Terminal): void {
    for (const [execution, command] of this.running) {
      if (command.terminal !== terminal) continue;
      this.running.delete(execution);
      this.end(command.sandboxId, command.id, lineOf(execution), null, '');
    }
  }

  private async ended({ execution, exitCode }: vscode.TerminalShellExecutionEndEvent): Promise<void> {
    const command = this.running.get(execution);
    if (!command) return;
    this.running.delete(execution);
    const output = await command.output;
    this.end(command.sandboxId, command.id, lineOf(execution), exitCode ?? null, output);
  }

  private begin(sandboxId: string, commandLine: string, cwd: string | null): string {
    this.count += 1;
    const commandId = `terminal-${this.count}`;
    this.queue.push({ kind: 'command-started', sandboxId, commandId, atMs: this.now(), commandLine, cwd });
    return commandId;
  }

  private end(sandboxId: string, commandId: string, commandLine: string, exitCode: number | null, text: string): void {
    const atMs = this.now();
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

/** Reads all output but keeps only its end: the reason of a failure stands there, and memory stays bounded. */
async function readTail(chunks: AsyncIterable<string>): Promise<string> {
  let tail = '';
  for await (const chunk of chunks) {
    tail += chunk;
    if (tail.length > 2 * outputCapCharacters) tail = tail.slice(-outputCapCharacters);
  }
  return tail.slice(-outputCapCharacters);
}
