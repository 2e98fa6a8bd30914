/** What asks the person something in the middle of the screen: command palette, quick pick, input box, modal dialog. */
import type { Locator, Page } from 'playwright-core';
import { matches, type PageElement, patienceMs, patiently, plain, until } from './page.ts';

const widget = (page: Page) => page.locator('.quick-input-widget:visible');
const field = (page: Page) => widget(page).locator('input.input');
const listRows = (page: Page) => widget(page).locator('.quick-input-list .monaco-list-row');

export interface PickRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** The group this row begins, '' for the others. */
  readonly separator: string;
}

async function readRows(page: Page): Promise<PickRow[]> {
  const raw = await listRows(page).evaluateAll((elements: readonly PageElement[]) => {
    // Rows are used again for other entries; what an entry lacks is hidden with its old text.
    const visible = (row: PageElement, selector: string) => {
      const part = row.querySelector(selector);
      return part?.checkVisibility() ? part.textContent : '';
    };
    return elements.map((row) => ({
      index: Number(row.getAttribute('data-index')),
      label: visible(row, '.quick-input-list-row .label-name'),
      description: visible(row, '.quick-input-list-row .label-description'),
      detail: visible(row, '.quick-input-list-label-meta .label-name'),
      separator: visible(row, '.quick-input-list-separator'),
    }));
  });
  return raw
    .sort((a, b) => a.index - b.index)
    .map((row) => ({
      label: plain(row.label),
      description: plain(row.description),
      detail: plain(row.detail),
      separator: plain(row.separator),
    }));
}

