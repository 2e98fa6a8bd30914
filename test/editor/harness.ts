/**
 * A real workbench for tests: code-server and headless Chromium, with the extension as people install it or unpacked.
 * `npm run test:editor` installs and builds what this needs. What a test then looks at is in workbench.ts.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Development, develop, launchBrowser, newPage, openFolder } from './browser.ts';
import { type Editor, type EditorOptions, oldestWanted, startEditor } from './server.ts';

export { type Development, develop, launchBrowser, newPage, openFolder } from './browser.ts';
export { type Editor, type EditorOptions, extensionHostLog, outputText, startEditor } from './server.ts';

/** The repository. */
export const root = path.resolve(import.meta.dirname, '..', '..');
/** Where `npm run package` puts the extension. */
export const vsixFile = path.join(root, 'dist', 'sandbox-foresight.vsix');

export interface WorkbenchOptions extends EditorOptions {
  /** The workspace; the default is a new empty folder, removed by stop(). */
  readonly folder?: string;
  /** Load these unpacked extensions too. */
  readonly development?: Development;
}

export interface Workbench extends AsyncDisposable {
  readonly editor: Editor;
  readonly browser: Browser;
  readonly page: Page;
  readonly folder: string;
  /** Closes browser and server. */
  stop(): Promise<void>;
}

/** Editor, browser and page in one: `await using workbench = await openWorkbench({ vsix: [vsixFile] })`. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const editor = await startEditor(options);
  let browser: Browser | undefined;
  const stop = async () => {
    await browser?.close();
    await editor.stop();
  };
  try {
    browser = await launchBrowser();
    const page = await newPage(browser);
    const folder = options.folder ?? path.join(editor.dir, 'workspace');
    fs.mkdirSync(folder, { recursive: true });
    if (options.development) await develop(page, editor, options.development);
    await openFolder(page, editor, folder);
    return { editor, browser, page, folder, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export interface ExtensionTestOptions extends Development {
  readonly tests: string;
  /** The workspace. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly userSettings?: Readonly<Record<string, unknown>>;
  readonly oldest?: boolean;
  readonly timeoutMs?: number;
  /** Gets the workbench's console while the tests run, which is a lot. */
  readonly log?: (kind: string, args: readonly unknown[]) => void;
}

/**
 * Runs `tests` in the extension host.
 * @returns 0, or 1 when `run()` rejected
 * @throws when the page or the server ends early, or after timeoutMs
 */
export async function runExtensionTests(options: ExtensionTestOptions): Promise<number> {
  const { env = {}, userSettings = {}, oldest = oldestWanted } = options;
  const editor = await startEditor({ env, userSettings, oldest });
  let browser: Browser | undefined;
  try {
    browser = await launchBrowser();
    const page = await newPage(browser);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    promise.catch(() => undefined); // it may reject before it is awaited below, which passes the rejection on
    page.on('crash', () => reject(new Error('the page crashed')));
    editor.server.once('exit', (code) => reject(new Error(`code-server ended with ${code}`)));
    const timeoutMs = options.timeoutMs ?? 150_000;
    const timer = setTimeout(() => reject(new Error(`no result after ${timeoutMs} ms`)), timeoutMs);
    await page.exposeFunction('codeAutomationLog', options.log ?? (() => undefined));
    await page.exposeFunction('codeAutomationExit', resolve);
    await develop(page, editor, options);
    await openFolder(page, editor, options.folder);
    const code = await promise;
    clearTimeout(timer);
    return code;
  } finally {
    await browser?.close();
    await editor.stop();
  }
}
