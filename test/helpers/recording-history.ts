import type { RecognisedError } from '../../src/model/error-event.ts';
import type { FixOutcome } from '../../src/model/fix.ts';
import type {
  CommandPeak,
  CommandPeaks,
  CommandRun,
  DiagnosticsNote,
  ErrorCount,
  ErrorDay,
  FixRecord,
  ForgetOutcome,
  HistoryBounds,
  HistoryQuery,
  HistoryStatus,
  HistoryStore,
  RememberedSandbox,
} from '../../src/model/history.ts';
import type { Incident, LifecycleTransition } from '../../src/model/incident.ts';
import type { Sample } from '../../src/model/sample.ts';
import { isEnded, type Sandbox } from '../../src/model/sandbox.ts';
import type { Warning } from '../../src/model/warning.ts';

/** Peaks that were recorded, in order. */
export class RecordingPeaks implements CommandPeaks {
  readonly recorded: {
    readonly commandKey: string;
    readonly peakBytes: number;
    readonly atMs: number;
    readonly tookMs?: number;
  }[] = [];

  /** By key, what commands are said to have taken before. */
  readonly known = new Map<string, CommandPeak>();

  peakOf(commandKey: string): CommandPeak | null {
    return this.known.get(commandKey) ?? null;
  }

  record(commandKey: string, peakBytes: number, atMs: number, tookMs: number | null = null): void {
    this.recorded.push({ commandKey, peakBytes, atMs, ...(tookMs === null ? {} : { tookMs }) });
  }
}

const put = <T>(list: T[], item: T, same: (other: T) => boolean): void => {
  const index = list.findIndex(same);
  if (index < 0) list.push(item);
  else list[index] = item;
};

/** A history for tests: it keeps in plain lists what it is told, oldest first, and answers from them. */
export class RecordingHistory implements HistoryStore {
  readonly peaks = new RecordingPeaks();
  /** Every call of `recordSandbox`. */
  readonly seen: {
    readonly sandbox: Sandbox;
    readonly atMs: number;
    readonly place: string | null;
    readonly workspace: string | null;
  }[] = [];
  readonly transitionList: { readonly sandbox: Sandbox; readonly transition: LifecycleTransition }[] = [];
  readonly warningList: Warning[] = [];
  readonly incidentList: Incident[] = [];
  readonly withdrawn: string[] = [];
  readonly fixList: {
    readonly outcome: FixOutcome;
    readonly fingerprint: string | null;
    readonly workspace: string | null;
  }[] = [];
  readonly errorList: {
    readonly sandboxId: string;
    readonly error: RecognisedError;
    readonly workspace: string | null;
  }[] = [];
  readonly commandList: CommandRun[] = [];
  readonly sampleList: Sample[] = [];
  readonly noteList: DiagnosticsNote[] = [];
  /** What `sandboxes` answers besides what was seen; a test puts here what was remembered before. */
  readonly remembered: RememberedSandbox[] = [];
  readonly forgotten: string[] = [];
  /** What is said to come of it. */
  forgets: ForgetOutcome = 'done';
  readonly boundsList: HistoryBounds[] = [];
  /** Answers wait for it; a test that wants a slow store replaces it. */
  gate: Promise<void> = Promise.resolve();
  disposed = 0;
  #problem: string | null = null;
  readonly #listeners = new Set<(problem: string | null) => void>();

  recordSandbox(sandbox: Sandbox, atMs: number, place: string | null = null, workspace: string | null = null): void {
    this.seen.push({ sandbox, atMs, place, workspace });
  }

  recordTransition(sandbox: Sandbox, transition: LifecycleTransition): void {
    this.transitionList.push({ sandbox, transition });
  }

  recordWarning(warning: Warning): void {
    put(this.warningList, warning, (other) => other.id === warning.id);
  }

  recordIncident(incident: Incident): void {
    put(this.incidentList, incident, (other) => other.id === incident.id);
  }

  withdrawIncident(incidentId: string): void {
    this.withdrawn.push(incidentId);
    const index = this.incidentList.findIndex((each) => each.id === incidentId);
    if (index >= 0) this.incidentList.splice(index, 1);
  }

  recordFix(outcome: FixOutcome, fingerprint: string | null, workspace: string | null = null): void {
    this.fixList.push({ outcome, fingerprint, workspace });
  }

  recordError(sandboxId: string, error: RecognisedError, workspace: string | null = null): void {
    this.errorList.push({ sandboxId, error, workspace });
  }

  recordCommand(run: CommandRun): void {
    put(this.commandList, run, (other) => other.sandboxId === run.sandboxId && other.commandId === run.commandId);
  }

  recordSample(sample: Sample): void {
    this.sampleList.push(sample);
  }

  recordDiagnostics(note: DiagnosticsNote): void {
    this.noteList.push(note);
  }

