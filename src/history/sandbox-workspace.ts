import { workspaceOf } from '../model/workspace.ts';
import { parseJson } from './json.ts';
import { storedSandbox } from './stored.ts';

/**
 * The workspace of an error of which an earlier version did not note it.
 * @param data what is stored of its sandbox, or null.
 * @returns what the metadata says, or null.
 */
export const workspaceOfData = (data: string | null): string | null => {
  const stored = data === null ? null : storedSandbox.safeParse(parseJson(data));
  return stored?.success === true ? workspaceOf(stored.data.metadata) : null;
};
