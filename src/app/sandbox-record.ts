import type { FixId, FixOutcome } from '../model/fix.ts';
import type { SandboxProvider, Timer } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import { isEnded, type Phase, type Sandbox } from '../model/sandbox.ts';
import { within } from '../model/wait.ts';
import { createSandboxMonitor, type SandboxMonitor } from '../monitor/sandbox-monitor.ts';
import { LastWords } from './last-words.ts';
import { endedLink, idleLink } from './link-words.ts';
import type { RecordHost } from './record-host.ts';
import { RemovableWatch } from './removable-watch.ts';
import { RunMemory } from './run-memory.ts';
import { SandboxLink } from './sandbox-link.ts';
import { supportedFixes } from './supported-fixes.ts';
import { isBehind, WordOrder } from './word-order.ts';

const lookMs = 10_000;
/** What the system has to tell of an end comes after it; so long its errors are still read. */
const lastErrorsMs = 15_000;

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
  /** The same in the server's own words. */
  #told: Sandbox;
  #isInterrupted = false;
  #gone = false;
  readonly #order: WordOrder;
  /** When it was known to live last: by a word of the server, a reading, or because it was about to be deleted from here. */
  #aliveAtMs = Number.NEGATIVE_INFINITY;
  #endedNo: number | null = null;
  #endedAtMs: number | null = null;
  /** It was there before it ended, so that its end was seen from here. */
  #seenAlive: boolean;
  #leaveErrors: (() => void) | null = null;
  #lastErrors: Timer | null = null;
  /** Why it is not measured, as last said; saying it again would only make new views. */
  #resting: string | null = null;

  /** @param toldAtMs the time of the question that `sandbox` answers. */
  constructor(host: RecordHost, provider: SandboxProvider, sandbox: Sandbox, toldAtMs: number) {
    this.#host = host;
    this.provider = provider;
    this.id = sandbox.id;
    this.#order = new WordOrder(toldAtMs);
    this.#told = sandbox;
    this.#sandbox = this.#run.see(sandbox);
    this.#seenAlive = !isEnded(sandbox.phase);
    if (this.#seenAlive) this.#aliveAtMs = toldAtMs;
    this.seenNo = host.nextNo();
    this.#inside = provider.isHere === true;
    this.monitor = createSandboxMonitor({
      sandbox,
      isHere: provider.isHere === true,
      supports: this.supports,
      successOf: (id) => host.successOf(id),
      capabilities: provider.capabilities,
      nowMs: this.#happenedAtMs(sandbox, host.clock.now()),
      policy: host.policy(),
      steady: true,
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
          this.#aliveAtMs = Math.max(this.#aliveAtMs, sample.atMs);
          host.sampled(this, sample);
          this.#removable?.consider(this.monitor.view(clock.now()));
          this.#lookWhetherItLives();
        }),
      link: (link) => this.#tell(() => this.monitor.link(link, clock.now())),
      agent: (answer) => this.#tell(() => this.monitor.agent(answer, clock.now())),
      ended: () => {
        this.#run.isUnseen();
        // There is nothing to measure before it runs again.
        if (this.phase === 'interrupted') host.phaseChanged(this);
      },
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

  /** Readings of it come. */
  get flows(): boolean {
    return this.#link.flows;
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

  /** A deletion of ours is about to be asked for; `fixDone` tells its end. */
  deletionBegins(): void {
    // The clock of the server may be off: an end of our making is not told as one before it.
    if (!this.ended) this.#aliveAtMs = Math.max(this.#aliveAtMs, this.#host.clock.now());
    this.monitor.deletionBegins(this.#host.clock.now());
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

  /**
   * A word of the server on this sandbox, seen in a list, by a question, or as the answer to an action.
   * @param atMs when the server was asked; what was learnt since then is newer.
   */
  lifecycle(told: Sandbox, atMs: number): void {
    const nowMs = this.#host.clock.now();
    if (this.#wasGoneSince(atMs, nowMs) || !this.#order.accepts(atMs, nowMs)) return;
    this.#told = told;
    const sandbox = this.#run.see(told);
    const before = this.phase;
    this.#gone = false;
    this.#sandbox = sandbox;
    if (!isEnded(sandbox.phase)) this.#aliveAtMs = Math.max(this.#aliveAtMs, atMs);
    this.#tell(() => this.monitor.lifecycle(sandbox, this.#happenedAtMs(sandbox, atMs)));
    if (isEnded(sandbox.phase)) this.#markEnded();
    else this.#markAlive();
    // Each interruption has its own story; another state may be told between it and the next run.
    if (this.#isInterrupted && sandbox.phase === 'running') this.#lastWords.again();
    this.#isInterrupted = sandbox.phase === 'interrupted' || (this.#isInterrupted && sandbox.phase !== 'running');
    if (this.#hasDiagnostics()) this.#lastWords.readEnd();
    this.#planLastWords();
    if (before === this.phase) return;
    this.#host.phaseChanged(this);
    this.#link.phaseChanged();
  }

  /**
   * @returns when what the server says came about: its end at the time the server gives, where that can be; else the time it was asked at.
   * What lies before the last sign of life, or in the future, comes of another clock.
   */
  #happenedAtMs({ phase, endedAtMs }: Sandbox, askedAtMs: number): number {
    if (!isEnded(phase) || endedAtMs === undefined) return askedAtMs;
    return endedAtMs > this.#aliveAtMs && endedAtMs <= this.#host.clock.now() ? endedAtMs : askedAtMs;
  }

  /** What the server says of one that is only not ready is taken for an interruption until its processes tell otherwise. */
  #lookWhetherItLives(): void {
    if (this.phase !== 'interrupted' || this.monitor.isInterrupted) return;
    this.#run.livesOn();
    this.lifecycle(this.#told, this.#order.newestMs);
  }

  /** What was on its way while it was found gone does not bring it back. */
  #wasGoneSince(atMs: number, nowMs: number): boolean {
    const endedAtMs = this.#endedAtMs;
    return this.#gone && endedAtMs !== null && (atMs === endedAtMs || isBehind(atMs, endedAtMs, nowMs));
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
    const askedAtMs = clock.now();
    try {
      const found = await within(clock, lookMs, signal, (inner) => this.provider.find(this.id, inner));
      if (signal.aborted) return null;
      if (found !== null) this.lifecycle(found, askedAtMs);
      // What was asked later and answered sooner knows better.
      else if (!isBehind(askedAtMs, this.#order.newestMs, clock.now())) this.gone(clock.now());
      return this.#gone ? 'gone' : this.phase;
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

  /** Reads what the system says of an end that nobody saw. */
  readFoundEnd(): void {
    const end = this.monitor.view(this.#host.clock.now()).incidents.find(({ endsSandbox }) => endsSandbox);
    const isExplained = end?.certainty === 'certain' && (end.cause === 'exited' || end.cause === 'expired');
    if (this.foundEnded && !this.#gone && !isExplained) this.#lastWords.readEnd();
  }

  /** Only of one that is measured: nobody asks after hundreds that are only listed. */
  #planLastWords(): void {
    this.#lastWords.plan(this.#sandbox, this.watched && this.provider.capabilities.vanishesAtExpiry);
  }

  #hear(diagnostics: string): void {
    const nowMs = this.#host.clock.now();
    this.#host.inbox.push({
      sandboxId: this.id,
      commandId: null,
      commandLine: null,
      source: 'diagnostics',
      text: diagnostics,
      exitCode: null,
      // What is found long after the end belongs to it.
      atMs: this.foundEnded ? this.#happenedAtMs(this.#sandbox, nowMs) : nowMs,
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
