import * as vscode from 'vscode';
import { differenceText } from '../../app/error-fixes/edits/difference.ts';
import type { EditFacts, FileEdit } from '../../app/error-fixes/edits/edit.ts';
import { editsOf, isOnlyEdit } from '../../app/error-fixes/edits/edits.ts';
import { changed, type TextChange } from '../../app/error-fixes/edits/text-change.ts';
import type { RankedFix } from '../../model/fix.ts';
import { choose } from '../messages.ts';
import { fileOf, isFile, within } from './workspace-files.ts';

/** The changes of one file, worked out and not made. */
interface Proposal {
  readonly label: string;
  readonly uri: vscode.Uri;
  /** Null for a file that is to be made. */
  readonly document: vscode.TextDocument | null;
  readonly changes: readonly TextChange[];
}

/** What a person agreed to. */
export interface Edited {
  readonly label: string;
  /** Paths as they are shown in the workspace. */
  readonly files: readonly string[];
}

/** A project is never deeper in its workspace. */
const mostSteps = 12;

/** Where the project of a failed command may be: its folder and those above it, up to the workspace, then the workspace itself. */
const foldersFor = (cwd: string | null): readonly vscode.Uri[] => {
  const workspace = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const found: vscode.Uri[] = [];
  for (const root of workspace) {
    if (cwd === null || !cwd.startsWith('/')) break;
    let folder = root.with({ path: cwd.replace(/\/+$/, '') });
    for (let step = 0; step < mostSteps && within(root, folder); step += 1) {
      found.push(folder);
      folder = vscode.Uri.joinPath(folder, '..');
    }
  }
  return [...found, ...workspace];
};

const documentOf = async (uri: vscode.Uri): Promise<vscode.TextDocument | null> => {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    // Binary, too large or gone meanwhile: the editor shows no text of it, so there is none to change.
    return null;
  }
};

const proposalFor = async (edit: FileEdit, uri: vscode.Uri, facts: EditFacts): Promise<Proposal | null> => {
  const document = await documentOf(uri);
  const changes = document === null ? null : edit.change(document.getText(), facts);
  return changes === null ? null : { label: edit.label, uri, document, changes };
};

const proposalIn = async (edit: FileEdit, folder: vscode.Uri, facts: EditFacts): Promise<Proposal | null> => {
  if (edit.files === 'place') return null;
  const named = (name: string): vscode.Uri => vscode.Uri.joinPath(folder, name);
  const isThere = await Promise.all((edit.besides ?? []).map((name) => isFile(named(name))));
  if (isThere.length > 0 && !isThere.includes(true)) return null;
  let isNew = edit.creates === true;
  for (const name of edit.files) {
    if (!(await isFile(named(name)))) continue;
    isNew = false;
    const proposal = await proposalFor(edit, named(name), facts);
    if (proposal !== null) return proposal;
  }
  const [first] = edit.files;
  const changes = isNew && first !== undefined ? edit.change('', facts) : null;
  return changes === null || first === undefined
    ? null
    : { label: edit.label, uri: named(first), document: null, changes };
};

const proposalsOf = async (fix: RankedFix, limitBytes: number | null): Promise<readonly Proposal[]> => {
  const facts: EditFacts = {
    commandLine: fix.again?.text ?? null,
    limitBytes,
    parameters: fix.parameters,
    place: fix.place,
  };
  for (const way of editsOf(fix)) {
    if (way.files === 'place') {
      const uri = fix.place === null ? null : await fileOf(fix.place);
      const proposal = uri === null ? null : await proposalFor(way, uri, facts);
      if (proposal !== null) return [proposal];
      continue;
    }
    for (const folder of foldersFor(fix.cwd)) {
      const proposal = await proposalIn(way, folder, facts);
      if (proposal === null) continue;
      const also = way.also === undefined ? null : await proposalIn(way.also, folder, facts);
      return also === null ? [proposal] : [proposal, also];
    }
  }
  return [];
};

/** @returns whether there is an edit for this fix in the files of the workspace. Changes nothing. */
export const canPropose = async (fix: RankedFix, limitBytes: number | null): Promise<boolean> =>
  (await proposalsOf(fix, limitBytes)).length > 0;

/** @returns the fixes without those that are only an edit and have nothing to change here. */
export const applicable = async (
  fixes: readonly RankedFix[],
  limitBytes: number | null,
): Promise<readonly RankedFix[]> => {
  const fits = await Promise.all(fixes.map((fix) => !isOnlyEdit(fix) || canPropose(fix, limitBytes)));
  return fixes.filter((_, index) => fits[index]);
};

