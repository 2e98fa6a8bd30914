import type { HistoryStore, RememberedSandbox } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import type { Clock, Log, SandboxProvider } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import { realmOf } from '../model/realm.ts';
import { isEnded, type Sandbox } from '../model/sandbox.ts';
import { sleep, within } from '../model/wait.ts';
import { workspaceOf } from '../model/workspace.ts';
import { signalsBehind } from '../monitor/broken-signals.ts';
import { classifyEnd } from '../monitor/ends.ts';
import { stillThereMs } from './recorder.ts';
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
const mostIncidents = 50;
/** So much before its end belongs to the story of it. */
const storyMs = 10 * 60_000;
/** A window that watches a sandbox tells of it again within this time. */
const retoldMs = stillThereMs + 60_000;
/** So long after its time nobody has extended it, also not one whose every access does: such a deadline is told once a minute. */
const overdueMs = 60_000;

const mayBeWatched = ({ lastSeenAtMs, expiresAtMs }: RememberedSandbox, nowMs: number): boolean =>
  nowMs - lastSeenAtMs < retoldMs && (expiresAtMs === null || nowMs < expiresAtMs + overdueMs);

/** Those that lived when they were seen last and that this very provider would be shown if they did. */
const shownTo = (provider: SandboxProvider, remembered: readonly RememberedSandbox[]): readonly RememberedSandbox[] => {
  const realm = realmOf(provider);
  return remembered.filter((each) => realm !== null && each.place === realm && each.endedAtMs === null);
};

/** The same in every window, so that it is written once. */
const incidentId = (sandboxId: string): string => `${sandboxId}/unseen`;

/**
 * Sandboxes vanish without a trace, also while no window is open. At the first complete list of a server (the first of which it is known
 * which key it was asked for with), those that were alive when they were seen last and are not known to it any more get their incident,
 * with what is remembered of them. One that was seen a moment ago may be watched by another window, which is shown another part of the
 * server or another server behind the same address: it is looked at again when that window would have told of it.
 */
export class UnseenEnds {
  readonly #host: UnseenEndsHost;
  readonly #life = new AbortController();
  /** Those that were looked at, and whether it was known then what they are shown. */
  readonly #looked = new WeakMap<SandboxProvider, boolean>();
  /** Sandboxes whose end was written here: one that is listed again has not ended. */
  readonly #written = new Set<string>();

  constructor(host: UnseenEndsHost) {
    this.#host = host;
  }

  /** A complete list came. */
  listed(provider: SandboxProvider, sandboxes: readonly Sandbox[]): void {
    for (const { id } of sandboxes) if (this.#written.has(id)) this.#withdraw(id);
    // The place an editor works in knows of itself alone; other windows work in other places, which live on.
    if (provider.isHere === true) return;
    if (this.#host.unkept.includes(provider.id)) return;
    const isKnown = realmOf(provider) !== null;
    const before = this.#looked.get(provider);
    // The secret storage may not have told yet which key the list was asked for with.
    if (before === true || before === isKnown) return;
    this.#looked.set(provider, isKnown);
    const { log, tasks } = this.#host;
    tasks.add(this.#look(provider, sandboxes, isKnown), (error) => {
      if (!this.#life.signal.aborted) log.warn(`Sandboxes that ended unseen: ${toProblem(error).message}`);
    });
  }

  #withdraw(sandboxId: string): void {
    const id = incidentId(sandboxId);
    this.#written.delete(sandboxId);
    this.#host.log.info(`${sandboxId} is there again; incident ${id} never happened.`);
    this.#host.history.withdrawIncident(id);
    this.#host.written();
  }

  /** @param isKnown what the provider is shown: nothing that is missing has ended before. */
  async #look(provider: SandboxProvider, sandboxes: readonly Sandbox[], isKnown: boolean): Promise<void> {
    const remembered = await this.#remembered(provider);
    const living = new Set(sandboxes.filter(({ phase }) => !isEnded(phase)).map(({ id }) => id));
    await this.#takeBack(remembered.filter((each) => each.endedAtMs !== null && living.has(each.sandboxId)));
    if (!isKnown) return;
    const listed = new Set(sandboxes.map(({ id }) => id));
    const missing = shownTo(provider, remembered).filter((each) => !listed.has(each.sandboxId));
    const nowMs = this.#host.clock.now();
    const recent = missing.filter((each) => mayBeWatched(each, nowMs));
    await this.#end(
      provider,
      missing.filter((each) => !recent.includes(each)),
    );
    if (recent.length === 0 || !(await sleep(this.#host.clock, retoldMs, this.#life.signal))) return;
    const seenAtMs = new Map(recent.map((each) => [each.sandboxId, each.lastSeenAtMs]));
    const later = shownTo(provider, await this.#remembered(provider));
    await this.#end(
      provider,
      later.filter((each) => each.lastSeenAtMs === seenAtMs.get(each.sandboxId)),
    );
  }

  /** Those that live and whose end another window, or an earlier one, took for certain: it was shown others, or asked another server. */
  async #takeBack(living: readonly RememberedSandbox[]): Promise<void> {
    for (const { sandboxId } of living) {
      const known = await this.#ask((history) =>
        history.incidents({ sandboxId, limit: mostIncidents, withoutSamples: true }),
      );
      if (known.some(({ id }) => id === incidentId(sandboxId))) this.#withdraw(sandboxId);
    }
  }

  async #end(provider: SandboxProvider, missing: readonly RememberedSandbox[]): Promise<void> {
    let written = false;
    for (const sandbox of missing.slice(0, mostAsked)) {
      if (!(await this.#isGone(provider, sandbox.sandboxId))) continue;
      // Another window may have seen it end meanwhile, and knows more.
      const now = await this.#ask((history) => history.sandboxes({ sandboxId: sandbox.sandboxId, limit: 1 }));
      if (now[0]?.endedAtMs !== null) continue;
      const incident = await this.#incident(sandbox);
      this.#written.add(sandbox.sandboxId);
      this.#host.history.recordIncident(incident);
      written = true;
    }
    if (written) this.#host.written();
  }

  /** Those of its system, newest first. */
  async #remembered(provider: SandboxProvider): Promise<readonly RememberedSandbox[]> {
    const sinceMs = this.#host.clock.now() - this.#host.maximumAgeMs();
    const remembered = await this.#ask((history) => history.sandboxes({ sinceMs, limit: mostRead }));
    return remembered.filter((each) => each.provider === provider.id);
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
    // A server that was down at the deadline removes it when it is back: until then it lives.
    const endedAtMs = finding.cause === 'expired' ? Math.max(expiresAtMs ?? 0, lastSeenAtMs) : lastSeenAtMs;
    const atMs = Math.min(endedAtMs, nowMs);
    return {
      id: incidentId(sandboxId),
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
