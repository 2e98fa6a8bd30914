import { isLive, type Phase } from '../model/sandbox.ts';

export interface Watchable {
  readonly id: string;
  readonly phase: Phase;
  readonly createdAtMs: number | null;
  /** Is measured now. */
  readonly watched: boolean;
  /** It is warned of something that is measured. */
  readonly warned: boolean;
  /** Readings come, as the connection is open that brings them. */
  readonly flows: boolean;
}

/** A server may call one interrupted that is only not ready, as when it is short of memory: then its readings go on. */
const maySend = ({ phase, flows }: Watchable): boolean => phase === 'running' || (phase === 'interrupted' && flows);

/**
 * Which sandboxes are measured: the current one as soon as there may be something to measure, then running ones, together at most
 * `maximum`. Those measured already keep their place, so that a new sandbox does not cut a running stream, and the ones that are warned of
 * before others: where a current one is added, another loses its place. Then the newest ones.
 */
export const planWatch = (
  sandboxes: readonly Watchable[],
  currentId: string | null,
  maximum: number,
): ReadonlySet<string> => {
  const planned = new Set<string>();
  const current = sandboxes.find((one) => one.id === currentId);
  if (current !== undefined && (isLive(current.phase) || maySend(current))) planned.add(current.id);
  const others = sandboxes
    .filter((one) => maySend(one) && one.id !== currentId)
    .sort(
      (a, b) =>
        Number(b.watched) - Number(a.watched) ||
        Number(b.warned) - Number(a.warned) ||
        (b.createdAtMs ?? 0) - (a.createdAtMs ?? 0) ||
        (a.id < b.id ? -1 : 1),
    );
  for (const other of others) {
    if (planned.size >= maximum) break;
    planned.add(other.id);
  }
  return planned;
};
