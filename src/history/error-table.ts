import { dayOf } from '../model/day.ts';
import type { HistoryQuery } from '../model/history.ts';
import { addDecayed, type DecayedCount, decayedAt } from './decay.ts';
import type { ErrorDayRow, ErrorRow } from './engine.ts';
import { type ErrorEntry, errorCaps, otherErrors, otherErrorsData } from './entries.ts';
import { addToDays, isToldBefore, type KeptDay } from './error-days.ts';
import { ErrorSums } from './error-sums.ts';
import { workspaceOfData } from './sandbox-workspace.ts';

interface KeptError {
  count: number;
  decayed: DecayedCount;
  firstMs: number;
  lastMs: number;
  days: KeptDay[];
}

/** A number no time is before. */
const everMs = Number.MIN_SAFE_INTEGER;

/** Errors by sandbox and fingerprint, with their days, in memory. */
export class ErrorTable {
  readonly #errors = new Map<string, Map<string, KeptError>>();
  readonly #data = new Map<string, string>();

  has(sandboxId: string): boolean {
    return this.#errors.has(sandboxId);
  }

  /** @param sandboxData what is stored of its sandbox, or null. */
  apply(entry: ErrorEntry, sandboxData: string | null): void {
    const { sandboxId, fingerprint, count, firstMs, lastMs, window = null, command = null } = entry;
    const errors = this.#errors.get(sandboxId) ?? new Map<string, KeptError>();
    if (window !== null && isToldBefore(errors.get(fingerprint)?.days ?? [], window, lastMs)) return;
    const workspace = entry.workspace === undefined ? workspaceOfData(sandboxData) : entry.workspace;
    this.#errors.set(sandboxId, errors);
    this.#data.set(fingerprint, entry.data);
    addError(errors, fingerprint, {
      count,
      decayed: { value: count, atMs: lastMs },
      firstMs,
      lastMs,
      days: [{ day: dayOf(lastMs), workspace, command, window, count, firstMs, lastMs }],
    });
    // With some slack, because ranking all of them for every newcomer would be slow.
    if (errors.size > errorCaps.perSandbox * 1.5) this.#fold(errors, errorCaps.perSandbox, lastMs);
  }

  sums(query: HistoryQuery, nowMs: number): readonly ErrorRow[] {
    const sums = new ErrorSums(nowMs);
    for (const [, fingerprint, kept] of this.#asked(query)) {
      if (kept.lastMs >= (query.sinceMs ?? everMs)) sums.add(fingerprint, this.#data.get(fingerprint) ?? '', kept);
    }
    return sums.rows(query.limit);
  }

  /** Seen last first. */
  days(query: HistoryQuery): readonly ErrorDayRow[] {
    const rows: ErrorDayRow[] = [];
    for (const [sandboxId, fingerprint, { days }] of this.#asked(query)) {
      for (const { window: _, ...each } of days) {
        if (each.lastMs < (query.sinceMs ?? everMs)) continue;
        if (query.workspace === undefined || each.workspace === query.workspace) {
          rows.push({ sandboxId, fingerprint, ...each });
        }
      }
    }
    return rows.toSorted((a, b) => b.lastMs - a.lastMs).slice(0, query.limit);
  }

  /** Every count of every sandbox, for the export. */
  *bySandbox(): Generator<Omit<ErrorRow, 'decayedCount' | 'sandboxes'> & { readonly sandboxId: string }> {
    for (const [sandboxId, fingerprint, { count, firstMs, lastMs }] of this.#asked({})) {
      yield { sandboxId, fingerprint, data: this.#data.get(fingerprint) ?? '', count, firstMs, lastMs };
    }
  }

  /** When each of them came last. */
  *times(): Generator<number> {
    for (const errors of this.#errors.values()) for (const { lastMs } of errors.values()) yield lastMs;
  }

  forget(sandboxId: string): void {
    this.#errors.delete(sandboxId);
    this.#removeUnused();
  }

  clear(): void {
    this.#errors.clear();
    this.#data.clear();
  }

  /** Drops what was last seen before, and folds what is too much. */
  prune(endMs: number): void {
    for (const [sandboxId, errors] of this.#errors) {
      for (const [fingerprint, kept] of errors) {
        if (kept.lastMs < endMs) errors.delete(fingerprint);
        else kept.days = kept.days.filter((each) => each.lastMs >= endMs);
      }
      if (errors.size === 0) this.#errors.delete(sandboxId);
    }
    this.#foldOverall();
    this.#removeUnused();
  }

  *#asked({
    sandboxId,
    fingerprint,
  }: Pick<HistoryQuery, 'sandboxId' | 'fingerprint'>): Generator<readonly [string, string, KeptError]> {
    for (const [id, errors] of this.#errors) {
      if (sandboxId !== undefined && id !== sandboxId) continue;
      for (const [name, kept] of errors) {
        if (fingerprint === undefined || name === fingerprint) yield [id, name, kept];
      }
    }
  }

  /** Folds the least of one sandbox's errors into the one that stands for all others. */
  #fold(errors: Map<string, KeptError>, most: number, nowMs: number): void {
    const ranked = [...errors]
      .filter(([fingerprint]) => fingerprint !== otherErrors)
      .toSorted(([, a], [, b]) => decayedAt(a.decayed, nowMs) - decayedAt(b.decayed, nowMs));
    for (const [fingerprint, kept] of ranked.slice(0, Math.max(0, errors.size - most + 1))) {
      errors.delete(fingerprint);
      addError(errors, otherErrors, kept);
    }
    this.#data.set(otherErrors, otherErrorsData);
    // One fold makes room for many newcomers; whoever else has the fingerprint keeps its words.
    this.#removeUnused();
  }

  #foldOverall(): void {
    const sandboxes = this.#errors.size;
    if (this.#data.size <= errorCaps.overall || sandboxes === 0) return;
    const most = Math.max(1, Math.floor(errorCaps.overall / sandboxes));
    for (const errors of this.#errors.values()) {
      const nowMs = [...errors.values()].reduce((latest, kept) => Math.max(latest, kept.lastMs), everMs);
      if (errors.size > most) this.#fold(errors, most, nowMs);
    }
  }

  #removeUnused(): void {
    const used = new Set([...this.#errors.values()].flatMap((errors) => [...errors.keys()]));
    for (const fingerprint of this.#data.keys()) if (!used.has(fingerprint)) this.#data.delete(fingerprint);
  }
}

const addError = (errors: Map<string, KeptError>, fingerprint: string, more: KeptError): void => {
  const before = errors.get(fingerprint);
  if (before === undefined) {
    errors.set(fingerprint, { ...more, days: more.days.map((each) => ({ ...each })) });
    return;
  }
  before.count += more.count;
  before.decayed = addDecayed(before.decayed, more.decayed.value, more.decayed.atMs);
  before.firstMs = Math.min(before.firstMs, more.firstMs);
  before.lastMs = Math.max(before.lastMs, more.lastMs);
  for (const each of more.days) addToDays(before.days, each);
};
