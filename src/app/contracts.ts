import type {
  AnyFixId,
  FixId,
  FixOffer,
  FixOutcome,
  FixRisk,
  ProcessTarget,
  RankedFix,
  RememberedFix,
} from '../model/fix.ts';
import type { FleetStats } from '../model/fleet-stats.ts';
import type { ForgetOutcome } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import type { Mute, MuteStore } from '../model/mute.ts';
import type {
  CacheFolder,
  Clock,
  CommandPeaks,
  ErrorSource,
  FolderSize,
  HistoryStore,
  LargestFolders,
  Log,
  PlaceHints,
  SandboxProvider,
  Snapshot,
  TerminalSession,
} from '../model/ports.ts';
import type { PostMortem } from '../model/post-mortem.ts';
import type { SignalName } from '../model/signal.ts';
import type { HeapRuntime, TerminalVariable } from '../model/terminal-limits.ts';
import type { AppView } from '../model/view.ts';
import type { Sensitivity } from '../monitor/alert-policy.ts';

/** Ends a subscription. Calling it twice is harmless. */
export type Unsubscribe = () => void;

/** What a person may set. */
export interface AppSettings {
  /** How early warnings come. */
  readonly sensitivity: Sensitivity;
  /** How many sandboxes are measured at once, the current one included; it is measured even when this is 0. */
  readonly maximumWatched: number;
  /** Sandboxes that ended longer ago than this are neither shown nor looked for. Milliseconds, default thirty days: as long as they are kept. */
  readonly rememberedMaximumAgeMs?: number;
}

export const defaultRememberedAgeMs = 30 * 24 * 60 * 60_000;

export const defaultSettings: AppSettings = {
  sensitivity: 'balanced',
  maximumWatched: 8,
  rememberedMaximumAgeMs: defaultRememberedAgeMs,
};

/**
 * One message for the person, at most one per warning episode (twice only when it became critical unanswered, or when the
 * person asked to be reminded by a snooze). A shown message cannot be changed, so its text carries a clock time.
 */
export interface Notice {
  /** The episode's id (`Warning.id`); give it back to `answered` and `snooze`. That of `others` can be snoozed too. */
  readonly id: string;
  /**
   * `expiry` for the clock whatever its level; `errors` for one error that comes more and more often; `others` for one or more sandboxes
   * that are not the person's own (docs/alert-policy.md); else how near the break is.
   */
  readonly kind: 'warn' | 'critical' | 'expiry' | 'errors' | 'others';
  /** Of `others`, one of them. */
  readonly sandboxId: string;
  readonly sandboxName: string;
  /** Null for `errors` and `others`. */
  readonly signal: SignalName | null;
  /** One sentence with clock time and interval. Plain text: names in it come from the sandbox and are not trusted. */
  readonly text: string;
  /** The best offers, at most two, best first; never `showDetails`, which the editor adds itself. */
  readonly fixes: readonly FixOffer[];
}

/** What the plan of a fix is carried out with. One member per fix that the app itself runs. */
export type FixParameters =
  | { readonly kind: 'extend'; readonly expiresAtMs: number; readonly previousExpiresAtMs: number }
  | { readonly kind: 'snapshot'; readonly name: string }
  | { readonly kind: 'endProcess'; readonly target: ProcessTarget }
  | {
      readonly kind: 'setHeapLimit';
      readonly runtime: HeapRuntime;
      readonly limitBytes: number;
      readonly variable: TerminalVariable;
    }
  | { readonly kind: 'lowerParallelism'; readonly jobs: number; readonly variables: readonly TerminalVariable[] }
  | { readonly kind: 'clearCaches'; readonly caches: readonly CacheFolder[] }
  | { readonly kind: 'shortenLogs'; readonly logs: readonly FolderSize[] }
  | { readonly kind: 'showLargestFolders' }
  | {
      readonly kind: 'recreateLarger';
      readonly snapshotName: string;
      readonly memoryBytes: number;
      readonly previousMemoryBytes: number;
      readonly cpuCores: number | null;
      readonly lifetimeMs: number | null;
      /** The new one takes the place of the current one. */
      readonly becomesCurrent: boolean;
    }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'delete' }
  | { readonly kind: 'pattern'; readonly fix: RankedFix };

