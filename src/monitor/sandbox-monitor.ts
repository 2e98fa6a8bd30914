import { actionsFor, offerFixes } from '../diagnosis/offer-fixes.ts';
import { recognise } from '../diagnosis/recognise.ts';
import { createForecaster } from '../forecast/forecaster.ts';
import { commandKey } from '../model/command-key.ts';
import type { ErrorEvent } from '../model/error-event.ts';
import type { CommandEnded, CommandStarted, SandboxEvent } from '../model/events.ts';
import type { ErrorFix, FixId, FixOffer, FixOutcome, Removable } from '../model/fix.ts';
import type { Forecast } from '../model/forecast.ts';
import type { LifecycleTransition } from '../model/incident.ts';
import type { Sample } from '../model/sample.ts';
import { isEnded, isLive, type Sandbox } from '../model/sandbox.ts';
import type { SignalName } from '../model/signal.ts';
import type { Health, Link, SandboxView } from '../model/view.ts';
import { atLeast, type WarningLevel } from '../model/warning.ts';
import { Alarms } from './alarms.ts';
import { type AlertPolicy, alertPolicy } from './alert-policy.ts';
import { BlackBox } from './black-box.ts';
import { EndWatch } from './end-watch.ts';
import { ErrorLedger } from './error-ledger.ts';
import { ErrorRises, riseText } from './error-rise.ts';
import { clockBucket, endedLink, idleLink, sameFields, sameForecasts } from './freshness.ts';
import { HealthWatch, wellHealth } from './health.ts';
import { signalsReached } from './incident-desk.ts';
import { pickLeading } from './leading.ts';
import type { AgentAnswer, MonitorRecord, SandboxMonitor, SandboxMonitorOptions } from './monitor-types.ts';
import { OomCounter } from './oom-counter.ts';
import { noProcesses, type ProcessState, trackProcesses } from './process-tracker.ts';
import { lateSampleMs, SampleOrder } from './sample-order.ts';
import { SteadyForecaster } from './steady-forecaster.ts';

export type {
  AgentAnswer,
  MonitorRecord,
  SandboxMonitor,
  SandboxMonitorOptions,
} from './monitor-types.ts';

/** What a shell says of a program that was killed. */
const killedExit = 137;
const keptTransitions = 50;
const keptOutcomes = 20;
const keptCommands = 100;
/** An extension within this time of our own is the person's. */
const ownExtensionMs = 15_000;
/** How far back kills belong to a failed command whose start is not known. */
const commandKillsMs = 30_000;

const highest = (levels: readonly WarningLevel[]): WarningLevel =>
  levels.reduce<WarningLevel>((most, each) => (atLeast(each, most) ? each : most), 'calm');

/** @returns a monitor for one sandbox. */
export const createSandboxMonitor = (options: SandboxMonitorOptions): SandboxMonitor => new Monitor(options);

class Monitor implements SandboxMonitor {
  readonly sandboxId: string;
  readonly #options: SandboxMonitorOptions;
  readonly #forecaster: SteadyForecaster;
  readonly #alarms: Alarms;
  readonly #box = new BlackBox();
  readonly #order = new SampleOrder();
  readonly #oom = new OomCounter();
  readonly #errors: ErrorLedger;
  readonly #rises = new ErrorRises();
  readonly #health = new HealthWatch();
  readonly #ends: EndWatch;
  readonly #commandStarts = new Map<string, CommandStarted>();
  #sandbox: Sandbox;
  #link: Link = idleLink;
  #timeline: readonly LifecycleTransition[] = [];
  #outcomes: readonly FixOutcome[] = [];
  #processes: ProcessState = noProcesses;
  #forecasts: readonly Forecast[] = [];
  #records: MonitorRecord[] = [];
  #extendedByPersonAtMs: number | null = null;
  /** When the deadline was last seen to move without our doing, or null. */
  #lastMoveAtMs: number | null = null;
  #supports: readonly FixId[];
  #removable: Removable | null = null;
  /** The newest reading of each signal: not every sample looks at all of them. */
  #newest: Sample | null = null;
  #bucket = '';
  #view: SandboxView | null = null;

