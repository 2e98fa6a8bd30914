/** Small things every page object uses: patience, and a picture when patience runs out. */
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { oldestWanted } from './server.ts';

/** How long a page object waits for what it was asked for, unless the caller says otherwise. */
export const patienceMs = 60_000;

const folder =
  process.env['FORESIGHT_SCREENSHOTS'] ?? path.resolve(import.meta.dirname, '..', '..', 'dist', 'screenshots');

/** Saves the page as `dist/screenshots/<name>.png` (or in $FORESIGHT_SCREENSHOTS) and returns the file. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const file = path.join(folder, `${oldestWanted ? 'oldest-' : ''}${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
  await page.screenshot({ path: file });
  return file;
}

/** Does `act`; when it fails, saves a screenshot and says in words what was being waited for. */
export async function patiently<T>(page: Page, what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const picture = await screenshot(page, `failed-${what.slice(0, 60)}`).catch((e: unknown) => `no screenshot: ${e}`);
    const shown = await onTop(page).catch((e: unknown) => `not known: ${e}`);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}: ${reason}\nOn top: ${shown}\nSee ${picture}`, { cause: error });
  }
}

/** What lies over the workbench now, in words: where nobody can look at the picture, it tells what came instead. */
async function onTop(page: Page): Promise<string> {
  const texts = await page
    .locator('.notification-toast:visible, .quick-input-widget:visible, .monaco-dialog-box:visible')
    .allInnerTexts();
  return texts.length === 0 ? 'nothing' : texts.map((text) => `“${plain(text).slice(0, 300)}”`).join(', ');
}

/**
 * Reads until the reading passes, and returns it.
 * @throws after timeoutMs, with the last reading in the message
 */
export async function until<T>(
  page: Page,
  what: string,
  read: () => Promise<T>,
  passes: (value: T) => boolean,
  timeoutMs: number = patienceMs,
): Promise<T> {
  return await patiently(page, what, async () => {
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      const value = await read();
      if (passes(value)) return value;
      if (Date.now() > deadlineMs) throw new Error(`still ${JSON.stringify(value)} after ${timeoutMs} ms`);
      await page.waitForTimeout(100);
    }
  });
}

export const matches = (text: string, wanted: string | RegExp) =>
  typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);

/** What the callbacks that run in the page use of an element; the project does not load the DOM's types. */
export interface PageElement {
  readonly textContent: string | null;
  readonly className: string;
  checkVisibility(): boolean;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** Text as a person sees it: one kind of space, none at the ends. */
export const plain = (text: string | null | undefined) => (text ?? '').replaceAll(/\s+/g, ' ').trim();

/** The hover that appears over `target`, as text; the mouse moves away afterwards. */
export async function hoverText(page: Page, what: string, target: Locator): Promise<string> {
  const hover = await openHover(page, what, target);
  const text = (await hover.allInnerTexts()).join('\n').trim();
  await closeHover(page, hover);
  return text;
}

/** Moves the mouse away until the hover is gone; one that opened while something else took the focus needs a push. */
async function closeHover(page: Page, hover: Locator): Promise<void> {
  const deadlineMs = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    await page.mouse.move(700 + (attempt % 2) * 40, 300, { steps: 4 });
    if (attempt > 0) await page.keyboard.press('Escape');
    try {
      await hover.waitFor({ state: 'hidden', timeout: 2000 });
      return;
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
    }
  }
}

/** Opens the hover over `target` and leaves it open. */
export async function openHover(page: Page, what: string, target: Locator): Promise<Locator> {
  return await patiently(page, `hover over ${what}`, async () => {
    const hover = page.locator('.workbench-hover:visible').last();
    await closeHover(page, hover);
    const deadlineMs = Date.now() + patienceMs;
    for (;;) {
      // What is drawn anew in the very moment is not under the mouse any more, as far as the editor knows.
      // At its beginning: aiming at the middle of a long text would scroll a narrow row sideways.
      await target.hover({ timeout: patienceMs, position: { x: 6, y: 6 } });
      try {
        await hover.waitFor({ timeout: 3000 });
        break;
      } catch (error) {
        if (Date.now() > deadlineMs) throw error;
        await page.mouse.move(700, 300);
      }
    }
    await hover.filter({ hasNotText: /^Loading/ }).waitFor({ timeout: patienceMs });
    return hover;
  });
}
