/** Names of metadata that tell to which workspace a sandbox belongs, best first. */
const workspaceKeys = ['workspace', 'workspace_name', 'project', 'repository', 'repo', 'folder'];
const mostCharacters = 100;

/**
 * @param text a workspace as a window, a label or a repository calls it.
 * @returns the name by which it is known in every window: the last part of a path or address, without case, `.git` and what a window
 * appends to the name of several folders; null when nothing is left.
 */
export const workspaceName = (text: string): string | null => {
  const name = text
    .slice(0, 2_000)
    .trim()
    .replace(/ \(workspace\)$/i, '')
    .replace(/[/\\]+$/, '')
    .replace(/^.*[/\\:]/s, '')
    .replace(/\.git$/i, '')
    .replace(/\.code-workspace$/i, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .toLowerCase()
    .slice(0, mostCharacters);
  return name === '' ? null : name;
};

/** @returns the workspace a sandbox belongs to, by its metadata (`workspace`, `acme.io/project`, `repo` …); null when it does not say. */
export const workspaceOf = (metadata: Readonly<Record<string, string>>): string | null => {
  const named = Object.entries(metadata).map(([key, value]): [string, string] => [
    (key.split(/[/.:]/).at(-1) ?? key).toLowerCase().replaceAll('-', '_'),
    value,
  ]);
  for (const key of workspaceKeys) {
    const found = named.find(([name, value]) => name === key && workspaceName(value) !== null);
    if (found !== undefined) return workspaceName(found[1]);
  }
  return null;
};
