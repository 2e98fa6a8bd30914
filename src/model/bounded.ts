/** Keeps a map or a set at `most` entries when one was just added: the oldest goes. */
export const dropOldest = <K>(
  kept: { readonly size: number; keys(): IterableIterator<K>; delete(key: K): boolean },
  most: number,
): void => {
  const oldest = kept.size > most ? kept.keys().next() : null;
  if (oldest !== null && oldest.done !== true) kept.delete(oldest.value);
};
