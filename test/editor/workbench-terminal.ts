/** The integrated terminal that is in front. */
import type { Page } from 'playwright-core';
import { type PageElement, patienceMs, patiently, plain } from './page.ts';

const front = (page: Page) => page.locator('.terminal-wrapper.active:visible').last();

/** What the terminal in front shows now, one line per row, without empty rows at the end; '' without a terminal. */
export async function terminalText(page: Page): Promise<string> {
  const rows = await front(page)
    .locator('.xterm-rows > div')
    .evaluateAll((elements: readonly PageElement[]) => elements.map((row) => row.textContent ?? ''));
  return rows
    .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
    .join('\n')
    .trimEnd();
}

/** Types a line into the terminal in front and presses Enter. */
export async function typeInTerminal(page: Page, line: string): Promise<void> {
  await patiently(page, 'terminal', async () => {
    await front(page).locator('.xterm-screen').click({ timeout: patienceMs });
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
  });
}

/** The names of the open terminals. */
export async function terminalNames(page: Page): Promise<readonly string[]> {
  const tabs = page.locator('.terminal-tabs-entry .label-name:visible, .single-terminal-tab:visible');
  return (await tabs.allInnerTexts()).map(plain);
}
