import type { RankedFix, RememberedFix } from '../../model/fix.ts';
import type { FixRecord, HistoryStore } from '../../model/history.ts';
import type { Clock } from '../../model/ports.ts';
import { within } from '../../model/wait.ts';
import type { Fleet } from '../fleet.ts';
import type { SandboxRecord } from '../sandbox-record.ts';
import { ownFix } from './own-fix.ts';
import { rankFixes } from './rank.ts';

export interface ErrorDeskHost {
  readonly clock: Clock;
  readonly history: HistoryStore;
  readonly fleet: Fleet;
  remembered(): readonly RememberedFix[];
}

/** Nobody waits longer than this for the order of a list. */
const askMs = 2_000;
const readRecords = 500;

/** Where the editor itself runs the person sees a command best in a terminal of the editor, with their own rights and variables. */
const whereOf = ({ provider }: SandboxRecord, isInside: boolean, does: RankedFix['does']): RankedFix['where'] => {
  if (does !== 'command') return 'editor';
  if (provider.isHere === true || isInside) return 'here';
  return provider.actions.exec === undefined ? 'terminal' : 'sandbox';
};

/** Tells what helps against the errors of a sandbox. */
export class ErrorDesk {
  readonly #host: ErrorDeskHost;

  constructor(host: ErrorDeskHost) {
    this.#host = host;
  }

  /** See `Supervisor.errorFixes`. Never fails: without an answer of the history the order is the catalogue's. */
  async fixes(sandboxId: string, fingerprint: string): Promise<readonly RankedFix[]> {
    const { clock, fleet, remembered } = this.#host;
    const record = fleet.record(sandboxId);
    if (record === null) return [];
    const supported = record.supports;
    const { actions } = record.monitor.view(clock.now());
    const known = record.monitor
      .errorFixes(fingerprint)
      .filter(({ action }) => action === null || (supported.includes(action) && actions.includes(action)));
    const own = remembered()
      .filter((one) => one.fingerprint === fingerprint)
      .map((one) => ownFix(one, known.find(({ again }) => again !== null) ?? known[0] ?? null));
    const isInside = fleet.currentInside && fleet.current.id === sandboxId;
    const all = [...own, ...known]
      .map((fix) => ({ ...fix, where: whereOf(record, isInside, fix.does) }))
      .filter(({ where }) => where !== 'terminal' || actions.includes('openTerminal'));
    const [ofError, ofPattern] = await this.#records(fingerprint);
    return rankFixes(all, ofError, ofPattern);
  }

  async #records(fingerprint: string): Promise<readonly [readonly FixRecord[], readonly FixRecord[]]> {
    const { clock, history } = this.#host;
    const never = new AbortController().signal;
    try {
      return await within(clock, askMs, never, () =>
        Promise.all([history.fixes({ fingerprint, limit: readRecords }), history.fixes({ limit: readRecords })]),
      );
    } catch {
      // The order of the catalogue is a good one too; the store tells of its own troubles.
      return [[], []];
    }
  }
}
