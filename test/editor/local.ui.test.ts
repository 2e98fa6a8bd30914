/** A fresh install, without any setting: the place the editor works in is watched at once. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputText } from './harness.ts';
import { eventually, openProduct, type Product, screenRecord } from './product.ts';
import {
  inputBox,
  modal,
  openView,
  quickPick,
  run,
  screenshot,
  type TreeRow,
  type TreeView,
  terminalText,
  toast,
  typeInTerminal,
  until,
} from './workbench.ts';

let product: Product;
let tree: TreeView;

beforeAll(async () => {
  // Undefined takes away what the harness sets for all other tests: what is left is a fresh install.
  product = await openProduct({ userSettings: { 'sandboxForesight.local.enabled': undefined } });
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
});

/** A button of each step, and what stands in its picture. */
const tour = [
  { button: 'Show the Sandboxes', drawn: 'When it is about to break' },
  { button: 'Try the Demo', drawn: 'A recorded sandbox' },
  { button: 'Connect to a Server', drawn: 'secret storage' },
  { button: 'What Can I Do?', drawn: 'Recreate larger' },
  { button: 'Choose the Sensitivity', drawn: 'balanced' },
];

/** From the empty view to the walkthrough: every step has its picture and its buttons. */
async function takesTheTour(page: Product['page']): Promise<void> {
  await openView(page);
  await page
    .getByRole('button', { name: 'Take the Tour' })
    .or(page.getByRole('link', { name: 'Take the Tour' }))
    .click();
  const steps = page.locator('.gettingStartedContainer .getting-started-step .step-title');
  const titles = await until(
    page,
    'the steps of the walkthrough',
    () => steps.allTextContents(),
    (texts) => texts.length === 5,
  );
  expect(titles.map((title) => title.trim())).toEqual([
    'Look at the status bar',
    'Watch one run out of memory',
    'Connect your server',
    'Do something about it',
    'Choose how soon you are told',
  ]);
  const picture = page.frameLocator('.gettingStartedContainer iframe').frameLocator('#active-frame').locator('svg');
  const open = page.locator('.gettingStartedContainer .getting-started-step.expanded');
  for (const [step, { button, drawn }] of tour.entries()) {
    // The first one is open already, and a click would close it.
    if (step > 0) await steps.nth(step).click();
    await until(
      page,
      button,
      () => open.textContent(),
      (text) => text?.includes(button) === true,
    );
    await until(
      page,
      `the picture beside ${button}`,
      () => picture.textContent(),
      (text) => text?.includes(drawn) === true,
    );
    await screenshot(page, `walkthrough-${step + 1}`);
  }
  await run(page, 'View: Close All Editors');
}

const log = (): string => outputText(product.workbench.editor, 'Sandbox Foresight');

