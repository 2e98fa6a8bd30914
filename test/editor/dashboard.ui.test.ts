/** The dashboard as people see it: live charts, the table of all sandboxes, the story of a break; in three themes. */
import fs from 'node:fs';
import path from 'node:path';
import type { ConsoleMessage, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer, workloads } from '../helpers/sandbox-server.ts';
import { openProduct, type Product } from './product.ts';
import { inThreeThemes as showInThreeThemes } from './themes.ts';
import {
  modal,
  notifications,
  openView,
  quickPick,
  run,
  screenshot,
  type TreeView,
  terminalText,
  toast,
  typeInTerminal,
  until,
} from './workbench.ts';
import { dashboardFrame, shownIn } from './workbench-webview.ts';

let server: SandboxServer;
let product: Product;
let page: Page;
let tree: TreeView;
/** Of the project that is open. */
let manifest: string;
const complaints: string[] = [];

/** Full two minutes after its start: the pages of a sandbox that runs have to be looked at before. */
const leaking = [process.execPath, workloads.leak, '--rate-mib=1.2', '--start-mib=100'];

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  const mine = await server.createSandbox({
    metadata: { name: 'api-tests', owner: 'ada' },
    timeout: 1800,
    entrypoint: leaking,
    cpu: '1',
  });
  for (const [name, owner] of [
    ['web-dev', 'grace'],
    ['docs-preview', 'linus'],
  ] as const)
    await server.createSandbox({ metadata: { name, owner }, timeout: 3_600 });
  const failing = ['sh', '-c', 'sleep 25; exit 3'];
  await server.createSandbox({ metadata: { name: 'nightly', owner: 'grace' }, timeout: null, entrypoint: failing });
  product = await openProduct({
    server,
    // So that nobody is asked which one is meant.
    env: { OPENSANDBOX_ID: mine },
    userSettings: { 'sandboxForesight.local.enabled': false, 'sandboxForesight.alerts.notifications': false },
  });
  ({ page } = product);
  manifest = path.join(product.workbench.folder, 'package.json');
  fs.writeFileSync(manifest, '{\n  "scripts": {\n    "build": "node build.js"\n  }\n}\n');
  // A page's policy complains in the console of its frame, which the workbench's page passes on.
  page.on('console', (message: ConsoleMessage) => {
    const { url } = message.location();
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(`${url}: ${message.text()}`);
  });
  tree = await openView(page);
  // The row of the current sandbox is another one than before it was; what is pressed in that moment asks which one is meant.
  await tree.waitForRow('Memory', /\d+%/);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

const text = (frame: Frame, selector: string): Promise<string> =>
  frame.locator(selector).first().innerText({ timeout: 20_000 });

const waitForText = (frame: Frame, selector: string, wanted: RegExp, timeoutMs = 60_000): Promise<string> =>
  until(
    page,
    `${selector} to be ${wanted}`,
    () => text(frame, selector),
    (shown) => wanted.test(shown),
    timeoutMs,
  );

/** The picture of a chart as text; differs as soon as one pixel does. */
const picture = (frame: Frame, signal: string): Promise<string> =>
  frame.evaluate(`document.querySelector('.chart[data-signal=${signal}] canvas').toDataURL()`);

const inThreeThemes = (name: string, look: () => Promise<void>): Promise<void> =>
  showInThreeThemes(page, `dashboard-${name}`, look);

