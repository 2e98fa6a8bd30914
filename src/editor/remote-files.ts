import * as vscode from 'vscode';
import type { FileReader } from '../model/ports.ts';

const defaultBytes = 64 * 1024;
/** A file that takes longer than this is one that waits for somebody to write into it. */
const patienceMs = 5_000;

/**
 * The kernel's files of the computer a remote window is connected with, read through the editor's own connection. `readFile` reads until there
 * is nothing more, whatever size the file claims; files without an end are never asked for.
 * @param base any place on that computer; its scheme and authority are used.
 */
export const createRemoteFiles = (base: vscode.Uri): FileReader => {
  const at = (path: string): vscode.Uri => base.with({ path, query: '', fragment: '' });
  const orNull = async <T>(work: Thenable<T>): Promise<T | null> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), patienceMs);
    });
    try {
      return await Promise.race([work, late]);
    } catch {
      // Not there, not ours to read, or gone in between: all of it means "not told".
      return null;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    text: async (path, maximumBytes = defaultBytes) => {
      const bytes = await orNull(vscode.workspace.fs.readFile(at(path)));
      return bytes === null ? null : Buffer.from(bytes.subarray(0, maximumBytes)).toString('utf8');
    },
    bytes: async (path, maximumBytes) =>
      (await orNull(vscode.workspace.fs.readFile(at(path))))?.subarray(0, maximumBytes) ?? null,
    names: async (path) => {
      const entries = await orNull(vscode.workspace.fs.readDirectory(at(path)));
      return entries?.map(([name]) => name) ?? null;
    },
    // The editor's file system does not tell where a link points to.
    link: () => Promise.resolve(null),
  };
};
