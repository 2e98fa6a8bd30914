import type { ProcessExited } from '../model/events.ts';
import type { FixOutcome } from '../model/fix.ts';
import type { Incident, IncidentCause } from '../model/incident.ts';
import type { Sample } from '../model/sample.ts';
import { isEnded, type Phase, type Sandbox } from '../model/sandbox.ts';
import type { Warning } from '../model/warning.ts';
import { AgentWatch } from './agent-watch.ts';
import type { Alarms } from './alarms.ts';
import type { BlackBox } from './black-box.ts';
import { agentDown, classifyEnd, deadlineBehind, type EndFacts, type EndFinding } from './ends.ts';
import { IncidentDesk } from './incident-desk.ts';
import { InterruptionWatch } from './interruption-watch.ts';
import type { Journal } from './journal.ts';
import { KilledChild, sameBreakMs } from './killed-child.ts';
import type { AgentAnswer } from './monitor-types.ts';
import type { OomCounter } from './oom-counter.ts';
import { OwnDeletion } from './own-deletion.ts';

/** What the watch looks at and where it reports. */
export interface EndWatchParts {
  readonly alarms: Alarms;
  readonly box: BlackBox;
  readonly oom: OomCounter;
  readonly journal: Journal;
  /** It stopped at this time and runs anew: what was measured before belongs to an earlier run. */
  stopped(atMs: number): void;
}

/** A sample of this age still tells how it was at the end. */
const freshSampleMs = 15_000;
const fullPressure = 0.9;
/** A kill after which readings came for so long was not that of the main process. */
const livedOnMs = 3_000;
/** A main process that fails within this time of a limit that was reached has failed of it. */
const sameFailureMs = 60_000;

/** In another phase its processes may become others without a break. */
const runs: readonly Phase[] = ['running', 'unknown', 'interrupted'];

interface End {
  readonly incidentId: string;
  readonly facts: EndFacts;
}

/** Sees the end of one sandbox, and what breaks in it before: an interruption, a killed process, its agent. */
export class EndWatch {
  readonly #parts: EndWatchParts;
  readonly #incidents: IncidentDesk;
  readonly #agent = new AgentWatch();
  readonly #child: KilledChild;
  readonly #interruptions: InterruptionWatch;
  #sandbox: Sandbox;
  #firstExpiresAtMs: number | null = null;
  #lastAliveAtMs = 0;
  #sampledAtMs = 0;
  /** The kernel's count of its kills in this run, and when it rose last. */
  #kills = 0;
  #killedAtMs = Number.NEGATIVE_INFINITY;
  #ran = false;
  readonly #deletion = new OwnDeletion();
  #diagnostics: string | null = null;
  #end: End | null = null;
  /** What was warned of and has been reached last, as an error said. */
  #reached: { readonly warning: Warning; readonly atMs: number } | null = null;
  #gone = false;

