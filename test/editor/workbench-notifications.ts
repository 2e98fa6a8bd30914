/** Notifications: the toasts at the lower right, and the list behind the bell they go to after some ten seconds. */
import type { Locator, Page } from 'playwright-core';
import { matches, type PageElement, patienceMs, patiently, plain, until } from './page.ts';

export interface ToastReading {
  readonly text: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly buttons: readonly string[];
  /** Whether it shows progress. */
  readonly progress: boolean;
}

export interface Toast extends ToastReading {
  readonly locator: Locator;
  press(button: string): Promise<void>;
  /** Closes it with its cross, unanswered. */
  close(): Promise<void>;
  waitUntilGone(timeoutMs?: number): Promise<void>;
}

const toastRows = (page: Page) => page.locator('.notification-toast .monaco-list-row');
const centreRows = (page: Page) => page.locator('.notifications-center.visible .monaco-list-row');
const bell = (page: Page) => page.locator('[id="status.notifications"]');

async function readAll(rows: Locator): Promise<ToastReading[]> {
  const raw = await rows.evaluateAll((elements: readonly PageElement[]) =>
    elements.map((row) => ({
      text: row.querySelector('.notification-list-item-message')?.textContent,
      icon: row.querySelector('.notification-list-item-icon')?.className ?? '',
      buttons: Array.from(
        row.querySelectorAll('.notification-list-item-buttons-container .monaco-button'),
        (b) => b.textContent,
      ),
      progress: row.querySelector('.monaco-progress-container')?.className ?? '',
    })),
  );
  return raw.map((row) => ({
    text: plain(row.text),
    severity: row.icon.includes('codicon-error') ? 'error' : row.icon.includes('codicon-warning') ? 'warning' : 'info',
    // The drop-down half of a split button has no text.
    buttons: row.buttons.map(plain).filter((text) => text !== ''),
    progress: !row.progress.includes('done'),
  }));
}

/** The toasts on the screen now. */
export const toasts = (page: Page): Promise<readonly ToastReading[]> => readAll(toastRows(page));

/** Every notification that has not been answered or closed, shown or hidden; opens the list behind the bell and closes it. */
export async function notifications(page: Page): Promise<readonly ToastReading[]> {
  await openCentre(page);
  const all = await readAll(centreRows(page));
  await closeCentre(page);
  return all;
}

async function openCentre(page: Page): Promise<void> {
  await patiently(page, 'list of notifications', async () => {
    const centre = page.locator('.notifications-center.visible');
    const deadlineMs = Date.now() + patienceMs;
    while (!(await centre.isVisible())) {
      await bell(page).click({ timeout: patienceMs });
      try {
        await centre.waitFor({ timeout: 2000 });
      } catch (error) {
        // One that came in this very moment shows as a toast and has closed the list again.
        if (Date.now() > deadlineMs) throw error;
      }
    }
  });
}

async function closeCentre(page: Page): Promise<void> {
  const centre = page.locator('.notifications-center.visible');
  const deadlineMs = Date.now() + patienceMs;
  while (await centre.isVisible()) {
    await bell(page).click({ timeout: patienceMs });
    try {
      await centre.waitFor({ state: 'hidden', timeout: 2000 });
    } catch (error) {
      // One that came in this very moment can have opened the list again.
      if (Date.now() > deadlineMs) throw error;
    }
  }
}

/** Waits for a notification with this text, on the screen or already behind the bell. */
export async function toast(page: Page, text: string | RegExp, timeoutMs: number = patienceMs): Promise<Toast> {
  const what = `notification ${text}`;
  const find = async (rows: Locator) => {
    const all = await readAll(rows);
    const index = all.findIndex((row) => matches(row.text, text));
    const reading = all[index];
    return reading === undefined ? undefined : { reading, text: reading.text, rows };
  };
  let lookAfterMs = Date.now() + 1500;
  let looked = false;
  const found = await until(
    page,
    what,
    async () => {
      const shown = (await find(toastRows(page))) ?? (await find(centreRows(page)));
      if (shown) return shown;
      // Behind the bell only when something can be there, and not at once: while its list is open, new ones do not show as toasts.
      if (Date.now() < lookAfterMs || (await toastRows(page).count()) > 0) return undefined;
      if (looked && !(await bell(page).locator('.codicon-bell-dot').isVisible())) return undefined;
      looked = true;
      lookAfterMs = Date.now() + 1500;
      await openCentre(page);
      const hidden = await find(centreRows(page));
      if (!hidden) await closeCentre(page);
      return hidden;
    },
    (value) => value !== undefined,
    timeoutMs,
  );
  if (found === undefined) throw new Error(what);
  const exact = page.getByText(found.text, { exact: true });
  const locator = found.rows
    .filter({ has: page.locator('.notification-list-item-message').filter({ has: exact }) })
    .first();
  const gone = (ms: number = patienceMs) =>
    patiently(page, `${what} to go`, () => locator.waitFor({ state: 'detached', timeout: ms }));
  return {
    ...found.reading,
    locator,
    press: (button) =>
      patiently(page, `button ${button} of ${what}`, async () => {
        await locator.hover({ timeout: patienceMs });
        await locator.getByRole('button', { name: button, exact: true }).click({ timeout: patienceMs });
      }),
    close: () =>
      patiently(page, `cross of ${what}`, async () => {
        await locator.hover({ timeout: patienceMs });
        await locator.locator('.codicon-notifications-clear').click({ timeout: patienceMs });
        await gone();
      }),
    waitUntilGone: gone,
  };
}
