import * as vscode from 'vscode';
import { confirm, staying, tell } from '../messages.ts';
import { formatMoment } from '../text/format.ts';
import type { MeantError } from './pick-error.ts';
import { fixTextProblem, type RememberedFixes } from './remembered-fixes.ts';

/** Asks for a name and a fix of an error and keeps both. */
export async function rememberFix({ error }: MeantError, fixes: RememberedFixes, nowMs: number): Promise<boolean> {
  const before = fixes.list.find(({ fingerprint }) => fingerprint === error.fingerprint);
  const name = await vscode.window.showInputBox({
    title: 'Remember a fix (1/2): the error',
    ...staying,
    prompt: 'What do you call it?',
    value: before?.name ?? error.title.slice(0, 120),
    validateInput: (text) => (text.trim() === '' ? 'A name' : null),
  });
  if (name === undefined) return false;
  const text = await vscode.window.showInputBox({
    title: 'Remember a fix (2/2): what helps',
    ...staying,
    prompt: 'A command that is run in the sandbox after asking, or an address that begins with https://',
    value: before?.text ?? '',
    validateInput: fixTextProblem,
  });
  if (text === undefined) return false;
  if (fixes.holdsSecret(text) && !(await agreesToSecret())) return false;
  await fixes.add(error.fingerprint, name, text, nowMs);
  tell(`Kept: it is offered first when “${name.trim()}” comes again.`);
  return true;
}

/** It has to be kept word for word: without its secret the command would not run. */
const agreesToSecret = (): Promise<boolean> =>
  confirm(
    'Keep a secret in this fix?',
    'It seems to hold a password, a key or a token. A fix is kept word for word in the editor’s own storage, which is not encrypted, and shown before it runs. Better name a variable that holds the secret, such as $TOKEN.',
    'Keep It',
  );

/** Asks which of the kept fixes are to go, and takes them back. @returns whether any went. */
export async function forgetFixes(fixes: RememberedFixes): Promise<boolean> {
  const { list } = fixes;
  if (list.length === 0) {
    tell('You keep no fix of your own.');
    return false;
  }
  const picked = await vscode.window.showQuickPick(
    list.map(({ fingerprint, name, text, savedAtMs }) => ({
      label: name,
      description: formatMoment(savedAtMs),
      detail: text,
      fingerprint,
    })),
    {
      title: 'Forget which fixes of your own?',
      placeHolder: 'Kept last comes first',
      canPickMany: true,
      ...staying,
      matchOnDetail: true,
    },
  );
  if (picked === undefined || picked.length === 0) return false;
  await fixes.remove(new Set(picked.map(({ fingerprint }) => fingerprint)));
  tell(picked.length === 1 ? 'The fix was forgotten.' : `${picked.length} fixes were forgotten.`);
  return true;
}