  constructor(sandbox: Sandbox, parts: EndWatchParts) {
    this.#sandbox = sandbox;
    this.#parts = parts;
    this.#incidents = new IncidentDesk(parts);
    this.#child = new KilledChild(this.#incidents);
    this.#interruptions = new InterruptionWatch({
      incidents: this.#incidents,
      child: this.#child,
      journal: parts.journal,
      stopped: (atMs) => parts.stopped(atMs),
    });
  }

  /** Whether the sandbox is over. */
  get ended(): boolean {
    return this.#end !== null || this.#gone;
  }

  /** Whether the server does not know it any more. */
  get isGone(): boolean {
    return this.#gone;
  }

  /** Whether it is interrupted, as far as is known: nothing that runs in it says otherwise. */
  get isInterrupted(): boolean {
    return this.#interruptions.isOpen;
  }

  get incidents(): readonly Incident[] {
    return this.#incidents.list;
  }

  /** @returns whether the incidents changed since the last call. */
  takeChanged(): boolean {
    return this.#incidents.takeChanged();
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
    if (!runs.includes(sandbox.phase)) this.#interruptions.isMeant();
    if (sandbox.phase !== 'running') this.#agent.isUnknown();
    else {
      this.#ran = true;
      this.#lookAtAgent(atMs);
    }
    // Another state may be told between the interruption and the next run.
    if (sandbox.phase === 'interrupted' && before !== 'interrupted') {
      this.#interruptions.begin(sandbox, atMs, this.#facts(sandbox, 'state', atMs));
    } else if (sandbox.phase === 'running' && (before === 'interrupted' || this.#interruptions.isOpen)) {
      this.#runsAgain(atMs);
    }
  }

  /** The server does not know `sandbox`, as it was last seen, any more. */
  gone(sandbox: Sandbox, atMs: number): void {
    this.#sandbox = sandbox;
    this.#gone = true;
    if (this.#end === null) this.#close('gone', atMs, false);
    // What was stopped at its deadline and is then removed has expired without doubt.
    else if (this.#end.facts.seen === 'state' && this.#incidents.find(this.#end.incidentId)?.cause === 'expired')
      this.#reconsider({ seen: 'gone', atMs });
  }

  /** A sample came. To be called before anything else hears of it. */
  beforeSample(sample: Sample): void {
    const sandbox = this.#sandbox;
    this.#interruptions.sample(sample, sandbox, (atMs) => this.#facts(sandbox, 'state', atMs));
  }

  /** @param killed the processes that the kernel probably killed since the last list. */
  sample(sample: Sample, killed: readonly ProcessExited[]): void {
    const kills = this.#parts.oom.read(sample);
    this.#lastAliveAtMs = Math.max(this.#lastAliveAtMs, sample.atMs);
    this.#sampledAtMs = sample.atMs;
    this.#ran = true;
    this.#agent.answers();
    if (sample.source !== 'machine') this.#kills = sample.memory?.oomKillCount ?? this.#kills;
    if (kills > 0) this.#killedAtMs = sample.atMs;
    if (kills > 0) this.#child.killed(this.#sandbox, sample.atMs, kills);
    this.#child.missing(this.#sandbox, killed);
    this.#child.passTime(sample.atMs);
  }

  passTime(nowMs: number): void {
    if (!this.ended) this.#interruptions.passTime(nowMs);
  }

  /** An error said that the limit was reached that `warning` is about. It may be read before or after the end that it explains. */
  reached(warning: Warning, atMs: number): void {
    this.#reached = { warning, atMs };
    const end = this.#end;
    const incident = end === null ? null : this.#incidents.find(end.incidentId);
    if (end === null || incident === null || incident.warning !== null) return;
    const explained = this.#reachedBefore(incident.cause, incident.atMs);
    if (explained !== null) this.#incidents.correct(end.incidentId, classifyEnd(end.facts), { warning: explained });
  }

  /** @returns what was warned of, if that is what an end of this cause at this time comes from. */
  #reachedBefore(cause: IncidentCause, atMs: number): Warning | null {
    const reached = this.#reached;
    if (reached === null || cause !== 'crashed' || Math.abs(reached.atMs - atMs) > sameFailureMs) return null;
    return reached.warning;
  }

  /** A process that ended when the kernel killed one. */
  processKilled(event: ProcessExited): void {
    this.#child.missing(this.#sandbox, [event]);
  }

  /** A command ended with the exit code of a kill. @param key the command without what may be secret in it. */
  commandKilled(key: string, atMs: number): void {
    this.#child.command(this.#sandbox, key, atMs);
  }

  /** The sandbox lives, and what broke in it before is forgotten. */
  forgetPast(): void {
    this.#incidents.clear();
    this.#child.forget();
    this.#interruptions.forget();
  }

  agent(answer: AgentAnswer, atMs: number): void {
    if (answer === 'answers') {
      this.#lastAliveAtMs = Math.max(this.#lastAliveAtMs, atMs);
      this.#agent.answers();
    }
    if (answer === 'no-answer') this.#agent.isUnknown();
    if (answer !== 'refused' || this.#sandbox.phase !== 'running' || this.ended) return;
    this.#agent.refuses(atMs);
    this.#lookAtAgent(atMs);
  }

  #lookAtAgent(atMs: number): void {
    const sinceMs = this.#agent.downSince(atMs);
    if (sinceMs === null) return;
    const { oom, box } = this.#parts;
    const kills = oom.killsBetween(sinceMs - sameBreakMs, atMs) ?? 0;
    const pressure = box.freshMemoryPressure(sinceMs, freshSampleMs) ?? 0;
    const finding = agentDown(this.#sandbox.name, kills > 0 || pressure >= fullPressure);
    this.#incidents.open(finding, { sandbox: this.#sandbox, atMs: sinceMs });
  }

  diagnostics(text: string, atMs: number): void {
    if (this.#interruptions.diagnostics(text, atMs)) return;
    this.#diagnostics = text;
    this.#reconsider({ diagnostics: text });
    this.#tellMore({ diagnostics: text });
  }

  /** See `SandboxMonitor.deletionBegins`. */
  deletionBegins(atMs: number): void {
    this.#deletion.begins(atMs);
  }

  fixDone(outcome: FixOutcome): void {
    const end = this.#end;
    if (outcome.fixId === 'pause' || outcome.fixId === 'resume') this.#interruptions.isMeant();
    if (!this.#deletion.fixDone(outcome) || end === null) return;
    if (this.#deletion.explains(end.facts.atMs)) this.#reconsider({ deletedByUs: true });
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
      deletedByUs: this.#deletion.explains(atMs),
      oomCounterRose: kills === null ? null : kills > 0,
      killedBefore: kills === null || kills === 0 ? this.#kills > 0 : this.#sampledAtMs - this.#killedAtMs >= livedOnMs,
      lastMemoryPressure: this.#parts.box.freshMemoryPressure(atMs, freshSampleMs),
    };
  }

  #close(seen: EndFacts['seen'], atMs: number, found: boolean): void {
    this.#interruptions.close();
    this.#child.tell();
    const { alarms, journal } = this.#parts;
    const sandbox = this.#sandbox;
    const facts = this.#facts(sandbox, seen, atMs);
    const finding = classifyEnd(facts);
    const begun = this.#child.beganWith(sandbox, finding, atMs);
    if (begun !== null) {
      alarms.endAll(atMs);
      this.#end = { incidentId: begun.incidentId, facts };
      this.#incidents.correct(begun.incidentId, finding, { endsSandbox: true, timeline: journal.timeline });
      return;
    }
    const endedAtMs = this.#endedAtMs(finding, facts);
    const reached = this.#reachedBefore(finding.cause, endedAtMs);
    const incident = this.#incidents.open(finding, { sandbox, atMs: endedAtMs, found, reached });
    this.#end = { incidentId: incident.id, facts };
  }

  /** The clock ended it at its deadline, however late that was noticed; but a server that was down then removes it only when it is back. */
  #endedAtMs(finding: EndFinding, facts: EndFacts): number {
    const deadlineMs = finding.cause === 'expired' ? deadlineBehind(facts) : null;
    return deadlineMs === null ? facts.atMs : Math.min(facts.atMs, Math.max(deadlineMs, facts.lastAliveAtMs));
  }

  /** More is known of an end that is already recorded. What was certain stays as it is. */
  #reconsider(more: Partial<EndFacts>): void {
    const end = this.#end;
    const incident = end === null ? null : this.#incidents.find(end.incidentId);
    if (end === null || incident?.certainty !== 'probable') return;
    const facts = { ...end.facts, ...more };
    this.#end = { ...end, facts };
    const finding = classifyEnd(facts);
    const explained = this.#reachedBefore(finding.cause, incident.atMs);
    // What the kernel killed for has broken, whatever ended the sandbox then.
    const isKill = facts.oomCounterRose === true;
    const stands = isKill ? incident.warning : this.#incidents.warningUnder(finding, incident, explained);
    const warning = stands ?? this.#incidents.breaks(finding, incident.atMs) ?? explained;
    this.#incidents.correct(end.incidentId, finding, warning === incident.warning ? {} : { warning });
  }

  /** What was certain stays as it is; there may be more to say of it. */
  #tellMore(more: Partial<EndFacts>): void {
    const end = this.#end;
    const incident = end === null ? null : this.#incidents.find(end.incidentId);
    if (end === null || incident?.certainty !== 'certain') return;
    const facts = { ...end.facts, ...more };
    const { cause, certainty, exitCode, text } = classifyEnd(facts);
    if (cause !== incident.cause || certainty !== incident.certainty || exitCode !== incident.exitCode) return;
    this.#end = { ...end, facts };
    this.#incidents.correct(end.incidentId, { cause, certainty, exitCode, text });
  }

  /** It is there again: a list was incomplete, or a failed one was started again. */
  #revive(): void {
    const end = this.#end;
    this.#end = null;
    this.#gone = false;
    if (end === null || this.#incidents.find(end.incidentId) === null) return;
    if (end.facts.seen === 'gone') this.#incidents.withdraw(end.incidentId);
    else this.#incidents.correct(end.incidentId, classifyEnd(end.facts), { endsSandbox: false });
  }

  #runsAgain(atMs: number): void {
    // What was read told of the run before.
    this.#diagnostics = null;
    this.#agent.runsAgain();
    this.#interruptions.runsAgain(atMs);
  }
}
