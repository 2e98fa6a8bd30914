import type { ProcessExited } from '../model/events.ts';
import type { FixOutcome } from '../model/fix.ts';
import type { Incident, LifecycleTransition } from '../model/incident.ts';
import type { Sample } from '../model/sample.ts';
import { isEnded, type Sandbox } from '../model/sandbox.ts';
import type { Alarms } from './alarms.ts';
import type { BlackBox } from './black-box.ts';
import { agentDown, childKilled, classifyEnd, type EndFacts, type EndFinding, interrupted } from './ends.ts';
import { endsSandbox, IncidentDesk, signalsBehind } from './incident-desk.ts';
import { Interruption } from './interruption.ts';
import type { AgentAnswer, MonitorRecord } from './monitor-types.ts';
import type { OomCounter } from './oom-counter.ts';

/** What the watch looks at and where it reports. */
export interface EndWatchParts {
  readonly alarms: Alarms;
  readonly box: BlackBox;
  readonly oom: OomCounter;
  timeline(): readonly LifecycleTransition[];
  fixes(): readonly FixOutcome[];
  record(record: MonitorRecord): void;
}

/** A kill of a child this short before the end was the beginning of the end. */
const sameBreakMs = 10_000;
/** A sample of this age still tells how it was at the end. */
const freshSampleMs = 15_000;
/** Within this time of our own deletion the end was ours. */
const ownDeletionMs = 60_000;
/** A refusal must last this long: at an end the agent dies a moment before the server says so. */
const agentPatienceMs = 3_000;
const fullPressure = 0.9;
const keptCommands = 5;

interface KilledChild {
  readonly incidentId: string;
  readonly atMs: number;
  readonly kills: number;
  /** By what it is called: a process says more than the command it belonged to. */
  named: 'no' | 'command' | 'process';
}

interface End {
  readonly incidentId: string;
  readonly facts: EndFacts;
}

/** Sees the ends of one sandbox and of the processes in it, and keeps its incidents. */
export class EndWatch {
  readonly #parts: EndWatchParts;
  readonly #desk = new IncidentDesk();
  #sandbox: Sandbox;
  #firstExpiresAtMs: number | null = null;
  #lastAliveAtMs = 0;
  #ran = false;
  #agentAnswered = false;
  #refusedSinceMs: number | null = null;
  #agentIsDown = false;
  #deletion: FixOutcome | null = null;
  #diagnostics: string | null = null;
  #child: KilledChild | null = null;
  /** Commands that a terminal or task said were killed. */
  #killedCommands: readonly { readonly key: string; readonly atMs: number }[] = [];
  #interruption: Interruption | null = null;
  #end: End | null = null;
  #gone = false;
  #changed = false;

  constructor(sandbox: Sandbox, parts: EndWatchParts) {
    this.#sandbox = sandbox;
    this.#parts = parts;
  }

  /** Whether the sandbox is over. */
  get ended(): boolean {
    return this.#end !== null || this.#gone;
  }

  /** Whether the server does not know it any more. */
  get isGone(): boolean {
    return this.#gone;
  }

  get incidents(): readonly Incident[] {
    return this.#desk.list;
  }

