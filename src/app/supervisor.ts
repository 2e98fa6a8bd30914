import type { FixId, FixOutcome, ProcessTarget } from '../model/fix.ts';
import type { ErrorSource, PlaceHints, SandboxProvider, TerminalSession } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';
import type { SignalName } from '../model/signal.ts';
import type { AppView } from '../model/view.ts';
import { within } from '../model/wait.ts';
import { Announcer } from './announcer.ts';
import { assembleView, emptyView } from './app-view.ts';
import type {
  AppSettings,
  FixChoices,
  FixPlan,
  Notice,
  OwnedSnapshot,
  RunFixOptions,
  Supervisor,
  SupervisorOptions,
  Unsubscribe,
} from './contracts.ts';
import { createErrorInbox, type ErrorInbox, type InboxItem } from './error-inbox.ts';
import { FixDesk } from './fix-desk.ts';
import { Fleet } from './fleet.ts';
import { localTimeText } from './format.ts';
import { Listeners } from './listeners.ts';
import { Publisher } from './publisher.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { Ticker } from './ticker.ts';
import { Tasks } from './waiting.ts';

const windUpMs = 5_000;
const diagnosticsMs = 30_000;

/** @returns the running application; it does nothing until it is given providers. */
export const createSupervisor = (options: SupervisorOptions): Supervisor => new App(options);

