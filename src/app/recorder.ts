import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { CommandPeaks, HistoryStore } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import type { Clock, Log, PlaceHints } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import { realmOf } from '../model/realm.ts';
import type { Sample } from '../model/sample.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { within } from '../model/wait.ts';
import { workspaceName, workspaceOf } from '../model/workspace.ts';
import { signalsReached } from '../monitor/broken-signals.ts';
import type { MonitorRecord } from '../monitor/sandbox-monitor.ts';
import { CommandRuns } from './command-runs.ts';
import { LifeMemory } from './life-memory.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import type { Tasks } from './waiting.ts';

export interface RecorderHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  readonly history: HistoryStore;
  readonly peaks: CommandPeaks | null;
  /** Ids of providers of whose sandboxes nothing is written. */
  readonly unkept: readonly string[];
  /** Whether this is the person's own sandbox, as far as is known. */
  isCurrent(record: SandboxRecord): boolean;
}

/** A sandbox in which nothing changes is told again after this time, so that it is known until when it was there. */
export const stillThereMs = 10 * 60_000;
/** A deadline that every access moves is told this often at most. */
const idleDeadlineMs = 60_000;
const askMs = 5_000;
/** An end is looked for among this many incidents. */
const readIncidents = 50;

interface Told {
  readonly sandbox: Sandbox;
  readonly atMs: number;
  readonly workspace: string | null;
}

const sameEntries = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean => {
  const keys = Object.keys(a);
  return a === b || (keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]));
};

const lasting = ['name', 'phase', 'rawState', 'reason', 'image', 'createdAtMs'] as const;

const isNews = (told: Told, sandbox: Sandbox, nowMs: number, ended: boolean): boolean => {
  const before = told.sandbox;
  if (lasting.some((field) => before[field] !== sandbox[field])) return true;
  if (!sameEntries(before.metadata, sandbox.metadata)) return true;
  const sinceMs = Math.abs(nowMs - told.atMs);
  const moved = before.expiry?.expiresAtMs !== sandbox.expiry?.expiresAtMs;
  if (moved && (sandbox.expiry?.clock !== 'idle' || sinceMs >= idleDeadlineMs)) return true;
  return !ended && sinceMs >= stillThereMs;
};

/** Writes to the history what is worth keeping of the sandboxes in the view. */
export class Recorder {
  readonly #host: RecorderHost;
  readonly #runs: CommandRuns;
  readonly #lives: LifeMemory;
  readonly #told = new Map<string, Told>();
  readonly #life = new AbortController();
  /** The workspace of this window, or null when no folder is open or the person does not trust it. */
  #own: string | null = null;

  constructor(host: RecorderHost) {
    this.#host = host;
    this.#runs = new CommandRuns(host);
    this.#lives = new LifeMemory(host);
  }

  /** Whether anything is written of this sandbox. */
  isKept(record: SandboxRecord): boolean {
    const { provider } = record;
    return provider.isNameless !== true && !this.#host.unkept.includes(provider.id);
  }

  /** The editor works there. */
  setPlace({ workspaceNames, isTrusted = true }: PlaceHints): void {
    this.#own = (isTrusted ? workspaceNames : []).map(workspaceName).find((name) => name !== null) ?? null;
  }

  /**
   * @returns the workspace what happens in this sandbox belongs to: what its metadata says, so that all windows say the same, else that
   * of this window for the person's own sandbox and for the place the editor works in; null when nobody knows.
   */
  workspaceOf(record: SandboxRecord): string | null {
    const isOwn = record.provider.isHere === true || this.#host.isCurrent(record);
    return workspaceOf(record.sandbox.metadata) ?? (isOwn ? this.#own : null);
  }

  /** It may have changed. */
  seen(record: SandboxRecord): void {
    if (!this.isKept(record)) return;
    this.#runs.passTime(record.id);
    const nowMs = this.#host.clock.now();
    const { sandbox } = record.monitor.view(nowMs);
    const told = this.#told.get(record.id);
    const workspace = this.workspaceOf(record);
    const isMoved = workspace !== null && workspace !== told?.workspace;
    if (told !== undefined && !isMoved && !isNews(told, sandbox, nowMs, record.ended)) return;
    this.#tell(record, sandbox, nowMs);
  }

  #tell(record: SandboxRecord, sandbox: Sandbox, atMs: number): void {
    const workspace = this.workspaceOf(record);
    this.#told.set(sandbox.id, { sandbox, atMs, workspace });
    this.#host.history.recordSandbox(sandbox, atMs, realmOf(record.provider), workspace);
  }

