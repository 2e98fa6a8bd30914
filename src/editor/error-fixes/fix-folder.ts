import * as vscode from 'vscode';
import { inFolder } from '../../app/error-fixes/in-folder.ts';
import type { RankedFix } from '../../model/fix.ts';
import { runnableFolders } from '../command-folder.ts';
import { staying } from '../messages.ts';

/**
 * Finds where a fix runs whose error told of no folder: in the one that is open, and where several are, in the one a person names. A command that
 * removes something is right in one folder only.
 * @returns the fix with its folder, as it is where no folder is open, or null when none was named
 */
export const withFolder = async (fix: RankedFix): Promise<RankedFix | null> => {
  if (fix.where !== 'here' || (fix.cwd !== null && fix.cwd !== '')) return fix;
  const folders = runnableFolders();
  const [first] = folders;
  if (first === undefined) return fix;
  if (folders.length === 1) return inFolder(fix, first.uri.path);
  const picked = await vscode.window.showQuickPick(
    folders.map(({ name, uri }) => ({ label: name, description: uri.path, path: uri.path })),
    { title: fix.title, placeHolder: 'In which folder? The error does not tell where it comes from', ...staying },
  );
  return picked === undefined ? null : inFolder(fix, picked.path);
};
