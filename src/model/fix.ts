import type { SourcePlace } from './error-event.ts';
import type { SignalName } from './signal.ts';

/** Ids of the actions that are offered against a coming or past failure; each is also a command `sandboxForesight.<id>`. */
export const fixIds = [
  'extend',
  'snapshot',
  'endProcess',
  'setHeapLimit',
  'lowerParallelism',
  'clearCaches',
  'shortenLogs',
  'showLargestFolders',
  'recreateLarger',
  'pause',
  'resume',
  'delete',
  'openTerminal',
  'showDetails',
] as const;

export type FixId = (typeof fixIds)[number];

/** A fix of a recognised error, from the catalogue or given by a person: `pattern/<slug>/<fix>`. Outcomes are remembered under it. */
export type PatternFixId = `pattern/${string}/${string}`;

/** Everything outcomes are remembered under. */
export type AnyFixId = FixId | PatternFixId;

export const isPatternFixId = (id: string): id is PatternFixId => /^pattern\/[\w-]{1,80}\/[\w-]{1,80}$/.test(id);

/** `safe` runs at once, `confirm` shows its plan and asks, `destructive` asks in a modal dialog that names what is lost. */
export type FixRisk = 'safe' | 'confirm' | 'destructive';

/** The process an action is aimed at. The name is checked again before it is ended, because pids are reused. */
export interface ProcessTarget {
  readonly pid: number;
  readonly name: string;
  /** See `ProcessReading.startTicks`. Absent when unknown: then the name alone tells whether it still is the one that was meant. */
  readonly startTicks?: number;
  /** The signal it is to be ended for, whose use tells afterwards whether that helped. Absent when a person chose it. */
  readonly against?: SignalName;
}

/** @returns the process as one that can be aimed at. */
export const targetOf = ({ pid, name, startTicks }: ProcessTarget): ProcessTarget => ({
  pid,
  name,
  ...(startTicks === undefined ? {} : { startTicks }),
});

/** @returns the target with its start, as far as it is among these processes. */
export const withStart = (target: ProcessTarget, processes: readonly ProcessTarget[]): ProcessTarget =>
  target.startTicks !== undefined
    ? target
    : {
        ...target,
        ...targetOf(processes.find(({ pid, name }) => pid === target.pid && name === target.name) ?? target),
      };

/** How an action went before; only what was checked afterwards is counted. */
export interface FixSuccess {
  readonly worked: number;
  readonly didNotWork: number;
}

/** What could be removed from a sandbox's disks, bytes. Measured when they fill up, where that can be done without a command. */
export interface Removable {
  /** In caches of known tools, on the disk that fills up. */
  readonly cachesBytes: number;
  /** In caches that lie in memory (tmpfs), on whatever mount. */
  readonly cachesInMemoryBytes: number;
  /** In large log files, on the disk that fills up. */
  readonly logsBytes: number;
}

/** So much of the end of a log stays when it is shortened, bytes. */
export const keptLogBytes = 1024 ** 2;

/** One action offered for one sandbox, best first. */
export interface FixOffer {
  readonly id: FixId;
  /** Button text, at most about 30 characters, a verb first: "End node (pid 412)". */
  readonly title: string;
  readonly risk: FixRisk;
  /** Why it helps here, one sentence. */
  readonly reason: string;
  readonly target: ProcessTarget | null;
}

/** One fix of a recognised error, with the values of this occurrence put in. */
export interface ErrorFix {
  readonly kind: 'pattern';
  /** The catalogue's slug; null for an unknown error. */
  readonly pattern: string | null;
  readonly fixId: PatternFixId;
  readonly fingerprint: string;
  /** A verb first. */
  readonly title: string;
  readonly risk: FixRisk;
  /** Runs a command, is an action of the extension, opens something in the editor, opens a page, or is only words. */
  readonly does: 'command' | 'action' | 'editor' | 'link' | 'words';
  readonly action: FixId | null;
  /** The command word by word, in the folder it belongs to; null unless `does` is `command`. Values from texts are arguments of their own. */
  readonly argv: readonly string[] | null;
  /** The command, the address or the words, for a person to read; values from texts are quoted. */
  readonly text: string;
  /** The folder the command runs in, or null when none is known. */
  readonly cwd: string | null;
  /** It runs the failed command again, in whatever way: its exit code says whether it helped. */
  readonly repeats: boolean;
  /** How to see afterwards that it worked, in words; null when it only shows something. */
  readonly check: string | null;
  readonly checkArgv: readonly string[] | null;
  /** The failed command, to be run again as the check; null when it is not known. */
  readonly again: { readonly argv: readonly string[]; readonly text: string } | null;
  /** What the error names; texts from outside. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly place: SourcePlace | null;
}

/** A fix with how it went before, and where it would run. */
export interface RankedFix extends ErrorFix {
  /** For this error, or where that was never tried for its pattern: tries that worked or did not. */
  readonly worked: number;
  readonly didNotWork: number;
  /** `sandbox`: by the provider; `here`: where the editor runs; `terminal`: a person has to send it; `editor`: nothing runs. */
  readonly where: 'sandbox' | 'here' | 'terminal' | 'editor';
}

/** A name and a fix that a person gave to an error. */
export interface RememberedFix {
  readonly fingerprint: string;
  /** What the person calls the error. */
  readonly name: string;
  readonly does: 'command' | 'link';
  /** A command line, or an https address. */
  readonly text: string;
  readonly savedAtMs: number;
}

/** What a fix did, as checked afterwards and not as assumed. */
export interface FixOutcome {
  readonly fixId: AnyFixId;
  /** What it was called, for fixes that are no action of the extension. */
  readonly title?: string;
  readonly sandboxId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly result: 'worked' | 'did-not-work' | 'cannot-tell' | 'cancelled' | 'failed';
  /** One sentence with the numbers that were compared. */
  readonly text: string;
}
