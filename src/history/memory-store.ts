import type { FixOutcome } from '../model/fix.ts';
import type { Incident, LifecycleTransition } from '../model/incident.ts';
import type { HistoryStore } from '../model/ports.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { Warning } from '../model/warning.ts';

/** How many of each kind are kept; the oldest go first. */
export interface MemoryStoreLimits {
  readonly incidents: number;
  readonly others: number;
}

const defaultLimits: MemoryStoreLimits = { incidents: 100, others: 1_000 };

/** Everything the store holds, oldest first. */
interface MemoryStoreContents {
  readonly transitions: readonly { readonly sandbox: Sandbox; readonly transition: LifecycleTransition }[];
  readonly warnings: readonly Warning[];
  readonly incidents: readonly Incident[];
  readonly fixes: readonly FixOutcome[];
}

/** A history that lasts as long as the process, for tests and for where nothing can be written. */
export interface MemoryStore extends HistoryStore {
  contents(): MemoryStoreContents;
}

/** @returns an empty store. */
export const createMemoryStore = (limits: MemoryStoreLimits = defaultLimits): MemoryStore => {
  const transitions: { sandbox: Sandbox; transition: LifecycleTransition }[] = [];
  const fixes: FixOutcome[] = [];
  const warnings = new Map<string, Warning>();
  const incidents = new Map<string, Incident>();

  const append = <T>(list: T[], item: T): void => {
    list.push(item);
    if (list.length > limits.others) list.shift();
  };
  // Episodes and incidents are told of again when more is known; the newest word replaces the one before, in its place.
  const put = <T>(map: Map<string, T>, id: string, item: T, most: number): void => {
    map.set(id, item);
    const oldest = map.size > most ? map.keys().next() : null;
    if (oldest !== null && oldest.done !== true) map.delete(oldest.value);
  };

  return {
    recordTransition: (sandbox, transition) => append(transitions, { sandbox, transition }),
    recordWarning: (warning) => put(warnings, warning.id, warning, limits.others),
    recordIncident: (incident) => put(incidents, incident.id, incident, limits.incidents),
    recordFix: (outcome) => append(fixes, outcome),
    incidents: (limit) =>
      Promise.resolve([...incidents.values()].toSorted((a, b) => b.atMs - a.atMs).slice(0, Math.max(0, limit))),
    dispose: () => Promise.resolve(),
    contents: () => ({
      transitions: [...transitions],
      warnings: [...warnings.values()],
      incidents: [...incidents.values()],
      fixes: [...fixes],
    }),
  };
};