  /** Of the sandboxes it was told of, those that have ended, with those that a test put into `remembered`. */
  async sandboxes(query: HistoryQuery): Promise<readonly RememberedSandbox[]> {
    await this.gate;
    const known = new Map(this.remembered.map((each) => [each.sandboxId, each]));
    for (const { sandbox, atMs, place, workspace } of this.seen) {
      const before = known.get(sandbox.id);
      known.set(sandbox.id, {
        provider: sandbox.provider,
        place,
        sandboxId: sandbox.id,
        name: sandbox.name,
        image: sandbox.image,
        metadata: sandbox.metadata,
        workspace: workspace ?? before?.workspace ?? null,
        createdAtMs: sandbox.createdAtMs,
        firstSeenAtMs: before?.firstSeenAtMs ?? atMs,
        lastSeenAtMs: atMs,
        expiresAtMs: sandbox.expiry?.expiresAtMs ?? null,
        phase: sandbox.phase,
        rawState: sandbox.rawState,
        reason: sandbox.reason,
        endedAtMs: isEnded(sandbox.phase) ? (before?.endedAtMs ?? atMs) : null,
        endCause: before?.endCause ?? null,
      });
    }
    return [...known.values()]
      .map((each) => {
        const end = this.incidentList.find((incident) => incident.endsSandbox && incident.sandboxId === each.sandboxId);
        return end === undefined ? each : { ...each, endedAtMs: end.atMs, endCause: end.cause };
      })
      .filter((each) => (query.sandboxId ?? each.sandboxId) === each.sandboxId)
      .filter((each) => each.lastSeenAtMs >= (query.sinceMs ?? 0))
      .toSorted((a, b) => b.lastSeenAtMs - a.lastSeenAtMs)
      .slice(0, query.limit);
  }

  transitions(): Promise<readonly (LifecycleTransition & { readonly sandboxId: string })[]> {
    return Promise.resolve(
      this.transitionList.map(({ sandbox, transition }) => ({ ...transition, sandboxId: sandbox.id })),
    );
  }

  /** In the order in which they were told. */
  warnings({ sandboxId, limit }: HistoryQuery): Promise<readonly Warning[]> {
    const own = this.warningList.filter((each) => (sandboxId ?? each.sandboxId) === each.sandboxId);
    return Promise.resolve(own.slice(0, limit));
  }

  async incidents(query: HistoryQuery & { readonly withoutSamples?: boolean }): Promise<readonly Incident[]> {
    await this.gate;
    return this.incidentList
      .filter((each) => (query.sandboxId ?? each.sandboxId) === each.sandboxId)
      .filter((each) => each.atMs >= (query.sinceMs ?? Number.NEGATIVE_INFINITY))
      .toSorted((a, b) => b.atMs - a.atMs)
      .slice(0, query.limit)
      .map((each) => (query.withoutSamples === true ? { ...each, samples: [] } : each));
  }

  errors(): Promise<readonly ErrorCount[]> {
    return Promise.resolve([]);
  }

  errorDays(_query: HistoryQuery): Promise<readonly ErrorDay[]> {
    return Promise.resolve([]);
  }

  fixes(): Promise<readonly FixRecord[]> {
    return Promise.resolve([]);
  }

  async commands(query: HistoryQuery): Promise<readonly CommandRun[]> {
    await this.gate;
    return this.commandList
      .filter((each) => (query.sandboxId ?? each.sandboxId) === each.sandboxId)
      .toReversed()
      .slice(0, query.limit);
  }

  diagnostics({ sandboxId, limit }: HistoryQuery): Promise<readonly DiagnosticsNote[]> {
    const notes = this.noteList.filter((each) => (sandboxId ?? each.sandboxId) === each.sandboxId);
    return Promise.resolve(notes.toReversed().slice(0, limit));
  }

  samples(sandboxId: string): Promise<readonly Sample[]> {
    return Promise.resolve(this.sampleList.filter((each) => each.sandboxId === sandboxId));
  }

  forgetSandbox(sandboxId: string): Promise<ForgetOutcome> {
    this.forgotten.push(sandboxId);
    const keep = <T>(list: T[], idOf: (item: T) => string): void => {
      list.splice(0, list.length, ...list.filter((item) => idOf(item) !== sandboxId));
    };
    keep(this.seen, (each) => each.sandbox.id);
    keep(this.remembered, (each) => each.sandboxId);
    keep(this.incidentList, (each) => each.sandboxId);
    keep(this.transitionList, (each) => each.sandbox.id);
    keep(this.commandList, (each) => each.sandboxId);
    keep(this.sampleList, (each) => each.sandboxId);
    keep(this.errorList, (each) => each.sandboxId);
    return Promise.resolve(this.forgets);
  }

  async forgetEverything(): Promise<ForgetOutcome> {
    const all = [...this.seen.map((each) => each.sandbox.id), ...this.remembered.map((each) => each.sandboxId)];
    for (const sandboxId of new Set(all)) await this.forgetSandbox(sandboxId);
    this.forgotten.push('everything');
    return this.forgets;
  }

  async *export(): AsyncGenerator<string> {
    await this.gate;
    for (const incident of this.incidentList) yield JSON.stringify({ kind: 'incident', id: incident.id });
  }

  setBounds(bounds: HistoryBounds): void {
    this.boundsList.push(bounds);
  }

  status(): HistoryStatus {
    return { engine: 'memory', sizeBytes: 0, problem: this.#problem };
  }

  onProblem(listener: (problem: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The store is in this trouble from now on. */
  fail(problem: string | null): void {
    this.#problem = problem;
    for (const listener of this.#listeners) listener(problem);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    this.disposed += 1;
    return Promise.resolve();
  }
}
