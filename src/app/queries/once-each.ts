import type { Incident } from '../../model/incident.ts';

/** Two windows see the same break at slightly different times; one window tells of no two of a kind in so short a time. */
const sameBreakMs = 30_000;

/** What one window knew of the workspace counts. */
const joined = (known: Incident, other: Incident): Incident =>
  known.workspace === undefined && other.workspace !== undefined ? { ...known, workspace: other.workspace } : known;

/**
 * A sandbox ends once, and what breaks in it breaks once, although several windows may have written it down under ids of their own.
 * @param incidents in the order of their time.
 * @returns the ends, each once, then what ended no sandbox; of each the first that was given.
 */
export const onceEach = (incidents: readonly Incident[]): readonly Incident[] => {
  const ended = new Map<string, Incident>();
  const others: Incident[] = [];
  /** Where the last break of each kind stands among the others. */
  const places = new Map<string, number>();
  for (const each of incidents) {
    const { sandboxId, cause, atMs, endsSandbox } = each;
    if (endsSandbox) {
      const known = ended.get(sandboxId);
      ended.set(sandboxId, known === undefined ? each : joined(known, each));
      continue;
    }
    const kind = `${cause} ${sandboxId}`;
    const place = places.get(kind) ?? others.length;
    const known = others[place];
    if (known !== undefined && Math.abs(known.atMs - atMs) < sameBreakMs) {
      others[place] = joined(known, each);
      continue;
    }
    places.set(kind, others.length);
    others.push(each);
  }
  return [...ended.values(), ...others];
};
