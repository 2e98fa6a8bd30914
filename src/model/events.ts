import type { Sample } from './sample.ts';
import type { SignalName } from './signal.ts';

/** A command began in the sandbox (terminal, task or execd). */
export interface CommandStarted {
  readonly kind: 'command-started';
  readonly sandboxId: string;
  readonly commandId: string;
  readonly atMs: number;
  /** The command line as the person typed it. Never stored without redaction. */
  readonly commandLine: string;
  readonly cwd: string | null;
}

/** A command ended. `exitCode` is null when the source could not tell. */
export interface CommandEnded {
  readonly kind: 'command-ended';
  readonly sandboxId: string;
  readonly commandId: string;
  readonly atMs: number;
  readonly exitCode: number | null;
}

/** A process that was seen before is gone. */
export interface ProcessExited {
  readonly kind: 'process-exited';
  readonly sandboxId: string;
  readonly atMs: number;
  readonly pid: number;
  readonly name: string;
  /** True when the kernel's out-of-memory counter rose in the same interval. */
  readonly outOfMemory: boolean;
}

/** The limit of a signal became known or changed. For `expiry` the limit is the deadline in epoch milliseconds. */
export interface LimitChanged {
  readonly kind: 'limit-changed';
  readonly sandboxId: string;
  readonly atMs: number;
  readonly signal: SignalName;
  readonly limit: number | null;
}

/** Time passed without a sample. */
export interface Tick {
  readonly kind: 'tick';
  readonly sandboxId: string;
  readonly atMs: number;
}

/** Everything the forecaster and the monitor can be told about one sandbox. */
export type SandboxEvent = Sample | CommandStarted | CommandEnded | ProcessExited | LimitChanged | Tick;
