import * as vscode from 'vscode';
import type { SourcePlace } from '../../model/error-event.ts';

export const isFile = async (uri: vscode.Uri): Promise<boolean> => {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    // Not there: the question was whether it is.
    return false;
  }
};

/** @returns whether a path is this folder or lies in it. A path with `..` is none of it, wherever it leads. */
export const within = (folder: vscode.Uri, uri: vscode.Uri): boolean =>
  !uri.path.split('/').includes('..') &&
  `${uri.path}/`.startsWith(folder.path.endsWith('/') ? folder.path : `${folder.path}/`);

/** @returns the file of the workspace an error names, or null: no other file is opened or marked on account of a text from outside. */
export const fileOf = async ({ path }: SourcePlace): Promise<vscode.Uri | null> => {
  const plain = path.replaceAll('\\', '/');
  for (const { uri: folder } of vscode.workspace.workspaceFolders ?? []) {
    const drive = /^[A-Za-z]:\//.test(plain);
    const uri =
      plain.startsWith('/') || drive
        ? folder.with({ path: vscode.Uri.file(plain).path })
        : vscode.Uri.joinPath(folder, plain);
    if (within(folder, uri) && (await isFile(uri))) return uri;
  }
  return null;
};
