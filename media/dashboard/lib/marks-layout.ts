import type { Mark } from '../../../src/model/dashboard/parts.ts';
import type { TimeSpan } from './time-axis.ts';

/** Where a mark is drawn in its lane, in shares of the width. */
export interface PlacedMark {
  readonly mark: Mark;
  readonly left: number;
  /** 0 for what has no length. */
  readonly width: number;
  readonly row: number;
  /** How many marks of no length stand at this place. */
  readonly count: number;
}

/** Marks nearer to each other than this share of the width are drawn as one. */
const nearBy = 0.008;
const mostRows = 3;

/**
 * Places the marks of one lane. What lies outside of the span is left out, what reaches over its edges is cut.
 * @param nowMs where open marks end.
 */
export const layOut = (marks: readonly Mark[], { fromMs, toMs }: TimeSpan, nowMs: number): readonly PlacedMark[] => {
  const lengthMs = toMs - fromMs;
  if (!(lengthMs > 0)) return [];
  const share = (atMs: number): number => Math.min(1, Math.max(0, (atMs - fromMs) / lengthMs));
  const placed: PlacedMark[] = [];
  const rowEnds: number[] = [];
  for (const mark of marks.toSorted((a, b) => a.atMs - b.atMs)) {
    const endMs = mark.endedAtMs ?? (mark.open ? Math.max(nowMs, mark.atMs) : mark.atMs);
    if (endMs < fromMs || mark.atMs > toMs) continue;
    const left = share(mark.atMs);
    const width = share(endMs) - left;
    const isPoint = mark.endedAtMs === null && !mark.open;
    if (isPoint) {
      const near = placed.findIndex(
        (each) => each.width === 0 && left - each.left < nearBy && each.mark.kind === mark.kind,
      );
      const before = placed[near];
      if (before !== undefined) placed[near] = { ...before, mark, count: before.count + 1 };
      else placed.push({ mark, left, width: 0, row: 0, count: 1 });
      continue;
    }
    const free = rowEnds.findIndex((end) => end <= left + 1e-9);
    const row = free >= 0 ? free : Math.min(rowEnds.length, mostRows - 1);
    rowEnds[row] = Math.max(rowEnds[row] ?? 0, left + width);
    placed.push({ mark, left, width, row, count: 1 });
  }
  return placed;
};