  /** Takes over what its monitor had to tell. */
  record(record: SandboxRecord, one: MonitorRecord): void {
    if (!this.isKept(record)) return;
    const { history, log } = this.#host;
    switch (one.kind) {
      case 'transition':
        history.recordTransition(one.sandbox, one.transition);
        break;
      case 'warning':
        history.recordWarning(one.warning);
        break;
      case 'incident':
        this.#incident(record, this.#placed(record, one.incident));
        break;
      case 'incident-withdrawn':
        log.info(`${record.id} is there again; incident ${one.incidentId} never happened.`);
        history.withdrawIncident(one.incidentId);
        this.#lives.withdrawn(record.id);
        break;
      case 'fix':
        history.recordFix(one.outcome, one.fingerprint, this.workspaceOf(record));
        break;
      case 'error':
        history.recordError(record.id, one.error, this.workspaceOf(record));
        if (signalsReached(one.error.pattern).includes('disk')) this.#lives.diskFull(record.id, one.error.lastSeenAtMs);
        break;
      case 'error-rise':
        // Follows from what is recorded already.
        break;
    }
  }

  #placed(record: SandboxRecord, incident: Incident): Incident {
    const workspace = this.workspaceOf(record);
    return workspace === null ? incident : { ...incident, workspace };
  }

  #incident(record: SandboxRecord, incident: Incident): void {
    const { history, log, tasks } = this.#host;
    this.#lives.incident(record.sandbox, incident);
    if (incident.endsSandbox) this.#runs.sandboxEnded(record.id, incident.cause === 'out-of-memory');
    if (!record.foundEnded || !incident.endsSandbox) {
      history.recordIncident(incident);
      return;
    }
    tasks.add(this.#foundEnd(incident), (error) => {
      // Whoever finds it the next time will tell it.
      if (this.#life.signal.aborted) return;
      log.debug(`Earlier incidents of ${record.id}: ${toProblem(error).message}`);
      history.recordIncident(incident);
    });
  }

  /** It had ended before we looked. What was written while it happened knows more than what can be said now. */
  async #foundEnd(incident: Incident): Promise<void> {
    const { clock, history } = this.#host;
    const known = await within(clock, askMs, this.#life.signal, () =>
      history.incidents({ sandboxId: incident.sandboxId, limit: readIncidents, withoutSamples: true }),
    );
    const ends = known.filter((each) => each.endsSandbox);
    if (ends.some((each) => each.id !== incident.id)) return;
    const [before] = ends;
    if (!this.#told.has(incident.sandboxId) || before?.text === incident.text) return;
    // What the system said of it was read then, and is not asked for again.
    if (before?.certainty === 'certain' && incident.certainty === 'probable') return;
    // Found again after a new start, its end has not become later.
    history.recordIncident(before === undefined ? incident : { ...incident, atMs: before.atMs });
  }

  sample(record: SandboxRecord, sample: Sample): void {
    if (!this.isKept(record)) return;
    this.#host.history.recordSample(sample);
    this.#runs.sample(sample);
    this.#lives.sample(record.sandbox, sample);
  }

  command(record: SandboxRecord, event: CommandStarted | CommandEnded): void {
    if (!this.isKept(record)) return;
    if (event.kind === 'command-started') this.#runs.started(event);
    else this.#runs.ended(event);
  }

  diagnostics(record: SandboxRecord, text: string): void {
    if (!this.isKept(record) || text === '') return;
    this.#host.history.recordDiagnostics({ sandboxId: record.id, atMs: this.#host.clock.now(), text });
  }

  /** What was told of it is gone: the next word counts as the first. */
  forget(sandboxId: string): void {
    this.#told.delete(sandboxId);
    this.#runs.forget(sandboxId);
    this.#lives.forget(sandboxId);
  }

  /** It is not shown any more. */
  dropped(sandboxId: string): void {
    this.#told.delete(sandboxId);
    this.#runs.drop(sandboxId);
    this.#lives.drop(sandboxId);
  }

  /** Waits for no answers any more. */
  stopAsking(): void {
    this.#life.abort();
    this.#runs.stopAsking();
  }

  /** The last word on `records`: until now they were there. */
  close(records: readonly SandboxRecord[]): void {
    this.#runs.close();
    this.#lives.close();
    const nowMs = this.#host.clock.now();
    for (const record of records) {
      if (this.isKept(record) && !record.ended) this.#tell(record, record.monitor.view(nowMs).sandbox, nowMs);
    }
  }
}
