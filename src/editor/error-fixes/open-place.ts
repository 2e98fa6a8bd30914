import * as vscode from 'vscode';
import type { SourcePlace } from '../../model/error-event.ts';
import type { RankedFix } from '../../model/fix.ts';
import { showInformation } from '../messages.ts';
import { editorCommand, filesNamed, wordNamed } from '../text/error-text.ts';
import { heapLimitEdit, scriptOf } from '../text/script-edit.ts';

const mostFiles = 10;

const isFile = async (uri: vscode.Uri): Promise<boolean> => {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    // Not there: the question was whether it is.
    return false;
  }
};

/** Paths with `..` that lead out of the folder are none of it. */
const within = (folder: vscode.Uri, uri: vscode.Uri): boolean =>
  uri.path.startsWith(folder.path.endsWith('/') ? folder.path : `${folder.path}/`);

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

/** A line for the end of a file, shown as an edit to be agreed to. @returns whether there is such an edit for this fix. */
const proposeLine = async (fix: RankedFix): Promise<boolean> => {
  const match = /^([^\n]{1,80}) in (\.gitattributes|\.gitignore|\.dockerignore)$/.exec(fix.text);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (match?.[1] === undefined || match[2] === undefined || folder === undefined) return false;
  const uri = vscode.Uri.joinPath(folder.uri, match[2]);
  const edit = new vscode.WorkspaceEdit();
  const metadata = { label: fix.title, needsConfirmation: true };
  if (await isFile(uri)) {
    const document = await vscode.workspace.openTextDocument(uri);
    const { end } = document.lineAt(document.lineCount - 1).range;
    edit.insert(uri, end, `${end.character === 0 ? '' : '\n'}${match[1]}\n`, metadata);
  } else {
    edit.createFile(uri, { ignoreIfExists: true }, metadata);
    edit.insert(uri, new vscode.Position(0, 0), `${match[1]}\n`, metadata);
  }
  await vscode.workspace.applyEdit(edit);
  return true;
};

/** A heap limit for the script that failed, shown as an edit to be agreed to. @returns whether there is such an edit for this fix. */
const proposeHeapLimit = async (fix: RankedFix, limitBytes: number | null): Promise<boolean> => {
  const script = scriptOf(fix.again?.text ?? '');
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!fix.fixId.endsWith('/keep-heap-setting') || script === null || limitBytes === null) return false;
  if (folder === undefined) return false;
  const uri = vscode.Uri.joinPath(folder.uri, 'package.json');
  if (!(await isFile(uri))) return false;
  const document = await vscode.workspace.openTextDocument(uri);
  const insertion = heapLimitEdit(document.getText(), script, limitBytes);
  if (insertion === null) return false;
  const edit = new vscode.WorkspaceEdit();
  const metadata = { label: fix.title, needsConfirmation: true };
  edit.insert(uri, document.positionAt(insertion.offset), insertion.text, metadata);
  await vscode.workspace.applyEdit(edit);
  return true;
};

/**
 * Does in the editor what a fix says: proposes an edit, opens the place or the file it names; where none is found, it says the words.
 * @param limitBytes the limit of the sandbox's memory, or null when it is not known
 */
export const openForFix = async (fix: RankedFix, limitBytes: number | null): Promise<void> => {
  if ((await proposeLine(fix)) || (await proposeHeapLimit(fix, limitBytes))) return;
  const named = editorCommand(fix.text);
  if (named !== null && (await vscode.commands.getCommands(true)).includes(named.command)) {
    await vscode.commands.executeCommand(named.command, ...(named.argument === undefined ? [] : [named.argument]));
    return;
  }
  if (await openNamed(fix.text)) return;
  if (fix.place !== null && (await openPlace(fix.place))) return;
  await showInformation(`${fix.title}: ${fix.text}.`);
};
