import type { FixId, FixOutcome, ProcessTarget, RankedFix } from '../model/fix.ts';
import type { FleetStats } from '../model/fleet-stats.ts';
import type { ErrorSource, PlaceHints, SandboxProvider, TerminalSession } from '../model/ports.ts';
import type { PostMortem } from '../model/post-mortem.ts';
import type { SignalName } from '../model/signal.ts';
import type { AppView } from '../model/view.ts';
import { patternFacts } from '../monitor/pattern-facts.ts';
import { ActionDesk } from './action-desk.ts';
import { Announcer, type Standing } from './announcer.ts';
import { assembleView, emptyView, type Placed } from './app-view.ts';
import {
  type AppSettings,
  defaultRememberedAgeMs,
  type FixChoices,
  type FixPlan,
  type Notice,
  type OwnedSnapshot,
  type RunFixOptions,
  type Supervisor,
  type SupervisorOptions,
  type Unsubscribe,
} from './contracts.ts';
import { ErrorDesk } from './error-fixes/error-desk.ts';
import { Recurrences } from './error-fixes/recurrences.ts';
import { createErrorInbox, type ErrorInbox, type InboxItem } from './error-inbox.ts';
import { FixDesk } from './fix-desk.ts';
import { FixSuccesses } from './fix-successes.ts';
import { Fleet } from './fleet.ts';
import { localTimeText } from './format.ts';
import { Listeners } from './listeners.ts';
import { metricsText } from './metrics-text.ts';
import { OwnSandboxes } from './own-sandboxes.ts';
import { PastDesk } from './past-desk.ts';
import { PostMortemDesk } from './post-mortem/desk.ts';
import { Publisher } from './publisher.ts';
import { FleetDesk } from './queries/fleet-desk.ts';
import { Recorder } from './recorder.ts';
import { Remembered } from './remembered.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { Ticker } from './ticker.ts';
import { UnseenEnds } from './unseen-ends.ts';
import { Tasks } from './waiting.ts';

const windUpMs = 5_000;

/** @returns the running application; it does nothing until it is given providers. */
export const createSupervisor = (options: SupervisorOptions): Supervisor => new App(options);

