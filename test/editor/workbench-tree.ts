/** Tree views in a view container of the activity bar. */
import type { Locator, Page } from 'playwright-core';
import { hoverText, matches, type PageElement, patienceMs, patiently, plain, until } from './page.ts';
import { contextMenu, type Menu } from './workbench-menu.ts';

export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly ariaLabel: string;
  /** 1 for the rows at the top. */
  readonly level: number;
  /** undefined for a row without children. */
  readonly expanded: boolean | undefined;
  /** The name of a theme icon, as `warning`. */
  readonly icon: string | undefined;
}

export interface TreeView {
  /** The rows in sight, from top to bottom. */
  rows(): Promise<readonly TreeRow[]>;
  /** Reads until the rows pass. */
  waitForRows(
    what: string,
    passes: (rows: readonly TreeRow[]) => boolean,
    timeoutMs?: number,
  ): Promise<readonly TreeRow[]>;
  /** Waits for a row by its label, and by its description when given. */
  waitForRow(label: string | RegExp, description?: string | RegExp, timeoutMs?: number): Promise<TreeRow>;
  /** Opens a row and waits for its children. Does nothing when it is open. */
  expand(label: string | RegExp): Promise<void>;
  click(label: string | RegExp): Promise<void>;
  tooltip(label: string | RegExp): Promise<string>;
  /** Presses a button at the end of a row. */
  pressRowButton(label: string | RegExp, button: string): Promise<void>;
  /** Presses a button in the view's title. */
  pressTitleButton(button: string): Promise<void>;
  contextMenu(label: string | RegExp): Promise<Menu>;
  /** The text of the welcome view, '' when rows are shown. */
  welcomeText(): Promise<string>;
  pressWelcomeButton(button: string): Promise<void>;
  /** The line above the rows (TreeView.message), '' when there is none. */
  message(): Promise<string>;
}

/** Brings a view container to the front and returns the tree view with this title in it. */
export async function openView(page: Page, container = 'Sandbox Foresight', title = 'Sandboxes'): Promise<TreeView> {
  const pane = page
    .locator('.part.sidebar .pane')
    .filter({ has: page.locator(`.pane-header[aria-label^="${title}"]`) });
  await patiently(page, `view ${container} / ${title}`, async () => {
    // By its role: the badge of a view lies over the icon and takes the clicks.
    const tab = page.getByRole('tab', { name: new RegExp(`^${container}`) });
    await tab.waitFor({ timeout: patienceMs });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click({ timeout: patienceMs });
    // The name of the container would appear beside the mouse, over the rows.
    await page.mouse.move(700, 300, { steps: 4 });
    await pane.locator('.pane-body').waitFor({ timeout: patienceMs });
  });
  return treeView(page, pane, title);
}

