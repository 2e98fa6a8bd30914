import type { FixId, FixSuccess } from '../model/fix.ts';
import type { Clock, CommandPeaks, Log, PlaceHints, SandboxProvider } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import type { Sample } from '../model/sample.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { ServerView } from '../model/view.ts';
import { type AlertPolicy, alertPolicy } from '../monitor/alert-policy.ts';
import type { AppSettings } from './contracts.ts';
import { CurrentFinder } from './current-finder.ts';
import { type Current, decideCurrent, noCurrent } from './current-sandbox.ts';
import type { ErrorInbox } from './error-inbox.ts';
import { type ProviderEntry, retire } from './provider-entry.ts';
import { ProviderWatch } from './provider-watch.ts';
import { Roster } from './roster.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { Tasks, Turns } from './waiting.ts';
import { planWatch } from './watch-plan.ts';

const diagnosedAtOnce = 4;

export interface FleetHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly tasks: Tasks;
  readonly inbox: ErrorInbox;
  readonly settings: AppSettings;
  readonly peaks: Pick<CommandPeaks, 'peakOf'> | null;
  /** How an action went before; null when it was never checked. */
  successOf(id: FixId): FixSuccess | null;
  /** Takes secrets out of a line that is to be shown. */
  redact(text: string): string;
  /** Something of this record may look different; null for the servers and the choice of the current one. */
  changed(record: SandboxRecord | null): void;
  /** A reading of this sandbox came. */
  sampled(record: SandboxRecord, sample: Sample): void;
  /** The system's own text about this sandbox was read. */
  diagnosed(record: SandboxRecord, text: string): void;
  /** A complete list came. */
  listed(provider: SandboxProvider, sandboxes: readonly Sandbox[]): void;
  /** It is dropped from the view. */
  dropped(record: SandboxRecord): void;
}

/** All servers and all sandboxes: takes in their lists, decides which sandbox is current and which ones are measured. */
export class Fleet {
  readonly #host: FleetHost;
  readonly #roster: Roster;
  readonly #finder: CurrentFinder;
  #entries: readonly ProviderEntry[] = [];
  #settings: AppSettings;
  #policy: AlertPolicy;
  #chosenId: string | null = null;
  #chosenBefore = false;
  #current: Current = noCurrent;
  /** Changes with every sandbox that comes or ends. */
  #population = 0;
  #closed = false;

