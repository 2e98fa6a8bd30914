import type { ErrorEvent, RecognisedError } from '../model/error-event.ts';
import type { SandboxEvent } from '../model/events.ts';
import type { ErrorFix, FixId, FixOffer, FixOutcome, FixSuccess, Removable } from '../model/fix.ts';
import type { Forecaster } from '../model/forecast.ts';
import type { Incident, LifecycleTransition } from '../model/incident.ts';
import type { Capabilities, CommandPeaks } from '../model/ports.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { SignalName } from '../model/signal.ts';
import type { Link, SandboxView } from '../model/view.ts';
import type { Warning } from '../model/warning.ts';
import type { AlertPolicy } from './alert-policy.ts';
import type { ErrorRise } from './error-rise.ts';

/** What a monitor is made for and with. */
export interface SandboxMonitorOptions {
  readonly sandbox: Sandbox;
  /** The place the editor itself works in. Default: it is not. */
  readonly isHere?: boolean;
  /** What this sandbox's provider and the editor can do at all; the monitor offers the part that fits the phase. */
  readonly supports: readonly FixId[];
  /** How an action went before; null when it was never checked. Default: nothing is known. */
  readonly successOf?: (id: FixId) => FixSuccess | null;
  readonly capabilities: Capabilities;
  /** Now, epoch milliseconds. */
  readonly nowMs: number;
  /** Default: the product's forecaster. */
  readonly forecaster?: Forecaster;
  /** What commands took before, known when one starts again. Default: only what was seen in this session. */
  readonly peaks?: Pick<CommandPeaks, 'peakOf'>;
  /** Default: the balanced policy. */
  readonly policy?: AlertPolicy;
  /** The view is for a person's eye: estimates that are not sure yet are held steady. Default: it shows every forecast as it is. */
  readonly steady?: boolean;
  /** Takes secrets out of a line that is to be shown. Default: lines are shown as they are, as for tests. */
  readonly redact?: (text: string) => string;
}

/** Answer of `SandboxProvider.ping`. */
export type AgentAnswer = 'answers' | 'refused' | 'no-answer' | 'unknown';

/** The step of an episode that a record tells of. */
export type WarningChange = 'started' | 'warned' | 'critical' | 'recovered' | 'broke' | 'reopened';

/** Something worth keeping, in the order in which it happened. */
export type MonitorRecord =
  | { readonly kind: 'transition'; readonly sandbox: Sandbox; readonly transition: LifecycleTransition }
  /** `warned` comes at most once for one `warning.id`. `critical` may come without a `warned` before it, then speak once too. */
  | { readonly kind: 'warning'; readonly change: WarningChange; readonly warning: Warning }
  /** A second record with the same `incident.id` replaces the first: more became known. */
  | { readonly kind: 'incident'; readonly incident: Incident }
  /** The sandbox that was taken for gone is back; this incident never happened. */
  | { readonly kind: 'incident-withdrawn'; readonly incidentId: string }
  /** `fingerprint`: of the error it was tried against, or null when it was tried against none. */
  | { readonly kind: 'fix'; readonly outcome: FixOutcome; readonly fingerprint: string | null }
  | { readonly kind: 'error'; readonly error: RecognisedError }
  /** One error began to come more and more often; once per episode. */
  | { readonly kind: 'error-rise'; readonly rise: ErrorRise };

/**
 * Joins everything that is learned of one sandbox into one view. Pure: it never reads a clock, all times are given.
 * No method throws; input that makes no sense (times that are not numbers, events of another sandbox, samples after the end) is ignored.
 */
export interface SandboxMonitor {
  readonly sandboxId: string;
  /** Whether it is interrupted, as far as is known: false also when the server calls it so and what runs in it says otherwise. */
  readonly isInterrupted: boolean;
  /** Whether something that is measured of it is warned of. */
  readonly isWarned: boolean;
  /** Takes in a sample, a command, a limit or a tick. A tick about once a second drives the expiry clock. */
  observe(event: SandboxEvent): void;
  /** The newest state from the server; call it for every answer, changed or not. */
  lifecycle(sandbox: Sandbox, atMs: number): void;
  /** The server does not know the sandbox any more (missing in a complete list, or 404). */
  gone(atMs: number): void;
  link(link: Link, atMs: number): void;
  /** The result of asking the sandbox's agent for a sign of life. */
  agent(answer: AgentAnswer, atMs: number): void;
  error(event: ErrorEvent): void;
  /** What helps against this signal now, best first, as in `SandboxView.fixes` when it is the leading one. */
  fixesAgainst(signal: SignalName): readonly FixOffer[];
  /** What helps against one of the errors in the view, in the catalogue's order; nothing for one that is not known. */
  errorFixes(fingerprint: string): readonly ErrorFix[];
  /** A deletion of ours is about to be asked for; `fixDone` tells what came of it. What ends until then was our doing. */
  deletionBegins(atMs: number): void;
  /** @param fingerprint of the error it was tried against, or null. */
  fixDone(outcome: FixOutcome, fingerprint?: string | null): void;
  /** Gives up what was seen of a sandbox that lives: its errors, incidents, fixes and earlier samples. Open episodes go on. */
  forgetPast(atMs: number): void;
  /** Replaces what can be done at all: the editor turned out to run in the sandbox, or not. */
  setSupports(supports: readonly FixId[]): void;
  /** What could be removed from its disks, as it was just measured; null when that is not known any more. */
  removable(removable: Removable | null): void;
  /** Replaces the alarm policy, e.g. when the setting changes. Open episodes go on. */
  setPolicy(policy: AlertPolicy): void;
  /** @returns the present view; the same object as long as nothing has changed. */
  view(nowMs: number): SandboxView;
  /** @returns what happened since the last call, oldest first. */
  drain(): readonly MonitorRecord[];
}