function rowWithLabel(page: Page, label: string): Locator {
  const name = page
    .locator('.quick-input-list-row .label-name')
    .filter({ hasText: new RegExp(`^\\s*${escaped(label)}\\s*$`) });
  return listRows(page).filter({ has: name }).first();
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

async function openPalette(page: Page, text: string): Promise<void> {
  await patiently(page, 'command palette', async () => {
    await page.keyboard.press('F1');
    await field(page).waitFor({ timeout: patienceMs });
    await field(page).fill(`>${text}`, { timeout: patienceMs });
    await listRows(page).first().waitFor({ timeout: patienceMs });
  });
}

/** Runs a command by its full title, as `Sandbox Foresight: Connect…`, and returns once the palette has closed. */
export async function run(page: Page, title: string): Promise<void> {
  await openPalette(page, title);
  await until(
    page,
    `command "${title}" in the palette`,
    () => readRows(page),
    (rows) => rows.some((row) => row.label === title),
  );
  await rowWithLabel(page, title).click({ timeout: patienceMs });
  // The widget may be open again already, with a question of the command's.
  await until(
    page,
    `command palette to close after "${title}"`,
    () => paletteOpen(page),
    (open) => !open,
  );
}

async function paletteOpen(page: Page): Promise<boolean> {
  const values = await field(page).evaluateAll((inputs: readonly { readonly value: string }[]) =>
    inputs.map((i) => i.value),
  );
  return values.some((value) => value.startsWith('>'));
}

/** The titles the palette offers now for this beginning, as `Sandbox Foresight:`; what a `when` clause hides is not among them. */
export async function commandTitles(page: Page, beginning: string): Promise<readonly string[]> {
  await openPalette(page, beginning);
  const isMine = (row: PickRow) => row.label.startsWith(beginning);
  // The list settles after the last key: with rows of ours, or with those that say there is none.
  const settled = ([first, ...more]: readonly PickRow[]) =>
    first !== undefined &&
    ([first, ...more].some(isMine) || first.separator === 'similar commands' || /^No matching/.test(first.label));
  const rows = await until(page, `commands that begin with ${beginning}`, () => readRows(page), settled);
  await page.keyboard.press('Escape');
  await widget(page).waitFor({ state: 'hidden', timeout: patienceMs });
  return rows.filter(isMine).map((row) => row.label);
}

export interface QuickPick {
  readonly title: string;
  readonly placeholder: string;
  readonly rows: readonly PickRow[];
  /** Chooses the row with exactly this label. */
  choose(label: string): Promise<void>;
  /** Types into the filter. */
  type(text: string): Promise<void>;
  cancel(): Promise<void>;
}

/** Waits for a quick pick; with `title`, for the one whose title (or placeholder, when it has none) contains or matches it. */
export async function quickPick(page: Page, title?: string | RegExp, timeoutMs?: number): Promise<QuickPick> {
  const read = async () => {
    const heads = await readHeads(page);
    return { head: heads[0], rows: await readRows(page) };
  };
  const { head, rows } = await until(
    page,
    `quick pick ${title ?? ''}`,
    read,
    (r) => r.head !== undefined && isAsked(r.head, title) && r.rows.length > 0,
    timeoutMs,
  );
  return {
    title: head?.title ?? '',
    placeholder: head?.placeholder ?? '',
    rows,
    choose: (label) =>
      patiently(page, `row ${label} of the quick pick`, () => rowWithLabel(page, label).click({ timeout: patienceMs })),
    type: (text) => field(page).fill(text, { timeout: patienceMs }),
    cancel: () => cancel(page),
  };
}

interface Head {
  readonly title: string;
  readonly placeholder: string;
  readonly message: string;
  readonly password: boolean;
  readonly palette: boolean;
}

async function readHeads(page: Page): Promise<Head[]> {
  const raw = await widget(page).evaluateAll((elements: readonly PageElement[]) =>
    elements.map((element) => {
      const input = element.querySelector('input.input') as (PageElement & { readonly value: string }) | null;
      return {
        title: element.querySelector('.quick-input-title')?.textContent,
        placeholder: input?.getAttribute('placeholder'),
        message: element.querySelector('.quick-input-message')?.textContent,
        type: input?.getAttribute('type'),
        value: input?.value ?? '',
      };
    }),
  );
  return raw.map((head) => ({
    title: plain(head.title),
    placeholder: plain(head.placeholder),
    message: plain(head.message),
    password: head.type === 'password',
    palette: head.value.startsWith('>'),
  }));
}

const isAsked = (head: Head, title: string | RegExp | undefined) =>
  !head.palette && (title === undefined || matches(head.title || head.placeholder, title));

async function cancel(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await patiently(page, 'question to close', () => widget(page).waitFor({ state: 'hidden', timeout: patienceMs }));
}

export interface InputBox {
  readonly title: string;
  readonly placeholder: string;
  /** The prompt, or the complaint about what was typed. */
  message(): Promise<string>;
  readonly password: boolean;
  type(text: string): Promise<void>;
  /** Presses Enter. */
  accept(): Promise<void>;
  cancel(): Promise<void>;
}

/** Waits for an input box; with `title`, for the one whose title (or placeholder, when it has none) contains or matches it. */
export async function inputBox(page: Page, title?: string | RegExp, timeoutMs?: number): Promise<InputBox> {
  const found = await until(
    page,
    `input box ${title ?? ''}`,
    async () => (await readHeads(page))[0],
    (head) => head !== undefined && isAsked(head, title),
    timeoutMs,
  );
  return {
    title: found?.title ?? '',
    placeholder: found?.placeholder ?? '',
    password: found?.password ?? false,
    message: async () => (await readHeads(page))[0]?.message ?? '',
    type: (text) => field(page).fill(text, { timeout: patienceMs }),
    accept: () => field(page).press('Enter', { timeout: patienceMs }),
    cancel: () => cancel(page),
  };
}

export interface Modal {
  readonly message: string;
  readonly detail: string;
  /** From left to right. */
  readonly buttons: readonly string[];
  press(button: string): Promise<void>;
  /** Presses Escape. */
  cancel(): Promise<void>;
}

/** Waits for a modal dialog; with `text`, for the one whose message contains or matches it. */
export async function modal(page: Page, text: string | RegExp = /./, timeoutMs?: number): Promise<Modal> {
  const box = page.locator('.monaco-dialog-box:visible');
  const found = await until(
    page,
    `dialog ${text}`,
    async () => {
      const all = await box.evaluateAll((elements: readonly PageElement[]) =>
        elements.map((element) => ({
          message: element.querySelector('.dialog-message-text')?.textContent,
          detail: element.querySelector('.dialog-message-detail')?.textContent,
          buttons: Array.from(
            element.querySelectorAll('.dialog-buttons .monaco-button'),
            (button) => button.textContent,
          ),
        })),
      );
      return all[0];
    },
    (dialog) => dialog !== undefined && matches(plain(dialog.message), text),
    timeoutMs,
  );
  const gone = () => patiently(page, 'dialog to close', () => box.waitFor({ state: 'hidden', timeout: patienceMs }));
  return {
    message: plain(found?.message),
    detail: plain(found?.detail),
    buttons: (found?.buttons ?? []).map(plain),
    press: async (button) => {
      await patiently(page, `button ${button} of the dialog`, () =>
        box.getByRole('button', { name: button, exact: true }).click({ timeout: patienceMs }),
      );
      await gone();
    },
    cancel: async () => {
      await page.keyboard.press('Escape');
      await gone();
    },
  };
}
