import type { HistoryBounds, HistoryQuery } from '../model/history.ts';
import type { Engine, ErrorDayRow, ErrorRow, ExportPage, PeakRow, RecordRow, SandboxRow } from './engine.ts';
import type { Entry, PackEntry, RecordKind } from './entries.ts';
import { packLines } from './export-lines.ts';
import { ExportPager } from './export-pager.ts';
import { newestOf, type PruneTime, pruneTime, timeOfStep } from './prune-time.ts';
import { packsOf, unpackSamples } from './sample-pack.ts';
import { tableLines } from './table-lines.ts';
import { Tables } from './tables.ts';
import { thin, thinningEndMs, thinningSteps } from './thinning.ts';

/** Memory is dearer than disk: whatever the bound, no more than this is kept. */
const mostBytes = 16 * 1024 * 1024;

/** A history that lasts as long as the window: where nothing can be written, and until the worker runs. */
export class MemoryEngine implements Engine {
  readonly name = 'memory';
  readonly #tables = new Tables();
  /** In the order of arrival, by sandbox. */
  readonly #packs = new Map<string, PackEntry[]>();
  readonly #exports = new ExportPager();
  #packBytes = 0;

  write(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#tables.apply(entry);
      if (entry.k === 'pack') this.#addPack(entry);
      // The samples of an incident that is told of again, or taken back, are told again too.
      if (entry.k === 'withdraw') this.#removePacks((pack) => pack.incidentId === entry.id);
      if (entry.k === 'record' && entry.kind === 'incident') {
        this.#removePacks((pack) => pack.incidentId === entry.id, entry.sandboxId);
      }
    }
  }

  sandboxes(query: HistoryQuery): readonly SandboxRow[] {
    return this.#tables.sandboxes(query);
  }

  records(kind: RecordKind, query: HistoryQuery): readonly RecordRow[] {
    return this.#tables.records(kind, query);
  }

  errors(query: HistoryQuery, nowMs: number): readonly ErrorRow[] {
    return this.#tables.errors.sums(query, nowMs);
  }

  errorDays(query: HistoryQuery): readonly ErrorDayRow[] {
    return this.#tables.errors.days(query);
  }

  packs(sandboxId: string, fromMs: number, toMs: number): readonly string[] {
    const all = this.#packs.get(sandboxId) ?? [];
    return all.filter((pack) => pack.toMs >= fromMs && pack.fromMs <= toMs).map((pack) => pack.data);
  }

  incidentPacks(sandboxId: string, incidentId: string): readonly string[] {
    const all = this.#packs.get(sandboxId) ?? [];
    return all.filter((pack) => pack.incidentId === incidentId).map((pack) => pack.data);
  }

  peaks(): readonly PeakRow[] {
    return this.#tables.peaks();
  }

  changedElsewhere(): boolean {
    return false;
  }

  forgetSandbox(sandboxId: string): void {
    this.#tables.forgetSandbox(sandboxId);
    this.#removePacks(() => true, sandboxId);
  }

  forgetEverything(): void {
    this.#tables.forgetEverything();
    this.#packs.clear();
    this.#packBytes = 0;
  }

  exportPage(cursor: string | null): ExportPage {
    return this.#exports.page(cursor, () => this.#lines());
  }

  pruneStep(nowMs: number, bounds: HistoryBounds): boolean {
    const most = Math.min(mostBytes, bounds.maximumBytes);
    const time = pruneTime(nowMs, (ms) =>
      newestOf([this.#tables.newestUpTo(ms), ...[...this.#packs.values()].flat().map(({ toMs }) => toMs)], ms),
    );
    this.#thin(time);
    this.#removePacks((pack) => pack.toMs < time.heldMs - bounds.maximumAgeMs);
    this.#tables.prune(time.heldMs, { ...bounds, maximumBytes: most / 2 });
    while (this.#packBytes > most / 2) this.#removeOldestPack();
    return false;
  }

  sizeBytes(): number {
    return this.#tables.bytes + this.#packBytes;
  }

  close(): void {
    this.forgetEverything();
  }

  *#lines(): Generator<string> {
    yield* tableLines(this.#tables);
    for (const pack of [...this.#packs.values()].flat()) yield* packLines(pack.data, pack.incidentId);
  }

  #addPack(pack: PackEntry): void {
    const list = this.#packs.get(pack.sandboxId) ?? [];
    list.push(pack);
    this.#packs.set(pack.sandboxId, list);
    this.#packBytes += pack.data.length;
  }

  #removePacks(which: (pack: PackEntry) => boolean, sandboxId?: string): void {
    const ids = sandboxId === undefined ? [...this.#packs.keys()] : [sandboxId];
    for (const id of ids) {
      const list = this.#packs.get(id) ?? [];
      const left = list.filter((pack) => !which(pack));
      if (left.length === list.length) continue;
      for (const pack of list) if (which(pack)) this.#packBytes -= pack.data.length;
      if (left.length === 0) this.#packs.delete(id);
      else this.#packs.set(id, left);
    }
  }

  /** Samples of the black box go before those of incidents. */
  #removeOldestPack(): void {
    const all = [...this.#packs.values()].flat();
    const candidates = all.some((pack) => pack.incidentId === null) ? all.filter((p) => p.incidentId === null) : all;
    const oldest = candidates.toSorted((a, b) => a.toMs - b.toMs).slice(0, Math.ceil(candidates.length / 10));
    const gone = new Set(oldest);
    this.#removePacks((pack) => gone.has(pack));
  }

  #thin(time: PruneTime): void {
    for (const step of thinningSteps) {
      const nowMs = timeOfStep(step, time);
      const endMs = thinningEndMs(step, nowMs);
      for (const [sandboxId, list] of this.#packs) {
        const own = list.filter((pack) => pack.incidentId === null && pack.stepMs === step.takesStepMs);
        if (!own.some((pack) => pack.toMs < nowMs - step.dueMs)) continue;
        const taken = new Set(own.filter((pack) => pack.toMs <= endMs));
        const samples = [...taken].flatMap((pack) => unpackSamples(pack.data));
        this.#removePacks((pack) => taken.has(pack), sandboxId);
        for (const pack of packsOf(thin(samples, step.leavesStepMs), (text) => text)) {
          this.#addPack({ k: 'pack', sandboxId, incidentId: null, stepMs: step.leavesStepMs, ...pack });
        }
      }
    }
  }
}