  /** @returns whether the incidents changed since the last call. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  /** @param found it was in this state when it was first seen, so the time of the end is not known. */
  lifecycle(sandbox: Sandbox, atMs: number, found: boolean): void {
    const before = this.#sandbox.phase;
    this.#sandbox = sandbox;
    this.#firstExpiresAtMs ??= sandbox.expiry?.expiresAtMs ?? null;
    if (isEnded(sandbox.phase)) {
      if (this.#end === null) this.#close('state', atMs, found);
      else this.#reconsider({ seen: 'state', phase: sandbox.phase, reason: sandbox.reason, message: sandbox.message });
      this.#gone = false;
      return;
    }
    this.#revive();
    this.#lastAliveAtMs = Math.max(this.#lastAliveAtMs, atMs);
    if (sandbox.phase !== 'running') this.#refusedSinceMs = null;
    else {
      this.#ran = true;
      this.#confirmAgentDown(atMs);
    }
    if (sandbox.phase === 'interrupted' && before !== 'interrupted') this.#interrupted(sandbox, atMs);
    else if (sandbox.phase === 'running' && before === 'interrupted') this.#runsAgain(atMs);
  }

  /** The server does not know `sandbox`, as it was last seen, any more. */
  gone(sandbox: Sandbox, atMs: number): void {
    this.#sandbox = sandbox;
    this.#gone = true;
    if (this.#end === null) this.#close('gone', atMs, false);
    // What was stopped at its deadline and is then removed has expired without doubt.
    else if (this.#end.facts.seen === 'state' && this.#incidentOf(this.#end)?.cause === 'expired')
      this.#reconsider({ seen: 'gone', atMs });
    this.#changed = true;
  }

  sample(sample: Sample, kills: number): void {
    this.#lastAliveAtMs = Math.max(this.#lastAliveAtMs, sample.atMs);
    this.#ran = true;
    this.#agentAnswered = true;
    this.#refusedSinceMs = null;
    this.#agentIsDown = false;
    if (this.#interruption?.isDisprovedBy(sample) === true) this.#takeBackInterruption();
    if (kills > 0) this.#childKilled(sample.atMs, kills);
  }

  /** The sandbox lives, and what broke in it before is forgotten. */
  forgetPast(): void {
    this.#desk.clear();
    this.#child = null;
    this.#interruption = null;
    this.#changed = true;
  }

  /** Processes that ended when the kernel killed as many: the kernel does not tell which, so they are the probable ones. */
  childNamed(events: readonly ProcessExited[]): void {
    const child = this.#child;
    const [first] = events;
    if (child === null || child.named === 'process' || first === undefined) return;
    if (Math.abs(first.atMs - child.atMs) > sameBreakMs) return;
    child.named = 'process';
    const names = events.map(({ name, pid }) => `${name} (pid ${pid})`).join(' and ');
    this.#correct(child.incidentId, childKilled(this.#sandbox.name, child.kills, names));
  }

  /** A command ended with the exit code of a kill. @param key the command without what may be secret in it. */
  commandKilled(key: string, atMs: number): void {
    this.#killedCommands = [...this.#killedCommands, { key, atMs }].slice(-keptCommands);
    this.#nameByCommand();
  }

  /** While no process is known to be missing, the one command that was killed in those seconds says at least where it was. */
  #nameByCommand(): void {
    const child = this.#child;
    if (child === null || child.named !== 'no') return;
    const near = this.#killedCommands.filter(({ atMs }) => Math.abs(atMs - child.atMs) <= sameBreakMs);
    const [only] = near;
    if (only === undefined || near.length > 1) return;
    child.named = 'command';
    const name = `of the command ${only.key}, which ended with 137`;
    this.#correct(child.incidentId, childKilled(this.#sandbox.name, child.kills, name));
  }

  agent(answer: AgentAnswer, atMs: number): void {
    if (answer === 'answers') {
      this.#lastAliveAtMs = Math.max(this.#lastAliveAtMs, atMs);
      this.#agentAnswered = true;
      this.#agentIsDown = false;
    }
    if (answer === 'answers' || answer === 'no-answer') this.#refusedSinceMs = null;
    if (answer !== 'refused' || this.#sandbox.phase !== 'running' || this.ended) return;
    // A clock that was set back must not make the patience longer.
    this.#refusedSinceMs = Math.min(this.#refusedSinceMs ?? atMs, atMs);
    this.#confirmAgentDown(atMs);
  }

  diagnostics(text: string, atMs: number): void {
    const interruption = this.#interruption;
    if (interruption?.hears(atMs) === true) {
      this.#correct(interruption.incidentId, interruption.diagnosed(text), { endsSandbox: false });
      // It tells of the run before.
      if (interruption.isOver) return;
    }
    this.#diagnostics = text;
    this.#reconsider({ diagnostics: text });
  }

  fixDone(outcome: FixOutcome): void {
    if (outcome.fixId !== 'delete') return;
    if (outcome.result === 'failed' || outcome.result === 'cancelled') return;
    this.#deletion = outcome;
    const end = this.#end;
    if (end !== null && this.#deletedByUs(end.facts.atMs)) this.#reconsider({ deletedByUs: true });
  }

  #incidentOf(end: End): Incident | null {
    return this.#desk.list.find((each) => each.id === end.incidentId) ?? null;
  }

  #deletedByUs(atMs: number): boolean {
    const done = this.#deletion;
    return done !== null && atMs >= done.startedAtMs - 1_000 && atMs <= done.endedAtMs + ownDeletionMs;
  }

  #facts(sandbox: Sandbox, seen: EndFacts['seen'], atMs: number): EndFacts {
    const first = this.#firstExpiresAtMs;
    // A list is as old as its question; samples came while it was on its way.
    const kills = this.#parts.oom.killsBetween(atMs - sameBreakMs, Math.max(atMs, this.#lastAliveAtMs));
    return {
      sandboxName: sandbox.name,
      atMs,
      seen,
      phase: sandbox.phase,
      reason: sandbox.reason,
      message: sandbox.message,
      diagnostics: this.#diagnostics,
      expiry: sandbox.expiry,
      firstExpiresAtMs: first !== null && first < (sandbox.expiry?.expiresAtMs ?? 0) ? first : null,
      lastAliveAtMs: this.#lastAliveAtMs,
      ran: this.#ran,
      deletedByUs: this.#deletedByUs(atMs),
      oomCounterRose: kills === null ? null : kills > 0,
      lastMemoryPressure: this.#parts.box.freshMemoryPressure(atMs, freshSampleMs),
    };
  }

  #close(seen: EndFacts['seen'], atMs: number, found: boolean): void {
    this.#interruption = null;
    const facts = this.#facts(this.#sandbox, seen, atMs);
    const finding = classifyEnd(facts);
    const child = this.#child;
    if (finding.cause === 'out-of-memory' && child !== null && Math.abs(atMs - child.atMs) <= sameBreakMs) {
      this.#parts.alarms.endAll(atMs);
      this.#end = { incidentId: child.incidentId, facts };
      this.#correct(child.incidentId, finding, { endsSandbox: true, timeline: this.#parts.timeline() });
      return;
    }
    const incident = this.#open(finding, this.#endedAtMs(finding, facts), found);
    this.#end = { incidentId: incident.id, facts };
  }

  /** It ran, and comes up again without having been paused. */
  #interrupted(sandbox: Sandbox, atMs: number): void {
    const { oomCounterRose, lastMemoryPressure } = this.#facts(sandbox, 'state', atMs);
    const { name: sandboxName, rawState, reason } = sandbox;
    const facts = {
      sandboxName,
      rawState,
      reason,
      oomCounterRose,
      lastMemoryPressure,
      diagnostics: null,
      runsAgain: false,
    };
    const finding = interrupted(facts);
    const child = this.#child;
    const isOne = finding.cause === 'out-of-memory' && child !== null && Math.abs(atMs - child.atMs) <= sameBreakMs;
    if (isOne) this.#correct(child.incidentId, finding, { endsSandbox: false, timeline: this.#parts.timeline() });
    const incidentId = isOne ? child.incidentId : this.#open(finding, atMs, false, false).id;
    this.#interruption = new Interruption(incidentId, !isOne, facts, atMs);
    this.#child = null;
  }

