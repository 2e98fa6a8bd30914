import type { ErrorEvent } from './error-event.ts';
import type { CommandEnded, CommandStarted } from './events.ts';
import type { ProcessTarget } from './fix.ts';
import type { Problem } from './problem.ts';
import type { Sample } from './sample.ts';
import type { Expiry, Sandbox, SandboxLimits } from './sandbox.ts';

/** A timer that can be cancelled. */
export interface Timer {
  cancel(): void;
}

/** Time from outside, so that tests can own it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `run` once after `delayMs`. */
  after(delayMs: number, run: () => void): Timer;
}

/** Leveled log; the texts are redacted before they are written. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** What is known of the place the editor runs in, to find out which sandbox is the person's. */
export interface PlaceHints {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  /** Names of the workspace folders, first one first. */
  readonly workspaceNames: readonly string[];
  /** Git remotes or folder URIs; compared with metadata values. */
  readonly workspaceUris: readonly string[];
  /** They are those of another computer than the one the extension runs on, whose own address is nothing of that place. Default false. */
  readonly isRemote?: boolean;
  /** False where the person does not trust the workspace: its name is written down nowhere then. Default true. */
  readonly isTrusted?: boolean;
}

/** A sandbox recognised as the person's own. */
export interface CurrentSandbox {
  readonly sandboxId: string;
  /** How it was found, for people: "named by OPENSANDBOX_ID". */
  readonly how: string;
  /** The editor itself was found to run inside it, so that its terminals do too. */
  readonly inside: boolean;
}

/** What a provider tells of its server and sandboxes while it is watched. */
export type ProviderEvent =
  /**
   * A complete list, at the time it was asked for: what is learnt while it is on its way is newer. What was in the last one and is not in
   * this one has probably ended; it is asked for.
   */
  | { readonly kind: 'sandboxes'; readonly atMs: number; readonly sandboxes: readonly Sandbox[] }
  /** The server answered, but not well, or again well. */
  | { readonly kind: 'health'; readonly atMs: number; readonly healthy: true; readonly text: string | null }
  | {
      readonly kind: 'health';
      readonly atMs: number;
      readonly healthy: false;
      readonly problem: Problem;
      /** When the next try is made, epoch milliseconds; null when only the person can help. */
      readonly retryAtMs: number | null;
    };

export interface SampleOptions {
  readonly signal: AbortSignal;
  /** The person agreed that watching may move this sandbox's deadline. Without it such a way is never taken. */
  readonly mayRenew: boolean;
}

/** A saved file system of a sandbox. */
export interface Snapshot {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string | null;
  readonly state: 'creating' | 'ready' | 'failed' | 'deleting' | 'unknown';
  readonly rawState: string;
  readonly message: string | null;
  readonly createdAtMs: number | null;
}

/** Result of a command run inside a sandbox. */
export interface ExecResult {
  /** Null when the command ended by a signal or the source could not tell. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Output was longer than the cap and cut. */
  readonly truncated: boolean;
}

