/** Names of metadata that tell whose a sandbox is, best first. */
const ownerKeys = ['user', 'owner', 'username', 'user_id', 'userid', 'created_by', 'createdby', 'author', 'team'];
const mostCharacters = 100;

/** @returns whose a sandbox is, by its metadata (`user`, `acme.io/owner`, `created-by` …); null when it does not say. */
export const ownerOf = (metadata: Readonly<Record<string, string>>): string | null => {
  const named = Object.entries(metadata).map(([key, value]): [string, string] => [
    (key.split(/[/.:]/).at(-1) ?? key).toLowerCase().replaceAll('-', '_'),
    value.trim(),
  ]);
  for (const key of ownerKeys) {
    const found = named.find(([name, value]) => name === key && value !== '');
    if (found !== undefined) return found[1].slice(0, mostCharacters);
  }
  return null;
};
