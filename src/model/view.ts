import type { RecognisedError } from './error-event.ts';
import type { FixId, FixOffer, FixOutcome } from './fix.ts';
import type { Forecast } from './forecast.ts';
import type { Incident, LifecycleTransition } from './incident.ts';
import type { ProblemKind } from './problem.ts';
import type { ProcessReading, Sample, SampleSource } from './sample.ts';
import type { Sandbox } from './sandbox.ts';
import type { SignalName } from './signal.ts';
import type { Warning, WarningLevel } from './warning.ts';

/** How we stand to one sandbox's measurements. */
export type LinkState =
  /** Not watched: not running, or not chosen. */
  | 'idle'
  | 'connecting'
  | 'live'
  /** Open, but no sample came for longer than its cadence allows. */
  | 'stale'
  /** Lost; the next try is planned. */
  | 'waiting'
  /** The person must agree before we go on. */
  | 'needs-consent'
  /** Will not work here; no further try. */
  | 'unavailable'
  | 'ended';

/** Connection to one sandbox's measurements, with the reason in words where it is not well. */
export interface Link {
  readonly state: LinkState;
  /** What is wrong, or null. */
  readonly problem: ProblemKind | null;
  /** One sentence, or null. */
  readonly text: string | null;
  /** What the person can do, one sentence, or null. */
  readonly nextStep: string | null;
  /** When the next try is made, or null. */
  readonly retryAtMs: number | null;
}

/** The recent course of one signal's pressure, for sparklines. */
export interface PressureHistory {
  readonly signal: SignalName;
  /** Pressure 0..1, oldest first, at most 60 values. */
  readonly values: readonly number[];
}

/** How a live sandbox does its work, by what went wrong in it lately. */
export interface Health {
  /** `degraded`: something failed in the last ten minutes; `failing`: most of what ran failed, or it keeps failing. */
  readonly state: 'running' | 'degraded' | 'failing';
  /** Errors and failed commands a minute, over the last ten minutes. */
  readonly errorsPerMinute: number;
  /** One error comes more and more often, in words; missing while none does. */
  readonly rising?: string;
}

/** Everything there is to show of one sandbox: one immutable snapshot per change. */
export interface SandboxView {
  readonly sandbox: Sandbox;
  /** The place the editor itself works in (`SandboxProvider.isHere`). */
  readonly isHere: boolean;
  readonly link: Link;
  /** When this snapshot was made, epoch milliseconds. */
  readonly atMs: number;
  readonly lastSampleAtMs: number | null;
  readonly sampleSource: SampleSource | null;
  /** Why the data is poorer than it could be, or null. */
  readonly caveat: string | null;
  readonly sample: Sample | null;
  /** The last known largest processes; they come with only some of the samples. */
  readonly processes: readonly ProcessReading[];
  readonly forecasts: readonly Forecast[];
  /** The signal that ends the sandbox first, or null when nothing does. */
  readonly leading: Forecast | null;
  /** The highest of `signalLevels`. */
  readonly level: WarningLevel;
  /** The level of each signal with an open episode; one that is missing is calm. */
  readonly signalLevels: Readonly<Partial<Record<SignalName, WarningLevel>>>;
  readonly health: Health;
  /** The open episode, or the one that ended last. */
  readonly warning: Warning | null;
  readonly history: readonly PressureHistory[];
  readonly timeline: readonly LifecycleTransition[];
  readonly errors: readonly RecognisedError[];
  readonly fixes: readonly FixOffer[];
  /** The actions this sandbox's provider really has in its present phase. */
  readonly actions: readonly FixId[];
  readonly outcomes: readonly FixOutcome[];
  /** Newest first. */
  readonly incidents: readonly Incident[];
}

/** Health of one configured server. */
export interface ServerView {
  readonly provider: string;
  /** E.g. "OpenSandbox on 127.0.0.1:8080". */
  readonly label: string;
  readonly state: 'connecting' | 'healthy' | 'degraded' | 'down';
  /** Whether it was heard of since it was last asked anew. A server that was well is shown as well until then. */
  readonly answered: boolean;
  readonly problem: ProblemKind | null;
  readonly text: string | null;
  readonly nextStep: string | null;
  readonly retryAtMs: number | null;
}

/** Everything there is to show, over all servers and sandboxes. */
export interface AppView {
  readonly servers: readonly ServerView[];
  /** Current first, then running, then paused, then ended (newest end first). */
  readonly sandboxes: readonly SandboxView[];
  readonly currentId: string | null;
  /** How the current one was found ("named by OPENSANDBOX_ID"), or null. */
  readonly currentHow: string | null;
  /** The editor itself was found to run inside the current one. */
  readonly currentInside: boolean;
  /** Several could be meant and nothing decides: the person is asked once. */
  readonly ambiguous: boolean;
  /** What is wrong with the memory of past sandboxes ("the disk is full"), with the next step, or null. */
  readonly historyProblem: string | null;
}
