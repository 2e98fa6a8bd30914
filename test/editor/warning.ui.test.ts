/** A service that leaks: one warning, which helps, and peace afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer, workloads } from '../helpers/sandbox-server.ts';
import { eventually, openProduct, type Product, screenRecord } from './product.ts';
import { modal, notifications, openView, screenshot, type Toast, type TreeView, toast } from './workbench.ts';

/** The main process only waits, so that the sandbox outlives the end of the one that leaks. */
const leaky = [
  'sh',
  '-c',
  `"${process.execPath}" "${workloads.leak}" --rate-mib=1.6 --saw-mib=6 --start-mib=90 & sleep 100000`,
];

let server: SandboxServer;
let product: Product;
let tree: TreeView;
let id: string;
let warning: Toast;
let pid: number;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  id = await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: 1800, entrypoint: leaky });
  product = await openProduct({ server });
  tree = await openView(product.page);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

const leaking = async () => (await server.processes(id)).filter(({ command }) => command.startsWith(process.execPath));
const warnings = async () =>
  (await screenRecord(product.page)).toasts.filter((text) => text.includes('runs out of memory'));

describe('a service that leaks', () => {
  it('is warned of, with a clock time, an interval and the process that grows', async () => {
    warning = await toast(product.page, 'api-tests', 90_000);
    pid = Number(/pid (\d+)/.exec(warning.text)?.[1]);
    expect(warning.text).toMatch(
      /^api-tests runs out of memory at about \d\d:\d\d \(in .+\): node \(pid \d+\) grows [\d.]+ MiB\/s, \d+ % of 256 MiB\.$/,
    );
    expect(warning.severity).toMatch(/warning|error/);
    expect((await leaking()).map((process) => process.pid)).toContain(pid);
    expect(warning.buttons).toEqual([`End node (pid ${pid})`, 'Recreate larger', 'Details', 'More…']);
    await screenshot(product.page, 'warning-toast');
  });

  it('is seen in status bar, tree and badge, in words and not by colour alone', async () => {
    const status = await product.status.waitForText(/^api-tests mem \d+% · ~/);
    expect(status.kind).toMatch(/warning|error/);
    expect(status.icons[0]).toBe(status.kind === 'error' ? 'flame' : 'warning');
    expect(status.ariaLabel).toMatch(/^Sandbox api-tests: (warning|critical), Memory \d+%, at its limit in about /);
    const row = await tree.waitForRow('api-tests', /memory \d+% · ~.+ · (warning|critical) · running · current/);
    expect(row.ariaLabel).toMatch(/warning|critical/);
    await tree.waitForRow('Memory', /\d+% · ~.+ left · (warning|critical)/, 8_000);
    const tab = product.page.getByRole('tab', { name: /^Sandbox Foresight/ });
    await eventually(
      product,
      'badge',
      () => tab.getAttribute('aria-label'),
      (label) => label?.includes('1 sandbox is about to break') === true,
    );
    await screenshot(product.page, 'warning-everywhere');
  });

  it('explains itself in the tooltip', async () => {
    const text = await product.status.tooltip();
    expect(text).toMatch(/api-tests — running, (warning|critical)/);
    expect(text).toContain("Data: the sandbox's own cgroup, fresh");
    expect(text).toContain('This is the current sandbox: the only one running.');
    expect(text).toMatch(/What can I do\? · Dashboard · Details · Choose sandbox · Log/);
  });

  it('asks before it ends the process, and shows the plan', async () => {
    warning = await toast(product.page, 'api-tests');
    await warning.press(`End node (pid ${pid})`);
    const dialog = await modal(product.page, `End node (pid ${pid})`);
    expect(dialog.message).toBe(`End node (pid ${pid}) in api-tests?`);
    expect(dialog.detail).toContain(`Check inside api-tests that pid ${pid} still is node`);
    expect(dialog.detail).toContain('Lost by this:');
    expect(dialog.detail).toContain('Check: The memory of the sandbox is compared');
    expect(dialog.buttons).toEqual(['Cancel', `End node (pid ${pid})`]);
    await screenshot(product.page, 'warning-plan');
    expect((await leaking()).map((process) => process.pid)).toContain(pid);
    await dialog.press(`End node (pid ${pid})`);
  });

  it('ends it, and says that memory fell', async () => {
    const result = await toast(product.page, 'has ended: memory fell', 40_000);
    expect(result.severity).toBe('info');
    expect(result.text).toMatch(/memory fell from [\d.]+ MiB \(\d+ %\) to [\d.]+ MiB \(\d+ %\) of 256 MiB/);
    expect(await leaking()).toEqual([]);
    await screenshot(product.page, 'warning-result');
    await result.close();
  });

  it('grows calm again without another word', async () => {
    await eventually(
      product,
      'a calm status bar',
      () => product.status.read(),
      ({ kind, text }) => kind === 'normal' && !text.includes('~'),
      60_000,
    );
    const tab = product.page.getByRole('tab', { name: /^Sandbox Foresight/ });
    await eventually(
      product,
      'no badge',
      () => tab.getAttribute('aria-label'),
      (label) => label?.includes('break') === false,
    );
    await tree.waitForRows('a calm tree', (rows) =>
      rows.every(({ description }) => !/warning|critical/.test(description)),
    );
    expect(await warnings()).toHaveLength(1);
    expect(await notifications(product.page)).toEqual([]);
    await screenshot(product.page, 'warning-calm-again');
  });
});