/** What a fix will do, to be shown before it runs. */
export interface FixPlan {
  readonly fixId: AnyFixId;
  readonly sandboxId: string;
  /** A verb first, e.g. "End node (pid 412)". */
  readonly title: string;
  readonly risk: FixRisk;
  /** What will be done and where, in order, one sentence each. */
  readonly steps: readonly string[];
  /** What is lost by it, one sentence each; empty when nothing is. */
  readonly losses: readonly string[];
  /** How it is checked afterwards whether it worked, one sentence. */
  readonly check: string;
  readonly parameters: FixParameters;
  /** The fingerprint of the error it was offered for, or null. */
  readonly fingerprint: string | null;
}

/** What the person chose beyond the fix itself; each has a default. */
export interface FixChoices {
  /** For `extend`: how much later than the present deadline, in milliseconds. Default 30 minutes. */
  readonly extendByMs?: number;
  /** For `recreateLarger`: the new limit in bytes. Default twice the present one. */
  readonly memoryBytes?: number;
  /** For `recreateLarger` where no limit was chosen: so many times the present one. */
  readonly memoryFactor?: number;
  /** For `setHeapLimit`: for which programs, and how much. Default: for the program that grows, three quarters of the memory limit. */
  readonly heap?: { readonly runtime: HeapRuntime; readonly limitBytes: number };
  /** For `lowerParallelism`: so many at a time. Default: half as many as there are cores. */
  readonly jobs?: number;
  /** For `clearCaches`: only these, out of those an earlier plan has named. Default: all that are found. */
  readonly caches?: readonly CacheFolder[];
  /** For `shortenLogs`: only these, out of those an earlier plan has named. Default: all that are found. */
  readonly logs?: readonly FolderSize[];
  /** The fingerprint of the error it was offered for; the history then learns what helps against it. */
  readonly fingerprint?: string;
}

export interface RunFixOptions {
  /** Cancels what has not been done yet; the outcome says what already was. */
  readonly signal: AbortSignal;
  /** Told in words what is being done, for a progress message. */
  readonly progress: (text: string) => void;
  /** Default: nobody is asked, and nothing can run where the editor does. */
  readonly hands?: FixHands;
  /** Told of a sandbox that the fix has made and that took the place of the current one; remembering it is the caller's job. */
  readonly adopted?: (sandboxId: string) => void;
}

/** What new terminals of the editor start with. */
export interface TerminalEnvironment {
  set(variables: readonly TerminalVariable[]): void;
  /** What was set here for a variable, read back; null when nothing is. */
  get(name: string): string | null;
  /** Opens a new terminal, which starts with it. */
  open(): void;
}

