/** The same picture in a light, a high contrast and a dark theme. */
import type { Page } from 'playwright-core';
import { quickPick, run, screenshot } from './workbench.ts';

const themes = [
  ['Light Modern', 'light'],
  ['Dark High Contrast', 'contrast'],
  ['Dark Modern', 'dark'],
] as const;

const setTheme = async (page: Page, name: string): Promise<void> => {
  await run(page, 'Preferences: Color Theme');
  const pick = await quickPick(page, /Theme/);
  // The list is longer than what is drawn of it.
  await pick.type(name);
  await pick.choose(name);
};

/** Shows the same in all themes, takes a screenshot `<name>-<theme>` of each, and goes back to the first one. */
export const inThreeThemes = async (page: Page, name: string, look: () => Promise<void>): Promise<void> => {
  for (const [theme, word] of themes) {
    await setTheme(page, theme);
    await look();
    await page.waitForTimeout(500);
    await screenshot(page, `${name}-${word}`);
  }
};
