import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import type { PlaceHints } from '../model/ports.ts';

const rememberedKey = 'currentSandboxId';

/** @returns what is known of where this editor runs. */
export function placeHints(): PlaceHints {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    environment: process.env,
    hostname: hostname(),
    workspaceNames: [...(vscode.workspace.name ? [vscode.workspace.name] : []), ...folders.map(({ name }) => name)],
    workspaceUris: folders.map(({ uri }) => uri.toString()),
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

/** @returns whether a file is there, on the side this extension runs on. */
export const fileExists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
