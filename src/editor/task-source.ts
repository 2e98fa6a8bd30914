import { stripVTControlCharacters } from 'node:util';
import * as vscode from 'vscode';
import type { ErrorEvent } from '../model/error-event.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { Clock, ErrorSource } from '../model/ports.ts';
import { sleep } from '../model/wait.ts';
import { debugFolder, taskFolder } from './command-folder.ts';
import { DebugOutput } from './debug-output.ts';
import { EventQueue } from './event-queue.ts';
import type { OutputTail } from './output-tail.ts';
import type { TaskTold } from './terminal-source.ts';
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

/** Read from the terminal of a task, its output comes a moment after its end, if at all. */
const outputMs = 1_000;

const hasWords = (output: string): boolean => stripVTControlCharacters(output).trim() !== '';

interface RunningTask {
  readonly id: string;
  readonly sandboxId: string;
  readonly atMs: number;
  /** Null while nobody knows it in a form that can be run again. */
  commandLine: string | null;
  /** The folder it runs in; null while nobody knows it. */
  cwd: string | null;
  output: OutputTail | null;
  /** Settles when there is no more output. */
  readonly whole: PromiseWithResolvers<void>;
}

/** Tasks and debug sessions of the editor as a source of commands and errors, where the editor itself runs in a sandbox. */
export class TaskSource implements ErrorSource, vscode.Disposable {
  readonly name = 'task';
  private readonly queue = new EventQueue<TaskEvent>(1000);
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly running = new Map<vscode.TaskExecution, RunningTask>();
  /** Failed; what their terminals wrote last is waited for. */
  private readonly ending = new Map<vscode.TaskExecution, RunningTask>();
  private readonly over = new AbortController();
  private readonly sandboxId: () => string | null;
  private readonly clock: Clock;
  private readonly now: () => number;
  private readonly failed: (error: unknown) => void;
  private count = 0;

  /** @param options `sandboxId`: the sandbox the editor itself runs in, or null. */
  constructor(options: {
    readonly sandboxId: () => string | null;
    readonly clock: Clock;
    readonly failed: (error: unknown) => void;
  }) {
    this.sandboxId = options.sandboxId;
    this.clock = options.clock;
    this.now = () => options.clock.now();
    this.failed = options.failed;
    this.subscriptions.push(
      vscode.tasks.onDidStartTaskProcess(({ execution }) => this.started(execution)),
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        this.ended(execution, exitCode ?? null).catch(this.failed);
      }),
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => this.tracker(session),
      }),
    );
  }

  events(signal: AbortSignal): AsyncIterable<TaskEvent> {
    return this.queue.read(signal);
  }

  /** Takes what the terminal of a task tells of it, where the editor reads the terminals of tasks. */
  told(execution: vscode.TaskExecution, told: TaskTold): void {
    const known = this.running.get(execution) ?? this.ending.get(execution);
    if (known === undefined) return;
    known.cwd ??= told.cwd;
    if (known.commandLine === null && told.commandLine !== null) {
      known.commandLine = told.commandLine;
      if (this.running.has(execution)) this.begin(known);
    }
    known.output = told.output;
    known.whole.resolve(told.output.done);
  }

  private started(execution: vscode.TaskExecution): void {
    const sandboxId = this.sandboxId();
    if (sandboxId === null) return;
    this.count += 1;
    const commandLine = taskLine(commandOf(execution.task));
    const task: RunningTask = {
      id: `task-${this.count}`,
      sandboxId,
      atMs: this.now(),
      commandLine,
      cwd: taskFolder(execution.task),
      output: null,
      whole: Promise.withResolvers(),
    };
    this.running.set(execution, task);
    this.begin(task);
  }

  private begin({ id: commandId, sandboxId, atMs, commandLine, cwd }: RunningTask): void {
    if (commandLine === null) return;
    this.queue.push({ kind: 'command-started', sandboxId, commandId, atMs, commandLine, cwd });
  }

  private async ended(execution: vscode.TaskExecution, exitCode: number | null): Promise<void> {
    const known = this.running.get(execution);
    if (known === undefined) return;
    this.running.delete(execution);
    const { id: commandId, sandboxId } = known;
    const atMs = this.now();
    this.queue.push({ kind: 'command-ended', sandboxId, commandId, atMs, exitCode });
    if (exitCode === null || exitCode === 0) return;
    this.ending.set(execution, known);
    const output = await this.outputOf(known);
    this.ending.delete(execution);
    const text = hasWords(output) ? output : taskFailure(execution.task.name, exitCode);
    const { commandLine, cwd } = known;
    this.queue.push({ sandboxId, commandId, commandLine, cwd, source: this.name, text, exitCode, atMs });
  }

  /** The end of what it wrote; empty where the editor does not read the terminals of tasks. */
  private async outputOf(task: RunningTask): Promise<string> {
    const waited = new AbortController();
    await Promise.race([task.whole.promise, sleep(this.clock, outputMs, this.over.signal, waited.signal)]);
    waited.abort();
    return task.output?.text ?? '';
  }

  private tracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    const cwd = debugFolder(session);
    const output = new DebugOutput();
    let told = false;
    const end = (): void => {
      const sandboxId = this.sandboxId();
      const failure = told ? null : output.ended();
      told = true;
      if (failure === null || sandboxId === null) return;
      const { text, exitCode } = failure;
      const atMs = this.now();
      this.queue.push({ sandboxId, commandId: null, commandLine: null, cwd, source: 'debug', text, exitCode, atMs });
    };
    return { onDidSendMessage: (message: unknown) => output.message(message), onWillStopSession: end, onExit: end };
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.running.clear();
    this.over.abort();
    this.queue.end();
  }
}