  constructor(options: SandboxMonitorOptions) {
    this.#options = options;
    this.#supports = options.supports;
    this.sandboxId = options.sandbox.id;
    this.#errors = new ErrorLedger(options.redact);
    this.#forecaster = new SteadyForecaster(
      options.forecaster ?? createForecaster(options.peaks === undefined ? {} : { peaks: options.peaks }),
    );
    this.#alarms = new Alarms(options.sandbox.id, options.policy ?? alertPolicy('balanced'));
    this.#ends = new EndWatch(options.sandbox, {
      alarms: this.#alarms,
      box: this.#box,
      oom: this.#oom,
      timeline: () => this.#timeline,
      fixes: () => this.#outcomes,
      record: (record) => this.#records.push(record),
    });
    this.#sandbox = options.sandbox;
    this.#enterPhase(options.sandbox, options.nowMs);
    const grantedAtMs = Math.min(options.sandbox.createdAtMs ?? options.nowMs, options.nowMs);
    this.#moveDeadline(options.sandbox.expiry?.expiresAtMs ?? null, grantedAtMs, false);
    this.#ends.lifecycle(options.sandbox, options.nowMs, true);
    this.#passTime(options.nowMs);
  }

  observe(event: SandboxEvent): void {
    if (event.sandboxId !== this.sandboxId || !Number.isFinite(event.atMs) || this.#ends.ended) return;
    if (event.kind === 'sample') {
      const { samples, setBackMs } = this.#order.accept(event);
      if (setBackMs !== 0) this.#forecaster.setBack(setBackMs);
      for (const sample of samples) this.#sample(sample);
      return;
    }
    this.#forecaster.observe(event);
    if (event.kind === 'command-started') this.#commandStarted(event);
    if (event.kind === 'command-ended') this.#commandEnded(event);
    if (event.kind === 'process-exited' && event.outOfMemory) this.#ends.childNamed([event]);
    if (event.kind === 'limit-changed' && event.signal === 'expiry') {
      this.#alarms.deadline(event.limit, event.atMs, this.#isByPerson(event.atMs));
    }
    // Commands are told late now and then; time does not go back for them.
    this.#passTime(event.kind === 'tick' ? event.atMs : Math.max(event.atMs, this.#box.last?.atMs ?? event.atMs));
  }

  lifecycle(sandbox: Sandbox, atMs: number): void {
    if (sandbox.id !== this.sandboxId || !Number.isFinite(atMs)) return;
    const before = this.#sandbox;
    const wasOver = [this.#ends.ended, this.#ends.isGone];
    this.#sandbox = sandbox;
    const moved =
      before.phase !== sandbox.phase || before.rawState !== sandbox.rawState || before.reason !== sandbox.reason;
    if (moved) this.#enterPhase(sandbox, atMs);
    const deadlineMs = sandbox.expiry?.expiresAtMs ?? null;
    if ((before.expiry?.expiresAtMs ?? null) !== deadlineMs) {
      this.#moveDeadline(deadlineMs, atMs, this.#isByPerson(atMs));
    }
    if (sandbox.phase === 'interrupted' && before.phase !== 'interrupted') this.#interrupted(atMs);
    this.#ends.lifecycle(sandbox, atMs, false);
    if (!sameFields(before, sandbox) || !sameFields(wasOver, [this.#ends.ended, this.#ends.isGone])) this.#view = null;
    this.#passTime(atMs);
  }

  /** For the model it is like a kill of the first process: memory begins anew, and it is one more in a row of failures. */
  #interrupted(atMs: number): void {
    const { sandboxId } = this;
    this.#forecaster.observe({ kind: 'process-exited', sandboxId, atMs, pid: 1, name: '', outOfMemory: true });
  }

  gone(atMs: number): void {
    if (!Number.isFinite(atMs) || this.#ends.isGone) return;
    const known = this.#sandbox;
    if (!isEnded(known.phase)) {
      this.#sandbox = { ...known, phase: 'terminated' };
      this.#enterPhase(this.#sandbox, atMs, 'the server does not know it any more');
    }
    this.#ends.gone(known, atMs);
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
    const started = event.commandId === null ? undefined : this.#commandStarts.get(event.commandId);
    const fromMs = started?.atMs ?? event.atMs - commandKillsMs;
    const recognition = recognise(event, { oomKillDelta: this.#oom.killsBetween(fromMs, event.atMs + lateSampleMs) });
    if (recognition !== null) {
      const error = this.#errors.add(event, recognition, started?.cwd ?? null);
      if (error !== null) {
        this.#records.push({ kind: 'error', error });
        this.#health.error(error, event.commandId, event.atMs);
        const rise = this.#rises.add(error, event.atMs);
        if (rise !== null) this.#records.push({ kind: 'error-rise', rise });
      }
      this.#alarms.broke(signalsReached(recognition.pattern), event.atMs);
      this.#view = null;
    }
    this.#settle();
    this.#lookAtHealth(Math.max(event.atMs, this.#box.last?.atMs ?? event.atMs));
  }

  fixesAgainst(signal: SignalName): readonly FixOffer[] {
    const levels = this.#levels();
    const forecast = this.#forecasts.find((each) => each.signal === signal) ?? null;
    return this.#offers(forecast, levels.get(signal) ?? 'calm');
  }

  errorFixes(fingerprint: string): readonly ErrorFix[] {
    return this.#errors.fixes(fingerprint);
  }

  fixDone(outcome: FixOutcome, fingerprint: string | null = null): void {
    if (outcome.sandboxId !== this.sandboxId) return;
    this.#outcomes = [...this.#outcomes, outcome].slice(-keptOutcomes);
    this.#records.push({ kind: 'fix', outcome, fingerprint });
    if (fingerprint !== null && outcome.result === 'worked') this.#errors.fixWorked(fingerprint, outcome.endedAtMs);
    if (outcome.fixId === 'extend' && outcome.result === 'worked') {
      const seenMoving = this.#lastMoveAtMs;
      if (seenMoving !== null && seenMoving >= outcome.startedAtMs - 1_000) this.#alarms.extendedByPerson();
      else this.#extendedByPersonAtMs = outcome.endedAtMs;
    }
    this.#ends.fixDone(outcome);
    this.#settle();
    this.#view = null;
  }

  forgetPast(atMs: number): void {
    if (this.#ends.ended) return;
    this.#errors.clear();
    this.#health.clear();
    this.#rises.clear();
    this.#box.forget();
    this.#ends.forgetPast();
    this.#outcomes = [];
    this.#timeline = this.#timeline.slice(-1);
    this.#records = [];
    this.#lookAtHealth(atMs);
    this.#view = null;
  }

  setSupports(supports: readonly FixId[]): void {
    this.#supports = supports;
    this.#view = null;
  }

  removable(removable: Removable | null): void {
    this.#removable = removable;
    this.#view = null;
  }

  setPolicy(policy: AlertPolicy): void {
    this.#alarms.setPolicy(policy);
  }

  view(nowMs: number): SandboxView {
    this.#view ??= this.#makeView(nowMs);
    return this.#view;
  }

  drain(): readonly MonitorRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  #isByPerson(atMs: number): boolean {
    const by = this.#extendedByPersonAtMs;
    this.#extendedByPersonAtMs = null;
    return by !== null && Math.abs(atMs - by) <= ownExtensionMs;
  }

  #moveDeadline(deadlineMs: number | null, grantedAtMs: number, byPerson: boolean): void {
    this.#forecaster.observe({
      kind: 'limit-changed',
      sandboxId: this.sandboxId,
      atMs: grantedAtMs,
      signal: 'expiry',
      limit: deadlineMs,
    });
    this.#alarms.deadline(deadlineMs, grantedAtMs, byPerson);
    this.#lastMoveAtMs = byPerson ? null : grantedAtMs;
  }

  #enterPhase(sandbox: Sandbox, atMs: number, reason: string | null = sandbox.reason): void {
    const transition = { atMs, phase: sandbox.phase, rawState: sandbox.rawState, reason };
    this.#timeline = [...this.#timeline, transition].slice(-keptTransitions);
    this.#records.push({ kind: 'transition', sandbox, transition });
    this.#view = null;
  }

  #sample(sample: Sample): void {
    const kills = this.#oom.read(sample);
    const tracked = trackProcesses(this.#processes, sample);
    this.#processes = tracked.state;
    this.#forecaster.observe(sample);
    for (const exited of tracked.exited) this.#forecaster.observe(exited);
    this.#forecasts = this.#forecaster.forecasts(sample.atMs);
    this.#box.add(sample, this.#forecasts);
    this.#newest = this.#newest?.source === sample.source ? { ...this.#newest, ...sample } : sample;
    this.#alarms.sample(sample, this.#forecasts);
    this.#ends.sample(sample, kills);
    // With more candidates than kills, none of them is named.
    const killed = tracked.exited.filter(({ outOfMemory }) => outOfMemory);
    if (killed.length > 0 && killed.length <= Math.max(1, kills)) this.#ends.childNamed(killed);
    this.#view = null;
    this.#clock(sample.atMs);
  }

  #commandStarted(event: CommandStarted): void {
    this.#commandStarts.set(event.commandId, event);
    const oldest = this.#commandStarts.keys().next().value;
    if (this.#commandStarts.size > keptCommands && oldest !== undefined) this.#commandStarts.delete(oldest);
  }

  #commandEnded(event: CommandEnded): void {
    this.#health.commandEnded(event);
    const started = this.#commandStarts.get(event.commandId);
    if (event.exitCode === killedExit && started !== undefined) {
      this.#ends.commandKilled(commandKey(started.commandLine, started.cwd), event.atMs);
      this.#settle();
    }
    if (event.exitCode !== 0 || started === undefined) return;
    if (this.#errors.commandWorked(started.commandLine, started.cwd, event.atMs)) this.#view = null;
  }

  #passTime(nowMs: number): void {
    const forecasts = this.#forecaster.forecasts(nowMs);
    const bucket = clockBucket(this.#sandbox.expiry?.expiresAtMs ?? null, nowMs);
    if (bucket !== this.#bucket || !sameForecasts(this.#forecasts, forecasts)) {
      this.#bucket = bucket;
      this.#forecasts = forecasts;
      this.#view = null;
    }
    this.#clock(nowMs);
  }

  #clock(nowMs: number): void {
    if (!this.#ends.ended && this.#clockRuns()) this.#alarms.clock(nowMs, this.#forecaster.forecasts(nowMs));
    this.#settle();
    this.#lookAtHealth(nowMs);
  }

  #lookAtHealth(nowMs: number): void {
    if (this.#health.look(nowMs, this.#ends.incidents)) this.#view = null;
  }

  #clockRuns(): boolean {
    const { phase } = this.#sandbox;
    return isLive(phase) || this.#options.capabilities.expiresWhilePaused;
  }

  /** Takes over what the parts have to tell; something told always means a new view. */
  #settle(): void {
    for (const { change, warning } of this.#alarms.takeChanges()) {
      this.#records.push({ kind: 'warning', change, warning });
      this.#view = null;
    }
    if (this.#ends.takeChanged()) this.#view = null;
  }

  #healthAt(nowMs: number): Health {
    const rise = this.#rises.present(nowMs);
    return rise === null ? this.#health.health : { ...this.#health.health, rising: riseText(rise) };
  }

  /** The level of each signal with an open episode. */
  #levels(): ReadonlyMap<SignalName, WarningLevel> {
    return this.#ends.ended || !this.#clockRuns() ? new Map() : this.#alarms.levels(isLive(this.#sandbox.phase));
  }

  get #present(): readonly FixId[] {
    return this.#ends.isGone ? this.#supports.filter((id) => id === 'showDetails') : this.#supports;
  }

  #offers(against: Forecast | null, level: WarningLevel): readonly FixOffer[] {
    return offerFixes({
      sandbox: this.#sandbox,
      leading: against,
      level,
      processes: this.#processes.processes,
      supports: this.#present,
      incidents: this.#ends.incidents,
      sample: this.#newest,
      removable: this.#removable,
      successOf: this.#options.successOf ?? (() => null),
    });
  }

  #makeView(nowMs: number): SandboxView {
    const ended = this.#ends.ended;
    const sandbox = this.#sandbox;
    const last = this.#box.last;
    const levels = this.#levels();
    const forecasts = ended ? [] : this.#forecasts;
    const leading = pickLeading(forecasts, levels);
    const level = highest([...levels.values()]);
    return {
      sandbox,
      isHere: this.#options.isHere === true,
      link: ended ? endedLink : this.#link,
      atMs: nowMs,
      lastSampleAtMs: last?.atMs ?? null,
      sampleSource: last?.source ?? null,
      caveat: last?.caveat ?? null,
      sample: last,
      processes: this.#processes.processes,
      forecasts,
      leading,
      level,
      signalLevels: Object.fromEntries(levels),
      health: ended || !isLive(sandbox.phase) ? wellHealth : this.#healthAt(nowMs),
      warning: this.#alarms.current(leading?.signal ?? null),
      history: this.#box.history(),
      timeline: this.#timeline,
      errors: this.#errors.list,
      fixes: this.#offers(leading, level),
      actions: actionsFor(sandbox, this.#present),
      outcomes: this.#outcomes,
      incidents: this.#ends.incidents,
    };
  }
}
