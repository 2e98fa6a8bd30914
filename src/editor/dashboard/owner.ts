const ownerKeys = ['owner', 'user', 'username', 'user_id', 'created_by', 'author', 'team'];

const plainKey = (key: string): string => key.toLowerCase().replaceAll(/[.\-/]/g, '_');

/** @returns whom a sandbox belongs to, by its metadata; an empty text when it does not say. */
export const ownerOf = (metadata: Readonly<Record<string, string>>): string => {
  for (const wanted of ownerKeys) {
    const found = Object.entries(metadata).find(([key, value]) => plainKey(key) === wanted && value.trim() !== '');
    if (found !== undefined) return found[1].trim();
  }
  return '';
};
