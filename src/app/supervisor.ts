import type { FixId, FixOutcome, ProcessTarget, RankedFix } from '../model/fix.ts';
import type { FleetStats } from '../model/fleet-stats.ts';
import type { ForgetOutcome } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import type { Mute } from '../model/mute.ts';
import type { ErrorSource, PlaceHints, SandboxProvider, TerminalSession } from '../model/ports.ts';
import type { PostMortem } from '../model/post-mortem.ts';
import type { SignalName } from '../model/signal.ts';
import type { AppView } from '../model/view.ts';
import { type Composition, compose } from './composition.ts';
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
import type { Desks } from './desks.ts';
import { exportLines } from './export-lines.ts';
import { metricsText } from './metrics-text.ts';

const windUpMs = 5_000;

/** @returns the running application; it does nothing until it is given providers. */
export const createSupervisor = (options: SupervisorOptions): Supervisor => new App(options);

/** Brings what the editor asks for to the part whose business it is, and begins and ends the work of all parts. */
class App implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #parts: Composition;
  readonly #desks: Desks;
  #settings: AppSettings;
  #started = false;
  #closing: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#parts = compose(options);
    this.#desks = this.#parts.desks;
  }

  get view(): AppView {
    return this.#parts.liveView.view;
  }

  onChange(listener: (view: AppView) => void): Unsubscribe {
    return this.#parts.liveView.onChange(listener);
  }

  onNotice(listener: (notice: Notice) => void): Unsubscribe {
    return this.#parts.notices.add(listener);
  }

  setProviders(providers: readonly SandboxProvider[]): void {
    if (this.#closing !== null) return;
    const { fleet, ticker, recollections } = this.#parts;
    fleet.setProviders(providers);
    ticker.start();
    if (!this.#started) recollections.load();
    this.#started = true;
  }

  setPlace(hints: PlaceHints, rememberedId: string | null): void {
    const { recorder, own, fleet } = this.#parts;
    recorder.setPlace(hints);
    own.setPlace(hints);
    if (rememberedId !== null) own.touch(rememberedId);
    fleet.setPlace(hints, rememberedId);
  }

  choose(sandboxId: string | null): void {
    if (sandboxId !== null) this.#parts.own.touch(sandboxId);
    this.#parts.fleet.choose(sandboxId);
  }

  attend(sandboxId: string): void {
    this.#parts.own.touch(sandboxId);
  }

  consent(sandboxId: string, allowed: boolean): void {
    this.#parts.own.touch(sandboxId);
    this.#parts.fleet.record(sandboxId)?.consent(allowed);
  }

  refresh(): void {
    if (this.#closing !== null) return;
    this.#parts.fleet.refresh();
    this.#parts.recollections.remembered.load();
  }

  setSettings(settings: Partial<AppSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#parts.recollections.setMaximumAge(this.#settings.rememberedMaximumAgeMs ?? defaultRememberedAgeMs);
    this.#parts.fleet.setSettings(this.#settings);
  }

  snooze(noticeId: string, ms: number): void {
    this.#parts.announcer.snooze(noticeId, ms);
  }

  get mutes(): readonly Mute[] {
    return this.#parts.mutes.list;
  }

  mute(sandboxId: string, signal: SignalName): Promise<void> {
    return this.#parts.mutes.add({ sandboxId, signal });
  }

  unmute(sandboxId: string): Promise<void> {
    return this.#parts.mutes.remove((id) => id === sandboxId);
  }

  answered(noticeId: string): void {
    this.#parts.announcer.answered(noticeId);
  }

  addErrorSource(source: ErrorSource): Unsubscribe {
    return this.#parts.inbox.addSource(source);
  }

  planFix(
    sandboxId: string,
    fixId: FixId,
    target?: ProcessTarget | null,
    choices?: FixChoices,
    signal?: AbortSignal,
  ): Promise<FixPlan> {
    return this.#desks.fixes.plan(sandboxId, fixId, target ?? null, choices ?? {}, signal);
  }

  errorFixes(sandboxId: string, fingerprint: string): Promise<readonly RankedFix[]> {
    return this.#desks.errors.fixes(sandboxId, fingerprint);
  }

  async planErrorFix(sandboxId: string, fix: RankedFix): Promise<FixPlan> {
    return this.#desks.fixes.planFor(sandboxId, fix);
  }

  rememberedFixesChanged(): void {
    this.#parts.recollections.recurrences.renamed();
  }

  runFix(plan: FixPlan, options: RunFixOptions): Promise<FixOutcome> {
    this.#parts.own.touch(plan.sandboxId);
    return this.#desks.fixes.run(plan, options);
  }

  openTerminal(
    sandboxId: string,
    size: { readonly columns: number; readonly rows: number },
    signal: AbortSignal,
  ): Promise<TerminalSession> {
    this.#parts.own.touch(sandboxId);
    return this.#desks.actions.openTerminal(sandboxId, size, signal);
  }

  rename(sandboxId: string, name: string, signal: AbortSignal): Promise<void> {
    this.#parts.own.touch(sandboxId);
    return this.#desks.actions.rename(sandboxId, name, signal);
  }

  snapshots(signal: AbortSignal): Promise<readonly OwnedSnapshot[]> {
    return this.#desks.actions.snapshots(signal);
  }

  deleteSnapshot(snapshot: OwnedSnapshot, signal: AbortSignal): Promise<void> {
    return this.#desks.actions.deleteSnapshot(snapshot, signal);
  }

  diagnostics(sandboxId: string, signal: AbortSignal): Promise<string> {
    this.#parts.own.touch(sandboxId);
    return this.#desks.actions.diagnostics(sandboxId, signal);
  }

  incidents(): Promise<readonly Incident[]> {
    return this.#desks.past.incidents();
  }

  async forgetSandbox(sandboxId: string): Promise<ForgetOutcome> {
    const outcome = await this.#desks.past.forgetSandbox(sandboxId);
    await this.#options.forgotten?.(sandboxId);
    await this.#forgetMutes((id) => id === sandboxId);
    return outcome;
  }

  async forgetEverything(): Promise<ForgetOutcome> {
    const outcome = await this.#desks.past.forgetEverything();
    await this.#options.forgotten?.(null);
    this.rememberedFixesChanged();
    await this.#forgetMutes(() => true);
    return outcome;
  }

  /** What is muted of a sandbox that lives is a wish of now, none of the past. */
  #forgetMutes(isMeant: (sandboxId: string) => boolean): Promise<void> {
    return this.#parts.mutes.remove((id) => isMeant(id) && this.#parts.fleet.record(id) === null);
  }

  exportHistory(): AsyncIterable<string> {
    const { history, rememberedFixes = () => [], redact = (text) => text } = this.#options;
    return exportLines({ history, ownFixes: rememberedFixes(), mutes: this.mutes, redact });
  }

  exportMetrics(): string {
    return metricsText(this.view.sandboxes);
  }

  postMortem(incidentId: string): Promise<PostMortem | null> {
    return this.#desks.postMortems.tell(incidentId);
  }

  fleetStats(spanMs?: number): Promise<FleetStats> {
    return this.#desks.fleetNumbers.tell(spanMs);
  }

  dispose(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { clock, log } = this.#options;
    const { liveView, ticker, inbox, recollections, recorder, notices, fleet, tasks, router } = this.#parts;
    liveView.close();
    ticker.stop();
    inbox.dispose();
    recollections.close();
    recorder.stopAsking();
    notices.clear();
    await fleet.close();
    if (!(await tasks.settled(clock, windUpMs))) log.warn('Some work did not end in time.');
    const { records } = fleet;
    for (const record of records) router.handOn(record);
    recorder.close(records);
  }
}
