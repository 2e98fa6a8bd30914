import type { HistoryStore, RememberedSandbox } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import type { Clock, Log, SandboxProvider } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import { within } from '../model/wait.ts';
import { workspaceOf } from '../model/workspace.ts';
import { signalsBehind } from '../monitor/broken-signals.ts';
import { classifyEnd } from '../monitor/ends.ts';
import type { Tasks } from './waiting.ts';

export interface UnseenEndsHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  readonly history: HistoryStore;
  /** Ids of providers of whose sandboxes nothing is written. */
  readonly unkept: readonly string[];
  /** How far back is looked, milliseconds. */
  maximumAgeMs(): number;
  /** Ends were written that can be shown now. */
  written(): void;
}

const mostRead = 1_000;
/** Each is asked for once more, so that a list that was not whole ends nothing. */
const mostAsked = 50;
const askMs = 5_000;
const readMs = 10_000;
const mostWarnings = 50;
/** So much before its end belongs to the story of it. */
const storyMs = 10 * 60_000;

/**
 * Sandboxes vanish without a trace, also while no window is open. At the first complete list of a server, those that were alive when they
 * were seen last and are not known to it any more get their incident, with what is remembered of them.
 */
export class UnseenEnds {
  readonly #host: UnseenEndsHost;
  readonly #life = new AbortController();
  readonly #looked = new WeakSet<SandboxProvider>();
  /** Incidents that were written here, by sandbox: one that is listed again has not ended. */
  readonly #written = new Map<string, string>();

  constructor(host: UnseenEndsHost) {
    this.#host = host;
  }

  /** A complete list came. */
  listed(provider: SandboxProvider, sandboxIds: ReadonlySet<string>): void {
    for (const sandboxId of sandboxIds) this.#withdraw(sandboxId);
    // The place an editor works in knows of itself alone; other windows work in other places, which live on.
    if (provider.isHere === true) return;
    if (this.#looked.has(provider) || this.#host.unkept.includes(provider.id)) return;
    this.#looked.add(provider);
    const { log, tasks } = this.#host;
    tasks.add(this.#look(provider, sandboxIds), (error) => {
      if (!this.#life.signal.aborted) log.warn(`Sandboxes that ended unseen: ${toProblem(error).message}`);
    });
  }

  #withdraw(sandboxId: string): void {
    const incidentId = this.#written.get(sandboxId);
    if (incidentId === undefined) return;
    this.#written.delete(sandboxId);
    this.#host.log.info(`${sandboxId} is there again; incident ${incidentId} never happened.`);
    this.#host.history.withdrawIncident(incidentId);
    this.#host.written();
  }

  async #look(provider: SandboxProvider, listedIds: ReadonlySet<string>): Promise<void> {
    const missing = await this.#missing(provider, listedIds);
    let written = false;
    for (const sandbox of missing.slice(0, mostAsked)) {
      if (!(await this.#isGone(provider, sandbox.sandboxId))) continue;
      // Another window may have seen it end meanwhile, and knows more.
      const now = await this.#ask((history) => history.sandboxes({ sandboxId: sandbox.sandboxId, limit: 1 }));
      if (now[0]?.endedAtMs !== null) continue;
      const incident = await this.#incident(sandbox);
      this.#written.set(sandbox.sandboxId, incident.id);
      this.#host.history.recordIncident(incident);
      written = true;
    }
    if (written) this.#host.written();
  }

  /** Those of this very server that were alive when they were seen last, newest first. */
  async #missing(provider: SandboxProvider, listedIds: ReadonlySet<string>): Promise<readonly RememberedSandbox[]> {
    const sinceMs = this.#host.clock.now() - this.#host.maximumAgeMs();
    const remembered = await this.#ask((history) => history.sandboxes({ sinceMs, limit: mostRead }));
    return remembered.filter(
      (each) =>
        each.provider === provider.id &&
        each.place === provider.label &&
        each.endedAtMs === null &&
        !listedIds.has(each.sandboxId),
    );
  }

  async #isGone(provider: SandboxProvider, sandboxId: string): Promise<boolean> {
    const { clock, log } = this.#host;
    try {
      const found = await within(clock, askMs, this.#life.signal, (signal) => provider.find(sandboxId, signal));
      return found === null;
    } catch (error) {
      log.debug(`Asking the server for ${sandboxId}, which it did not list: ${toProblem(error).message}`);
      return false;
    }
  }

  async #incident(sandbox: RememberedSandbox): Promise<Incident> {
    const { clock } = this.#host;
    const { sandboxId, name, provider, expiresAtMs, lastSeenAtMs } = sandbox;
    const workspace = sandbox.workspace ?? workspaceOf(sandbox.metadata);
    const nowMs = clock.now();
    const timeline = await this.#ask((history) => history.transitions({ sandboxId, limit: 100 }));
    const samples = await this.#ask((history) => history.samples(sandboxId, lastSeenAtMs - storyMs, nowMs));
    const warnings = await this.#ask((history) => history.warnings({ sandboxId, limit: mostWarnings }));
    const finding = classifyEnd({
      sandboxName: name,
      atMs: nowMs,
      seen: 'gone',
      phase: sandbox.phase,
      reason: sandbox.reason,
      message: null,
      diagnostics: null,
      expiry:
        expiresAtMs === null
          ? null
          : { clock: 'absolute', expiresAtMs, action: 'delete', extendedBy: 'call', certainty: 'probable' },
      firstExpiresAtMs: null,
      lastAliveAtMs: lastSeenAtMs,
      ran: timeline.some((step) => step.phase === 'running'),
      deletedByUs: false,
      oomCounterRose: null,
      // What it was minutes before says nothing about the moment nobody saw.
      lastMemoryPressure: null,
    });
    // A warning of something else did not foretell it, and one that a later one followed was left open by a window that closed.
    const behind = signalsBehind(finding);
    const last = warnings.find(({ signal }) => behind.includes(signal));
    const warning = last?.outcome === 'open' ? last : null;
    const atMs = finding.cause === 'expired' && expiresAtMs !== null ? Math.min(expiresAtMs, nowMs) : lastSeenAtMs;
    return {
      // The same in every window, so that it is written once.
      id: `${sandboxId}/unseen`,
      sandboxId,
      sandboxName: name,
      provider,
      ...(workspace === null ? {} : { workspace }),
      atMs,
      cause: finding.cause,
      certainty: 'probable',
      endsSandbox: true,
      exitCode: finding.exitCode,
      text: `${finding.text} No window was watching when it happened.`,
      warning,
      leadMs: warning === null || warning.warnedAtMs === null ? null : Math.max(0, atMs - warning.warnedAtMs),
      timeline: timeline
        .map(({ atMs: at, phase, rawState, reason }) => ({ atMs: at, phase, rawState, reason }))
        .toSorted((a, b) => a.atMs - b.atMs),
      samples,
      fixes: [],
    };
  }

  #ask<T>(question: (history: HistoryStore) => Promise<T>): Promise<T> {
    return within(this.#host.clock, readMs, this.#life.signal, () => question(this.#host.history));
  }

  close(): void {
    this.#life.abort();
  }
}
