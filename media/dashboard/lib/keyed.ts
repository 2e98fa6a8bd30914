/**
 * @param order for each wanted item its present position, or -1 for a new one.
 * @returns the positions in `order` that need not be moved: the longest run that is in order already.
 */
export const staying = (order: readonly number[]): ReadonlySet<number> => {
  /** For each length the index of the smallest end of a run of that length. */
  const ends: number[] = [];
  const before = new Int32Array(order.length).fill(-1);
  order.forEach((position, index) => {
    if (position < 0) return;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((order[ends[middle] ?? 0] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? (ends[low - 1] ?? -1) : -1;
    ends[low] = index;
  });
  const stay = new Set<number>();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) stay.add(at);
  return stay;
};
