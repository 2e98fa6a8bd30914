/** Two hundred sandboxes: everything is found, nothing moves under the hand, and the ones that are not measured are left alone. */
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer, workloads } from '../helpers/sandbox-server.ts';
import { type HostDelay, watchHostDelay } from './host-delay.ts';
import { eventually, openProduct, type Product } from './product.ts';
import { inputBox, modal, notifications, openView, run, screenshot, type TreeView, until } from './workbench.ts';
import { dashboardFrame } from './workbench-webview.ts';

const count = 200;
/** The setting's default: so many are measured at the same time. */
const measuredAtOnce = 8;
const nameOf = (at: number): string => `job-${String(at).padStart(3, '0')}`;

let server: SandboxServer;
let product: Product;
let page: Page;
let tree: TreeView;
let delays: HostDelay | null = null;
const ids: string[] = [];
const stalls: string[] = [];
const taken: string[] = [];

/** Does it and keeps how long it took: a number to look at, which depends on the machine. */
const timed = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
  const startedAtMs = performance.now();
  const result = await act();
  taken.push(`${what} ${Math.round(performance.now() - startedAtMs)} ms`);
  return result;
};

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  // The current one changes all the time; the others sleep.
  const growing = [process.execPath, workloads.leak, '--rate-mib=0.8', '--start-mib=60'];
  for (let at = 0; at < count; at += 1) {
    const metadata = { name: nameOf(at), owner: ['ada', 'grace', 'linus'][at % 3] ?? '' };
    const what = at === 0 ? { entrypoint: growing, memory: '768Mi' } : { entrypoint: ['sleep', '100000'] };
    ids.push(await server.createSandbox({ ...what, metadata, timeout: 7_200 + at }));
  }
  product = await openProduct({
    server,
    // So that nobody is asked which one is meant.
    env: { OPENSANDBOX_ID: ids[0] ?? '' },
    userSettings: { 'sandboxForesight.alerts.notifications': false },
  });
  ({ page } = product);
  page.on('console', (message) => {
    if (/extension host .*unresponsive/i.test(message.text())) stalls.push(message.text());
  });
  tree = await openView(page);
  await tree.waitForRow('Memory', /\d+%/, 120_000);
  delays = await watchHostDelay(product.workbench.editor.server);
});
afterAll(async () => {
  delays?.close();
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

/** How many rows the tree has, in sight or not. */
const treeSize = async (): Promise<number> =>
  Number(await page.locator('.part.sidebar .monaco-list-row[aria-level="1"]').first().getAttribute('aria-setsize'));
const rowOf = (name: string) =>
  page.locator('.part.sidebar .monaco-list-row').filter({ has: page.getByText(name, { exact: true }) });
const topRows = async (): Promise<readonly string[]> =>
  (await tree.rows()).filter(({ level }) => level === 1).map(({ label }) => label);
const filter = async (text: string): Promise<void> => {
  await run(page, 'Sandbox Foresight: Filter Sandboxes…');
  const box = await inputBox(page, 'Filter sandboxes');
  await box.type(text);
  await box.accept();
};
const someReadings = async (): Promise<void> => {
  const before = (await server.requests()).byRoute;
  const lists = (routes: Readonly<Record<string, number>>): number => routes['server GET /v1/sandboxes'] ?? 0;
  await eventually(
    product,
    'two more lists and what was read meanwhile',
    async () => lists((await server.requests()).byRoute),
    (now) => now > lists(before) + 1,
  );
};

describe('the tree of 200 sandboxes', () => {
  it('shows them all, the current one first', async () => {
    await until(page, 'all rows', treeSize, (size) => size === count + 1);
    expect((await topRows()).slice(0, 2)).toEqual(['OpenSandbox', nameOf(0)]);
    await screenshot(page, 'fleet-tree');
  });

  it('finds one', async () => {
    await timed('filter of the tree', async () => {
      await filter('job-137');
      await until(page, 'one row', topRows, (rows) => rows.join() === 'OpenSandbox,job-137');
    });
    await filter('');
    await until(page, 'all rows', treeSize, (size) => size === count + 1);
  });

  it('leaves what is in sight and what is selected where it is, while the current one changes', async () => {
    const labels = async () => (await tree.rows()).map(({ label }) => label);
    const memory = async () => (await tree.waitForRow('Memory')).description;
    const before = await memory();
    // A row that comes above those in sight would move them: everything that is measured has its row first.
    await until(
      page,
      'all rows of the current one',
      async () => {
        const known = await labels();
        await someReadings();
        return known.join() === (await labels()).join();
      },
      Boolean,
    );
    await page.mouse.move(200, 400);
    await page.mouse.wheel(0, 2000);
    const scrolled = await until(page, 'rows farther down', topRows, (rows) => !rows.includes(nameOf(0)));
    const meant = scrolled[8] ?? '';
    // A click also opens it: what is below it is then seen to stay, too.
    await tree.click(meant);
    await tree.waitForRows(`what is below ${meant}`, (rows) => {
      const at = rows.findIndex(({ label }) => label === meant);
      return rows[at + 1]?.level === 2;
    });
    const seen = await labels();
    await someReadings();
    expect(await labels()).toEqual(seen);
    expect(await rowOf(meant).getAttribute('aria-selected')).toBe('true');
    expect(await rowOf(meant).getAttribute('class')).toContain('focused');
    await tree.click(meant);
    await page.mouse.wheel(0, -4000);
    await until(page, 'another use of memory', memory, (now) => now !== before);
  });

  it('does to the selected ones what its menu was opened for, however long it stays open', async () => {
    await filter('job-13');
    await until(page, 'ten rows', topRows, (rows) => rows.length === 11);
    await tree.click('job-131');
    for (const name of ['job-133', 'job-135']) {
      await rowOf(name)
        .locator('.label-name')
        .click({ modifiers: ['ControlOrMeta'] });
    }
    const menu = await tree.contextMenu('job-135');
    await someReadings();
    await menu.choose('Delete Sandbox…');
    const question = await modal(page, /3 sandboxes|job-13/);
    expect(`${question.message} ${question.detail}`).toMatch(/job-131.*job-133.*job-135/s);
    await screenshot(page, 'fleet-delete');
    await question.press(question.buttons.find((button) => /delete/i.test(button)) ?? '');
    // A list may catch it between the end of its process and its removal.
    for (const name of ['job-131', 'job-133', 'job-135']) await tree.waitForRow(name, /^(ended|failed) · deleted/);
    const { json } = await server.api('GET', '/v1/sandboxes?pageSize=200');
    const left = new Set(json.items.map(({ id }) => id));
    expect(ids.filter((id) => !left.has(id))).toEqual([131, 133, 135].map((at) => ids[at]));
    await filter('');
  });
});

describe('the page of 200 sandboxes', () => {
  let frame: Frame;
  // Not the inner texts: what is out of sight is not drawn.
  const names = () => frame.locator('.fleet tbody .name-button').allTextContents();

  it('has a row for each', async () => {
    await timed('opening of the page', async () => {
      await tree.pressTitleButton('Open Dashboard of All Sandboxes');
      frame = await dashboardFrame(page, 'fleet');
      await until(page, 'all rows', names, (shown) => shown.length === count);
    });
    expect(new Set(await names()).size).toBe(count);
    await screenshot(page, 'fleet-page');
  });

  it('is scrolled, sorted and filtered', async () => {
    const last = frame.locator('.fleet tbody .name-button').last();
    await timed('scroll to the end', async () => {
      await last.scrollIntoViewIfNeeded({ timeout: 60_000 });
      await until(page, 'the last row', () => last.isVisible(), Boolean);
    });
    await screenshot(page, 'fleet-page-end');
    const head = frame.getByRole('columnheader', { name: /^Name/ }).getByRole('button');
    await timed('sort', async () => {
      await head.click();
      await until(page, 'the order of names', names, (shown) => shown[0] === nameOf(0) && shown[1] === nameOf(1));
    });
    await timed('sort the other way', async () => {
      await head.click();
      await until(page, 'the other order', names, (shown) => shown[0] === nameOf(count - 1));
    });
    await timed('filter of the page', async () => {
      await frame.getByRole('searchbox').fill('job-137');
      await until(page, 'one row', names, (shown) => shown.join() === 'job-137');
    });
    await frame.getByRole('searchbox').fill('');
    await until(page, 'all rows', names, (shown) => shown.length === count);
  });
});

describe('all of it', () => {
  it('did not ask the agents of sandboxes that are not measured', async () => {
    const asked = await Promise.all(ids.map((id) => server.requests(id)));
    const measured = asked.filter(({ byListener: { execd, proxy } }) => execd + proxy > 0);
    // When three measured ones were deleted, others would have taken their places; here none was.
    expect(measured.length).toBeLessThanOrEqual(measuredAtOnce);
    expect(measured.length).toBeGreaterThan(0);
  });

  it('never made the editor call the extension unresponsive', async () => {
    const host = await delays?.read();
    const stood = host === undefined ? 'not measured' : `longest ${host.longestMs} ms, p99 ${host.p99Ms} ms`;
    process.stdout.write(`${taken.join(' · ')} · the extension host stood still: ${stood}\n`);
    expect(stalls).toEqual([]);
    expect((await notifications(page)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
