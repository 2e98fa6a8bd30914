import * as vscode from 'vscode';
import type { ErrorEvent } from '../model/error-event.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { ErrorSource } from '../model/ports.ts';
import { EventQueue } from './event-queue.ts';

type TerminalEvent = ErrorEvent | CommandStarted | CommandEnded;

const outputCapCharacters = 64 * 1024;

/**
 * The integrated terminal as a source of commands and errors, by shell integration.
 * A command counts for a sandbox only if its terminal really runs there.
 */
export class TerminalSource implements ErrorSource, vscode.Disposable {
  readonly name = 'terminal';
  private readonly queue = new EventQueue<TerminalEvent>(1000);
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly running = new Map<
    vscode.TerminalShellExecution,
    { id: string; sandboxId: string; output: Promise<string> }
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
    );
  }

  events(signal: AbortSignal): AsyncIterable<TerminalEvent> {
    return this.queue.read(signal);
  }

  private started({ terminal, execution }: vscode.TerminalShellExecutionStartEvent): void {
    const sandboxId = this.sandboxOf(terminal);
    if (sandboxId === null) return;
    this.count += 1;
    const id = `terminal-${this.count}`;
    this.running.set(execution, { id, sandboxId, output: readTail(execution.read()) });
    this.queue.push({
      kind: 'command-started',
      sandboxId,
      commandId: id,
      atMs: this.now(),
      commandLine: execution.commandLine.value,
      cwd: execution.cwd?.path ?? null,
    });
  }

  private async ended({ execution, exitCode }: vscode.TerminalShellExecutionEndEvent): Promise<void> {
    const command = this.running.get(execution);
    if (!command) return;
    this.running.delete(execution);
    const atMs = this.now();
    const { id: commandId, sandboxId } = command;
    this.queue.push({ kind: 'command-ended', sandboxId, commandId, atMs, exitCode: exitCode ?? null });
    if (exitCode === undefined || exitCode === 0) return;
    const text = await command.output;
    this.queue.push({
      sandboxId,
      commandId,
      commandLine: execution.commandLine.value,
      source: this.name,
      text,
      exitCode,
      atMs,
    });
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.queue.end();
  }
}

/** Reads all output but keeps only its end: the reason of a failure stands there, and memory stays bounded. */
async function readTail(chunks: AsyncIterable<string>): Promise<string> {
  let tail = '';
  for await (const chunk of chunks) {
    tail += chunk;
    if (tail.length > 2 * outputCapCharacters) tail = tail.slice(-outputCapCharacters);
  }
  return tail.slice(-outputCapCharacters);
}
