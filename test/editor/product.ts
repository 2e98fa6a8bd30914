/** The packaged extension in a workbench, and a record of what it showed from the beginning. For the tests of the product. */
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { SandboxServer } from '../helpers/sandbox-server.ts';
import { openFolder, openWorkbench, vsixFile, type Workbench } from './harness.ts';
import { type StatusBarItem, statusBarItem, until } from './workbench.ts';

export interface ProductOptions {
  /** The server to be connected with from the start. */
  readonly server?: SandboxServer;
  readonly env?: Readonly<Record<string, string>>;
  readonly userSettings?: Readonly<Record<string, unknown>>;
}

export interface Product extends AsyncDisposable {
  readonly workbench: Workbench;
  readonly page: Page;
  readonly status: StatusBarItem;
  /** The file of the user settings. */
  readonly settingsFile: string;
  /** Writes user settings into their file; the editor sees them at the next reload(). Undefined takes one away. */
  set(settings: Readonly<Record<string, unknown>>): void;
  /**
   * Makes `server` the only server, in a workspace of its own: nothing that was chosen, asked or seen before counts.
   * The record begins anew.
   */
  visit(server: SandboxServer): Promise<void>;
  /** Loads the page again, in the same workspace. The record begins anew. */
  reload(): Promise<void>;
}

const serverUrl = 'sandboxForesight.openSandbox.serverUrl';

/** Starts an editor with the extension from its package. The environment holds no address and no key unless given. */
export async function openProduct(options: ProductOptions = {}): Promise<Product> {
  const { server: first, userSettings, env } = options;
  const workbench = await openWorkbench({
    vsix: [vsixFile],
    ...(env ? { env } : {}),
    userSettings: { ...(first ? { [serverUrl]: first.url } : {}), ...userSettings },
  });
  const { page, editor } = workbench;
  const settingsFile = path.join(editor.userDataDir, 'User', 'settings.json');
  const status = statusBarItem(page);
  let folder = workbench.folder;
  let visits = 0;
  const read = () => JSON.parse(fs.readFileSync(settingsFile, 'utf8')) as Record<string, unknown>;
  const set = (settings: Readonly<Record<string, unknown>>): void => {
    const present = read();
    fs.writeFileSync(settingsFile, JSON.stringify({ ...present, ...settings }, undefined, 2));
  };
  const open = async (): Promise<void> => {
    await openFolder(page, editor, folder);
    await startRecord(page);
  };
  await startRecord(page);
  return {
    workbench,
    page,
    status,
    settingsFile,
    set,
    visit: async (server) => {
      visits += 1;
      folder = path.join(editor.dir, `visit-${visits}`);
      fs.mkdirSync(folder);
      set({ [serverUrl]: server.url });
      await open();
      // Soon after its start an editor writes the file anew, with old settings in new words, from what it read before.
      const known = async () => {
        if (read()[serverUrl] !== server.url) {
          set({ [serverUrl]: server.url });
          await open();
        }
        return (await status.read()).ariaLabel;
      };
      await until(page, 'the server to be known', known, (label) => !label.endsWith('not connected'));
    },
    reload: open,
    [Symbol.asyncDispose]: () => workbench.stop(),
  };
}

/** What was on the screen since the page was opened. */
export interface ScreenRecord {
  /** Every notification that appeared, once, in order. */
  readonly toasts: readonly string[];
  /** Every text of the status bar item, in order; the same text written twice in a row counts once. */
  readonly statusTexts: readonly string[];
  /** How often the DOM of the status bar item was touched. */
  readonly statusWrites: number;
  /** Titles of the quick picks and input boxes that opened, in order. */
  readonly questions: readonly string[];
}

// A string, because it runs in the page, whose types this project does not load.
const recorder = `(() => {
  if (window.foresightRecord) return;
  const record = { toasts: [], statusTexts: [], statusWrites: 0, questions: [] };
  window.foresightRecord = record;
  const plain = (text) => (text ?? '').replaceAll(/\\s+/g, ' ').trim();
  const known = new WeakSet();
  let asked = '';
  const look = () => {
    for (const message of document.querySelectorAll('.notification-toast .notification-list-item-message')) {
      if (known.has(message) || plain(message.textContent) === '') continue;
      known.add(message);
      record.toasts.push(plain(message.textContent));
    }
    const item = document.querySelector('[id$="sandboxForesight.status"]');
    const text = plain(item?.textContent);
    if (item && record.statusTexts.at(-1) !== text) record.statusTexts.push(text);
    const widget = document.querySelector('.quick-input-widget');
    const shown = widget && widget.checkVisibility() ? plain(widget.querySelector('.quick-input-title')?.textContent) : '';
    if (shown !== asked && shown !== '') record.questions.push(shown);
    asked = shown;
  };
  new MutationObserver((changes) => {
    const touched = changes.some(({ target }) => {
      const element = target.nodeType === 1 ? target : target.parentElement;
      return element?.closest('[id$="sandboxForesight.status"]');
    });
    if (touched) record.statusWrites += 1;
    look();
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
})()`;

const startRecord = async (page: Page): Promise<void> => {
  await page.evaluate(recorder);
};

/** What was on the screen until now. */
export const screenRecord = (page: Page): Promise<ScreenRecord> => page.evaluate('window.foresightRecord');

/** Reads until the reading passes; for what is not on the page. */
export const eventually = <T>(
  product: Product,
  what: string,
  read: () => Promise<T> | T,
  passes: (value: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> => until(product.page, what, () => Promise.resolve(read()), passes, timeoutMs);

/** The status bar text of a sandbox that is measured and fine: the signal that ends it first, else the fullest one. */
export const liveText = (name: string): RegExp => new RegExp(`^${name} (mem|disk|inodes|procs|files|ends in) `);