  constructor(host: FleetHost) {
    this.#host = host;
    this.#settings = host.settings;
    this.#policy = alertPolicy(host.settings.sensitivity);
    const { clock, log, random, tasks, inbox } = host;
    this.#roster = new Roster({
      record: {
        clock,
        log,
        random,
        inbox,
        diagnosing: new Turns(diagnosedAtOnce),
        policy: () => this.#policy,
        peaks: host.peaks,
        successOf: (id) => host.successOf(id),
        redact: (text) => host.redact(text),
        changed: (record) => host.changed(record),
        sampled: (record, sample) => host.sampled(record, sample),
        diagnosed: (record, text) => host.diagnosed(record, text),
      },
      isAsked: (provider) => this.#entries.some((entry) => entry.provider === provider),
      currentId: () => this.#current.id,
      changed: () => this.#populationChanged(),
      dropped: (record) => host.dropped(record),
    });
    this.#finder = new CurrentFinder({
      clock,
      log,
      tasks,
      askable: () =>
        this.#entries
          .filter((entry) => entry.watch.listed)
          .map((entry) => [entry.provider, this.#living(entry)] as const),
      answered: () => {
        this.#reconcile();
        host.changed(null);
      },
    });
  }

  #living({ provider }: ProviderEntry): readonly Sandbox[] {
    return this.#roster
      .of(provider)
      .filter((record) => !record.ended)
      .map((record) => record.sandbox);
  }

  #populationChanged(): void {
    this.#population += 1;
    this.#reconcile();
  }

  /** Without the place the editor runs in while a server tells of the same place: it is one sandbox and shown once. */
  get records(): readonly SandboxRecord[] {
    return this.#roster.all.filter((record) => !this.#isDouble(record));
  }

  #isDouble({ provider }: SandboxRecord): boolean {
    const { found } = this.#finder;
    if (provider.isHere !== true || found?.inside !== true) return false;
    const known = this.#roster.get(found.sandboxId);
    return known !== null && !known.ended && known.provider.isHere !== true;
  }

  get providers(): readonly SandboxProvider[] {
    return this.#entries.map((entry) => entry.provider);
  }

  get servers(): readonly ServerView[] {
    return this.#entries.map((entry) => entry.watch.server);
  }

  get current(): Current {
    return this.#current;
  }

  /** The editor was found to run inside the current sandbox, however that was chosen. */
  get currentInside(): boolean {
    const { found } = this.#finder;
    return found?.inside === true && found.sandboxId === this.#current.id;
  }

  record(sandboxId: string): SandboxRecord | null {
    return this.#roster.get(sandboxId);
  }

  #lives(sandboxId: string | null): boolean {
    return sandboxId !== null && this.#roster.get(sandboxId)?.ended === false;
  }

  /** Aborts when the sandbox's provider is replaced; aborted already when it has been. */
  lifeOf(record: SandboxRecord): AbortSignal {
    return this.#entries.find((entry) => entry.provider === record.provider)?.life.signal ?? AbortSignal.abort();
  }

  setProviders(providers: readonly SandboxProvider[]): void {
    const wanted = [...new Set(providers)];
    const left = this.#entries.filter((entry) => !wanted.includes(entry.provider));
    const before = this.#entries;
    this.#entries = wanted.map(
      (provider) => before.find((entry) => entry.provider === provider) ?? this.#enter(provider),
    );
    for (const entry of left) this.#leave(entry);
    for (const entry of this.#entries) if (!before.includes(entry)) entry.watch.restart();
    this.#finder.forget();
    this.#populationChanged();
    this.#host.changed(null);
  }

  #enter(provider: SandboxProvider): ProviderEntry {
    const { clock, log, random } = this.#host;
    const tasks = new Tasks();
    const watch = new ProviderWatch(
      {
        clock,
        log,
        random,
        tasks,
        sandboxes: (event) => {
          this.#roster.takeList(entry, event.sandboxes, event.atMs);
          this.#host.listed(provider, event.sandboxes);
        },
        serverChanged: () => {
          this.#reconcile();
          this.#host.changed(null);
        },
      },
      provider,
    );
    const entry: ProviderEntry = { provider, tasks, watch, life: new AbortController() };
    return entry;
  }

  #leave(entry: ProviderEntry): void {
    this.#roster.release(entry.provider);
    this.#host.tasks.add(retire(entry, this.#host.clock, this.#host.log), (error) =>
      this.#host.log.warn(`Leaving ${entry.provider.label}: ${toProblem(error).message}`),
    );
  }

  setPlace(hints: PlaceHints, rememberedId: string | null): void {
    this.#finder.setHints(hints);
    if (this.#chosenId === null || this.#chosenBefore) {
      this.#chosenId = rememberedId;
      this.#chosenBefore = true;
    }
    this.#populationChanged();
  }

  /** @param sandboxId null: it is decided anew. One that is not there, or has ended by now, is no choice: the present one stays. */
  choose(sandboxId: string | null): void {
    if (sandboxId !== null && !this.#lives(sandboxId)) return;
    this.#chosenId = sandboxId;
    this.#chosenBefore = false;
    this.#current = noCurrent;
    this.#reconcile();
    this.#host.changed(null);
  }

  refresh(): void {
    this.#finder.forget();
    this.#population += 1;
    for (const entry of this.#entries) entry.watch.restart();
    for (const record of this.#roster.all) record.retry();
    this.#reconcile();
  }

  setSettings(settings: AppSettings): void {
    this.#settings = settings;
    this.#policy = alertPolicy(settings.sensitivity);
    for (const record of this.#roster.all) {
      record.monitor.setPolicy(this.#policy);
      record.retry();
    }
    this.#reconcile();
  }

  /** Takes one that has ended out of the view. */
  forget(record: SandboxRecord): void {
    this.#roster.forget(record);
    this.#host.changed(null);
  }

  /** Takes up a sandbox that a fix has made of another one; which one is current stays. */
  adopt(from: SandboxRecord, sandbox: Sandbox): void {
    const entry = this.#entries.find((one) => one.provider === from.provider);
    if (entry !== undefined) this.#roster.adopt(entry, sandbox, this.#host.clock.now());
  }

  /**
   * Makes `toId` the chosen one in the place of the current one that a fix made it of.
   * @returns false when another one is current by now, or `toId` has ended: then nothing is changed.
   */
  handOver(from: SandboxRecord, toId: string): boolean {
    // Where the old one has ended, the new one may be the current one already, as the only one that runs.
    if (!this.#lives(toId) || (this.#current.id !== from.id && this.#current.id !== toId)) return false;
    this.choose(toId);
    return true;
  }

  /** Brings the current sandbox and the set of measured ones in line with what is known. */
  #reconcile(): void {
    if (this.#closed) return;
    const all = this.records;
    const heard = this.#entries.length > 0 && this.#entries.every((entry) => entry.watch.heard);
    if (heard && this.#needsFinding()) this.#finder.ask(this.#population);
    const before = this.#current;
    this.#current = decideCurrent({
      chosenId: this.#chosenId,
      chosenBefore: this.#chosenBefore,
      candidates: all.map((record) => ({
        id: record.id,
        name: record.sandbox.name,
        ended: record.ended,
        here: record.provider.isHere === true,
        running: record.phase === 'running' || record.phase === 'starting' || record.phase === 'resuming',
        seenNo: record.seenNo,
        endedNo: record.endedNo,
      })),
      found: this.#finder.found,
      previous: before,
      complete: heard && this.#finder.settled,
    });
    const { found } = this.#finder;
    for (const record of all) record.setInside(found?.inside === true && found.sandboxId === record.id);
    const { maximumWatched } = this.#settings;
    const planned = planWatch(
      all
        .filter((record) => !record.ended)
        .map((record) => ({
          id: record.id,
          phase: record.phase,
          createdAtMs: record.sandbox.createdAtMs,
          watched: record.watched,
          warned: record.monitor.isWarned,
          flows: record.flows,
        })),
      this.#current.id,
      maximumWatched,
    );
    for (const record of this.#roster.all) {
      if (!planned.has(record.id)) record.setWatched(false, maximumWatched);
    }
    for (const record of all) if (planned.has(record.id)) record.setWatched(true, maximumWatched);
    if (
      before.id !== this.#current.id ||
      before.how !== this.#current.how ||
      before.ambiguous !== this.#current.ambiguous
    ) {
      this.#host.changed(null);
    }
  }

  /** Also asked, once, where the person has chosen: whether the editor runs inside the chosen one is worth knowing. */
  #needsFinding(): boolean {
    const foundId = this.#finder.found?.sandboxId ?? null;
    // That the editor runs here says nothing against a server that comes to know this place too.
    if (this.#lives(foundId) && this.#roster.get(foundId ?? '')?.provider.isHere !== true) return false;
    return !(this.#lives(this.#chosenId) && this.#finder.settled);
  }

  /** Aborts everything and waits, bounded, until the providers have cleaned up behind them. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#finder.close();
    for (const record of this.#roster.all) record.close();
    const entries = this.#entries;
    this.#entries = [];
    await Promise.allSettled(entries.map((entry) => retire(entry, this.#host.clock, this.#host.log)));
  }
}
