import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { type FromPage, fromPageSchema, type ToPage } from '../../model/dashboard/messages.ts';
import type { Log } from '../../model/ports.ts';
import { failureText, warn } from '../messages.ts';
import { pageHtml } from './html.ts';
import type { Feed } from './ports.ts';

/** One tab of the dashboard: the document, and the way messages go. */
export class DashboardPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #feed: Feed;
  readonly #parts: vscode.Disposable;
  readonly #open: (post: (message: ToPage) => void) => void;
  readonly #log: Log;

  constructor(
    panel: vscode.WebviewPanel,
    options: {
      readonly feed: Feed;
      /** Where the built page lies. */
      readonly folder: vscode.Uri;
      readonly log: Log;
      /** What the page shows: told first, whenever it starts. */
      readonly opening: () => ToPage;
      readonly handle: (message: Exclude<FromPage, { kind: 'ready' | 'failure' }>) => Promise<void>;
      readonly closed: () => void;
    },
  ) {
    this.panel = panel;
    this.#feed = options.feed;
    this.#log = options.log;
    const { webview } = panel;
    this.#open = (post) => {
      post(options.opening());
      this.#feed.open((message) => {
        this.retitle();
        post(message);
      });
      this.retitle();
    };
    webview.options = { enableScripts: true, localResourceRoots: [options.folder] };
    this.#parts = vscode.Disposable.from(
      webview.onDidReceiveMessage((message: unknown) => this.#receive(message, options.handle)),
      panel.onDidChangeViewState(() => {
        // A hidden page is taken down by the editor; it says `ready` when it is there again.
        if (!panel.visible) this.#feed.close();
      }),
      panel.onDidDispose(() => {
        this.#feed.dispose();
        this.#parts.dispose();
        options.closed();
      }),
    );
    const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(options.folder, name)).toString();
    this.retitle();
    webview.html = pageHtml({
      script: file('dashboard.js'),
      style: file('dashboard.css'),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
    });
  }

  retitle(): void {
    if (this.panel.title !== this.#feed.title) this.panel.title = this.#feed.title;
  }

  #receive(
    message: unknown,
    handle: (message: Exclude<FromPage, { kind: 'ready' | 'failure' }>) => Promise<void>,
  ): void {
    const { data, error } = fromPageSchema.safeParse(message);
    if (error !== undefined) {
      this.#log.warn(`The dashboard sent what is no message of it: ${error.message}`);
      return;
    }
    if (data.kind === 'failure') this.#log.error(`The dashboard page: ${data.text}`);
    else if (data.kind === 'ready') this.#open((each) => this.#post(each));
    else handle(data).catch((failure: unknown) => this.#failed(failure));
  }

  /** Who pressed a button is told that nothing came of it. */
  #failed(failure: unknown): void {
    this.#log.error(`From the dashboard: ${failure instanceof Error ? failure.stack : String(failure)}`);
    warn(`Sandbox Foresight: ${failureText(failure)}`);
  }

  #post(message: ToPage): void {
    this.panel.webview.postMessage(message).then(undefined, (error: unknown) => {
      this.#log.debug(`A message did not reach the dashboard: ${String(error)}`);
    });
  }

  dispose(): void {
    this.panel.dispose();
  }
}