class App implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #tasks = new Tasks();
  readonly #inbox: ErrorInbox;
  readonly #fleet: Fleet;
  readonly #fixes: FixDesk;
  readonly #publisher: Publisher;
  readonly #announcer: Announcer;
  readonly #ticker: Ticker;
  readonly #changes: Listeners<AppView>;
  readonly #notices: Listeners<Notice>;
  readonly #dirty = new Set<SandboxRecord>();
  #settings: AppSettings;
  #view: AppView = emptyView;
  #closing: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#settings = options.settings;
    const { clock, log } = options;
    const random = options.random ?? Math.random;
    const formatTime = options.formatTime ?? localTimeText;
    this.#changes = new Listeners(log);
    this.#notices = new Listeners(log);
    this.#publisher = new Publisher(clock, () => this.#publish());
    this.#inbox = createErrorInbox({ clock, log, random, tasks: this.#tasks, route: (item) => this.#route(item) });
    this.#fleet = new Fleet({
      clock,
      log,
      random,
      tasks: this.#tasks,
      inbox: this.#inbox,
      settings: options.settings,
      changed: (record) => this.#changed(record),
      dropped: (record) => {
        this.#keep(record);
        this.#announcer.ended(record.id);
        this.#changed(null);
      },
    });
    this.#fixes = new FixDesk({ clock, formatTime, fleet: this.#fleet, changed: (record) => this.#changed(record) });
    this.#announcer = new Announcer({
      now: () => clock.now(),
      formatTime,
      viewOf: (sandboxId) => {
        const record = this.#fleet.record(sandboxId);
        return record === null || record.ended ? null : record.monitor.view(clock.now());
      },
      notice: (notice) => this.#notices.tell(notice),
    });
    this.#ticker = new Ticker(clock, (turn) => this.#tick(turn));
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
  }

  setPlace(hints: PlaceHints, rememberedId: string | null): void {
    this.#fleet.setPlace(hints, rememberedId);
  }

  choose(sandboxId: string | null): void {
    this.#fleet.choose(sandboxId);
  }

  consent(sandboxId: string, allowed: boolean): void {
    this.#fleet.record(sandboxId)?.consent(allowed);
  }

  refresh(): void {
    if (this.#closing === null) this.#fleet.refresh();
  }

  setSettings(settings: Partial<AppSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
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

  runFix(plan: FixPlan, options: RunFixOptions): Promise<FixOutcome> {
    return this.#fixes.run(plan, options);
  }

  async openTerminal(
    sandboxId: string,
    size: { readonly columns: number; readonly rows: number },
    signal: AbortSignal,
  ): Promise<TerminalSession> {
    const { record, life } = this.#reach(sandboxId);
    const { actions, label } = record.provider;
    if (actions.openTerminal === undefined) throw new Problem('not-supported', `${label} cannot open a terminal.`);
    return actions.openTerminal(sandboxId, size, AbortSignal.any([signal, life]));
  }

  async rename(sandboxId: string, name: string, signal: AbortSignal): Promise<void> {
    const { record, life } = this.#reach(sandboxId);
    const { actions, label } = record.provider;
    if (actions.rename === undefined) throw new Problem('not-supported', `${label} cannot rename a sandbox.`);
    await actions.rename(sandboxId, name, AbortSignal.any([signal, life]));
  }

  async snapshots(signal: AbortSignal): Promise<readonly OwnedSnapshot[]> {
    const lists = this.#fleet.providers.map(async ({ actions, label }) => {
      const snapshots = (await actions.snapshots?.(signal)) ?? [];
      return snapshots.map((snapshot) => ({ ...snapshot, server: label }));
    });
    return (await Promise.all(lists)).flat();
  }

  async deleteSnapshot(snapshot: OwnedSnapshot, signal: AbortSignal): Promise<void> {
    const provider = this.#fleet.providers.find(({ label }) => label === snapshot.server);
    if (provider?.actions.deleteSnapshot === undefined) {
      throw new Problem('not-found', `${snapshot.server} is not connected any more.`);
    }
    await provider.actions.deleteSnapshot(snapshot.id, signal);
  }

  async diagnostics(sandboxId: string, signal: AbortSignal): Promise<string> {
    const { record, life } = this.#reach(sandboxId);
    const { actions, label } = record.provider;
    const read = actions.diagnostics?.bind(actions);
    if (read === undefined) throw new Problem('not-supported', `${label} has no diagnostics.`);
    const both = AbortSignal.any([signal, life]);
    return within(this.#options.clock, diagnosticsMs, both, (inner) => read(sandboxId, inner));
  }

  #reach(sandboxId: string): { record: SandboxRecord; life: AbortSignal } {
    const record = this.#fleet.record(sandboxId);
    if (record === null) throw new Problem('not-found', 'This sandbox is not known.');
    return { record, life: this.#fleet.lifeOf(record) };
  }

  #route(item: InboxItem): boolean {
    const record = this.#fleet.record(item.sandboxId);
    if (record === null) return false;
    if ('kind' in item) record.monitor.observe(item);
    else record.monitor.error(item);
    this.#changed(record);
    return true;
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

  /** Hands what the monitor has to tell to the history and to the notices. */
  #keep(record: SandboxRecord): void {
    const { history, log } = this.#options;
    for (const one of record.monitor.drain()) {
      if (one.kind === 'transition') history.recordTransition(one.sandbox, one.transition);
      else if (one.kind === 'warning') history.recordWarning(one.warning);
      else if (one.kind === 'incident') history.recordIncident(one.incident);
      else if (one.kind === 'fix') history.recordFix(one.outcome);
      else if (one.kind === 'incident-withdrawn')
        log.info(`${record.id} is there again; incident ${one.incidentId} never happened.`);
      this.#announcer.record(one);
    }
    if (record.ended) this.#announcer.ended(record.id);
  }

  #publish(): void {
    const nowMs = this.#options.clock.now();
    for (const record of this.#dirty) this.#keep(record);
    this.#dirty.clear();
    const placed = [...this.#fleet.records].map((record) => ({
      view: record.monitor.view(nowMs),
      endedNo: record.endedNo,
    }));
    const { servers, current, currentInside } = this.#fleet;
    const before = this.#view;
    this.#view = assembleView(before, servers, placed, current, currentInside);
    if (this.#view !== before) this.#changes.tell(this.#view);
    this.#announcer.speak();
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
    this.#changes.clear();
    this.#notices.clear();
    await this.#fleet.close();
    if (!(await this.#tasks.settled(clock, windUpMs))) log.warn('Some work did not end in time.');
    for (const record of this.#fleet.records) this.#keep(record);
  }
}
