/** Headless Chromium and the way from a blank page to a drawn workbench. */
import fs from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Editor } from './server.ts';

/** Chromium as scripts/editor.mjs found it, else the usual places. */
function chromiumFile(): string {
  const named = process.env['CHROMIUM'];
  if (named) return named;
  const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = usual.find((file) => fs.existsSync(file));
  if (found === undefined) throw new Error('No Chromium found; set CHROMIUM to its path.');
  return found;
}

/** Headless Chromium that can reach nothing but 127.0.0.1. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumFile(),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/** A new page in a fresh browser profile (where VS Code in the browser keeps global state and secrets). */
export function newPage(browser: Browser): Promise<Page> {
  return browser.newPage({ viewport: { width: 1440, height: 900 } });
}

/** Opens `folder` in the workbench and waits until the workbench is drawn. Extensions start a few seconds later. */
export async function openFolder(page: Page, editor: Editor, folder: string): Promise<void> {
  const url = `http://${editor.authority}/?folder=${encodeURIComponent(path.resolve(folder))}`;
  await page.goto(url, { timeout: 90_000, waitUntil: 'domcontentloaded' });
  await page.locator('.monaco-workbench').waitFor({ timeout: 90_000 });
  await page.locator('.part.statusbar').waitFor({ timeout: 90_000 });
}

export interface Development {
  /** Folders of unpacked extensions. */
  readonly extension: string | readonly string[];
  /** A CommonJS file that exports `run(): Promise<void>`. */
  readonly tests?: string;
}

/**
 * Makes the next openFolder() load an unpacked extension, and run `tests` inside the extension host.
 * It adds `developmentOptions` to the workbench's options as the page reads them. The documented `?payload=` needs a server
 * switch that hides every notification.
 */
export async function develop(page: Page, editor: Editor, { extension, tests }: Development): Promise<void> {
  const uri = (file: string) => ({
    $mid: 1,
    scheme: 'vscode-remote',
    authority: editor.authority,
    path: path.resolve(file),
  });
  const options = { extensions: [extension].flat().map(uri), ...(tests ? { extensionTestsPath: uri(tests) } : {}) };
  // A string, because it runs in the page, whose types this project does not load.
  await page.addInitScript(`{
    const dev = ${JSON.stringify(options)};
    const get = Element.prototype.getAttribute;
    Element.prototype.getAttribute = function (name) {
      const value = get.call(this, name);
      if (name !== 'data-settings' || this.id !== 'vscode-workbench-web-configuration' || !value) return value;
      const settings = JSON.parse(value);
      settings.developmentOptions = { ...settings.developmentOptions, ...dev };
      return JSON.stringify(settings);
    };
  }`);
}
