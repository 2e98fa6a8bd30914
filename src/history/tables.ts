import type { HistoryBounds, HistoryQuery } from '../model/history.ts';
import type { PeakRow, RecordRow, SandboxRow } from './engine.ts';
import { type Entry, peakCap, type RecordEntry, type RecordKind, sameChangeMs, seenEveryMs } from './entries.ts';
import { ErrorTable } from './error-table.ts';
import { isOnlyFrom, type Taught, taughtBy } from './own-peaks.ts';
import { countPeak, emptyHistogram, histogramText, type PeakHistogram } from './peak-histogram.ts';
import { newestOf } from './prune-time.ts';
import { joinSandboxData } from './sandbox-data.ts';

interface KeptSandbox {
  firstMs: number;
  lastMs: number;
  data: string | null;
}

interface KeptRecord extends RecordRow {
  readonly kind: RecordKind;
  readonly ref: string | null;
}

/** A number no time is before. */
const everMs = Number.MIN_SAFE_INTEGER;
/** What a record takes besides its text, roughly. */
const overheadBytes = 200;

/** Everything but the samples, in memory: what the engines without a database search in. */
export class Tables {
  readonly #sandboxes = new Map<string, KeptSandbox>();
  /** By sandbox, in the order of arrival. */
  readonly #records = new Map<string, KeptRecord[]>();
  readonly errors = new ErrorTable();
  readonly #peaks = new Map<string, PeakHistogram>();
  #bytes = 0;

