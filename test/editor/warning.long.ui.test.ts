/** A warning that is silenced stays silent, up to the break itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer, workloads } from '../helpers/sandbox-server.ts';
import { openProduct, type Product, screenRecord } from './product.ts';
import { openView, quickPick, run, screenshot, type TreeView, toast } from './workbench.ts';

/** The main process only waits, so that the sandbox outlives the end of the one that leaks. */
const leaky = [
  'sh',
  '-c',
  `"${process.execPath}" "${workloads.leak}" --rate-mib=2 --saw-mib=6 --start-mib=90 & sleep 100000`,
];

let server: SandboxServer;
let product: Product;
let tree: TreeView;
let id: string;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  product = await openProduct({ server });
  tree = await openView(product.page);
  id = await server.createSandbox({ metadata: { name: 'web' }, timeout: 1800, entrypoint: leaky });
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

describe('a warning that is not wanted', () => {
  it('offers help, a snooze and silence behind "More…"', async () => {
    const warning = await toast(product.page, 'web runs out of memory', 90_000);
    await warning.press('More…');
    const pick = await quickPick(product.page, 'web runs out of memory');
    expect(pick.rows.map(({ label }) => label)).toEqual([
      'What can I do?',
      'Snooze for 10 minutes',
      "Don't warn about the memory of this sandbox again",
    ]);
    await screenshot(product.page, 'warning-more');
    await pick.choose("Don't warn about the memory of this sandbox again");
    const told = await toast(product.page, 'You are not warned about the memory of web again');
    expect(told.buttons).toEqual(['Warn Again']);
    await tree.waitForRow('Warnings muted', 'Memory');
  });

  it('stays silent up to the end, while the status bar does not', async () => {
    await product.status.waitForText(/^web mem \d+% · ~/);
    expect((await product.status.read()).kind).toMatch(/warning|error/);
    await server.waitForEvent('oom-kill', id, 90_000);
    await tree.waitForRow(/^process killed, out of memory$/i, /warned .+ before/);
    expect((await screenRecord(product.page)).toasts.filter((text) => text.startsWith('web'))).toHaveLength(1);
    await screenshot(product.page, 'warning-killed');
  });

  it('stays silenced over a reload, until that is taken back', async () => {
    await product.reload();
    await product.status.waitForText(/^web /);
    const warnAgain = (): Promise<void> => run(product.page, 'Sandbox Foresight: Warn Again About This Sandbox');
    await warnAgain();
    const pick = await quickPick(product.page, 'Warn again about which sandbox?');
    expect(pick.rows.map(({ label, description }) => `${label} ${description}`)).toEqual(['web Memory']);
    await pick.choose('web');
    const told = await toast(product.page, 'You are warned about web again: Memory.');
    expect(told.severity).toBe('info');
    await screenshot(product.page, 'warning-again');
    await warnAgain();
    await toast(product.page, 'No warning about any sandbox is muted.');
  });
});
