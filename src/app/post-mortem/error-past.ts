import type { ErrorCount, FixRecord, HistoryStore } from '../../model/history.ts';

/** Of so many errors the past is looked up. */
const mostErrors = 3;
/** In so many sandboxes, those seen last, it is looked up when an error happened. */
const mostSandboxes = 60;
const mostAtOnce = 10;

/** What is remembered of one error over all sandboxes. */
export interface ErrorPast {
  /** Over all sandboxes. */
  readonly overall: ErrorCount;
  /** The counts of single sandboxes that met it up to the incident, as far as they were found. */
  readonly places: readonly ErrorCount[];
  /** All sandboxes that ever met it were found. */
  readonly isComplete: boolean;
  readonly fixes: readonly FixRecord[];
}

/**
 * Looks up when and where errors happened before. The store adds up over sandboxes, so single ones are asked for, the newest first, until
 * all are found or there were too many.
 * @param errors the first few are looked up.
 */
export const errorPasts = async (
  history: HistoryStore,
  errors: readonly ErrorCount[],
  atMs: number,
  nowMs: number,
): Promise<readonly ErrorPast[]> => {
  const asked = errors.slice(0, mostErrors);
  const found = await Promise.all(
    asked.map(async ({ fingerprint }) => {
      const [[overall], fixes] = await Promise.all([
        history.errors({ fingerprint, limit: 1 }, nowMs),
        history.fixes({ fingerprint, limit: 10 }),
      ]);
      return overall === undefined ? null : { overall, fixes };
    }),
  );
  const known = found.filter((each) => each !== null);
  const places = await placesOf(
    history,
    known.map(({ overall }) => overall),
    nowMs,
  );
  return known.map(({ overall, fixes }) => {
    const all = places.get(overall.fingerprint) ?? [];
    return {
      overall,
      fixes,
      places: all.filter((each) => each.firstSeenAtMs <= atMs),
      isComplete: all.length >= overall.sandboxes,
    };
  });
};

const placesOf = async (
  history: HistoryStore,
  wanted: readonly ErrorCount[],
  nowMs: number,
): Promise<ReadonlyMap<string, readonly ErrorCount[]>> => {
  const places = new Map<string, ErrorCount[]>(wanted.map(({ fingerprint }) => [fingerprint, []]));
  const isOpen = (): boolean =>
    wanted.some(({ fingerprint, sandboxes }) => (places.get(fingerprint)?.length ?? 0) < sandboxes);
  if (!isOpen()) return places;
  const sandboxes = await history.sandboxes({ limit: mostSandboxes });
  for (let from = 0; from < sandboxes.length && isOpen(); from += mostAtOnce) {
    const answers = await Promise.all(
      sandboxes.slice(from, from + mostAtOnce).map(({ sandboxId }) => history.errors({ sandboxId, limit: 200 }, nowMs)),
    );
    for (const error of answers.flat()) places.get(error.fingerprint)?.push(error);
  }
  return places;
};