describe('the page of a sandbox', () => {
  let frame: Frame;

  it('opens from the row in the tree and draws every signal', async () => {
    await tree.pressRowButton('api-tests', 'Open Dashboard');
    frame = await dashboardFrame(page, 'sandbox');
    await waitForText(frame, 'h1', /^api-tests$/);
    await waitForText(frame, '.chart[data-signal=memory] .chart-use', /^\d+(\.\d)? MiB · \d+% of 256 MiB$/);
    // CPU comes with the second reading.
    for (const signal of ['memory', 'disk', 'inodes', 'pids', 'fds', 'cpu'])
      await frame.locator(`.chart[data-signal=${signal}]`).waitFor({ timeout: 30_000 });
    await frame.locator('.lane-lifecycle .mark').first().waitFor();
  });

  it('goes on drawing as numbers come, in the same canvas', async () => {
    await frame.evaluate(`document.querySelector('.chart[data-signal=memory] canvas').dataset.mine = 'yes'`);
    const before = await picture(frame, 'memory');
    await until(
      page,
      'another picture',
      () => picture(frame, 'memory'),
      (now) => now !== before,
    );
    const kept = await frame.evaluate(`document.querySelector('.chart[data-signal=memory] canvas').dataset.mine`);
    expect(kept).toBe('yes');
  });

  it('says in words what it draws', async () => {
    const described = await frame.locator('#chart-memory-text').textContent();
    expect(described).toMatch(/^Memory: .* MiB, \d+% of 256 MiB; between .* in the time shown/);
    await frame.locator('.chart[data-signal=memory] .table-toggle').focus();
    await page.keyboard.press('Enter');
    const rows = frame.locator('.chart[data-signal=memory] .course-table tbody tr');
    await until(
      page,
      'rows of the table',
      () => rows.count(),
      (count) => count >= 3,
    );
    expect((await rows.first().innerText()).replaceAll(/\s+/g, ' ')).toMatch(/^\d\d:\d\d:\d\d [\d.]+ MiB 256 MiB \d+%/);
  });

  it('is used with the keyboard: the cursor goes from reading to reading, plus zooms, Escape takes it back', async () => {
    const plot = frame.locator('.chart[data-signal=memory] .plot');
    const readout = () => text(frame, '.chart[data-signal=memory] .chart-readout');
    await plot.focus();
    await plot.press('End');
    const last = await until(page, 'readout', readout, (shown) => /\d\d:\d\d:\d\d\s+[\d.]+ MiB \(\d+%\)/.test(shown));
    await plot.press('ArrowLeft');
    await plot.press('ArrowLeft');
    expect(await readout()).not.toBe(last);
    expect(await text(frame, '.chart[data-signal=pids] .chart-readout')).toMatch(/^\d\d:\d\d:\d\d/);
    await plot.press('+');
    const reset = frame.getByRole('button', { name: 'Reset zoom' });
    await reset.waitFor();
    await plot.press('Escape');
    await reset.waitFor({ state: 'hidden' });
    expect(await readout()).toBe('');
  });

  it('is zoomed with the mouse, all charts alike', async () => {
    const box = await frame.locator('.chart[data-signal=memory] .u-over').boundingBox();
    if (box === null) throw new Error('no plot');
    const before = await picture(frame, 'pids');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await frame.getByRole('button', { name: 'Reset zoom' }).waitFor();
    await until(
      page,
      'the other chart to be zoomed',
      () => picture(frame, 'pids'),
      (now) => now !== before,
    );
    await screenshot(page, 'dashboard-sandbox-zoomed');
    await frame.getByRole('button', { name: 'Reset zoom' }).click();
  });

  it('has what was measured while it was hidden', async () => {
    await run(page, 'File: New Untitled Text File');
    await until(
      page,
      'the page to be gone',
      () => dashboards(page),
      (count) => count === 0,
    );
    const hiddenAt = new Date();
    await page.waitForTimeout(6_000);
    await tree.pressRowButton('api-tests', 'Open Dashboard');
    frame = await dashboardFrame(page, 'sandbox');
    // The table was open, and is again.
    const times = frame.locator('.chart[data-signal=memory] .course-table tbody th');
    const meanwhile = [1, 2, 3, 4, 5].map((second) => clock(new Date(hiddenAt.getTime() + second * 1_000)));
    await until(
      page,
      'a row of that time in the table',
      () => times.allInnerTexts(),
      (rows) => rows.length >= 3 && rows.some((time) => meanwhile.includes(time)),
    );
  });

  it('is there again after the window was loaded anew, as it was left', async () => {
    await frame.getByRole('button', { name: '30 min' }).click();
    // An editor in a browser writes down what it keeps every five seconds.
    await page.waitForTimeout(8_000);
    await product.reload();
    tree = await openView(page);
    frame = await dashboardFrame(page, 'sandbox');
    await waitForText(frame, 'h1', /^api-tests$/);
    expect(await frame.getByRole('button', { name: '30 min' }).getAttribute('aria-pressed')).toBe('true');
    const rows = frame.locator('.chart[data-signal=memory] .course-table tbody tr');
    await until(
      page,
      'rows of the table',
      () => rows.count(),
      (count) => count >= 3,
    );
    await frame.locator('.chart[data-signal=memory] .table-toggle').click();
    await frame.getByRole('button', { name: '10 min' }).click();
  });

  it('asks before a fix does anything, and gives the keyboard back where it was', async () => {
    await frame.locator('button.fix').first().waitFor({ timeout: 120_000 });
    await frame.locator('button.fix', { hasText: /^End / }).first().focus();
    await page.keyboard.press('Enter');
    const dialog = await modal(page, /^End /);
    await dialog.cancel();
    await until(
      page,
      'the button to have the focus',
      async () => {
        const focused = await frame.evaluate<string>(`document.hasFocus() ? document.activeElement.textContent : ''`);
        // An editor that was loaded anew gives the focus only to the frame around the page.
        if (focused === '') await page.keyboard.press('Tab');
        return focused;
      },
      (focused) => focused.startsWith('End '),
    );
  });

  it('follows the theme while it is open', { timeout: 300_000 }, async () => {
    await waitForText(frame, '.headline', /Memory is full at about/, 150_000);
    await page.mouse.move(700, 880);
    let before = await picture(frame, 'disk');
    await inThreeThemes('sandbox', async () => {
      await until(
        page,
        'a picture in other colours',
        () => picture(frame, 'disk'),
        (now) => now !== before,
      );
      before = await picture(frame, 'disk');
    });
  });
});

