import { dropOldest } from '../model/bounded.ts';
import type { SandboxProvider } from '../model/ports.ts';
import { isEnded, type Sandbox } from '../model/sandbox.ts';
import type { ProviderEntry } from './provider-entry.ts';
import type { RecordHost } from './record-host.ts';
import { SandboxRecord } from './sandbox-record.ts';
import { Turns } from './waiting.ts';

export interface RosterHost {
  readonly record: Omit<RecordHost, 'tasks' | 'phaseChanged' | 'nextNo'>;
  /** Whether the provider is asked at present. */
  isAsked(provider: SandboxProvider): boolean;
  /** The one that is kept whatever its age. */
  currentId(): string | null;
  /** Sandboxes came, ended or changed their phase. */
  changed(): void;
  /** It is dropped from the view. */
  dropped(record: SandboxRecord): void;
}

const keptEnded = 50;
const keptForgotten = 1_000;
/** A list may miss one that lives, so each that is missing is asked for; so many at a time, because a whole fleet may end at once. */
const askedAtOnce = 4;
/** In so many lists in a row it was missing, and no question about it was answered: then the lists are believed. */
const believedMisses = 3;

/** The records of all sandboxes there are, and of the fifty that ended last. */
export class Roster {
  readonly #host: RosterHost;
  readonly #records = new Map<string, SandboxRecord>();
  readonly #turns = new Turns(askedAtOnce);
  /** Missing in the last lists, with in how many; the server is being asked for them or did not answer. */
  readonly #missing = new Map<string, { count: number; asking: boolean }>();
  /** Ended and forgotten by the person: a server that goes on listing them does not bring them back. */
  readonly #forgotten = new Set<string>();
  #counter = 0;
  #batching = false;

  constructor(host: RosterHost) {
    this.#host = host;
  }

  get all(): readonly SandboxRecord[] {
    return [...this.#records.values()];
  }

  get(sandboxId: string): SandboxRecord | null {
    return this.#records.get(sandboxId) ?? null;
  }

  of(provider: SandboxProvider): readonly SandboxRecord[] {
    return this.all.filter((record) => record.provider === provider);
  }

  /** Takes over a complete list of one provider: what is new, what changed, and what is missing. */
  takeList(entry: ProviderEntry, sandboxes: readonly Sandbox[], atMs: number): void {
    this.#batching = true;
    try {
      this.#compare(entry, sandboxes, atMs);
      this.#forgetOldest();
    } finally {
      this.#batching = false;
    }
    this.#host.changed();
  }

  #compare(entry: ProviderEntry, sandboxes: readonly Sandbox[], atMs: number): void {
    const listed = new Set<string>();
    const unknown: Sandbox[] = [];
    for (const sandbox of sandboxes) {
      listed.add(sandbox.id);
      this.#missing.delete(sandbox.id);
      if (this.#staysForgotten(sandbox)) continue;
      const record = this.#records.get(sandbox.id);
      if (record === undefined || this.#isReplaceable(record, entry, sandbox)) unknown.push(sandbox);
      // The same sandbox seen by two systems stays with the one that told of it first.
      else if (record.provider === entry.provider) record.lifecycle(sandbox, atMs);
    }
    for (const record of this.of(entry.provider)) {
      if (!listed.has(record.id) && !record.isGone) this.#miss(entry, record, atMs);
    }
    this.#addAll(entry, unknown, atMs);
  }

  /** It may have ended; or the list changed while it was read, or is older than a sandbox that was just made. */
  #miss(entry: ProviderEntry, record: SandboxRecord, atMs: number): void {
    const missing = this.#missing.get(record.id) ?? { count: 0, asking: false };
    this.#missing.set(record.id, missing);
    if (missing.asking) return;
    missing.count += 1;
    missing.asking = true;
    const ask = async (): Promise<void> => {
      // `look` never fails: what the server does not tell is logged there.
      const answer = await this.#turns.take(() => record.look(entry.life.signal));
      missing.asking = false;
      // The provider is let go of: no answer says nothing then.
      if (entry.life.signal.aborted) return;
      if (answer !== null) this.#missing.delete(record.id);
      else if (missing.count >= believedMisses && this.#missing.get(record.id) === missing) record.gone(atMs);
      this.#forgetOldest();
    };
    entry.tasks.add(ask(), () => undefined);
  }

  #staysForgotten(sandbox: Sandbox): boolean {
    if (isEnded(sandbox.phase)) return this.#forgotten.has(sandbox.id);
    this.#forgotten.delete(sandbox.id);
    return false;
  }

  /** What is left of a sandbox of a system that is no longer asked, and lives in this one. */
  #isReplaceable(record: SandboxRecord, entry: ProviderEntry, sandbox: Sandbox): boolean {
    return record.provider !== entry.provider && !this.#host.isAsked(record.provider) && !isEnded(sandbox.phase);
  }

