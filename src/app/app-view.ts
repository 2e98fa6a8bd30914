import { isEnded, type Phase } from '../model/sandbox.ts';
import type { AppView, SandboxView, ServerView } from '../model/view.ts';
import type { Current } from './current-sandbox.ts';

/** One sandbox as it is to be placed in the order. */
export interface Placed {
  readonly view: SandboxView;
  /** Counts up with every end; null while it has not ended. Those that are only remembered count down from 0, newest first. */
  readonly endedNo: number | null;
}

const resting: readonly Phase[] = ['paused', 'hibernated', 'archived'];

const group = ({ view, endedNo }: Placed, currentId: string | null): number => {
  if (view.sandbox.id === currentId) return 0;
  if (endedNo !== null || isEnded(view.sandbox.phase)) return 3;
  return resting.includes(view.sandbox.phase) ? 2 : 1;
};

const byPlace =
  (currentId: string | null) =>
  (a: Placed, b: Placed): number =>
    group(a, currentId) - group(b, currentId) ||
    (b.endedNo ?? 0) - (a.endedNo ?? 0) ||
    (b.view.sandbox.createdAtMs ?? 0) - (a.view.sandbox.createdAtMs ?? 0) ||
    (a.view.sandbox.id < b.view.sandbox.id ? -1 : 1);

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

export const emptyView: AppView = {
  servers: [],
  sandboxes: [],
  currentId: null,
  currentHow: null,
  currentInside: false,
  ambiguous: false,
  historyProblem: null,
};

/** @returns the snapshot of everything, or `before` itself when nothing in it would differ. */
export const assembleView = (
  before: AppView,
  servers: readonly ServerView[],
  placed: readonly Placed[],
  current: Current,
  currentInside: boolean,
  historyProblem: string | null,
): AppView => {
  const sandboxes = placed.toSorted(byPlace(current.id)).map((one) => one.view);
  const after: AppView = {
    servers: sameItems(servers, before.servers) ? before.servers : servers,
    sandboxes: sameItems(sandboxes, before.sandboxes) ? before.sandboxes : sandboxes,
    currentId: current.id,
    currentHow: current.how,
    currentInside,
    ambiguous: current.ambiguous,
    historyProblem,
  };
  const keys = Object.keys(after) as (keyof AppView)[];
  return keys.every((key) => after[key] === before[key]) ? before : after;
};
