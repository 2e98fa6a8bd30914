/** A command that fails with a known error: one offer, the fixes with their plan, and a fix that runs and is checked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../helpers/sandbox-server.ts';
import { liveText, openProduct, type Product, screenRecord } from './product.ts';
import { inThreeThemes } from './themes.ts';
import {
  modal,
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
import { dashboardFrame } from './workbench-webview.ts';

let server: SandboxServer;
let product: Product;
let tree: TreeView;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
  product = await openProduct({ server });
  tree = await openView(product.page);
  await product.status.waitForText(liveText('api-tests'));
  // The row of the current sandbox is another one than before it was; what is pressed in that moment asks which one is meant.
  await tree.waitForRow('Memory', /\d+%/);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

/** Fails as a full disk does, whatever the disk of this machine is like. */
const failing = `sh -c 'echo "cp: error writing /srv/out.bin: No space left on device" >&2; exit 1'`;

describe('a command that fails with a known error', () => {
  it('is named in the tree with its own line, and offered help once', async () => {
    await tree.pressRowButton('api-tests', 'Open Terminal in Sandbox');
    await until(
      product.page,
      'a prompt',
      () => terminalText(product.page),
      (text) => /[#$] ?$/.test(text),
      20_000,
    );
    await typeInTerminal(product.page, failing);
    const offer = await toast(product.page, /disk|space/i, 30_000);
    await screenshot(product.page, 'errors-offer');
    expect(offer.buttons).toContain('Other Fixes…');
    await tree.expand('Errors');
    await screenshot(product.page, 'errors-tree');
    await typeInTerminal(product.page, failing);
    await tree.waitForRow('The disk is full', /2nd time today/);
    expect((await screenRecord(product.page)).toasts.filter((text) => /disk|space/i.test(text))).toHaveLength(1);
  });

  it('lists what helps, best first, and shows the plan before anything runs', async () => {
    await run(product.page, 'Sandbox Foresight: Fix Last Error…');
    const pick = await quickPick(product.page, /./);
    await screenshot(product.page, 'errors-fixes');
    expect(pick.rows.length).toBeGreaterThan(1);
    await pick.choose(pick.rows[0]?.label ?? '');
    const dialog = await modal(product.page, /./);
    await screenshot(product.page, 'errors-plan');
    expect(dialog.detail.length).toBeGreaterThan(20);
    await dialog.press('Cancel');
  });

  it('offers the best of them as buttons on the page of the sandbox, with the same plan', async () => {
    const { page } = product;
    await run(page, 'View: Toggle Panel Visibility');
    await tree.pressRowButton('api-tests', 'Open Dashboard');
    const frame = await dashboardFrame(page, 'sandbox');
    const buttons = frame.locator('.actions button.fix');
    await until(
      page,
      'two buttons',
      () => buttons.count(),
      (count) => count === 2,
    );
    await inThreeThemes(page, 'errors-page', () => buttons.first().scrollIntoViewIfNeeded());
    const title = await buttons.first().innerText();
    await buttons.first().click();
    const dialog = await modal(page, title);
    expect(dialog.detail).toMatch(/Inside api-tests, in \/[^:]*: [\s\S]*Risk: /);
    await dialog.press('Cancel');
    await frame.getByRole('button', { name: /^More… What helps: The disk is full/ }).click();
    const pick = await quickPick(page, /The disk is full/);
    expect(pick.rows.length).toBeGreaterThan(2);
    await pick.cancel();
  });
});
