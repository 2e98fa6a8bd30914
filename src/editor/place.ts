import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { PlaceHints } from '../model/ports.ts';
import { type Computer, thisComputer } from './computer.ts';

const rememberedKey = 'currentSandboxId';

/**
 * @param computer the one the editor works on
 * @returns what is known of where this editor runs
 */
export function placeHints(computer: Computer = thisComputer()): PlaceHints {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    ...computer,
    workspaceNames: [...(vscode.workspace.name ? [vscode.workspace.name] : []), ...folders.map(({ name }) => name)],
    workspaceUris: folders.map(({ uri }) => uri.toString()),
    isTrusted: vscode.workspace.isTrusted,
  };
}

/** @returns the sandbox chosen earlier in this workspace, or null. */
export function rememberedSandbox(state: vscode.Memento): string | null {
  const id = state.get<unknown>(rememberedKey);
  return typeof id === 'string' ? id : null;
}

/** Remembers the choice for this workspace; not for one the person does not trust. */
export async function rememberSandbox(state: vscode.Memento, sandboxId: string): Promise<void> {
  if (vscode.workspace.isTrusted) await state.update(rememberedKey, sandboxId);
}

/** Forgets the choice when it is one that `isMeant`. The editor lets nobody at those of other workspaces. */
export async function forgetChoice(state: vscode.Memento, isMeant: (sandboxId: string) => boolean): Promise<void> {
  const chosen = rememberedSandbox(state);
  if (chosen !== null && isMeant(chosen)) await state.update(rememberedKey, undefined);
}

/** @returns whether a file is there, on the side this extension runs on. */
export const fileExists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
