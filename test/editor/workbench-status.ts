/** Status bar items. */
import type { Locator, Page } from 'playwright-core';
import { hoverText, matches, openHover, type PageElement, patienceMs, patiently, plain, until } from './page.ts';

export interface StatusBarReading {
  /** Without icons. */
  readonly text: string;
  /** Names of the icons, as `pulse`. */
  readonly icons: readonly string[];
  /** What a screen reader says. */
  readonly ariaLabel: string;
  readonly kind: 'normal' | 'warning' | 'error';
}

export interface StatusBarItem {
  readonly locator: Locator;
  /** Waits for the item to be there. */
  read(): Promise<StatusBarReading>;
  /** Waits until the text contains or matches `wanted`. */
  waitForText(wanted: string | RegExp, timeoutMs?: number): Promise<StatusBarReading>;
  /** The tooltip as text. */
  tooltip(): Promise<string>;
  /** Clicks a link in the tooltip. */
  clickTooltipLink(name: string): Promise<void>;
  click(): Promise<void>;
  /** Whether the item is shown now. */
  isVisible(): Promise<boolean>;
}

/** The item with the id given to createStatusBarItem. */
export function statusBarItem(
  page: Page,
  id = 'sandboxForesight.status',
  extension = 'sandbox-foresight.sandbox-foresight',
): StatusBarItem {
  const locator = page.locator(`[id="${extension}.${id}"]`);
  const what = `status bar item ${id}`;
  const read = async () => {
    await patiently(page, what, () => locator.waitFor({ timeout: patienceMs }));
    const raw = await locator.evaluate((item: PageElement) => ({
      text: item.textContent,
      icons: Array.from(item.querySelectorAll('.codicon'), (icon) => icon.className),
      // The item's own label, or the one of the text inside when it has none.
      ariaLabel: item.getAttribute('aria-label') ?? item.querySelector('a')?.getAttribute('aria-label') ?? '',
      className: item.className,
    }));
    return {
      text: plain(raw.text),
      icons: raw.icons.map((name) => /codicon-([\w-]+)/.exec(name)?.[1] ?? name),
      ariaLabel: raw.ariaLabel,
      kind: /\berror-kind\b/.test(raw.className)
        ? 'error'
        : /\bwarning-kind\b/.test(raw.className)
          ? 'warning'
          : 'normal',
    } as const;
  };
  return {
    locator,
    read,
    waitForText: (wanted, timeoutMs) =>
      until(page, `${what} to say ${wanted}`, read, (reading) => matches(reading.text, wanted), timeoutMs),
    tooltip: () => hoverText(page, what, locator),
    clickTooltipLink: async (name) => {
      const hover = await openHover(page, what, locator);
      await patiently(page, `link ${name} in ${what}`, () =>
        hover.getByText(name, { exact: true }).click({ timeout: patienceMs }),
      );
    },
    click: () => patiently(page, what, () => locator.click({ timeout: patienceMs })),
    isVisible: () => locator.isVisible(),
  };
}
