/** What a person can do about it, from the palette and from the tree: each does what it says and says what it did. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../helpers/sandbox-server.ts';
import { eventually, openProduct, type Product } from './product.ts';
import { modal, openView, quickPick, run, screenshot, type TreeView, toast } from './workbench.ts';

let server: SandboxServer;
let product: Product;
let tree: TreeView;
let id: string;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  id = await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: 1800 });
  product = await openProduct({ server });
  tree = await openView(product.page);
  await tree.waitForRow('Memory', /\d+%/);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

const command = (title: string) => run(product.page, `Sandbox Foresight: ${title}`);
const sandboxNow = async (sandboxId = id) => (await server.api('GET', `/v1/sandboxes/${sandboxId}`)).json;

/** Waits for the message of a result and closes it. */
const result = async (text: string | RegExp, severity: string, picture?: string): Promise<string> => {
  const shown = await toast(product.page, text);
  expect(shown.severity).toBe(severity);
  if (picture) await screenshot(product.page, picture);
  await shown.close();
  return shown.text;
};

describe('extending the time', () => {
  it('asks how much and really moves the deadline', async () => {
    const before = Date.parse((await sandboxNow()).expiresAt);
    await command('Extend Time…');
    const pick = await quickPick(product.page, 'Extend the time of api-tests');
    expect(pick.rows.map(({ label }) => label)).toEqual(['10 min longer', '30 min longer', '1 h longer', '4 h longer']);
    await screenshot(product.page, 'fixes-extend');
    await pick.choose('30 min longer');
    const text = await result(/^Extend by 30 min: It now/, 'info', 'fixes-extended');
    expect(text).toMatch(/It now ends at \d\d:\d\d, 30 min later\./);
    expect(Date.parse((await sandboxNow()).expiresAt) - before).toBe(1_800_000);
  });

  it('changes nothing when the question is closed', async () => {
    const before = (await sandboxNow()).expiresAt;
    await command('Extend Time…');
    await (await quickPick(product.page, 'Extend the time of api-tests')).cancel();
    expect((await sandboxNow()).expiresAt).toBe(before);
  });

  it('says why and what to do when the server fails', async () => {
    await server.setSwitch('lifecycleFault', '500');
    await command('Extend Time…');
    await (await quickPick(product.page, 'Extend the time')).choose('10 min longer');
    const text = await result(/^Extend by 10 min: .*Try again/, 'warning', 'fixes-failed');
    expect(text).toMatch(/^Extend by 10 min: \S.+\. \S.+\.$/);
    await server.setSwitch('lifecycleFault', 'none');
    await command('Refresh');
    await tree.waitForRow('OpenSandbox', /^healthy/);
  });
});

describe('a snapshot', () => {
  it('is taken without further questions', async () => {
    await command('Take Snapshot');
    expect(await result(/^Take a snapshot: .* is ready/, 'info', 'fixes-snapshot')).toMatch(
      /The snapshot api-tests-\d{8}-\d{4} is ready after \d+ s\./,
    );
    const { items } = (await server.api('GET', '/v1/snapshots')).json;
    expect(items).toHaveLength(1);
  });
});

describe('pausing', () => {
  it('asks first, and is undone by the button at the row', async () => {
    await (await tree.contextMenu('api-tests')).choose('Pause Sandbox');
    const dialog = await modal(product.page, /^Pause api-tests\?$/);
    expect(dialog.detail).not.toBe('');
    await screenshot(product.page, 'fixes-pause');
    const [action = ''] = dialog.buttons.filter((button) => button !== 'Cancel');
    await dialog.press(action);
    await result(/paused/i, 'info');
    expect((await sandboxNow()).status.state).toBe('Paused');
    await product.status.waitForText('api-tests paused');
    await tree.pressRowButton('api-tests', 'Resume Sandbox');
    await result(/runs again|resumed|running/i, 'info');
    expect((await sandboxNow()).status.state).toBe('Running');
    await tree.waitForRow('Memory', /\d+%/);
  });
});

