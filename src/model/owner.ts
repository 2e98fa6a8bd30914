/** Names of metadata that tell whose a sandbox is, best first. */
const personKeys = ['user', 'owner', 'username', 'user_id', 'userid', 'created_by', 'createdby', 'author'];
const ownerKeys = [...personKeys, 'team'];
const mostCharacters = 100;

const firstOf = (keys: readonly string[], metadata: Readonly<Record<string, string>>): string | null => {
  const named = Object.entries(metadata).map(([key, value]): [string, string] => [
    (key.split(/[/.:]/).at(-1) ?? key).toLowerCase().replaceAll('-', '_'),
    value.trim(),
  ]);
  for (const key of keys) {
    const found = named.find(([name, value]) => name === key && value !== '');
    if (found !== undefined) return found[1].slice(0, mostCharacters);
  }
  return null;
};

/** @returns whose a sandbox is, by its metadata (`user`, `acme.io/owner`, `created-by` …); null when it does not say. */
export const ownerOf = (metadata: Readonly<Record<string, string>>): string | null => firstOf(ownerKeys, metadata);

/** @returns the same, but only one person: what a whole team owns is nobody's own. */
export const personOf = (metadata: Readonly<Record<string, string>>): string | null => firstOf(personKeys, metadata);
