import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { Log } from '../model/ports.ts';
import { detailsMarkdown } from './text/details-markdown.ts';

const scheme = 'sandbox-foresight';
const diagnosticsTimeoutMs = 5_000;

/** The page "details of a sandbox": a read-only Markdown document, shown as its preview. */
export class Details implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration: vscode.Disposable;
  /** Pages that were asked for before their sandbox was known: those of before a reload. */
  private readonly awaited = new Map<string, vscode.Uri>();
  private readonly unsubscribe: () => void;
  private readonly supervisor: Supervisor;
  private readonly now: () => number;
  private readonly redact: (text: string) => string;
  private readonly log: Log;

  constructor(
    supervisor: Supervisor,
    options: { readonly now: () => number; readonly redact: (text: string) => string; readonly log: Log },
  ) {
    this.supervisor = supervisor;
    this.now = options.now;
    this.redact = options.redact;
    this.log = options.log;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
    this.unsubscribe = supervisor.onChange(() => this.tellAwaited());
  }

  private tellAwaited(): void {
    for (const [sandboxId, uri] of this.awaited) {
      if (this.find(sandboxId) === undefined) continue;
      this.awaited.delete(sandboxId);
      this.changed.fire(uri);
    }
  }

  /** Opens the page of one sandbox, fresh. */
  async show(sandboxId: string): Promise<void> {
    const name = this.find(sandboxId)?.sandbox.name ?? sandboxId;
    const uri = vscode.Uri.from({ scheme, path: `/${name.replaceAll('/', '-')}.md`, query: sandboxId });
    this.changed.fire(uri);
    // Locked: a preview that is not shows whatever Markdown file is opened next in its place.
    await vscode.commands.executeCommand('markdown.showPreview', uri, undefined, { locked: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const view = this.find(uri.query);
    if (!view) {
      this.awaited.set(uri.query, uri);
      return 'This sandbox is not known. As soon as it is, this page shows it.';
    }
    return detailsMarkdown(view, this.now(), await this.diagnostics(uri.query));
  }

  private find(sandboxId: string) {
    return this.supervisor.view.sandboxes.find(({ sandbox }) => sandbox.id === sandboxId);
  }

  private async diagnostics(sandboxId: string): Promise<string | null> {
    try {
      return this.redact(await this.supervisor.diagnostics(sandboxId, AbortSignal.timeout(diagnosticsTimeoutMs)));
    } catch (error) {
      // The page is useful without it, and a vanished sandbox has none.
      this.log.debug(`No diagnostics for the page of ${sandboxId}: ${String(error)}`);
      return null;
    }
  }

  dispose(): void {
    this.unsubscribe();
    this.awaited.clear();
    this.registration.dispose();
    this.changed.dispose();
  }
}
