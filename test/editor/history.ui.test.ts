/** What is remembered when a sandbox is gone and the window was closed, and how it is forgotten. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../helpers/sandbox-server.ts';
import { openProduct, type Product } from './product.ts';
import { modal, openView, quickPick, run, screenshot, type TreeView, toast } from './workbench.ts';

let server: SandboxServer;
let product: Product;
let tree: TreeView;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
  product = await openProduct({ server });
  tree = await openView(product.page);
  await product.status.waitForText(/^api-tests mem/);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

/** The incidents the person can choose among, by the names of their sandboxes. */
const incidents = async (): Promise<readonly string[]> => {
  await run(product.page, 'Sandbox Foresight: Show What Happened');
  const question = await quickPick(product.page, 'What happened?');
  await question.cancel();
  return question.rows.map(({ label }) => label);
};

describe('a sandbox that is gone', () => {
  it('is in the tree with its cause after the window was opened anew', async () => {
    const failing = ['sh', '-c', 'sleep 12; exit 3'];
    const other = await server.createSandbox({ metadata: { name: 'another' }, timeout: null });
    await tree.waitForRow('another', /running/);
    await server.api('DELETE', `/v1/sandboxes/${other}`);
    await tree.waitForRow('another', /deleted/);
    await server.createSandbox({ metadata: { name: 'short-lived' }, timeout: null, entrypoint: failing });
    await tree.waitForRow('short-lived', /running/);
    const ended = await tree.waitForRow('short-lived', /failed · crashed/);
    const id = (await server.api('GET', '/v1/sandboxes')).json.items.find(
      ({ metadata }) => metadata['name'] === 'short-lived',
    )?.id;
    await server.api('DELETE', `/v1/sandboxes/${id}`);
    await product.reload();
    tree = await openView(product.page);
    const remembered = await tree.waitForRow('short-lived', /crashed/);
    expect(remembered.icon).toBe(ended.icon);
    await tree.expand('short-lived');
    expect((await tree.waitForRow(/^crashed/i)).ariaLabel).toContain('exit code 3');
    await screenshot(product.page, 'history-after-reload');
    expect(await incidents()).toEqual(['short-lived', 'another']);
  });

  it('is forgotten only after asking, and then for good', async () => {
    const menu = await tree.contextMenu('short-lived');
    await menu.choose('Forget This Sandbox…');
    const dialog = await modal(product.page, 'Forget short-lived?');
    expect(dialog.detail).toContain('The sandbox itself is not touched.');
    await screenshot(product.page, 'history-forget');
    await dialog.press('Forget');
    const without = (rows: readonly { label: string }[]): boolean => rows.every(({ label }) => label !== 'short-lived');
    await tree.waitForRows('the tree without it', without);
    // The row goes at once; the files follow, and then it is said.
    await toast(product.page, /What was remembered of short-lived was removed/);
    await product.reload();
    tree = await openView(product.page);
    // What is remembered comes all at once.
    await tree.waitForRow('another', /deleted/);
    expect(without(await tree.rows())).toBe(true);
    expect(await incidents()).toEqual(['another']);
  });
});
