import * as vscode from 'vscode';
import type { Attention, Here, ProcessOwners } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';
import { createRemoteFiles } from './remote-files.ts';
import { runInHiddenTerminal } from './remote-run.ts';

/** Paths of the workspace folders on the computer this extension runs on. */
const localFolders = (): readonly string[] =>
  (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);

const farFolder = (): vscode.WorkspaceFolder | undefined =>
  vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'vscode-remote');

/**
 * What the provider of the editor's own place needs from the editor. On the person's side of a remote window that place is the other computer:
 * its files are read through the editor's connection, which needs a folder of it to be open.
 */
export function hereOf(side: vscode.ExtensionKind, attention: Attention, owners: ProcessOwners): Here {
  const { remoteName } = vscode.env;
  const remote = side === vscode.ExtensionKind.UI && remoteName !== undefined;
  const far = farFolder();
  const unreadable =
    remote && far === undefined
      ? new Problem('unavailable-here', 'The remote computer cannot be read while no folder of it is open.', {
          nextStep: 'Open a folder, or install this extension on the remote side.',
        })
      : null;
  return {
    files: remote && far !== undefined ? createRemoteFiles(far.uri) : null,
    remote,
    unreadable,
    // Folders come and go while the place stays the same.
    get folders() {
      if (!remote) return localFolders();
      const present = farFolder();
      return present === undefined ? [] : [present.uri.path];
    },
    remoteName: remoteName ?? null,
    authority: remote ? (far?.uri.authority ?? null) : null,
    attention,
    owners,
    run: remote ? runInHiddenTerminal : null,
  };
}
