import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import { isEnded } from '../model/sandbox.ts';
import type { SandboxView } from '../model/view.ts';
import { staying, tell } from './messages.ts';

const timeoutMs = 30_000;

/** Asks for a new name and gives it to the sandbox, so that everybody who lists sandboxes can tell it apart. */
export async function renameSandbox(supervisor: Supervisor, { sandbox, isHere }: SandboxView): Promise<void> {
  if (isHere || isEnded(sandbox.phase)) {
    const why = isHere ? 'it is the place the editor works in, and no server keeps its name' : 'it is over';
    tell(`${sandbox.name} cannot be renamed: ${why}.`);
    return;
  }
  const name = await vscode.window.showInputBox({
    title: `Rename ${sandbox.name}`,
    ...staying,
    prompt: 'The name is stored with the sandbox, on the server.',
    value: sandbox.name,
    validateInput: (value) => (value.trim() === '' ? 'A name is needed.' : undefined),
  });
  if (name === undefined || name.trim() === sandbox.name) return;
  await supervisor.rename(sandbox.id, name.trim(), AbortSignal.timeout(timeoutMs));
}
