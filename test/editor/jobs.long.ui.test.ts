/** A job that takes more from run to run is told of while nothing runs, with the heights of the last runs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { growingJob } from '../helpers/growing-job.ts';
import { type SandboxServer, startSandboxServer } from '../helpers/sandbox-server.ts';
import { openProduct, type Product, screenRecord } from './product.ts';
import { openView, run, screenshot, type TreeView, toast } from './workbench.ts';

let server: SandboxServer;
let product: Product;
let tree: TreeView;
let id: string;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  product = await openProduct({ server });
  tree = await openView(product.page);
  id = await server.createSandbox({ metadata: { name: 'reports' }, timeout: 1800, entrypoint: [...growingJob] });
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

describe('a job that takes more each time', () => {
  it('is warned of by the heights of its last runs', async () => {
    const warning = await toast(product.page, 'reports may soon reach a limit', 120_000);
    expect(warning.text).toMatch(/its peaks rise, the last ones were at \d+, \d+ and \d+ % of the limit/);
    await screenshot(product.page, 'jobs-warning');
    // Ending what runs now helps nobody: what will be too large has not begun.
    expect(warning.buttons).not.toContainEqual(expect.stringMatching(/^End /));
    await product.status.waitForText(/^reports mem +\d+% · peaks \d\d%$/);
    expect(await tree.tooltip(/^Memory/)).toMatch(/peaks rise: (\d+, )+\d+ % of the limit, every 1\d s/);
    await screenshot(product.page, 'jobs-tree');
    expect(await product.status.tooltip()).toMatch(
      /full at one of its next peaks: they rise, the last one was at \d\d%/,
    );
    await warning.close();
    await run(product.page, 'Sandbox Foresight: Open Dashboard');
    await screenshot(product.page, 'jobs-dashboard');
  });

  it('comes true, once', async () => {
    await server.waitForEvent('oom-kill', id, 120_000);
    await tree.waitForRow(/^process killed, out of memory$/i, /warned .+ before/);
    const told = (await screenRecord(product.page)).toasts.filter((text) => text.startsWith('reports'));
    expect(told).toHaveLength(1);
    await screenshot(product.page, 'jobs-killed');
  });
});