describe('the page of all sandboxes', () => {
  let frame: Frame;
  const names = () => frame.locator('.fleet tbody .name-button').allInnerTexts();

  it('lists every sandbox and brings the one that ends first to the top', async () => {
    await tree.pressTitleButton('Open Dashboard of All Sandboxes');
    frame = await dashboardFrame(page, 'fleet');
    await until(page, 'all rows', names, (shown) => shown.length === 4);
    await until(page, 'the one that ends first at the top', names, (shown) => shown[0] === 'api-tests');
    await waitForText(frame, '[data-total=running]', /^3$/);
    await waitForText(frame, '.fleet tbody tr:first-child .c-owner', /^ada$/);
    await waitForText(frame, '.fleet-numbers', /Time to start/);
  });

  it('is sorted by a column with the keyboard, and filtered', async () => {
    const head = frame.getByRole('columnheader', { name: /^Name/ });
    await head.getByRole('button').focus();
    const sorted = (word: string): Promise<unknown> =>
      until(
        page,
        word,
        () => head.getAttribute('aria-sort'),
        (shown) => shown === word,
      );
    await page.keyboard.press('Enter');
    await sorted('ascending');
    await until(
      page,
      'the order of names',
      names,
      (shown) => shown.join() === 'api-tests,docs-preview,nightly,web-dev',
    );
    await page.keyboard.press('Enter');
    await sorted('descending');
    await until(page, 'the other order', names, (shown) => shown[0] === 'web-dev');
    await frame.getByRole('searchbox').fill('linus');
    await until(page, 'one row', names, (shown) => shown.join() === 'docs-preview');
    await frame.getByRole('searchbox').fill('');
    await frame.getByRole('button', { name: 'Ends first' }).first().click();
    await until(page, 'the first order', names, (shown) => shown[0] === 'api-tests');
  });

  it('looks well in three themes', () => inThreeThemes('fleet', () => Promise.resolve()));

  it('shows what ended a sandbox, and leads to its story', async () => {
    const ended = frame.getByRole('button', { name: /crashed/ });
    await ended.click();
    const story = await dashboardFrame(page, 'incident');
    await waitForText(story, 'h1', /^nightly: .*crashed/);
    await tree.pressTitleButton('Open Dashboard of All Sandboxes');
    frame = await dashboardFrame(page, 'fleet');
  });

  it('opens the page of a sandbox', async () => {
    await frame.getByRole('button', { name: 'web-dev' }).click();
    const opened = await dashboardFrame(page, 'sandbox');
    await waitForText(opened, 'h1', /^web-dev$/);
  });
});

