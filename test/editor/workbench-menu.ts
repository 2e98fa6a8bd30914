/** Context menus, drawn by the workbench itself. */
import type { Locator, Page } from 'playwright-core';
import { patienceMs, patiently, plain } from './page.ts';

export interface Menu {
  readonly items: readonly string[];
  choose(item: string): Promise<void>;
  close(): Promise<void>;
}

/** The editor loses a right-click now and then, when what it hits is drawn anew in that moment; a person clicks again. */
const clicks = 3;

/** Opens the context menu of `target`. */
export async function contextMenu(page: Page, target: Locator): Promise<Menu> {
  return await patiently(page, 'context menu', async () => {
    const entries = page.locator('.monaco-menu .action-menu-item:visible');
    for (let click = 1; click <= clicks; click += 1) {
      await target.click({ button: 'right', timeout: patienceMs });
      const opened = entries.first().waitFor({ timeout: patienceMs / clicks });
      if (click === clicks) await opened;
      else if (
        await opened.then(
          () => true,
          () => false,
        )
      )
        break;
    }
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
