/** What became of a sandbox is known of the next one that is made in the same way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer, workloads } from '../helpers/sandbox-server.ts';
import { eventually, openProduct, type Product } from './product.ts';
import { openView, screenshot, type TreeView } from './workbench.ts';

const leaking = [process.execPath, workloads.leak, '--rate-mib=3', '--start-mib=90'];
const known = /1 earlier sandbox of this kind reached the limit about \d+ (?:s|min) after creation/;

let server: SandboxServer;
let product: Product;
let tree: TreeView;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  product = await openProduct({ server });
  tree = await openView(product.page);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

const create = (name: string): Promise<string> =>
  server.createSandbox({ metadata: { name }, timeout: 1800, entrypoint: leaking });
const why = (): Promise<string> => tree.tooltip(/^Memory/);

describe('a second sandbox of the same kind', () => {
  it('says what became of the first', async () => {
    const first = await create('first');
    await product.status.waitForText(/^first mem \d+% · ~/, 90_000);
    expect(await why()).not.toContain('earlier sandbox');
    await server.waitForEvent('oom-kill', first, 90_000);
    await tree.waitForRow('first', /out of memory/);
    const second = await create('second');
    await product.status.waitForText(/^second mem \d+% · ~/, 90_000);
    expect(await eventually(product, 'what the first one did', why, (text) => known.test(text))).toMatch(known);
    await screenshot(product.page, 'lives-second');
    await server.waitForEvent('oom-kill', second, 90_000);
  });
});
