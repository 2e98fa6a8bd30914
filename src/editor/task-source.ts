import * as vscode from 'vscode';
import type { ErrorEvent } from '../model/error-event.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { ErrorSource } from '../model/ports.ts';
import { DebugOutput } from './debug-output.ts';
import { EventQueue } from './event-queue.ts';
import { type TaskCommand, taskFailure, taskLine } from './text/task-text.ts';

type TaskEvent = ErrorEvent | CommandStarted | CommandEnded;

const wordOf = (word: string | vscode.ShellQuotedString): string => (typeof word === 'string' ? word : word.value);

const commandOf = ({ execution }: vscode.Task): TaskCommand => {
  if (execution instanceof vscode.ProcessExecution)
    return { line: null, words: [execution.process, ...execution.args] };
  if (!(execution instanceof vscode.ShellExecution)) return { line: null, words: [] };
  const { commandLine, command, args } = execution;
  if (commandLine !== undefined) return { line: commandLine, words: [] };
  return { line: null, words: command === undefined ? [] : [wordOf(command), ...(args ?? []).map(wordOf)] };
};

/** Tasks and debug sessions of the editor as a source of commands and errors, where the editor itself runs in a sandbox. */
export class TaskSource implements ErrorSource, vscode.Disposable {
  readonly name = 'task';
  private readonly queue = new EventQueue<TaskEvent>(1000);
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly running = new Map<vscode.TaskExecution, { readonly id: string; readonly sandboxId: string }>();
  private readonly sandboxId: () => string | null;
  private readonly now: () => number;
  private count = 0;

  /** @param options `sandboxId`: the sandbox the editor itself runs in, or null. */
  constructor(options: { readonly sandboxId: () => string | null; readonly now: () => number }) {
    this.sandboxId = options.sandboxId;
    this.now = options.now;
    this.subscriptions.push(
      vscode.tasks.onDidStartTaskProcess(({ execution }) => this.started(execution)),
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => this.ended(execution, exitCode ?? null)),
      vscode.debug.registerDebugAdapterTrackerFactory('*', { createDebugAdapterTracker: () => this.tracker() }),
    );
  }

  events(signal: AbortSignal): AsyncIterable<TaskEvent> {
    return this.queue.read(signal);
  }

  private started(execution: vscode.TaskExecution): void {
    const sandboxId = this.sandboxId();
    if (sandboxId === null) return;
    this.count += 1;
    const id = `task-${this.count}`;
    this.running.set(execution, { id, sandboxId });
    const commandLine = taskLine(commandOf(execution.task));
    if (commandLine === null) return;
    this.queue.push({ kind: 'command-started', sandboxId, commandId: id, atMs: this.now(), commandLine, cwd: null });
  }

  private ended(execution: vscode.TaskExecution, exitCode: number | null): void {
    const known = this.running.get(execution);
    if (known === undefined) return;
    this.running.delete(execution);
    const { id: commandId, sandboxId } = known;
    const atMs = this.now();
    this.queue.push({ kind: 'command-ended', sandboxId, commandId, atMs, exitCode });
    if (exitCode === null || exitCode === 0) return;
    const { task } = execution;
    const commandLine = taskLine(commandOf(task));
    const text = taskFailure(task.name, exitCode);
    this.queue.push({ sandboxId, commandId, commandLine, source: this.name, text, exitCode, atMs });
  }

  private tracker(): vscode.DebugAdapterTracker {
    const output = new DebugOutput();
    let told = false;
    const end = (): void => {
      const sandboxId = this.sandboxId();
      const failure = told ? null : output.ended();
      told = true;
      if (failure === null || sandboxId === null) return;
      const { text, exitCode } = failure;
      const atMs = this.now();
      this.queue.push({ sandboxId, commandId: null, commandLine: null, source: 'debug', text, exitCode, atMs });
    };
    return { onDidSendMessage: (message: unknown) => output.message(message), onWillStopSession: end, onExit: end };
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.running.clear();
    this.queue.end();
  }
}
