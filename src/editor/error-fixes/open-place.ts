import * as vscode from 'vscode';
import type { SourcePlace } from '../../model/error-event.ts';
import type { RankedFix } from '../../model/fix.ts';
import { tell } from '../messages.ts';
import { editorCommand, filesNamed, wordNamed } from '../text/error-text.ts';
import { type Edited, proposeEdit } from './propose-edit.ts';
import { fileOf } from './workspace-files.ts';

const mostFiles = 10;

const show = async (uri: vscode.Uri, range: vscode.Range | null, word: string | null): Promise<void> => {
  const document = await vscode.workspace.openTextDocument(uri);
  const at = word === null ? -1 : document.getText().indexOf(word);
  const selection =
    range ??
    (word === null || at < 0 ? null : new vscode.Range(document.positionAt(at), document.positionAt(at + word.length)));
  await vscode.window.showTextDocument(document, selection === null ? {} : { selection });
};

const openPlace = async (place: SourcePlace): Promise<boolean> => {
  const uri = await fileOf(place);
  if (uri === null) return false;
  const at = new vscode.Position(place.line - 1, (place.column ?? 1) - 1);
  await show(uri, new vscode.Range(at, at), null);
  return true;
};

const openNamed = async (words: string): Promise<boolean> => {
  const names = filesNamed(words);
  if (names.length === 0) return false;
  const found = await vscode.workspace.findFiles(
    `**/{${names.map((name) => name.split('/').at(-1) ?? name).join(',')},${names.join(',')}}`,
    '**/{node_modules,.git,vendor,.venv}/**',
    mostFiles,
  );
  const files = [...new Map(found.map((uri) => [uri.toString(), uri])).values()];
  const [only] = files;
  if (only === undefined) return false;
  const picked =
    files.length === 1
      ? { uri: only }
      : await vscode.window.showQuickPick(
          files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
          { title: words, placeHolder: 'Which file?' },
        );
  if (picked) await show(picked.uri, null, wordNamed(words));
  return true;
};

/**
 * Does in the editor what a fix says: proposes an edit, opens the place or the file it names; where none is found, it says the words.
 * @param limitBytes the limit of the sandbox's memory, or null when it is not known
 * @returns the edit that was agreed to, or null when there was none
 */
export const openForFix = async (fix: RankedFix, limitBytes: number | null): Promise<Edited | null> => {
  const proposed = await proposeEdit(fix, limitBytes);
  if (proposed === 'refused') return null;
  if (proposed !== 'none') return proposed;
  await openOrSay(fix);
  return null;
};

/** What was changed, as a sentence. */
export const editedText = ({ label, files }: Edited): string =>
  `${label}: ${files.join(' and ')} ${files.length > 1 ? 'are' : 'is'} changed.`;

/** The same for a sandbox that is gone: only the files of the workspace are left to change. */
export const editForPast = async (fix: RankedFix, limitBytes: number | null): Promise<void> => {
  const edited = await openForFix(fix, limitBytes);
  if (edited !== null) tell(`${editedText(edited)} It counts from the next run on.`);
};

const openOrSay = async (fix: RankedFix): Promise<void> => {
  const named = editorCommand(fix.text);
  if (named !== null && (await vscode.commands.getCommands(true)).includes(named.command)) {
    await vscode.commands.executeCommand(named.command, ...(named.argument === undefined ? [] : [named.argument]));
    return;
  }
  if (await openNamed(fix.text)) return;
  if (fix.place !== null && (await openPlace(fix.place))) return;
  tell(`${fix.title}: ${fix.text}.`);
};