/** What the editor lends to fixes. */
export interface FixHands {
  /** Missing where the terminals of the editor are not those of the sandbox. */
  readonly terminals?: TerminalEnvironment;
  /** Shows the largest folders. Missing: the outcome only says how large they are. */
  readonly showFolders?: (found: LargestFolders) => void;
  /** Asks a question while the fix runs. @returns whether the answer was `yes`. */
  ask(question: string, yes: string): Promise<boolean>;
  /**
   * Runs a command where the editor runs, before the person's eyes, without a shell in between. Aborting ends it.
   * @returns its exit code, or null when that is not known.
   */
  runHere(argv: readonly string[], title: string, signal: AbortSignal): Promise<number | null>;
}

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Written to, and never disposed of here. */
  readonly history: HistoryStore;
  /** Learns what commands take. Default: nothing is learned. */
  readonly peaks?: CommandPeaks;
  /** Keeps over sessions what is muted. Default: it is muted for this session. */
  readonly mutes?: MuteStore;
  /** Ids of providers of whose sandboxes nothing is written to the history, e.g. the demo. Default: none. */
  readonly unkept?: readonly string[];
  /** Uniform in [0, 1); for jitter. Default `Math.random`. */
  readonly random?: () => number;
  readonly settings: AppSettings;
  /** Clock time of the person's place for a moment in epoch milliseconds, e.g. "14:32". Default: hours and minutes in the local time zone. */
  readonly formatTime?: (atMs: number) => string;
  /** Takes secrets out of a text that is to be shown to others. Default: texts are shown as they are, as for tests. */
  readonly redact?: (text: string) => string;
  /** The fixes a person gave to errors, newest first. Default: none. */
  readonly rememberedFixes?: () => readonly RememberedFix[];
  /**
   * Told when the history has forgotten a sandbox, or (null) everything, before the call that asked for it is answered: what is kept elsewhere is
   * to be forgotten too. Default: nothing is.
   */
  readonly forgotten?: (sandboxId: string | null) => Promise<void>;
  /** When files were saved, epoch milliseconds, oldest first. Default: nobody knows. */
  readonly editTimes?: () => readonly number[];
}

/** A snapshot and the server it is kept by. */
export interface OwnedSnapshot extends Snapshot {
  /** The provider's label; with `id` it names the snapshot. */
  readonly server: string;
}

/**
 * The running application without an editor. Nothing in it throws on account of the outside world: troubles become states
 * in the view. The methods that return promises say what they throw.
 */
export interface Supervisor {
  /** The newest snapshot. Immutable; a `SandboxView` that did not change is the same object as in the snapshot before. */
  readonly view: AppView;
  /** Told of every new snapshot, at most once per 250 ms. Not told of the present one. */
  onChange(listener: (view: AppView) => void): Unsubscribe;
  onNotice(listener: (notice: Notice) => void): Unsubscribe;

  /**
   * Replaces the providers. The supervisor owns them from now on: those no longer in the list are aborted and disposed of,
   * those that are the same objects as before go on untouched. What was seen of ended sandboxes stays.
   */
  setProviders(providers: readonly SandboxProvider[]): void;
  /** Where the editor runs, and the sandbox that was chosen here in an earlier session. */
  setPlace(hints: PlaceHints, rememberedId: string | null): void;
  /**
   * The person's choice; null takes it back and lets the sandbox be found again. One that is not there, or has ended, is no choice and changes
   * nothing. Remembering it is the caller's job.
   */
  choose(sandboxId: string | null): void;
  /** The person looks at this sandbox closely: its warnings are told singly from now on (docs/alert-policy.md). */
  attend(sandboxId: string): void;
  /** The answer to a link in the state `needs-consent`: whether watching may move the sandbox's deadline. */
  consent(sandboxId: string, allowed: boolean): void;
  /** Asks all servers again at once, tries again what had been given up, and reads again what is remembered of past sandboxes. */
  refresh(): void;
  /**
   * Takes over what is given. What had been given up (e.g. for a wrong key) is tried again. The bounds of the history are the business
   * of whoever opened it.
   */
  setSettings(settings: Partial<AppSettings>): void;

  /** No word of this episode's signal for `ms`; if it is still open then, it is said once more. */
  snooze(noticeId: string, ms: number): void;
  /** What is muted, oldest first. */
  readonly mutes: readonly Mute[];
  /**
   * No more notices of this signal of this sandbox, until `unmute`. It stays visible in the view. Rejects when it can not be kept over
   * sessions; it holds for this one all the same.
   */
  mute(sandboxId: string, signal: SignalName): Promise<void>;
  /** Takes back what is muted of this sandbox; what threatens it now and was not told yet is told at once. Rejects as `mute` does. */
  unmute(sandboxId: string): Promise<void>;
  /** The person answered or closed the notice: the episode has been seen and critical does not speak again. */
  answered(noticeId: string): void;

