import type * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { HistoryStore } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import type { Clock, Log, Timer } from '../model/ports.ts';
import type { AppView } from '../model/view.ts';
import { within } from '../model/wait.ts';

const stateKey = 'incidentDigest';
const settleMs = 2_000;
const mostIncidents = 200;
/** A write, and with it the end, waits no longer for a disk that hangs. */
const patienceMs = 5_000;

/** What a digest is made and read with. */
export interface DigestFunctions {
  of(incidents: readonly Incident[]): unknown;
  read(digest: unknown): readonly Incident[];
  missingFrom(kept: readonly Incident[], digest: readonly Incident[]): readonly Incident[];
}

/**
 * Keeps a small digest of incidents on the person's side, where the editor's own state lives, for the case that this
 * extension runs inside a sandbox and everything it writes dies with the machine.
 */
export class IncidentKeeper {
  private readonly supervisor: Supervisor;
  private readonly history: HistoryStore;
  private readonly state: vscode.Memento;
  private readonly digest: DigestFunctions;
  private readonly clock: Clock;
  private readonly log: Log;
  private unsubscribe: (() => void) | null = null;
  private timer: Timer | null = null;
  private kept = '';
  /** Sandboxes that were forgotten, null for all of them, and when, epoch milliseconds. */
  private readonly forgotten = new Map<string | null, number>();
  /** The newest write; they follow one another, so that the last one begun is the last one to end. */
  private writing: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly supervisor: Supervisor;
    readonly history: HistoryStore;
    readonly state: vscode.Memento;
    readonly digest: DigestFunctions;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.supervisor = options.supervisor;
    this.history = options.history;
    this.state = options.state;
    this.digest = options.digest;
    this.clock = options.clock;
    this.log = options.log;
  }

  /** Gives the store what it lost with an earlier machine, then follows. */
  start(): void {
    this.restore().catch((error: unknown) => this.log.warn(`Incidents of an earlier machine: ${String(error)}`));
    this.unsubscribe = this.supervisor.onChange((view) => this.follow(view));
  }

  private async restore(): Promise<void> {
    const digest = this.inState();
    if (digest.length === 0) return;
    const kept = await this.history.incidents({ limit: mostIncidents, withoutSamples: true });
    const missing = this.digest.missingFrom(kept, digest).filter((each) => !this.isForgotten(each));
    for (const incident of missing) this.history.recordIncident(incident);
    if (missing.length === 0) return;
    this.log.info(`${missing.length} incidents of an earlier machine are remembered.`);
    await this.history.flush();
    this.supervisor.refresh();
  }

  private follow(view: AppView): void {
    const present = view.sandboxes.flatMap(({ incidents }) => incidents.map(({ id, text }) => id + text)).join();
    if (present === this.kept) return;
    this.kept = present;
    this.timer?.cancel();
    this.timer = this.clock.after(settleMs, () => {
      this.write().catch((error: unknown) => this.log.warn(`Keeping incidents: ${String(error)}`));
    });
  }

  /**
   * Takes out of the digest, at once, what is forgotten: it must not come back at the next start, though the history may be late with it.
   * Neither the history nor a write that waits for it is waited for; that one leaves out what is forgotten by then.
   */
  async forget(sandboxId: string | null): Promise<void> {
    this.forgotten.set(sandboxId, this.clock.now());
    const kept = this.inState().filter((each) => !this.isForgotten(each));
    await this.state.update(stateKey, this.digest.of(kept));
  }

  private inState(): readonly Incident[] {
    return this.digest.read(this.state.get<unknown>(stateKey));
  }

  private isForgotten({ sandboxId, atMs }: Incident): boolean {
    return [sandboxId, null].some((each) => atMs <= (this.forgotten.get(each) ?? Number.NEGATIVE_INFINITY));
  }

  private async incidents(): Promise<readonly Incident[]> {
    try {
      return await within(this.clock, patienceMs, null, () => this.history.incidents({ limit: mostIncidents }));
    } catch (error) {
      this.log.warn(`Keeping incidents: ${String(error)}`);
      return this.inState();
    }
  }

  /** Brings the digest in line with the history. */
  private write(): Promise<void> {
    this.timer?.cancel();
    this.timer = null;
    const before = this.writing.catch(() => undefined);
    this.writing = before.then(async () => {
      const kept = (await this.incidents()).filter((each) => !this.isForgotten(each));
      await this.state.update(stateKey, this.digest.of(kept));
    });
    return this.writing;
  }

  /** Writes what is pending, and follows no more. Never throws. */
  async close(): Promise<void> {
    this.unsubscribe?.();
    try {
      await (this.timer === null ? this.writing : this.write());
    } catch (error) {
      this.log.warn(`Keeping incidents: ${String(error)}`);
    }
  }
}