describe('a fresh install', () => {
  it('tells the truth in the status bar, with no server and no key', async () => {
    const reading = await product.status.waitForText(/^this (container|machine|pod|sandbox|dev container) \S+ +\d+%/);
    expect(reading.ariaLabel).toMatch(/^Sandbox this \w+.*: .*\d+%/);
    await screenshot(product.page, 'local-fresh');
  });

  it('does so within two seconds of its start', async () => {
    const lines = await eventually(product, 'the first reading', log, (text) => text.includes('The first numbers'));
    const after = /The first numbers, of this \w+.*, came (\d+) ms after the start/.exec(lines)?.[1];
    expect(Number(after)).toBeLessThan(2000);
    const { statusTexts } = await screenRecord(product.page);
    expect(statusTexts.join(' ')).not.toMatch(/no sandbox/);
  });

  it('says in the tooltip and the tree where it is and how that was found', async () => {
    expect(await product.status.tooltip()).toMatch(/the editor works in it, a /);
    tree = await openView(product.page);
    await tree.waitForRow(/^this /, /current/);
    await tree.waitForRows('what is known of it', (rows) =>
      ['This computer', 'Memory', 'Largest processes'].every((wanted) => rows.some(({ label }) => label === wanted)),
    );
    await screenshot(product.page, 'local-tree');
  });

  it('shows the way to a server on the row of the place, and says what came of it, which no number of the place does', async () => {
    const { page } = product;
    await tree.pressRowButton('This computer', 'Connect to a Sandbox Server…');
    const address = await inputBox(page, 'Connect to an OpenSandbox server');
    await address.type('http://127.0.0.1:9');
    await address.accept();
    await (await inputBox(page, 'API key of the server')).accept();
    const told = await toast(page, 'OpenSandbox on 127.0.0.1:9: The server cannot be reached.');
    expect([told.severity, told.buttons]).toEqual(['warning', ['Try Again', 'Change Address…']]);
    await screenshot(page, 'local-wrong-address');
    await told.press('Try Again');
    await (await toast(page, 'OpenSandbox on 127.0.0.1:9: The server cannot be reached.')).close();
    product.set({ 'sandboxForesight.openSandbox.serverUrl': undefined });
  });

  it('runs a fix in a terminal of the editor and says how it went as soon as its command has ended', async () => {
    const { page } = product;
    await run(page, 'Terminal: Create New Terminal');
    await until(
      page,
      'a prompt',
      () => terminalText(page),
      (text) => /[#$] ?$/.test(text),
      30_000,
    );
    // It lasts a moment: of a command that ends at once the editor loses the output.
    const failing = `sh -c 'echo "cp: error writing /srv/out.bin: No space left on device" >&2; sleep 2; exit 1'`;
    await typeInTerminal(page, failing);
    const offer = await toast(page, /disk|space/i, 60_000);
    expect(offer.buttons).toContain('Other Fixes…');
    await offer.close();
    await run(page, 'Sandbox Foresight: Fix Last Error…');
    const pick = await quickPick(page, /disk is full/);
    await pick.choose('Run it again');
    await (await modal(page, /Run it again/)).press('Run');
    const told = await toast(page, /exit code 1/, 30_000);
    expect(told.text).toBe('Run it again: The command ended with exit code 1.');
    // It was not closed: what the command said can be read.
    expect(await terminalText(page)).toContain('[exit code 1] Press Enter');
    await screenshot(page, 'local-fix');
  });

  it('tells of a task that fails once, with what it wrote', async () => {
    const { page, workbench } = product;
    const folder = path.join(workbench.folder, '.vscode');
    fs.mkdirSync(folder);
    // It lasts a moment: of what ends at once the editor loses the output.
    const command = `echo "ModuleNotFoundError: No module named 'foresight'" >&2; sleep 2; exit 1`;
    const task = { label: 'broken build', type: 'shell', command, problemMatcher: [] };
    fs.writeFileSync(path.join(folder, 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks: [task] }));
    // The editor reads the file in its own time.
    const offered = async () => {
      await run(page, 'Tasks: Run Task');
      const pick = await quickPick(page, 'Select the task to run', 30_000);
      if (pick.rows.some(({ label }) => label === task.label)) return pick;
      await pick.cancel();
      return null;
    };
    const pick = await until(page, 'the task', offered, (found) => found !== null, 60_000);
    await pick?.choose(task.label);
    await tree.expand('Errors');
    const isOfTask = ({ label }: TreeRow) => /module|broken build/i.test(label);
    const rows = await tree.waitForRows('the error of the task', (all) => all.some(isOfTask), 60_000);
    await screenshot(page, 'local-task');
    const [first, ...more] = rows.filter(isOfTask);
    expect(more).toEqual([]);
    expect(first?.label).toMatch(/module/i);
    // A second word on the same run would come in the next moment, under the same name or another one.
    await page.waitForTimeout(3_000);
    const later = (await tree.rows()).filter(isOfTask);
    expect(later.map(({ label }) => label)).toEqual([first?.label]);
    expect(later[0]?.description).not.toMatch(/2nd/);
    expect((await screenRecord(page)).toasts.filter((text) => /module|broken build/i.test(text)).length).toBeLessThan(
      2,
    );
  });

  it('is left alone when that is switched off, and watched again when it is switched on', async () => {
    product.set({ 'sandboxForesight.local.enabled': false });
    await product.reload();
    await product.status.waitForText('no sandbox');
    await takesTheTour(product.page);
    product.set({ 'sandboxForesight.local.enabled': undefined });
    await product.reload();
    await product.status.waitForText(/^this \w+.* \d+%/);
  });
});
