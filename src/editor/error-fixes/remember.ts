import * as vscode from 'vscode';
import { tell } from '../messages.ts';
import type { MeantError } from './pick-error.ts';
import { fixTextProblem, type RememberedFixes } from './remembered-fixes.ts';

/** Asks for a name and a fix of an error and keeps both. */
export async function rememberFix({ error }: MeantError, fixes: RememberedFixes, nowMs: number): Promise<boolean> {
  const before = fixes.list.find(({ fingerprint }) => fingerprint === error.fingerprint);
  const name = await vscode.window.showInputBox({
    title: 'Remember a fix (1/2): the error',
    prompt: 'What do you call it?',
    value: before?.name ?? error.title.slice(0, 120),
    validateInput: (text) => (text.trim() === '' ? 'A name' : null),
  });
  if (name === undefined) return false;
  const text = await vscode.window.showInputBox({
    title: 'Remember a fix (2/2): what helps',
    prompt: 'A command that is run in the sandbox after asking, or an address that begins with https://',
    value: before?.text ?? '',
    validateInput: fixTextProblem,
  });
  if (text === undefined) return false;
  await fixes.add(error.fingerprint, name, text, nowMs);
  tell(`Kept: it is offered first when “${name.trim()}” comes again.`);
  return true;
}
