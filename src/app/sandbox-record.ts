import type { FixId, FixOutcome, FixSuccess } from '../model/fix.ts';
import type { Clock, CommandPeaks, Log, SandboxProvider, Timer } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import type { Sample } from '../model/sample.ts';
import { isEnded, type Phase, type Sandbox } from '../model/sandbox.ts';
import { within } from '../model/wait.ts';
import type { AlertPolicy } from '../monitor/alert-policy.ts';
import { createSandboxMonitor, type SandboxMonitor } from '../monitor/sandbox-monitor.ts';
import type { ErrorInbox } from './error-inbox.ts';
import { LastWords } from './last-words.ts';
import { endedLink, idleLink } from './link-words.ts';
import { RemovableWatch } from './removable-watch.ts';
import { RunMemory } from './run-memory.ts';
import { SandboxLink } from './sandbox-link.ts';
import { supportedFixes } from './supported-fixes.ts';
import type { Tasks, Turns } from './waiting.ts';

/** What the records of all sandboxes share. */
export interface RecordHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly tasks: Tasks;
  readonly inbox: ErrorInbox;
  /** How many are asked for diagnostics at a time: a server that fails as a whole ends all its sandboxes at once. */
  readonly diagnosing: Turns;
  policy(): AlertPolicy;
  /** What commands took before, or null when that is not kept. */
  readonly peaks: Pick<CommandPeaks, 'peakOf'> | null;
  /** How an action went before; null when it was never checked. */
  successOf(id: FixId): FixSuccess | null;
  /** Takes secrets out of a line that is to be shown. */
  redact(text: string): string;
  /** Something of this record may look different now. */
  changed(record: SandboxRecord): void;
  /** A reading came. */
  sampled(record: SandboxRecord, sample: Sample): void;
  /** The system's own text about it was read. */
  diagnosed(record: SandboxRecord, text: string): void;
  /** Its phase changed, so that the watch plan and the current sandbox may. */
  phaseChanged(record: SandboxRecord): void;
  /** Counts up; see `Candidate.seenNo`. */
  nextNo(): number;
}

const lookMs = 10_000;
/** What the system has to tell of an end comes after it; so long its errors are still read. */
const lastErrorsMs = 15_000;
const onItsWayMs = 60_000;

/** One sandbox that appeared: its monitor, its link to the measurements, its errors, and what is left of it after its end. */
export class SandboxRecord {
  readonly id: string;
  readonly provider: SandboxProvider;
  readonly monitor: SandboxMonitor;
  readonly seenNo: number;
  readonly #host: RecordHost;
  readonly #link: SandboxLink;
  readonly #lastWords: LastWords;
  readonly #run = new RunMemory();
  /** Null where measuring would run commands in the sandbox. */
  readonly #removable: RemovableWatch | null;
  #inside: boolean;
  #sandbox: Sandbox;
  #gone = false;
  #endedNo: number | null = null;
  #endedAtMs: number | null = null;
  /** It was there before it ended, so that its end was seen from here. */
  #seenAlive: boolean;
  #leaveErrors: (() => void) | null = null;
  #lastErrors: Timer | null = null;
  /** Why it is not measured, as last said; saying it again would only make new views. */
  #resting: string | null = null;

