/** Context menus, drawn by the workbench itself. */
import type { Locator, Page } from 'playwright-core';
import { patienceMs, patiently, plain } from './page.ts';

export interface Menu {
  readonly items: readonly string[];
  choose(item: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the context menu of `target`. */
export async function contextMenu(page: Page, target: Locator): Promise<Menu> {
  return await patiently(page, 'context menu', async () => {
    await target.click({ button: 'right', timeout: patienceMs });
    const entries = page.locator('.monaco-menu .action-menu-item:visible');
    await entries.first().waitFor({ timeout: patienceMs });
    const texts = await entries.locator('.action-label').allInnerTexts();
    return {
      items: texts.map(plain),
      choose: (item) =>
        patiently(page, `menu entry ${item}`, async () => {
          // The menu ignores a click that comes at once, as it could belong to the one that opened it.
          await entries.filter({ has: page.getByText(item, { exact: true }) }).hover({ timeout: patienceMs });
          await page.keyboard.press('Enter');
          await entries.first().waitFor({ state: 'hidden', timeout: patienceMs });
        }),
      close: async () => {
        await page.keyboard.press('Escape');
        await entries.first().waitFor({ state: 'hidden', timeout: patienceMs });
      },
    };
  });
}
