import { createForecaster } from '../forecast/forecaster.ts';
import type { ErrorEvent } from '../model/error-event.ts';
import type { CommandEnded, SandboxEvent } from '../model/events.ts';
import type { ErrorFix, FixId, FixOffer, FixOutcome, Removable } from '../model/fix.ts';
import { killedExit } from '../model/killed-run.ts';
import type { Sample } from '../model/sample.ts';
import { isEnded, type Sandbox } from '../model/sandbox.ts';
import type { SignalName } from '../model/signal.ts';
import type { Link, SandboxView } from '../model/view.ts';
import { Alarms } from './alarms.ts';
import { type AlertPolicy, alertPolicy } from './alert-policy.ts';
import { signalsReached } from './broken-signals.ts';
import { DeadlineWatch } from './deadline-watch.ts';
import { EndWatch } from './end-watch.ts';
import { FailureWatch, type Heard } from './failure-watch.ts';
import { idleLink, sameFields } from './freshness.ts';
import { Journal } from './journal.ts';
import { Measurements } from './measurements.ts';
import type { AgentAnswer, MonitorRecord, SandboxMonitor, SandboxMonitorOptions } from './monitor-types.ts';
import { Offers } from './offers.ts';
import { OomCounter } from './oom-counter.ts';
import { ShownEstimates } from './shown-estimates.ts';
import { SteadyForecaster } from './steady-forecaster.ts';
import { ViewAssembler } from './view-assembler.ts';

export type {
  AgentAnswer,
  MonitorRecord,
  SandboxMonitor,
  SandboxMonitorOptions,
} from './monitor-types.ts';

const deadlineOf = ({ expiry }: Sandbox): number | null => expiry?.expiresAtMs ?? null;

/** @returns a monitor for one sandbox. */
export const createSandboxMonitor = (options: SandboxMonitorOptions): SandboxMonitor => new Monitor(options);

/** Hands what is learned to the parts it concerns, and lets go of the view when one of them knows more. */
class Monitor implements SandboxMonitor {
  readonly sandboxId: string;
  readonly #journal = new Journal();
  readonly #measurements: Measurements;
  readonly #alarms: Alarms;
  readonly #deadline: DeadlineWatch;
  readonly #failures: FailureWatch;
  readonly #ends: EndWatch;
  readonly #offers: Offers;
  readonly #assembler: ViewAssembler;
  #sandbox: Sandbox;
  #link: Link = idleLink;
  #view: SandboxView | null = null;

  constructor(options: SandboxMonitorOptions) {
    const { sandbox, nowMs, peaks, capabilities, redact } = options;
    this.sandboxId = sandbox.id;
    this.#sandbox = sandbox;
    const forecaster = new SteadyForecaster(
      options.forecaster ??
        createForecaster({
          origin: sandbox.origin ?? null,
          createdAtMs: sandbox.createdAtMs,
          ...(peaks === undefined ? {} : { peaks }),
        }),
    );
    const oom = new OomCounter();
    const journal = this.#journal;
    const measurements = new Measurements(forecaster);
    const alarms = new Alarms(sandbox.id, options.policy ?? alertPolicy('balanced'));
    const { expiresWhilePaused } = capabilities;
    const deadline = new DeadlineWatch({ sandboxId: sandbox.id, expiresWhilePaused, forecaster, alarms });
    const failures = new FailureWatch({ oom, box: measurements.box, journal, redact });
    // For the model it is like a kill of the first process: memory begins anew, and it is one more in a row of failures.
    const mainExited = { kind: 'process-exited', sandboxId: sandbox.id, pid: 1, name: '', outOfMemory: true } as const;
    const ends = new EndWatch(sandbox, {
      alarms,
      box: measurements.box,
      oom,
      journal,
      stopped: (atMs) => measurements.observe({ ...mainExited, atMs }),
    });
    const isHere = options.isHere === true;
    const successOf = options.successOf ?? (() => null);
    const offers = new Offers(options.supports, { isHere, measurements, ends, successOf });
    this.#measurements = measurements;
    this.#alarms = alarms;
    this.#deadline = deadline;
    this.#failures = failures;
    this.#ends = ends;
    this.#offers = offers;
    const estimates = options.steady === true ? new ShownEstimates() : null;
    const sources = { isHere, measurements, alarms, deadline, ends, failures, journal, offers, estimates };
    this.#assembler = new ViewAssembler(sources);
    this.#begin(nowMs);
  }