  /** Roughly what the records take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes in everything but samples, of which it only notes that they came. */
  apply(entry: Entry): void {
    switch (entry.k) {
      case 'sandbox': {
        const kept = this.#sandbox(entry.sandboxId, entry.atMs);
        kept.data = joinSandboxData(kept.data, entry.data, entry.atMs);
        kept.lastMs = entry.atMs;
        kept.firstMs = Math.min(kept.firstMs, entry.atMs);
        return;
      }
      case 'record':
        this.#applyRecord(entry);
        return;
      case 'withdraw':
        this.#withdraw(entry.id);
        return;
      case 'pack': {
        const kept = this.#sandbox(entry.sandboxId, entry.toMs);
        if (entry.incidentId === null && kept.lastMs < entry.toMs - seenEveryMs) kept.lastMs = entry.toMs;
        return;
      }
      case 'error':
        this.errors.apply(entry, this.#sandbox(entry.sandboxId, entry.lastMs).data);
        return;
      case 'peak': {
        const after = countPeak(this.#peaks.get(entry.key) ?? emptyHistogram, entry.key, entry);
        this.#peaks.delete(entry.key);
        this.#peaks.set(entry.key, after);
        this.#dropFirst(this.#peaks, peakCap);
      }
    }
  }

  sandboxes(query: HistoryQuery): readonly SandboxRow[] {
    const rows = [...this.#sandboxes]
      .filter(
        ([id, kept]) =>
          (query.sandboxId === undefined || id === query.sandboxId) && kept.lastMs >= (query.sinceMs ?? everMs),
      )
      .toSorted(([, a], [, b]) => b.lastMs - a.lastMs);
    return rows.slice(0, query.limit).map(([sandboxId, kept]) => {
      const ends = (this.#records.get(sandboxId) ?? []).filter((each) => each.kind === 'incident' && each.ref !== null);
      const end = ends.toSorted((a, b) => b.atMs - a.atMs)[0];
      return { sandboxId, ...kept, end: end === undefined ? null : { cause: end.ref ?? '', atMs: end.atMs } };
    });
  }

  records(kind: RecordKind, query: HistoryQuery): readonly KeptRecord[] {
    const lists =
      query.sandboxId === undefined ? [...this.#records.values()] : [this.#records.get(query.sandboxId) ?? []];
    return lists
      .flatMap((list) => list.filter((each) => each.kind === kind))
      .filter(
        (each) =>
          each.atMs >= (query.sinceMs ?? everMs) &&
          (kind !== 'fix' || query.fingerprint === undefined || each.ref === query.fingerprint),
      )
      .toReversed()
      .toSorted((a, b) => b.atMs - a.atMs)
      .slice(0, query.limit);
  }

  peaks(): readonly PeakRow[] {
    return [...this.#peaks].map(([key, histogram]) => ({ key, data: histogramText(histogram) })).toReversed();
  }

  /** @returns the keys of the peaks that only this sandbox can have taught. */
  ownPeaks(sandboxId: string): ReadonlySet<string> {
    const own = this.#taughtBy((id) => id === sandboxId);
    let known: Taught | null = null;
    const others = (): Taught => {
      known ??= this.#taughtBy((id) => id !== sandboxId);
      return known;
    };
    const keys = [...this.#peaks].filter(([key, peaks]) => isOnlyFrom(own, others, key, () => peaks));
    return new Set(keys.map(([key]) => key));
  }

  #taughtBy(isMeant: (sandboxId: string) => boolean): Taught {
    const records = [...this.#records].flatMap(([id, list]) => (isMeant(id) ? list : []));
    return taughtBy(
      records.filter(({ kind }) => kind === 'command').map(({ data }) => data),
      [...this.#sandboxes].filter(([id]) => isMeant(id)).map(([, { data }]) => data),
      records.filter(({ kind, ref }) => kind === 'incident' && ref !== null).map(({ atMs }) => atMs),
    );
  }

  forgetSandbox(sandboxId: string): void {
    for (const key of this.ownPeaks(sandboxId)) this.#peaks.delete(key);
    for (const record of this.#records.get(sandboxId) ?? []) this.#bytes -= record.data.length + overheadBytes;
    this.#records.delete(sandboxId);
    this.errors.forget(sandboxId);
    this.#sandboxes.delete(sandboxId);
  }

  forgetEverything(): void {
    for (const table of [this.#sandboxes, this.#records, this.errors, this.#peaks]) table.clear();
    this.#bytes = 0;
  }

  /** See `newestUpTo` of prune-time.ts. */
  newestUpTo(ms: number): number | null {
    const times = [
      ...[...this.#sandboxes.values()].map(({ lastMs }) => lastMs),
      ...[...this.#records.values()].flatMap((list) => list.map(({ atMs }) => atMs)),
    ];
    return newestOf([...times, ...this.errors.times()], ms);
  }

  /** Drops what is too old, then the oldest records until at most `maximumBytes` are left. */
  prune(nowMs: number, bounds: HistoryBounds): void {
    const endMs = nowMs - bounds.maximumAgeMs;
    this.#removeRecordsBefore(endMs);
    if (this.#bytes > bounds.maximumBytes) {
      const times = [...this.#records.values()]
        .flatMap((list) => list.map((each) => each.atMs))
        .toSorted((a, b) => a - b);
      // A fifth at once, so that not every write has to prune.
      this.#removeRecordsBefore(times[Math.ceil(times.length / 5)] ?? nowMs);
    }
    this.errors.prune(endMs);
    for (const [sandboxId, kept] of this.#sandboxes) {
      if (kept.lastMs < endMs && !this.#records.has(sandboxId) && !this.errors.has(sandboxId)) {
        this.#sandboxes.delete(sandboxId);
      }
    }
  }

  #sandbox(sandboxId: string, atMs: number): KeptSandbox {
    const known = this.#sandboxes.get(sandboxId);
    if (known !== undefined) return known;
    const kept = { firstMs: atMs, lastMs: atMs, data: null };
    this.#sandboxes.set(sandboxId, kept);
    return kept;
  }

  #applyRecord(entry: RecordEntry): void {
    this.#sandbox(entry.sandboxId, entry.atMs);
    const list = this.#records.get(entry.sandboxId) ?? [];
    if (entry.kind === 'transition' && isKnownChange(list, entry)) return;
    if (entry.id !== null) {
      const index = list.findIndex((each) => each.kind === entry.kind && each.id === entry.id);
      if (index >= 0) this.#bytes -= (list.splice(index, 1)[0]?.data.length ?? 0) + overheadBytes;
    }
    const { kind, sandboxId, id, ref, atMs, data } = entry;
    list.push({ kind, sandboxId, id, ref, atMs, data });
    this.#bytes += data.length + overheadBytes;
    this.#records.set(sandboxId, list);
  }

  #withdraw(incidentId: string): void {
    for (const list of this.#records.values()) {
      const index = list.findIndex((each) => each.kind === 'incident' && each.id === incidentId);
      if (index >= 0) this.#bytes -= (list.splice(index, 1)[0]?.data.length ?? 0) + overheadBytes;
    }
  }

  #removeRecordsBefore(endMs: number): void {
    for (const [sandboxId, list] of this.#records) {
      const left = list.filter((each) => each.atMs >= endMs);
      for (const each of list) if (each.atMs < endMs) this.#bytes -= each.data.length + overheadBytes;
      if (left.length === 0) this.#records.delete(sandboxId);
      else if (left.length < list.length) this.#records.set(sandboxId, left);
    }
  }

  #dropFirst(map: Map<string, unknown>, most: number): void {
    const first = map.size > most ? map.keys().next() : null;
    if (first !== null && first.done !== true) map.delete(first.value);
  }
}

/** Whether the state before, or soon after, is the same already: every window sees every change. */
const isKnownChange = (list: readonly KeptRecord[], entry: RecordEntry): boolean => {
  const changes = list.filter((each) => each.kind === 'transition').toSorted((a, b) => a.atMs - b.atMs);
  const before = changes.findLast((each) => each.atMs <= entry.atMs);
  const after = changes.find((each) => each.atMs > entry.atMs && each.atMs < entry.atMs + sameChangeMs);
  return before?.data === entry.data || after?.data === entry.data;
};
