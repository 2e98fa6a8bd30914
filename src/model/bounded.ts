/** Keeps a map or a set at `most` entries when one was just added: the oldest goes. @returns its key, or null when all stay. */
export const dropOldest = <K>(
  kept: { readonly size: number; keys(): IterableIterator<K>; delete(key: K): boolean },
  most: number,
): K | null => {
  const oldest = kept.size > most ? kept.keys().next() : null;
  if (oldest === null || oldest.done === true) return null;
  kept.delete(oldest.value);
  return oldest.value;
};