  #runsAgain(atMs: number): void {
    // What was read told of the run before.
    this.#diagnostics = null;
    this.#agentIsDown = false;
    const interruption = this.#interruption;
    if (interruption !== null)
      this.#correct(interruption.incidentId, interruption.runsAgain(atMs), { endsSandbox: false });
  }

  /** Nothing stopped. */
  #takeBackInterruption(): void {
    const interruption = this.#interruption;
    this.#interruption = null;
    if (interruption?.hasOwnIncident !== true) return;
    this.#desk.withdraw(interruption.incidentId);
    this.#parts.record({ kind: 'incident-withdrawn', incidentId: interruption.incidentId });
    this.#changed = true;
  }

  /** The clock ended it at its deadline, however late that was noticed. */
  #endedAtMs(finding: EndFinding, facts: EndFacts): number {
    const deadlineMs = facts.expiry?.expiresAtMs ?? facts.atMs;
    return finding.cause === 'expired' && finding.certainty === 'certain'
      ? Math.min(facts.atMs, deadlineMs)
      : facts.atMs;
  }

  #open(finding: EndFinding, atMs: number, found = false, ends = endsSandbox(finding.cause)): Incident {
    const warning = this.#parts.alarms.broke(signalsBehind(finding), atMs);
    if (ends) this.#parts.alarms.endAll(atMs);
    const incident = this.#desk.open(finding, {
      endsSandbox: ends,
      sandbox: this.#sandbox,
      // Found dead again after every start of the editor, it must stay one incident.
      id: `${this.#sandbox.id}/${finding.cause}/${found ? 'found' : atMs}`,
      atMs,
      warning,
      timeline: this.#parts.timeline(),
      samples: this.#parts.box.copy(),
      fixes: this.#parts.fixes(),
    });
    this.#parts.record({ kind: 'incident', incident });
    this.#changed = true;
    return incident;
  }

  /** More is known of an end that is already recorded. What was certain stays as it is. */
  #reconsider(more: Partial<EndFacts>): void {
    const end = this.#end;
    if (end === null || this.#incidentOf(end)?.certainty !== 'probable') return;
    const facts = { ...end.facts, ...more };
    this.#end = { ...end, facts };
    this.#correct(end.incidentId, classifyEnd(facts));
  }

  #correct(incidentId: string, finding: EndFinding, changes: Partial<Incident> = {}): void {
    const incident = this.#desk.correct(incidentId, finding, changes);
    if (incident === null) return;
    this.#parts.record({ kind: 'incident', incident });
    this.#changed = true;
  }

  /** It is there again: a list was incomplete, or a failed one was started again. */
  #revive(): void {
    if (!this.ended) return;
    const end = this.#end;
    this.#end = null;
    this.#gone = false;
    this.#changed = true;
    if (end === null) return;
    const incident = this.#incidentOf(end);
    if (incident === null) return;
    if (end.facts.seen === 'gone') {
      this.#desk.withdraw(end.incidentId);
      this.#parts.record({ kind: 'incident-withdrawn', incidentId: end.incidentId });
    } else this.#correct(end.incidentId, classifyEnd(end.facts), { endsSandbox: false });
  }

  #childKilled(atMs: number, kills: number): void {
    const incident = this.#open(childKilled(this.#sandbox.name, kills, null), atMs);
    this.#child = { incidentId: incident.id, atMs, kills, named: 'no' };
    this.#nameByCommand();
  }

  #confirmAgentDown(atMs: number): void {
    const since = this.#refusedSinceMs;
    if (since === null || this.#agentIsDown || !this.#agentAnswered || atMs - since < agentPatienceMs) return;
    this.#agentIsDown = true;
    const kills = this.#parts.oom.killsBetween(since - sameBreakMs, atMs) ?? 0;
    const pressure = this.#parts.box.freshMemoryPressure(since, freshSampleMs) ?? 0;
    this.#open(agentDown(this.#sandbox.name, kills > 0 || pressure >= fullPressure), since);
  }
}