  constructor(host: RecordHost, provider: SandboxProvider, sandbox: Sandbox) {
    this.#host = host;
    this.provider = provider;
    this.id = sandbox.id;
    this.#sandbox = this.#run.see(sandbox, host.clock.now());
    this.#seenAlive = !isEnded(sandbox.phase);
    this.seenNo = host.nextNo();
    this.#inside = provider.isHere === true;
    this.monitor = createSandboxMonitor({
      sandbox,
      isHere: provider.isHere === true,
      supports: this.supports,
      successOf: (id) => host.successOf(id),
      capabilities: provider.capabilities,
      nowMs: host.clock.now(),
      policy: host.policy(),
      ...(host.peaks === null ? {} : { peaks: host.peaks }),
      redact: host.redact,
    });
    const { clock, log, random, tasks } = host;
    const { housekeeping } = provider.actions;
    this.#removable =
      housekeeping === undefined
        ? null
        : new RemovableWatch({
            clock,
            log,
            tasks,
            housekeeping,
            found: (removable) => this.#tell(() => this.monitor.removable(removable)),
          });
    this.#link = new SandboxLink({
      sandboxId: sandbox.id,
      clock,
      log,
      random,
      tasks,
      provider,
      sample: (sample) =>
        this.#tell(() => {
          this.monitor.observe(sample);
          host.sampled(this, sample);
          this.#removable?.consider(this.monitor.view(clock.now()));
        }),
      link: (link) => this.#tell(() => this.monitor.link(link, clock.now())),
      agent: (answer) => this.#tell(() => this.monitor.agent(answer, clock.now())),
      look: (signal) => this.look(signal),
    });
    const read = provider.actions.diagnostics;
    this.#lastWords = new LastWords({
      sandboxId: sandbox.id,
      clock,
      log,
      tasks,
      diagnosing: host.diagnosing,
      read: read === undefined ? null : (signal) => read.call(provider.actions, sandbox.id, signal),
      told: (text) => host.diagnosed(this, text),
      ended: (text) => this.#hear(text),
    });
    if (isEnded(sandbox.phase)) this.#markEnded();
  }

  get sandbox(): Sandbox {
    return this.#sandbox;
  }

  get phase(): Phase {
    return this.#gone ? 'terminated' : this.#sandbox.phase;
  }

  get ended(): boolean {
    return this.#endedNo !== null;
  }

  /** The server does not know it any more. */
  get isGone(): boolean {
    return this.#gone;
  }

  get endedNo(): number | null {
    return this.#endedNo;
  }

  get endedAtMs(): number | null {
    return this.#endedAtMs;
  }

  /** It had ended when it was seen first: how is known only from what is left of it. */
  get foundEnded(): boolean {
    return this.ended && !this.#seenAlive;
  }

  get watched(): boolean {
    return this.#link.started;
  }

  /** What can be done to it at all, in some phase. */
  get supports(): readonly FixId[] {
    return supportedFixes(this.provider, this.#inside);
  }

  /** Whether the editor was found to run in it. */
  setInside(found: boolean): void {
    const inside = found || this.provider.isHere === true;
    if (inside === this.#inside) return;
    this.#inside = inside;
    this.#tell(() => this.monitor.setSupports(this.supports));
  }

  /** A fix has ended. @param fingerprint of the error it was tried against, or null. */
  fixDone(outcome: FixOutcome, fingerprint: string | null): void {
    if (outcome.fixId === 'clearCaches' || outcome.fixId === 'shortenLogs') {
      this.monitor.removable(null);
      this.#removable?.again();
    }
    if (outcome.fixId === 'pause' || outcome.fixId === 'resume') this.#run.forget();
    this.#tell(() => this.monitor.fixDone(outcome, fingerprint));
  }

  #tell(what: () => void): void {
    what();
    this.#host.changed(this);
  }

  /** The server's newest word on this sandbox, seen in a list, by a question, or as the answer to an action. */
  lifecycle(told: Sandbox, atMs: number): void {
    if (this.#isOutdated(atMs)) return;
    const sandbox = this.#run.see(told, atMs);
    const before = this.phase;
    this.#gone = false;
    this.#sandbox = sandbox;
    this.#tell(() => this.monitor.lifecycle(sandbox, atMs));
    if (isEnded(sandbox.phase)) this.#markEnded();
    else this.#markAlive();
    // Each interruption has its own story.
    if (before === 'interrupted' && sandbox.phase === 'running') this.#lastWords.again();
    if (this.#hasDiagnostics()) this.#lastWords.readEnd();
    this.#planLastWords();
    if (before === this.phase) return;
    this.#host.phaseChanged(this);
    this.#link.phaseChanged();
  }

  /** A list that was on its way while the sandbox was found gone must not bring it back. Much older ones: the clock was set back. */
  #isOutdated(atMs: number): boolean {
    if (!this.#gone || this.#endedAtMs === null) return false;
    return atMs <= this.#endedAtMs && atMs > this.#endedAtMs - onItsWayMs;
  }

  /** The server does not know it any more. */
  gone(atMs: number): void {
    if (this.#gone) return;
    const known = this.ended;
    this.#gone = true;
    this.#markEnded();
    this.#tell(() => this.monitor.gone(atMs));
    this.#lastWords.plan(this.#sandbox, false);
    if (!known) this.#host.phaseChanged(this);
  }

  #markEnded(): void {
    if (this.#endedNo !== null) return;
    this.#endedNo = this.#host.nextNo();
    this.#endedAtMs = this.#host.clock.now();
    if (this.#leaveErrors !== null) {
      this.#lastErrors ??= this.#host.clock.after(lastErrorsMs, () => this.#unwatch());
    }
    this.#link.stop(endedLink);
  }

  #markAlive(): void {
    this.#seenAlive = true;
    if (this.#endedNo === null) return;
    this.#endedNo = null;
    this.#endedAtMs = null;
    this.#resting = null;
    this.#lastWords.again();
    this.#lastErrors?.cancel();
    this.#lastErrors = null;
  }

  /** Begins or ends measuring it. */
  setWatched(watched: boolean, maximumWatched: number): void {
    if (this.ended) return;
    if (!watched) {
      const resting = `${this.phase} ${maximumWatched}`;
      if (this.#resting === resting) return;
      this.#resting = resting;
      this.#unwatch();
      this.#link.stop(idleLink(this.phase, maximumWatched));
      this.#planLastWords();
      return;
    }
    this.#resting = null;
    this.#link.start();
    this.#planLastWords();
    this.#leaveErrors ??= this.#host.inbox.addSource({
      name: `${this.provider.id} ${this.id}`,
      events: (signal) => this.provider.errors(this.id, signal),
    });
  }

  #unwatch(): void {
    this.#lastErrors?.cancel();
    this.#lastErrors = null;
    this.#leaveErrors?.();
    this.#leaveErrors = null;
  }

  /** Asks the server for this sandbox alone and takes the answer over. @returns null when the server did not answer. */
  async look(signal: AbortSignal): Promise<Phase | 'gone' | null> {
    const { clock, log } = this.#host;
    try {
      const found = await within(clock, lookMs, signal, (inner) => this.provider.find(this.id, inner));
      if (signal.aborted) return null;
      if (found === null) {
        this.gone(clock.now());
        return 'gone';
      }
      this.lifecycle(found, clock.now());
      return this.phase;
    } catch (error) {
      log.debug(`Asking the server for ${this.id}: ${toProblem(error).message}`);
      return null;
    }
  }

  /** Whether there may be something to read about its end: of one that failed under our eyes, also while it started, or was measured. */
  #hasDiagnostics(): boolean {
    const { phase } = this.#sandbox;
    if (phase === 'failed' && this.#seenAlive) return true;
    return this.#link.sampled && (isEnded(phase) || phase === 'stopping' || phase === 'interrupted');
  }

  /** Only of one that is measured: nobody asks after hundreds that are only listed. */
  #planLastWords(): void {
    this.#lastWords.plan(this.#sandbox, this.watched && this.provider.capabilities.vanishesAtExpiry);
  }

  #hear(diagnostics: string): void {
    this.#host.inbox.push({
      sandboxId: this.id,
      commandId: null,
      commandLine: null,
      source: 'diagnostics',
      text: diagnostics,
      exitCode: null,
      atMs: this.#host.clock.now(),
    });
  }

  /** Keeps what the system says of it now: it is about to be deleted, and its diagnostics with it. Never throws. */
  async keepLastWords(signal: AbortSignal): Promise<void> {
    if (!this.ended) await this.#lastWords.keep(signal);
  }

  retry(): void {
    this.#link.retry();
  }

  consent(allowed: boolean): void {
    this.#link.consent(allowed);
  }

  /** Lets go of everything outside; what was seen stays readable. */
  close(): void {
    this.#lastWords.close();
    this.#removable?.close();
    this.#unwatch();
    this.#link.stop(this.ended ? endedLink : idleLink(this.phase, 0));
  }
}
