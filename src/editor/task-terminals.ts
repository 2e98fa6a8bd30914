import * as vscode from 'vscode';
import type { Clock, Timer } from '../model/ports.ts';

/** The editor tells of a task, of its terminal and of its process one after the other; what it has not told by then it does not tell. */
const patienceMs = 2_000;
/** A task that ends at once has ended before its terminal is asked about. */
const endedMs = 10_000;

/** Whose terminal it is: the person's, or that of a task, of which the editor may have told nothing else (null). */
export type TerminalOwner =
  | { readonly kind: 'person' }
  | { readonly kind: 'task'; readonly task: vscode.TaskExecution | null };

interface TaskProcess {
  readonly task: vscode.TaskExecution;
  endedAtMs: number | null;
  /** A command of a terminal was found to be this task. */
  taken: boolean;
}

/**
 * Knows which terminals are those of tasks. Newer editors (1.107 and later) mark the one command of such a terminal as they mark what
 * a person types, so that each task is told of twice. Nothing on a terminal says that it is a task's; its first process does.
 */
export class TaskTerminals implements vscode.Disposable {
  private readonly clock: Clock;
  private readonly subscriptions: vscode.Disposable[];
  /** Told of, but not of their processes yet. */
  private readonly starting = new Set<vscode.TaskExecution>();
  private readonly processes = new Map<number, TaskProcess>();
  /** A terminal that was a task's is used again for tasks only. */
  private readonly terminals = new WeakSet<vscode.Terminal>();
  private readonly waiting = new Set<() => void>();
  private readonly timers = new Set<Timer>();

  constructor(clock: Clock) {
    this.clock = clock;
    this.subscriptions = [
      vscode.tasks.onDidStartTask(({ execution }) => this.begun(execution)),
      vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => this.started(execution, processId)),
      vscode.tasks.onDidEndTaskProcess(({ execution }) => this.ended(execution)),
      vscode.tasks.onDidEndTask(({ execution }) => this.ended(execution)),
    ];
  }

  /** @returns whose terminal it is in which a command has just begun. Takes longer only while a task is being started. */
  async ownerOf(terminal: vscode.Terminal): Promise<TerminalOwner> {
    const late = Promise.withResolvers<'late'>();
    const timer = this.clock.after(patienceMs, () => late.resolve('late'));
    try {
      for (;;) {
        // Asked again each time: of a terminal that is used again it is that of the task before, at first.
        const pid = await Promise.race([terminal.processId, late.promise]);
        const process = typeof pid === 'number' ? this.processes.get(pid) : undefined;
        if (process !== undefined && this.isFree(process)) {
          process.taken = true;
          this.terminals.add(terminal);
          return { kind: 'task', task: process.task };
        }
        if (pid === 'late' || (this.starting.size === 0 && !this.terminals.has(terminal))) break;
        if ((await Promise.race([this.next(), late.promise])) === 'late') break;
      }
      return this.terminals.has(terminal) ? { kind: 'task', task: null } : { kind: 'person' };
    } finally {
      timer.cancel();
    }
  }

  private isFree({ taken, endedAtMs }: TaskProcess): boolean {
    return !taken && (endedAtMs === null || Math.abs(this.clock.now() - endedAtMs) < endedMs);
  }

  private next(): Promise<void> {
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  private begun(task: vscode.TaskExecution): void {
    this.starting.add(task);
    // Some tasks have no process, and may run for hours.
    const timer = this.clock.after(patienceMs, () => {
      this.timers.delete(timer);
      this.starting.delete(task);
      this.wake();
    });
    this.timers.add(timer);
  }

  private started(task: vscode.TaskExecution, pid: number): void {
    this.starting.delete(task);
    this.processes.set(pid, { task, endedAtMs: null, taken: false });
    this.wake();
  }

  private ended(task: vscode.TaskExecution): void {
    this.starting.delete(task);
    const nowMs = this.clock.now();
    for (const [pid, process] of this.processes) {
      if (process.task === task) process.endedAtMs ??= nowMs;
      else if (process.endedAtMs !== null && Math.abs(nowMs - process.endedAtMs) >= endedMs) this.processes.delete(pid);
    }
    this.wake();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const timer of this.timers) timer.cancel();
    this.wake();
  }
}