function treeView(page: Page, pane: Locator, title: string): TreeView {
  const all = pane.locator('.monaco-list-row');
  const welcome = pane.locator('.welcome-view');
  const rows = async (): Promise<readonly TreeRow[]> => {
    const raw = await all.evaluateAll((elements: readonly PageElement[]) =>
      elements.map((row) => ({
        index: Number(row.getAttribute('data-index')),
        label: row.querySelector('.label-name')?.textContent,
        description: row.querySelector('.label-description')?.textContent,
        ariaLabel: row.getAttribute('aria-label'),
        level: Number(row.getAttribute('aria-level')),
        expanded: row.getAttribute('aria-expanded'),
        icon: row.querySelector('.custom-view-tree-node-item-icon')?.className ?? '',
      })),
    );
    return raw
      .sort((a, b) => a.index - b.index)
      .map((row) => ({
        label: plain(row.label),
        description: plain(row.description),
        ariaLabel: plain(row.ariaLabel),
        level: row.level,
        expanded: row.expanded === null ? undefined : row.expanded === 'true',
        icon: /codicon-(?!colored)([\w-]+)/.exec(row.icon)?.[1],
      }));
  };
  const waitForRows = (what: string, passes: (rows: readonly TreeRow[]) => boolean, timeoutMs?: number) =>
    until(page, `${what} in ${title}`, rows, passes, timeoutMs);
  const waitForRow = async (label: string | RegExp, description: string | RegExp = '', timeoutMs?: number) => {
    const isIt = (row: TreeRow) => hasLabel(row.label, label) && matches(row.description, description);
    const found = (await waitForRows(`row ${label} ${description}`, (list) => list.some(isIt), timeoutMs)).find(isIt);
    if (found === undefined) throw new Error(`row ${label}`);
    return found;
  };
  const locate = async (label: string | RegExp) => {
    const { label: exact } = await waitForRow(label);
    return all.filter({ has: page.locator('.label-name').getByText(exact, { exact: true }) }).first();
  };
  const onRow = async <T>(label: string | RegExp, what: string, act: (row: Locator) => Promise<T>) => {
    const row = await locate(label);
    return await patiently(page, `${what} row ${label}`, () => act(row));
  };
  return {
    rows,
    waitForRows,
    waitForRow,
    expand: async (label) => {
      if ((await waitForRow(label)).expanded === true) return;
      await onRow(label, 'open', async (row) => {
        const deadlineMs = Date.now() + patienceMs;
        const isOpen = async () => (await row.getAttribute('aria-expanded')) === 'true';
        while (!(await isOpen())) {
          if (Date.now() > deadlineMs) throw new Error('it stays closed');
          // Rows that come above it in this very moment move it away from under the mouse.
          await row.locator('.monaco-tl-twistie').click({ timeout: patienceMs });
          for (let look = 0; look < 20 && !(await isOpen()); look += 1) await page.waitForTimeout(100);
        }
      });
      await waitForRows(`children of ${label}`, (list) => {
        const at = list.findIndex((row) => hasLabel(row.label, label));
        return (list[at + 1]?.level ?? 0) > (list[at]?.level ?? 0);
      });
    },
    click: (label) => onRow(label, 'click', (row) => row.locator('.label-name').click({ timeout: patienceMs })),
    tooltip: async (label) => hoverText(page, `row ${label}`, (await locate(label)).locator('.label-name')),
    pressRowButton: (label, button) =>
      onRow(label, `button ${button} of`, async (row) => {
        const press = row.locator('.actions').getByRole('button', { name: button, exact: true });
        const deadlineMs = Date.now() + patienceMs;
        for (;;) {
          // Rows are drawn anew, and elsewhere, between the two steps; then the mouse is not over this one any more.
          await row.hover({ timeout: patienceMs });
          try {
            await press.click({ timeout: 2000 });
            return;
          } catch (error) {
            if (Date.now() > deadlineMs) throw error;
          }
        }
      }),
    pressTitleButton: (button) =>
      patiently(page, `button ${button} of ${title}`, async () => {
        // A view alone in its container has its buttons in the title of the container.
        const titles = page.locator('.part.sidebar .composite.title, .part.sidebar .pane-header:visible');
        await titles.getByRole('button', { name: button, exact: true }).first().click({ timeout: patienceMs });
      }),
    contextMenu: (label) => onRow(label, 'menu of', (row) => contextMenu(page, row)),
    welcomeText: async () => ((await welcome.isVisible()) ? plain((await welcome.allInnerTexts()).join(' ')) : ''),
    pressWelcomeButton: (button) =>
      patiently(page, `welcome button ${button}`, () =>
        welcome.getByRole('button', { name: button, exact: true }).click({ timeout: patienceMs }),
      ),
    message: async () => {
      const line = pane.locator('.tree-explorer-viewlet-tree-view > .message');
      return (await line.isVisible()) ? plain((await line.allInnerTexts()).join(' ')) : '';
    },
  };
}

/** A string is the whole label here, as labels are often the beginning of others. */
const hasLabel = (label: string, wanted: string | RegExp) =>
  typeof wanted === 'string' ? label === wanted : wanted.test(label);