const plain = (text: string): string => text.replaceAll('\r\n', '\n');

/** @returns whether the file is now as it was proposed. */
const isMade = async ({ uri, document, changes }: Proposal, before: string): Promise<boolean> => {
  if (document === null && !(await isFile(uri))) return false;
  const now = await documentOf(uri);
  return now !== null && plain(now.getText()) === plain(changed(before, changes));
};

/** What would be changed, for the question. */
const planOf = (fix: RankedFix, proposals: readonly Proposal[], before: readonly string[]): string => {
  const files = proposals.map(({ uri, document, changes }, index) => {
    const old = before[index] ?? '';
    const name = `${vscode.workspace.asRelativePath(uri)}${document === null ? ' (a new file)' : ''}`;
    return `${name}:\n${differenceText(old, changed(old, changes))}`;
  });
  const check = fix.check === null ? '' : `\nCheck: ${fix.check}.`;
  return `${files.join('\n\n')}\n${check}\nRisk: it changes ${files.length > 1 ? 'these files' : 'this file'}; Undo takes it back.`;
};

const change = 'Change';
const preview = 'Preview…';

/** An edit as it was shown, or what became of the question instead. */
interface Agreed {
  readonly proposals: readonly Proposal[];
  readonly before: readonly string[];
  readonly answer: typeof change | typeof preview;
}

/** @returns whether the files are still as they were when the edit was worked out: its offsets count in no other text. */
const areAsShown = async (proposals: readonly Proposal[], before: readonly string[]): Promise<boolean> => {
  for (const [index, { uri, document }] of proposals.entries()) {
    if (document === null ? await isFile(uri) : (await documentOf(uri))?.getText() !== before[index]) return false;
  }
  return true;
};

/** Asks until there is a yes to an edit that fits the files as they are; each time for what is to be changed now. */
const agreedEdit = async (fix: RankedFix, limitBytes: number | null): Promise<Agreed | 'none' | 'refused'> => {
  for (let asked = 0; ; asked += 1) {
    const proposals = await proposalsOf(fix, limitBytes);
    if (proposals.length === 0) return 'none';
    const before = proposals.map(({ document }) => document?.getText() ?? '');
    const plan = planOf(fix, proposals, before);
    const again = asked === 0 ? '' : 'The files were changed meanwhile. This is the edit as it fits now.\n\n';
    const answer = await choose(`${fix.title}?`, `${again}${plan}`, change, preview);
    if (answer !== change && answer !== preview) return 'refused';
    if (await areAsShown(proposals, before)) return { proposals, before, answer };
  }
};

/**
 * Shows the edit that does what a fix says and makes it after a yes, at once or from the editor's own preview, where each change is agreed to
 * by itself. Files that had no other changes are written. Where a file was changed while the question stood, it asks again.
 * @param limitBytes the limit of the sandbox's memory, or null when it is not known
 * @returns `none` when there is no edit for this fix here, `refused` when it was not agreed to
 */
export const proposeEdit = async (fix: RankedFix, limitBytes: number | null): Promise<Edited | 'none' | 'refused'> => {
  const agreed = await agreedEdit(fix, limitBytes);
  if (agreed === 'none' || agreed === 'refused') return agreed;
  const { proposals, before, answer } = agreed;
  const wasDirty = proposals.map(({ document }) => document?.isDirty === true);
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, document, changes, label } of proposals) {
    const metadata = { label, needsConfirmation: answer === preview };
    if (document === null) edit.createFile(uri, { ignoreIfExists: true }, metadata);
    for (const { offset, length, text } of changes) {
      const from = document === null ? new vscode.Position(0, 0) : document.positionAt(offset);
      const to = document === null ? from : document.positionAt(offset + length);
      edit.replace(uri, new vscode.Range(from, to), text, metadata);
    }
  }
  await vscode.workspace.applyEdit(edit);
  const made: vscode.Uri[] = [];
  for (const [index, proposal] of proposals.entries()) {
    if (!(await isMade(proposal, before[index] ?? ''))) continue;
    made.push(proposal.uri);
    if (wasDirty[index] === false) await (await documentOf(proposal.uri))?.save();
  }
  const [first] = proposals;
  if (first === undefined || !made.includes(first.uri)) return 'refused';
  return { label: first.label, files: made.map((uri) => vscode.workspace.asRelativePath(uri)) };
};