  #begin(nowMs: number): void {
    const sandbox = this.#sandbox;
    this.#journal.transition(sandbox, nowMs);
    this.#deadline.move(deadlineOf(sandbox), Math.min(sandbox.createdAtMs ?? nowMs, nowMs));
    this.#ends.lifecycle(sandbox, nowMs, true);
    this.#passTime(nowMs);
  }

  observe(event: SandboxEvent): void {
    if (event.sandboxId !== this.sandboxId || !Number.isFinite(event.atMs) || this.#ends.ended) return;
    if (event.kind === 'sample') {
      for (const sample of this.#measurements.inOrder(event)) this.#sample(sample);
      return;
    }
    this.#measurements.observe(event);
    if (event.kind === 'command-started') this.#failures.commandStarted(event);
    if (event.kind === 'command-ended') this.#commandEnded(event);
    if (event.kind === 'process-exited' && event.outOfMemory) this.#ends.processKilled(event);
    if (event.kind === 'limit-changed' && event.signal === 'expiry') this.#deadline.moved(event);
    this.#passTime(event.kind === 'tick' ? event.atMs : this.#measurements.notBefore(event.atMs));
  }

  #sample(sample: Sample): void {
    this.#ends.beforeSample(sample);
    const killed = this.#measurements.take(sample);
    this.#alarms.sample(sample, this.#measurements.forecasts);
    this.#assembler.sampled(this.#sandbox, sample.atMs);
    this.#ends.sample(sample, killed);
    this.#heard(this.#failures.counted());
    this.#view = null;
    this.#clock(sample.atMs);
  }

  #commandEnded(event: CommandEnded): void {
    // It solves what came before it, also what is not decided yet.
    if (event.exitCode === 0) this.#heard(this.#failures.decide());
    if (this.#failures.commandEnded(event)) this.#view = null;
    const key = event.exitCode === killedExit ? this.#failures.keyOf(event.commandId) : null;
    if (key === null) return;
    this.#ends.commandKilled(key, event.atMs);
    this.#settle();
  }

  get isWarned(): boolean {
    return this.#alarms.isWarned;
  }

  lifecycle(sandbox: Sandbox, atMs: number): void {
    if (sandbox.id !== this.sandboxId || !Number.isFinite(atMs)) return;
    const before = this.#sandbox;
    const wasOver = [this.#ends.ended, this.#ends.isGone];
    this.#sandbox = sandbox;
    const moved =
      before.phase !== sandbox.phase || before.rawState !== sandbox.rawState || before.reason !== sandbox.reason;
    if (moved) this.#journal.transition(sandbox, atMs);
    if (deadlineOf(before) !== deadlineOf(sandbox)) this.#deadline.move(deadlineOf(sandbox), atMs);
    this.#ends.lifecycle(sandbox, atMs, false);
    if (!sameFields(before, sandbox) || !sameFields(wasOver, [this.#ends.ended, this.#ends.isGone])) this.#view = null;
    this.#passTime(atMs);
  }

  get isInterrupted(): boolean {
    return this.#ends.isInterrupted;
  }

  gone(atMs: number): void {
    if (!Number.isFinite(atMs) || this.#ends.isGone) return;
    const known = this.#sandbox;
    if (!isEnded(known.phase)) {
      this.#sandbox = { ...known, phase: 'terminated' };
      this.#journal.transition(this.#sandbox, atMs, 'the server does not know it any more');
    }
    this.#ends.gone(known, atMs);
    this.#heard(this.#failures.decide());
    this.#settle();
    this.#view = null;
  }

  link(link: Link, _atMs: number): void {
    if (sameFields(this.#link, link)) return;
    this.#link = link;
    if (!this.#ends.ended) this.#view = null;
  }

  agent(answer: AgentAnswer, atMs: number): void {
    if (!Number.isFinite(atMs)) return;
    this.#ends.agent(answer, atMs);
    this.#settle();
  }

  error(event: ErrorEvent): void {
    if (event.sandboxId !== this.sandboxId || !Number.isFinite(event.atMs)) return;
    if (event.source === 'diagnostics') this.#ends.diagnostics(event.text, event.atMs);
    this.#heard(this.#failures.error(event));
    if (this.#ends.ended) this.#heard(this.#failures.decide());
    this.#settle();
    this.#lookAtHealth(this.#measurements.notBefore(event.atMs));
  }

  /** Errors were recognised, now or some seconds after they were said. */
  #heard(heard: readonly Heard[]): void {
    for (const { event, recognition } of heard) {
      const reached = this.#alarms.broke(signalsReached(recognition.pattern), event.atMs);
      if (reached !== null) this.#ends.reached(reached, event.atMs);
      this.#view = null;
    }
  }

  fixesAgainst(signal: SignalName): readonly FixOffer[] {
    return this.#assembler.fixesAgainst(this.#sandbox, signal);
  }

  errorFixes(fingerprint: string): readonly ErrorFix[] {
    return this.#failures.fixes(fingerprint);
  }

  deletionBegins(atMs: number): void {
    if (Number.isFinite(atMs)) this.#ends.deletionBegins(atMs);
  }

  fixDone(outcome: FixOutcome, fingerprint: string | null = null): void {
    if (outcome.sandboxId !== this.sandboxId) return;
    this.#journal.fix(outcome, fingerprint);
    if (fingerprint !== null && outcome.result === 'worked') this.#failures.fixWorked(fingerprint, outcome.endedAtMs);
    this.#deadline.fixDone(outcome);
    this.#ends.fixDone(outcome);
    this.#settle();
    this.#view = null;
  }

  forgetPast(atMs: number): void {
    if (this.#ends.ended) return;
    this.#failures.forget();
    this.#measurements.box.forget();
    this.#ends.forgetPast();
    this.#journal.forget();
    this.#lookAtHealth(atMs);
    this.#view = null;
  }

  setSupports(supports: readonly FixId[]): void {
    this.#offers.setSupports(supports);
    this.#view = null;
  }

  removable(removable: Removable | null): void {
    this.#offers.setRemovable(removable);
    this.#view = null;
  }

  setPolicy(policy: AlertPolicy): void {
    this.#alarms.setPolicy(policy);
  }

  view(nowMs: number): SandboxView {
    this.#view ??= this.#assembler.assemble(this.#sandbox, this.#link, nowMs);
    return this.#view;
  }

  drain(): readonly MonitorRecord[] {
    return this.#journal.drain();
  }

  #passTime(nowMs: number): void {
    if (this.#measurements.passTime(nowMs, deadlineOf(this.#sandbox))) this.#view = null;
    this.#clock(nowMs);
  }

  #clock(nowMs: number): void {
    // Once it has ended, no sample comes any more that could tell.
    this.#heard(this.#ends.ended ? this.#failures.decide() : this.#failures.waited(nowMs));
    this.#ends.passTime(nowMs);
    if (!this.#ends.ended && this.#deadline.runsIn(this.#sandbox.phase)) {
      this.#alarms.clock(nowMs, this.#measurements.forecastsAt(nowMs));
    }
    this.#settle();
    this.#lookAtHealth(nowMs);
  }

  #lookAtHealth(nowMs: number): void {
    if (this.#failures.look(nowMs, this.#ends.incidents)) this.#view = null;
  }

  /** Takes over what the parts have to tell; something told always means a new view. */
  #settle(): void {
    for (const { change, warning } of this.#alarms.takeChanges()) {
      this.#journal.add({ kind: 'warning', change, warning });
      this.#view = null;
    }
    if (this.#ends.takeChanged()) this.#view = null;
  }
}