class App implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #tasks = new Tasks();
  readonly #inbox: ErrorInbox;
  readonly #fleet: Fleet;
  readonly #fixes: FixDesk;
  readonly #successes: FixSuccesses;
  readonly #errors: ErrorDesk;
  readonly #recurrences: Recurrences;
  readonly #actions: ActionDesk;
  readonly #recorder: Recorder;
  readonly #remembered: Remembered;
  readonly #unseen: UnseenEnds;
  readonly #past: PastDesk;
  readonly #postMortems: PostMortemDesk;
  readonly #fleetNumbers: FleetDesk;
  readonly #publisher: Publisher;
  readonly #announcer: Announcer;
  readonly #own = new OwnSandboxes();
  readonly #ticker: Ticker;
  readonly #changes: Listeners<AppView>;
  readonly #notices: Listeners<Notice>;
  readonly #dirty = new Set<SandboxRecord>();
  #settings: AppSettings;
  #view: AppView = emptyView;
  readonly #leaveHistory: Unsubscribe;
  #started = false;
  #closing: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#settings = options.settings;
    const { clock, log, history } = options;
    const random = options.random ?? Math.random;
    const formatTime = options.formatTime ?? localTimeText;
    const redact = options.redact ?? ((text: string): string => text);
    this.#changes = new Listeners(log);
    this.#notices = new Listeners(log);
    this.#publisher = new Publisher(clock, () => this.#publish());
    this.#inbox = createErrorInbox({ clock, log, random, tasks: this.#tasks, route: (item) => this.#route(item) });
    const tasks = this.#tasks;
    this.#recorder = new Recorder({
      clock,
      log,
      tasks,
      history,
      peaks: options.peaks ?? null,
      unkept: options.unkept ?? [],
      isCurrent: (record) => this.#fleet.current.id === record.id,
    });
    this.#remembered = new Remembered(
      { clock, log, tasks, history, changed: () => this.#changed(null) },
      options.settings.rememberedMaximumAgeMs ?? defaultRememberedAgeMs,
    );
    this.#unseen = new UnseenEnds({
      clock,
      log,
      tasks,
      history,
      unkept: options.unkept ?? [],
      maximumAgeMs: () => this.#settings.rememberedMaximumAgeMs ?? defaultRememberedAgeMs,
      written: () => this.#remembered.load(),
    });
    this.#successes = new FixSuccesses({ history, tasks, log });
    this.#fleet = new Fleet({
      successOf: (id) => this.#successes.of(id),
      peaks: options.peaks ?? null,
      clock,
      log,
      random,
      tasks: this.#tasks,
      inbox: this.#inbox,
      settings: options.settings,
      redact,
      changed: (record) => this.#changed(record),
      sampled: (record, sample) => this.#recorder.sample(record, sample),
      listed: (provider, sandboxIds) => this.#unseen.listed(provider, sandboxIds),
      diagnosed: (record, text) => this.#recorder.diagnostics(record, text),
      dropped: (record) => {
        this.#keep(record);
        this.#recorder.dropped(record.id);
        this.#announcer.ended(record.id);
        this.#changed(null);
      },
    });
    const patterns = patternFacts;
    const view = (): AppView => this.#view;
    this.#postMortems = new PostMortemDesk({ clock, history, patterns, redact, view });
    this.#fleetNumbers = new FleetDesk({ clock, history, patterns, editsMs: options.editTimes ?? (() => []) });
    this.#past = new PastDesk({
      history,
      fleet: this.#fleet,
      recorder: this.#recorder,
      remembered: this.#remembered,
      now: () => clock.now(),
      silence: (record) => {
        record.monitor.drain();
        this.#dirty.delete(record);
        if (record.ended) this.#announcer.ended(record.id);
      },
      changed: (record) => this.#changed(record),
      forgot: () => {
        this.#fleetNumbers.forget();
        this.#successes.load();
        this.#recurrences.forget();
      },
    });
    this.#actions = new ActionDesk(clock, this.#fleet);
    this.#fixes = new FixDesk({
      clock,
      log,
      formatTime,
      fleet: this.#fleet,
      fixDone: (outcome) => this.#successes.add(outcome),
    });
    const remembered = options.rememberedFixes ?? (() => []);
    this.#errors = new ErrorDesk({ clock, history, fleet: this.#fleet, remembered });
    this.#recurrences = new Recurrences({
      clock,
      log,
      tasks,
      history,
      remembered,
      workspaceOf: (sandboxId) => {
        const record = this.#fleet.record(sandboxId);
        return record === null ? null : this.#recorder.workspaceOf(record);
      },
      changed: () => this.#changed(null),
    });
    this.#announcer = new Announcer({
      now: () => clock.now(),
      formatTime,
      viewOf: (sandboxId) => {
        const record = this.#fleet.record(sandboxId);
        return record === null || record.ended ? null : record.monitor.view(clock.now());
      },
      fixesAgainst: (sandboxId, signal) => this.#fleet.record(sandboxId)?.monitor.fixesAgainst(signal) ?? [],
      standing: (sandboxId) => this.#standing(sandboxId),
      notice: (notice) => this.#notices.tell(notice),
    });
    this.#ticker = new Ticker(clock, (turn) => this.#tick(turn));
    this.#leaveHistory = history.onProblem(() => this.#changed(null));
    if (history.status().problem !== null) this.#changed(null);
  }

  get view(): AppView {
    return this.#view;
  }

  onChange(listener: (view: AppView) => void): Unsubscribe {
    return this.#changes.add(listener);
  }

  onNotice(listener: (notice: Notice) => void): Unsubscribe {
    return this.#notices.add(listener);
  }

  setProviders(providers: readonly SandboxProvider[]): void {
    if (this.#closing !== null) return;
    this.#fleet.setProviders(providers);
    this.#ticker.start();
    if (!this.#started) {
      this.#remembered.load();
      this.#successes.load();
    }
    this.#started = true;
  }

  setPlace(hints: PlaceHints, rememberedId: string | null): void {
    this.#recorder.setPlace(hints);
    this.#own.setPlace(hints);
    if (rememberedId !== null) this.#own.touch(rememberedId);
    this.#fleet.setPlace(hints, rememberedId);
  }

  choose(sandboxId: string | null): void {
    if (sandboxId !== null) this.#own.touch(sandboxId);
    this.#fleet.choose(sandboxId);
  }

  attend(sandboxId: string): void {
    this.#own.touch(sandboxId);
  }

  consent(sandboxId: string, allowed: boolean): void {
    this.#own.touch(sandboxId);
    this.#fleet.record(sandboxId)?.consent(allowed);
  }

  refresh(): void {
    if (this.#closing !== null) return;
    this.#fleet.refresh();
    this.#remembered.load();
  }

  setSettings(settings: Partial<AppSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#remembered.setMaximumAge(this.#settings.rememberedMaximumAgeMs ?? defaultRememberedAgeMs);
    this.#fleet.setSettings(this.#settings);
  }

  snooze(noticeId: string, ms: number): void {
    this.#announcer.snooze(noticeId, ms);
  }

  mute(sandboxId: string, signal: SignalName): void {
    this.#announcer.mute(sandboxId, signal);
  }

  answered(noticeId: string): void {
    this.#announcer.answered(noticeId);
  }

  addErrorSource(source: ErrorSource): Unsubscribe {
    return this.#inbox.addSource(source);
  }

  planFix(sandboxId: string, fixId: FixId, target?: ProcessTarget | null, choices?: FixChoices): Promise<FixPlan> {
    return this.#fixes.plan(sandboxId, fixId, target ?? null, choices ?? {});
  }

  errorFixes(sandboxId: string, fingerprint: string): Promise<readonly RankedFix[]> {
    return this.#errors.fixes(sandboxId, fingerprint);
  }

  async planErrorFix(sandboxId: string, fix: RankedFix): Promise<FixPlan> {
    return this.#fixes.planFor(sandboxId, fix);
  }

  rememberedFixesChanged(): void {
    this.#recurrences.renamed();
  }

  runFix(plan: FixPlan, options: RunFixOptions): Promise<FixOutcome> {
    this.#own.touch(plan.sandboxId);
    return this.#fixes.run(plan, options);
  }

  openTerminal(
    sandboxId: string,
    size: { readonly columns: number; readonly rows: number },
    signal: AbortSignal,
  ): Promise<TerminalSession> {
    this.#own.touch(sandboxId);
    return this.#actions.openTerminal(sandboxId, size, signal);
  }

  rename(sandboxId: string, name: string, signal: AbortSignal): Promise<void> {
    this.#own.touch(sandboxId);
    return this.#actions.rename(sandboxId, name, signal);
  }

  snapshots(signal: AbortSignal): Promise<readonly OwnedSnapshot[]> {
    return this.#actions.snapshots(signal);
  }

  deleteSnapshot(snapshot: OwnedSnapshot, signal: AbortSignal): Promise<void> {
    return this.#actions.deleteSnapshot(snapshot, signal);
  }

  diagnostics(sandboxId: string, signal: AbortSignal): Promise<string> {
    this.#own.touch(sandboxId);
    return this.#actions.diagnostics(sandboxId, signal);
  }

  async forgetSandbox(sandboxId: string): Promise<void> {
    await this.#past.forgetSandbox(sandboxId);
    await this.#options.forgotten?.();
  }

  async forgetEverything(): Promise<void> {
    await this.#past.forgetEverything();
    await this.#options.forgotten?.();
  }

  exportHistory(): AsyncIterable<string> {
    return this.#options.history.export();
  }

  exportMetrics(): string {
    return metricsText(this.#view.sandboxes);
  }

  postMortem(incidentId: string): Promise<PostMortem | null> {
    return this.#postMortems.tell(incidentId);
  }

  fleetStats(spanMs?: number): Promise<FleetStats> {
    return this.#fleetNumbers.tell(spanMs);
  }

  #route(item: InboxItem): boolean {
    const record = this.#fleet.record(item.sandboxId);
    if (record === null) return false;
    if ('kind' in item) {
      record.monitor.observe(item);
      this.#recorder.command(record, item);
      if (item.kind === 'command-started') this.#recurrences.command(item);
    } else record.monitor.error(item);
    this.#changed(record);
    return true;
  }

  #standing(sandboxId: string): Standing {
    const { current } = this.#fleet;
    if (current.id === sandboxId) return 'current';
    const record = this.#fleet.record(sandboxId);
    if (record === null) return 'other';
    return this.#own.has({ sandbox: record.sandbox, isHere: record.provider.isHere === true }) ? 'own' : 'other';
  }

  #changed(record: SandboxRecord | null): void {
    if (record !== null) this.#dirty.add(record);
    this.#publisher.request();
  }

  #tick(turn: number): void {
    const { clock } = this.#options;
    for (const record of this.#fleet.records) {
      // The expiry of those not looked at closely is given every fifth second, in turns.
      if (record.ended || (!record.watched && (turn + record.seenNo) % 5 !== 0)) continue;
      record.monitor.observe({ kind: 'tick', sandboxId: record.id, atMs: clock.now() });
      this.#changed(record);
    }
    this.#announcer.passTime();
    if (this.#announcer.due) this.#publisher.request();
  }

  #isKept(record: SandboxRecord): boolean {
    return !(this.#options.unkept ?? []).includes(record.provider.id);
  }

  /** Hands what the monitor has to tell to the history and to the notices. */
  #keep(record: SandboxRecord): void {
    this.#recorder.seen(record);
    for (const one of record.monitor.drain()) {
      this.#recorder.record(record, one);
      if (one.kind === 'error') this.#recurrences.error(record.id, one.error, this.#isKept(record));
      if (one.kind === 'error-rise') this.#announcer.rise(record.id, one.rise);
      this.#announcer.record(one);
    }
    if (record.ended) this.#announcer.ended(record.id);
  }

  #publish(): void {
    const nowMs = this.#options.clock.now();
    this.#own.follow(this.#fleet.record(this.#fleet.current.id ?? '')?.sandbox ?? null);
    // One that was dropped has said its last; what its end still stirs up is not heard any more.
    for (const record of this.#dirty) if (this.#fleet.record(record.id) === record) this.#keep(record);
    this.#dirty.clear();
    const { servers, current, currentInside } = this.#fleet;
    const before = this.#view;
    const { problem } = this.#options.history.status();
    this.#view = assembleView(before, servers, this.#placed(nowMs), current, currentInside, problem);
    if (this.#view !== before) this.#changes.tell(this.#view);
    this.#announcer.speak();
  }

  #placed(nowMs: number): readonly Placed[] {
    const { records } = this.#fleet;
    const present = records.map((record): Placed => {
      const view = record.monitor.view(nowMs);
      const known = this.#recurrences.join(view);
      return { view: record.foundEnded ? this.#remembered.join(known) : known, endedNo: record.endedNo };
    });
    const past = this.#remembered.besides(new Set(records.map((record) => record.id)));
    return [...present, ...past.map((view, index): Placed => ({ view, endedNo: -1 - index }))];
  }

  dispose(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { clock, log } = this.#options;
    this.#publisher.close();
    this.#ticker.stop();
    this.#inbox.dispose();
    this.#leaveHistory();
    this.#remembered.close();
    this.#unseen.close();
    this.#recorder.stopAsking();
    this.#recurrences.close();
    this.#changes.clear();
    this.#notices.clear();
    await this.#fleet.close();
    if (!(await this.#tasks.settled(clock, windUpMs))) log.warn('Some work did not end in time.');
    const { records } = this.#fleet;
    for (const record of records) this.#keep(record);
    this.#recorder.close(records);
  }
}