  #addAll(entry: ProviderEntry, sandboxes: readonly Sandbox[], atMs: number): void {
    const byAge = sandboxes.toSorted((a, b) => (a.createdAtMs ?? 0) - (b.createdAtMs ?? 0));
    const ended = byAge.filter((one) => isEnded(one.phase));
    // Servers may list ended sandboxes by the hundred; those that find no room are not taken up at all.
    const room = Math.max(0, keptEnded - this.#ended().length);
    for (const sandbox of room === 0 ? [] : ended.slice(-room)) this.#add(entry, sandbox, atMs);
    for (const sandbox of byAge) if (!isEnded(sandbox.phase)) this.#add(entry, sandbox, atMs);
    if (sandboxes.length > 0) this.#host.record.inbox.sandboxesChanged();
  }

  /** Takes up a sandbox that was just made and is in no list yet, or the newest word on it. */
  adopt(entry: ProviderEntry, sandbox: Sandbox, atMs: number): void {
    const known = this.#records.get(sandbox.id);
    if (known !== undefined) {
      known.lifecycle(sandbox, atMs);
      return;
    }
    this.#add(entry, sandbox, atMs);
    this.#phaseChanged();
  }

  #add(entry: ProviderEntry, sandbox: Sandbox, atMs: number): void {
    const record = new SandboxRecord(
      {
        ...this.#host.record,
        tasks: entry.tasks,
        phaseChanged: () => this.#phaseChanged(),
        nextNo: () => {
          this.#counter += 1;
          return this.#counter;
        },
      },
      entry.provider,
      sandbox,
      atMs,
    );
    this.#records.set(sandbox.id, record);
    this.#host.record.changed(record);
  }

  #phaseChanged(): void {
    if (!this.#batching) this.#host.changed();
  }

  #ended(): SandboxRecord[] {
    return this.all.filter((record) => record.ended);
  }

  #forgetOldest(): void {
    const currentId = this.#host.currentId();
    const ended = this.#ended().filter((record) => record.id !== currentId);
    const surplus = ended.toSorted((a, b) => (a.endedNo ?? 0) - (b.endedNo ?? 0)).slice(0, -keptEnded);
    for (const record of surplus) this.#drop(record);
  }

  #drop(record: SandboxRecord): void {
    this.#records.delete(record.id);
    this.#missing.delete(record.id);
    record.close();
    this.#host.dropped(record);
  }

  /** Takes one that has ended out of the view, for good; nobody is told what it still has to say. */
  forget(record: SandboxRecord): void {
    this.#records.delete(record.id);
    this.#missing.delete(record.id);
    record.close();
    this.#forgotten.add(record.id);
    dropOldest(this.#forgotten, keptForgotten);
    this.#host.changed();
  }

  /** Lets go of a provider's sandboxes: those that have ended stay to be read, the others are no longer known. */
  release(provider: SandboxProvider): void {
    for (const record of this.of(provider)) {
      if (record.ended) record.close();
      else this.#drop(record);
    }
  }
}