/** An interactive shell inside a sandbox. */
export interface TerminalSession {
  write(data: Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** Output until the shell ends. Throws a Problem when the connection is lost. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Settles with the exit code, or null when unknown. */
  readonly exited: Promise<number | null>;
  /** Ends the shell and removes it from the sandbox. */
  close(): Promise<void>;
}

/** Wanted properties of a sandbox made from a snapshot. */
export interface RecreateRequest {
  readonly snapshotId: string;
  readonly memoryBytes: number;
  readonly cpuCores: number | null;
  readonly lifetimeMs: number | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `0` only looks whether the process is there. */
export type ProcessSignal = 'TERM' | 'KILL' | '0';

/** What came of a signal to a process. */
export type ProcessSignalAnswer =
  | { readonly kind: 'signalled' }
  | { readonly kind: 'gone' }
  /** The pid belongs to another process now; nothing was sent. */
  | { readonly kind: 'other-process'; readonly name: string }
  | { readonly kind: 'not-allowed' };

/** What can be done to a sandbox. Each member is present only if the system really has it. All throw `Problem`. */
export interface ProviderActions {
  /** Moves the deadline and returns the new one. */
  renew?(sandboxId: string, expiresAtMs: number, signal: AbortSignal): Promise<Expiry>;
  pause?(sandboxId: string, signal: AbortSignal): Promise<void>;
  resume?(sandboxId: string, signal: AbortSignal): Promise<void>;
  delete?(sandboxId: string, signal: AbortSignal): Promise<void>;
  /** Starts a snapshot and waits until it is ready; throws when it fails. */
  snapshot?(sandboxId: string, name: string, signal: AbortSignal): Promise<Snapshot>;
  /** Makes a new sandbox, with a new id, from a snapshot. */
  recreate?(request: RecreateRequest, signal: AbortSignal): Promise<Sandbox>;
  /** Gives the sandbox another name, where people and tools see it. @returns the sandbox with it. */
  rename?(sandboxId: string, name: string, signal: AbortSignal): Promise<Sandbox>;
  /** All snapshots there are, newest first. */
  snapshots?(signal: AbortSignal): Promise<readonly Snapshot[]>;
  /** Deletes a snapshot; quietly done when it is gone already. */
  deleteSnapshot?(snapshotId: string, signal: AbortSignal): Promise<void>;
  /** The limits granted to a sandbox, for "recreate larger". */
  limits?(sandboxId: string, signal: AbortSignal): Promise<SandboxLimits>;
  /** Runs argv inside the sandbox without leaving files behind. */
  exec?(sandboxId: string, argv: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<ExecResult>;
  openTerminal?(
    sandboxId: string,
    size: { readonly columns: number; readonly rows: number },
    signal: AbortSignal,
  ): Promise<TerminalSession>;
  /** Sends a signal to one process, if it still has that name, and that start where it is known; for systems that can do so without running a command. */
  signalProcess?(
    sandboxId: string,
    target: ProcessTarget,
    kind: ProcessSignal,
    signal: AbortSignal,
  ): Promise<ProcessSignalAnswer>;
  /** Looks for room and makes some without running a command; where it is missing, `exec` does it, only when a person asks. */
  readonly housekeeping?: Housekeeping;
  /** Diagnostics text, which is gone once the sandbox is. */
  diagnostics?(sandboxId: string, signal: AbortSignal): Promise<string>;
}

/** What a provider can and cannot do, said in advance. */
export interface Capabilities {
  /** Sandboxes vanish without a record when their time is over. */
  readonly vanishesAtExpiry: boolean;
  /** A paused sandbox keeps its memory. */
  readonly pauseKeepsMemory: boolean;
  /** The clock runs on while paused. */
  readonly expiresWhilePaused: boolean;
}

/** One system that runs sandboxes. One conformance suite runs against every implementation. */
export interface SandboxProvider {
  /** E.g. `openSandbox`; also the name of its settings group. */
  readonly id: string;
  /** For people, with the place: "OpenSandbox on 127.0.0.1:8080". */
  readonly label: string;
  /**
   * Which sandboxes its last list can tell of: one that is missing in it has ended only if it was told of under the same realm. Another
   * key may show others of the same server. Null while that is not known; absent: the label says it.
   */
  readonly realm?: string | null;
  readonly capabilities: Capabilities;
  readonly actions: ProviderActions;
  /**
   * Its one sandbox is the place the editor itself runs in. It steps back where another provider knows the same place, and is
   * nobody's "only running sandbox".
   */
  readonly isHere?: boolean;
  /** Which computer its sandbox is cannot be told, so that others would have the same id: nothing is kept of it. */
  readonly isNameless?: boolean;
  /** All sandboxes there are. Throws `Problem`. */
  list(signal: AbortSignal): Promise<readonly Sandbox[]>;
  /** One sandbox by id, or null when there is none (any more). Throws `Problem` for everything else. */
  find(sandboxId: string, signal: AbortSignal): Promise<Sandbox | null>;
  /** Lists and health until aborted. Never throws; troubles come as events and are retried with backoff. */
  watch(signal: AbortSignal): AsyncIterable<ProviderEvent>;
  /** The sandbox the person works in, as far as this provider can recognise it. Throws `Problem`. */
  current(hints: PlaceHints, sandboxes: readonly Sandbox[], signal: AbortSignal): Promise<CurrentSandbox | null>;
  /**
   * Measurements of one running sandbox, one connection: it is not reconnected here. Ends by throwing a `Problem`
   * whose kind says why (also `clean-end`); returns quietly only when aborted. Leaves nothing behind in the sandbox.
   */
  samples(sandboxId: string, options: SampleOptions): AsyncIterable<Sample>;
  /** Whether the agent in the sandbox answers at all; used to tell a dead agent from an unreachable one. */
  ping(sandboxId: string, signal: AbortSignal): Promise<'answers' | 'refused' | 'no-answer' | 'unknown'>;
  /** Errors that the system itself knows of, until aborted. */
  errors(sandboxId: string, signal: AbortSignal): AsyncIterable<ErrorEvent>;
  /** Frees connections. */
  dispose(): Promise<void>;
}

/** A place errors and commands come from other than a provider: the terminal, tasks, debug sessions. */
export interface ErrorSource {
  readonly name: string;
  /** Until aborted. The events carry the sandbox they belong to. */
  events(signal: AbortSignal): AsyncIterable<ErrorEvent | CommandStarted | CommandEnded>;
}

/**
 * Small files of the kernel (`/proc`, `/sys/fs/cgroup`), on this computer or on the one a remote window is connected with. They have
 * no size and their content is made when they are read. Nothing here throws: what can not be read is null.
 */
export interface FileReader {
  /** The file as text, cut after `maximumBytes` (default 64 KiB). Null when it is not there, not a file, or may not be read. */
  text(path: string, maximumBytes?: number): Promise<string | null>;
  /** The file as it is, cut after `maximumBytes`. Null when it is not there, not a file, or may not be read. */
  bytes(path: string, maximumBytes: number): Promise<Uint8Array | null>;
  /** The names in a folder, in no order. Null when there is none or it may not be read. */
  names(path: string): Promise<readonly string[] | null>;
  /** Where a symbolic link points to. Null when it is none or may not be read. */
  link(path: string): Promise<string | null>;
}

/** Whether somebody looks at the editor. */
export interface Attention {
  /** Nobody has looked for so long that measuring should rest. */
  readonly away: boolean;
  /** Calls `listener` when `away` changed, until the returned function is called. */
  onChange(listener: () => void): () => void;
}

/** Which terminal or task of the editor a process belongs to. */
export interface ProcessOwners {
  /** @param pids a process and its ancestors, the process first. @returns for people: `the terminal “bash”`; null when it is none of the editor's. */
  ownerOf(pids: readonly number[]): string | null;
}

/** What the editor lends to the provider that watches the place it runs in. */
export interface Here {
  /** How the kernel's files of that place are read; null: directly, or, on another computer, not at all. */
  readonly files: FileReader | null;
  /** That place is another computer than the one the extension runs on. */
  readonly remote: boolean;
  /** Why the place can not be read at all, with the next step; null when it can. */
  readonly unreadable: Problem | null;
  /** Paths of the workspace folders on that place, as they are now; to be read anew each time. */
  readonly folders: readonly string[];
  /** What the editor calls its remote ("dev-container", "codespaces"), or null. */
  readonly remoteName: string | null;
  /** The address by which the editor reaches that other computer ("ssh-remote+build"); null where it is not told, or there is none. */
  readonly authority: string | null;
  readonly attention: Attention;
  readonly owners: ProcessOwners;
  /** Runs argv there in a hidden terminal; null where it is not needed. Resolves to the exit code, null when unknown. */
  readonly run: ((argv: readonly string[], signal: AbortSignal) => Promise<number | null>) | null;
}

/** A folder, or a file, and what it takes on its disk. */
export interface FolderSize {
  readonly path: string;
  readonly bytes: number;
}

/** A cache of a known tool, whose content is made again when it is needed. */
export interface CacheFolder extends FolderSize {
  /** For people: "npm". */
  readonly tool: string;
  /** It lies in memory (tmpfs): to clear it frees memory. */
  readonly inMemory: boolean;
  /** It lies on another file system than the one that was asked about. */
  readonly elsewhere?: true;
}

/** The largest folders, largest first, and whether everything was looked at. */
export interface LargestFolders {
  readonly folders: readonly FolderSize[];
  readonly complete: boolean;
}

/**
 * Looks for room on the disks of one sandbox, and makes some. `on` is a folder: only what lies on the same file system counts; null:
 * wherever it lies. Throws `Problem`.
 */
export interface Housekeeping {
  /** The caches that are there and hold something, largest first. Of other file systems than that of `on`, those in memory are told of too. */
  caches(on: string | null, signal: AbortSignal): Promise<readonly CacheFolder[]>;
  /** Removes what is in a cache `caches` has named. @returns the bytes that were freed. */
  clear(cache: CacheFolder, signal: AbortSignal): Promise<number>;
  /** Large log files that may be written to, largest first. */
  logs(on: string | null, signal: AbortSignal): Promise<readonly FolderSize[]>;
  /** Cuts a file `logs` has named down to its last lines; whoever writes it goes on. @returns the bytes that were freed. */
  shorten(log: FolderSize, signal: AbortSignal): Promise<number>;
  largest(on: string | null, signal: AbortSignal): Promise<LargestFolders>;
}

export type { CommandPeaks, HistoryStore } from './history.ts';
