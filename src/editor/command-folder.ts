import { posix } from 'node:path';
import * as vscode from 'vscode';

/** Schemes of folders in which a program can run: on this computer, or on the one a remote window is connected with. */
const onDisk: readonly string[] = ['file', 'vscode-remote'];

/** The folders of the workspace in which a program can run. */
export const runnableFolders = (): readonly vscode.WorkspaceFolder[] =>
  (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => onDisk.includes(uri.scheme));

/** The variables of the editor that name a folder, with the name of another workspace folder as the second part. */
const folderVariable = /\$\{(?:workspaceFolder|workspaceRoot)(?::([^}]*))?\}/g;

/**
 * @param told the folder as it is set, with variables of the editor in it; undefined or empty: the workspace folder itself
 * @param own the workspace folder it belongs to; undefined: to none, which is clear only where there is just one
 * @returns the path of the folder a program runs in, or null where it is not known
 */
const folderOf = (told: string | undefined, own: vscode.WorkspaceFolder | undefined): string | null => {
  const folders = runnableFolders();
  const home = own ?? (folders.length === 1 ? folders[0] : undefined);
  const base = home !== undefined && onDisk.includes(home.uri.scheme) ? home.uri.path : null;
  if (told === undefined || told === '') return base;
  const path = told.replaceAll(folderVariable, (all, name: string | undefined) => {
    const named = name === undefined ? base : folders.find((folder) => folder.name === name)?.uri.path;
    return named ?? all;
  });
  if (path.includes('$') || path.startsWith('~')) return null;
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return path;
  return base === null ? null : posix.join(base, path);
};

/** @returns the path of the folder a task runs in, or null where the editor does not tell it. */
export const taskFolder = ({ execution, scope }: vscode.Task): string | null => {
  const hasOptions = execution instanceof vscode.ShellExecution || execution instanceof vscode.ProcessExecution;
  const told = hasOptions ? execution.options?.cwd : undefined;
  return folderOf(told, typeof scope === 'object' ? scope : undefined);
};

/** @returns the path of the folder a debugged program runs in, or null where the editor does not tell it. */
export const debugFolder = ({ configuration, workspaceFolder }: vscode.DebugSession): string | null => {
  const told: unknown = configuration['cwd'];
  return folderOf(typeof told === 'string' ? told : undefined, workspaceFolder);
};