  /** Reads the source until the returned function is called; a source that fails is restarted with backoff. */
  addErrorSource(source: ErrorSource): Unsubscribe;

  /**
   * Works out what a fix would do; changes nothing. Throws `Problem`: `not-found` when the sandbox is not known,
   * `not-supported` when its system cannot do it or the editor does it (`openTerminal`, `showDetails`), `conflict` when it does not fit
   * the present state, `invalid-request` when a target is missing, `aborted` when `signal` aborts while something is still being measured.
   */
  planFix(
    sandboxId: string,
    fixId: FixId,
    target?: ProcessTarget | null,
    choices?: FixChoices,
    signal?: AbortSignal,
  ): Promise<FixPlan>;
  /** What helps against one of a sandbox's errors: what worked best here first, then the catalogue's order. Empty when it is not known. */
  errorFixes(sandboxId: string, fingerprint: string): Promise<readonly RankedFix[]>;
  /**
   * Works out what one of them would do; changes nothing. Throws `Problem`: `not-found` when the sandbox is not known, `not-supported`
   * when it runs no command, or only a person can send it.
   */
  planErrorFix(sandboxId: string, fix: RankedFix): Promise<FixPlan>;
  /** What `rememberedFixes` answers is different now. */
  rememberedFixesChanged(): void;
  /** Carries a plan out and checks the result. Never throws: troubles become the outcome `failed` with the next step in its text. */
  runFix(plan: FixPlan, options: RunFixOptions): Promise<FixOutcome>;
  /** An interactive shell. Throws `Problem`. */
  openTerminal(
    sandboxId: string,
    size: { readonly columns: number; readonly rows: number },
    signal: AbortSignal,
  ): Promise<TerminalSession>;
  /** Gives the sandbox another name. Throws `Problem`. */
  rename(sandboxId: string, name: string, signal: AbortSignal): Promise<void>;
  /** The snapshots of every server that has any, newest first. Throws `Problem`. */
  snapshots(signal: AbortSignal): Promise<readonly OwnedSnapshot[]>;
  /** Deletes one of them. Throws `Problem`. */
  deleteSnapshot(snapshot: OwnedSnapshot, signal: AbortSignal): Promise<void>;
  /** What the system says of the sandbox, for people to read. Throws `Problem`. */
  diagnostics(sandboxId: string, signal: AbortSignal): Promise<string>;

  /**
   * The incidents of all sandboxes, of those in the view and (without samples) of those only the history knows, newest first. Each end and
   * each break once, however many windows wrote it down. Where the history does not answer, only those in the view.
   */
  incidents(): Promise<readonly Incident[]>;
  /** Removes all that is remembered of a sandbox; one that has ended leaves the view too, one that lives only loses its past. */
  forgetSandbox(sandboxId: string): Promise<ForgetOutcome>;
  /** Removes all that is remembered of all sandboxes, and a person's own fixes; those that have ended leave the view. */
  forgetEverything(): Promise<ForgetOutcome>;
  /** All that is remembered, a person's own fixes and what they muted included, as JSON Lines: one object a line, without the line break. */
  exportHistory(): AsyncIterable<string>;
  /** The newest measurements of the live sandboxes in the Prometheus text format 0.0.4; empty when there are none. */
  exportMetrics(): string;

  /**
   * Everything that is told of one incident, of those in the view and of those only the history knows, redacted. Null when it is not
   * remembered (any more). What else is not remembered is missing from it.
   */
  postMortem(incidentId: string): Promise<PostMortem | null>;
  /**
   * Numbers over all sandboxes that are remembered. Asked again within five seconds, the same answer.
   * @param spanMs how far they reach back; default one day.
   */
  fleetStats(spanMs?: number): Promise<FleetStats>;

  /** Aborts everything, waits up to 5 s for streams to clean up behind them, writes what is left to the history. Twice is harmless. */
  dispose(): Promise<void>;
}