describe('"What can I do?"', () => {
  it('says that nothing threatens a calm sandbox, and leads to the details', async () => {
    await tree.pressRowButton('api-tests', 'What Can I Do?');
    const pick = await quickPick(product.page, 'What can I do for api-tests?');
    expect(pick.rows.map(({ label }) => label)).toContain('Show details');
    await screenshot(product.page, 'fixes-what-can-i-do');
    await pick.choose('Show details');
    // The brackets say that it is locked: it shows no other Markdown file that is opened next.
    await product.page.getByRole('tab', { name: /^\[Preview\] api-tests/ }).waitFor({ timeout: 20_000 });
    const frame = product.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
    await frame.getByRole('heading', { name: 'Signals' }).waitFor({ timeout: 20_000 });
    const tried = await frame.locator('body').innerText();
    expect(tried).toContain('Fixes tried');
    expect(tried).toMatch(/the sandbox's own cgroup/);
    await screenshot(product.page, 'fixes-details');
  });
});

describe('recreating larger', () => {
  it('says what is lost, makes a larger sandbox and makes it the current one', async () => {
    await (await tree.contextMenu('api-tests')).choose('Recreate Larger…');
    const pick = await quickPick(product.page, 'Recreate api-tests with more memory');
    expect(pick.rows.map(({ label }) => label)).toEqual(['512 MiB', '1 GiB', '2 GiB']);
    await pick.choose('512 MiB');
    const dialog = await modal(product.page, 'api-tests: Recreate with 512 MiB?');
    expect(dialog.detail).toContain('Lost by this:');
    expect(dialog.detail).toContain('without the running processes and their memory; the files are kept');
    await screenshot(product.page, 'fixes-larger-plan');
    await dialog.press('Recreate with 512 MiB');
    const text = await result(/^Recreate with 512 MiB: The new sandbox/, 'info', 'fixes-larger-done');
    expect(text).toMatch(/runs with 512 MiB of memory instead of 256 MiB; the old one is kept/);
    const { items } = (await server.api('GET', '/v1/sandboxes')).json;
    const [made] = items.filter((item) => item.id !== id);
    expect(items).toHaveLength(2);
    expect((await server.memory(made?.id ?? '')).limitBytes).toBe(512 * 1024 * 1024);
    await tree.waitForRows('the larger one as the current one', (rows) => {
      const memory = rows.find(({ label, level }) => level === 2 && label === 'Memory');
      return rows[1]?.description.endsWith('current') === true && memory?.ariaLabel.includes('512 MiB') === true;
    });
    await screenshot(product.page, 'fixes-larger-current');
  });
});

describe('deleting', () => {
  it('asks, and does nothing when that is closed', async () => {
    await (await tree.contextMenu('api-tests')).choose('Delete Sandbox…');
    const dialog = await modal(product.page, /^Delete api-tests\?$/);
    expect(dialog.detail).toContain('Lost by this:');
    await screenshot(product.page, 'fixes-delete');
    await dialog.cancel();
    expect((await server.api('GET', '/v1/sandboxes')).json.items).toHaveLength(2);
  });

  it('deletes and keeps the story', async () => {
    await (await tree.contextMenu('api-tests')).choose('Delete Sandbox…');
    const dialog = await modal(product.page, /^Delete api-tests\?$/);
    const [action = ''] = dialog.buttons.filter((button) => button !== 'Cancel');
    await dialog.press(action);
    await result(/^api-tests is (gone|deleted)/i, 'info');
    await eventually(
      product,
      'one sandbox less',
      async () => (await server.api('GET', '/v1/sandboxes')).json.items.length,
      (count) => count === 1,
    );
    await tree.waitForRow('api-tests', /^ended · deleted/);
    await screenshot(product.page, 'fixes-deleted');
  });
});
