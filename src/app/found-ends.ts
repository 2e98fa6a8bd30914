import type { HistoryStore } from '../model/history.ts';
import type { Clock, Log, SandboxProvider } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import { isEnded, type Sandbox } from '../model/sandbox.ts';
import { within } from '../model/wait.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import type { Tasks } from './waiting.ts';

export interface FoundEndsHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  readonly history: HistoryStore;
  currentId(): string | null;
  record(sandboxId: string): SandboxRecord | null;
}

/** Of the hundreds that a server may list, so many at a time are asked about. */
const mostAsked = 8;
/** What ended longer ago is asked about only if it is the current one. */
const recentMs = 3_600_000;
const askMs = 5_000;
/** An end is looked for among this many incidents. */
const readIncidents = 50;

/** See `IncidentDesk.open`. */
const isFound = (incidentId: string): boolean => incidentId.endsWith('/found');

/** When it ended, as far as is known: what has just been made has just ended. */
const aboutMs = ({ endedAtMs, createdAtMs }: Sandbox): number => endedAtMs ?? createdAtMs ?? Number.NEGATIVE_INFINITY;

/**
 * A sandbox may end before anybody looks: before the window was opened, or made and ended between two lists. What the system says of such an
 * end is read too, once: of the current one, and of the newest in a list. An end that the history remembers needs no question.
 */
export class FoundEnds {
  readonly #host: FoundEndsHost;
  readonly #life = new AbortController();
  /** Those that were decided on; a record that has lived is none of these. */
  readonly #seen = new WeakSet<SandboxRecord>();
  readonly #asked = new WeakSet<SandboxRecord>();

  constructor(host: FoundEndsHost) {
    this.#host = host;
  }

  /** A complete list came, and the records are as it says. */
  listed(provider: SandboxProvider, sandboxes: readonly Sandbox[]): void {
    if (provider.actions.diagnostics === undefined) return;
    const found = sandboxes.flatMap(({ id, phase }) => {
      const record = isEnded(phase) ? this.#host.record(id) : null;
      return record?.provider === provider && record.foundEnded ? [record] : [];
    });
    const sinceMs = this.#host.clock.now() - recentMs;
    const newest = found
      .filter((record) => !this.#seen.has(record) && aboutMs(record.sandbox) >= sinceMs)
      .toSorted((a, b) => aboutMs(b.sandbox) - aboutMs(a.sandbox))
      .slice(0, mostAsked);
    const current = found.filter(({ id }) => id === this.#host.currentId());
    for (const record of found) this.#seen.add(record);
    for (const record of [...current, ...newest]) this.#read(record);
  }

  #read(record: SandboxRecord): void {
    if (this.#asked.has(record)) return;
    this.#asked.add(record);
    const { log, tasks } = this.#host;
    const read = async (): Promise<void> => {
      if (!(await this.#isRemembered(record.sandbox))) record.readFoundEnd();
    };
    tasks.add(read(), (error) => {
      if (this.#life.signal.aborted) return;
      log.debug(`Earlier notes on ${record.id}: ${toProblem(error).message}`);
      record.readFoundEnd();
    });
  }

  /** Somebody saw it end, or what the system says of its end was read before. */
  async #isRemembered({ id: sandboxId, endedAtMs = Number.NEGATIVE_INFINITY }: Sandbox): Promise<boolean> {
    const { clock, history } = this.#host;
    const [incidents, notes] = await within(clock, askMs, this.#life.signal, () =>
      Promise.all([
        history.incidents({ sandboxId, limit: readIncidents, withoutSamples: true }),
        history.diagnostics({ sandboxId, limit: 1 }),
      ]),
    );
    const isSeen = incidents.some(({ id, endsSandbox }) => endsSandbox && !isFound(id));
    return isSeen || notes.some(({ atMs }) => atMs >= endedAtMs);
  }

  close(): void {
    this.#life.abort();
  }
}
