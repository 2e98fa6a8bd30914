import type { FolderSize } from './ports.ts';

/** So many are told. */
const told = 20;
/** A folder that holds hardly more than one folder in it says nothing that the inner one does not say better. */
const hardlyMore = 0.9;

/** @returns the folders worth telling of, largest first. @param separator between the parts of a path. */
export const largestFolders = (sizes: readonly FolderSize[], separator = '/'): readonly FolderSize[] => {
  const sorted = sizes.filter(({ bytes }) => bytes > 0).toSorted((a, b) => b.bytes - a.bytes);
  const isInside = (inner: string, path: string): boolean =>
    inner !== path && inner.startsWith(path.endsWith(separator) ? path : `${path}${separator}`);
  const worth: FolderSize[] = [];
  for (const folder of sorted) {
    if (worth.length >= told) break;
    const { path, bytes } = folder;
    if (!sorted.some((inner) => inner.bytes > bytes * hardlyMore && isInside(inner.path, path))) worth.push(folder);
  }
  return worth;
};