describe('the page of an incident', () => {
  let frame: Frame;

  it('comes for a sandbox in which something ran', async () => {
    await tree.pressRowButton('api-tests', 'Open Terminal in Sandbox');
    const shows = (what: RegExp): Promise<string> =>
      until(
        page,
        `the terminal to show ${what}`,
        () => terminalText(page),
        (shown) => what.test(shown),
      );
    await shows(/[#$] ?$/);
    // A command of this name that lasts, whatever the image has.
    await typeInTerminal(page, 'npm() { echo begun-$1; sleep 1000; }');
    await typeInTerminal(page, 'npm run build');
    await shows(/^begun-run$/m);
    await run(page, 'View: Toggle Panel Visibility');
  });

  it('is found by name and tells the story', { timeout: 300_000 }, async () => {
    await tree.waitForRow('api-tests', /out of memory/, 240_000);
    await run(page, 'Sandbox Foresight: Show What Happened');
    await (await quickPick(page, 'What happened?')).choose('api-tests');
    frame = await dashboardFrame(page, 'incident');
    await waitForText(frame, 'h1', /^api-tests: .*out of memory/);
    await waitForText(frame, '.verdict', /\S/);
    await frame.locator('.chart[data-signal=memory] canvas').waitFor();
    await until(
      page,
      'the mark of the break',
      () => frame.locator('.lane-break .mark').count(),
      (count) => count === 1,
    );
    await inThreeThemes('incident', () => Promise.resolve());
  });

  it('offers as a button what can still be done: an edit that is shown first', async () => {
    const button = frame.getByRole('button', { name: /^Write a heap limit into the project: / });
    expect(await button.count()).toBe(1);
    expect(await frame.locator('.advice .actions button.fix').allInnerTexts()).not.toContain('Recreate larger');
    await button.click();
    const plan = await modal(page, 'Write a heap limit into the project?');
    await screenshot(page, 'dashboard-incident-edit');
    expect(plan.detail).toMatch(/package\.json:\s*− "build": "node build\.js"\s*\+ "build": "NODE_OPTIONS=/);
    expect(fs.readFileSync(manifest, 'utf8')).not.toContain('NODE_OPTIONS');
    await plan.press('Change');
    const done = await toast(page, /package\.json is changed/);
    expect(fs.readFileSync(manifest, 'utf8')).toMatch(/"NODE_OPTIONS=--max-old-space-size=\d+ node build\.js"/);
    await done.close();
  });

  it('is exported as Markdown and told to the owner', async () => {
    await frame.getByRole('button', { name: 'Tell the owner' }).click();
    const told = await toast(page, /was copied/);
    await told.close();
    await frame.getByRole('button', { name: 'Export as Markdown' }).click();
    await page.locator('.view-lines', { hasText: 'api-tests' }).first().waitFor({ timeout: 30_000 });
    await screenshot(page, 'dashboard-exported');
  });
});

describe('all of it', () => {
  it('did nothing that its policy forbids, and nothing failed', async () => {
    expect(complaints).toEqual([]);
    expect((await notifications(page)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

const clock = (at: Date): string =>
  [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');

const dashboards = async (of: Page): Promise<number> => {
  let count = 0;
  for (const frame of of.frames()) if ((await shownIn(of, frame)) !== '') count += 1;
  return count;
};
