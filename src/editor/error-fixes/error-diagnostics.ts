import * as vscode from 'vscode';
import type { RecognisedError, SourcePlace } from '../../model/error-event.ts';
import type { AppView, SandboxView } from '../../model/view.ts';
import type { ErrorFixDialogs } from './dialogs.ts';
import { fileOf } from './workspace-files.ts';

const source = 'Sandbox Foresight';
const mostErrors = 20;
/** A program that is debugged is not seen to succeed: its errors are marked for so long. */
const debuggedMs = 10 * 60_000;
const offered = 2;
/** The editor tells of files that come and go in itself; for what terminals do it is looked again this often. */
const lookEveryMs = 60_000;

interface Marked {
  readonly view: SandboxView;
  readonly error: RecognisedError;
}

/** Errors that name a place in a file of the workspace, marked there until the command succeeds again; with their best fixes as light bulb. */
export class ErrorDiagnostics implements vscode.CodeActionProvider, vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('sandboxForesight');
  private readonly subscriptions: readonly vscode.Disposable[];
  private readonly dialogs: ErrorFixDialogs;
  private readonly failed: (error: unknown) => void;
  private marked: ReadonlyMap<string, Marked> = new Map();
  /** What was to be marked last, and what is marked, with the files. */
  private asked = '';
  private shown = '';
  /** When it was looked where the files are, epoch milliseconds; null to look again. */
  private lookedAtMs: number | null = null;
  private files = new Map<string, Promise<vscode.Uri | null>>();

  constructor(dialogs: ErrorFixDialogs, failed: (error: unknown) => void) {
    this.dialogs = dialogs;
    this.failed = failed;
    const lookAgain = (): void => {
      this.lookedAtMs = null;
    };
    this.subscriptions = [
      vscode.languages.registerCodeActionsProvider('*', this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
      vscode.workspace.onDidCreateFiles(lookAgain),
      vscode.workspace.onDidDeleteFiles(lookAgain),
      vscode.workspace.onDidRenameFiles(lookAgain),
      vscode.workspace.onDidChangeWorkspaceFolders(lookAgain),
    ];
  }

  /** Marks what `app` says of the current sandbox at `nowMs`; only when that, or where the files are, changed. */
  update(app: AppView, nowMs: number): void {
    const view = app.sandboxes.find(({ sandbox }) => sandbox.id === app.currentId);
    const open = (view?.errors ?? [])
      .filter(({ solvedAtMs, places }) => solvedAtMs === undefined && places !== undefined)
      .filter(({ source: from, lastSeenAtMs }) => from !== 'debug' || Math.abs(nowMs - lastSeenAtMs) < debuggedMs)
      .slice(0, mostErrors);
    const key = JSON.stringify(open.map(({ fingerprint, title, line, places }) => [fingerprint, title, line, places]));
    this.marked = new Map(view === undefined ? [] : open.map((error) => [error.fingerprint, { view, error }]));
    const isFresh = this.lookedAtMs !== null && Math.abs(nowMs - this.lookedAtMs) < lookEveryMs;
    if (key === this.asked && (isFresh || open.length === 0)) return;
    this.asked = key;
    this.lookedAtMs = nowMs;
    this.files = new Map();
    this.mark(open, key).catch(this.failed);
  }

  private file(place: SourcePlace): Promise<vscode.Uri | null> {
    const known = this.files.get(place.path);
    if (known !== undefined) return known;
    const found = fileOf(place);
    this.files.set(place.path, found);
    return found;
  }

  private async mark(errors: readonly RecognisedError[], key: string): Promise<void> {
    const { files } = this;
    const found = new Map<string, { readonly uri: vscode.Uri; readonly diagnostics: vscode.Diagnostic[] }>();
    for (const error of errors) {
      for (const place of error.places ?? []) {
        const uri = await this.file(place);
        if (uri === null) continue;
        const entry = found.get(uri.toString()) ?? { uri, diagnostics: [] };
        entry.diagnostics.push(diagnosticOf(error, place));
        found.set(uri.toString(), entry);
        // One error is marked once, at the most telling place that is there.
        break;
      }
    }
    // Meanwhile something else may have to be shown.
    if (files !== this.files) return;
    const shown = JSON.stringify([
      key,
      [...found].map(([at, { diagnostics }]) => [at, diagnostics.map(({ code }) => code)]),
    ]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.collection.clear();
    for (const { uri, diagnostics } of found.values()) this.collection.set(uri, diagnostics);
  }

  async provideCodeActions(
    _document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    const actions: vscode.CodeAction[] = [];
    for (const diagnostic of context.diagnostics) {
      const { code } = diagnostic;
      const fingerprint = typeof code === 'object' ? code.value : code;
      const meant = diagnostic.source === source ? this.marked.get(String(fingerprint)) : undefined;
      if (meant === undefined || token.isCancellationRequested) continue;
      const { view, error } = meant;
      const fixes = (await this.dialogs.fixesFor(view, error)).filter(({ does }) => does !== 'link').slice(0, offered);
      for (const [index, fix] of fixes.entries()) {
        const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
        action.diagnostics = [diagnostic];
        action.isPreferred = index === 0 && fix.worked > 0;
        action.command = {
          title: fix.title,
          command: 'sandboxForesight.fixLastError',
          arguments: [{ sandboxId: view.sandbox.id, fingerprint: error.fingerprint, fixId: fix.fixId }],
        };
        actions.push(action);
      }
    }
    return actions;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.collection.dispose();
  }
}

const diagnosticOf = (error: RecognisedError, place: SourcePlace): vscode.Diagnostic => {
  const from = Math.max(0, (place.column ?? 1) - 1);
  const line = place.line - 1;
  // Without a column the whole line is meant; the editor cuts the range at its end.
  const range = new vscode.Range(line, from, line, place.column === null ? 1_000 : from + 1);
  const text = error.line === undefined || error.line === error.title ? error.title : `${error.title}: ${error.line}`;
  const diagnostic = new vscode.Diagnostic(range, text, vscode.DiagnosticSeverity.Error);
  diagnostic.source = source;
  diagnostic.code = error.fingerprint;
  return diagnostic;
};
