/** What goes wrong on the way: one clear state with the next step for each, nothing lost, and all well when it is over. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../helpers/sandbox-server.ts';
import { eventually, openProduct, type Product, screenRecord } from './product.ts';
import { openView, run, screenshot, type TreeView } from './workbench.ts';

const liveMemory = /^api-tests (mem|disk|inodes|procs|files) \d+%/;

let server: SandboxServer;
let product: Product;
let tree: TreeView;
let id: string;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  id = await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
  product = await openProduct({ server });
  tree = await openView(product.page);
  await product.status.waitForText(liveMemory);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});
afterEach(async () => {
  await product.page.mouse.move(700, 300);
  await server.setSwitch('streamFault', 'none');
  await server.setSwitch('lifecycleFault', 'none');
  await run(product.page, 'Sandbox Foresight: Refresh');
  await product.status.waitForText(liveMemory);
});

describe('a stream of measurements that', () => {
  it.each([
    ['ends in the middle of a line', 'mid-line'],
    ['ends without a reason', 'clean-end'],
    ['is cut', 'reset'],
    ['falls silent', 'silent'],
  ])('%s is said and tried again', async (_, fault) => {
    await server.setSwitch('streamFault', fault);
    const status = await product.status.waitForText(/api-tests (\S+ ~|no data)/);
    expect(status.icons[0]).toMatch(/sync-ignored|debug-disconnect/);
    const rows = await tree.waitForRows('the reason under the sandbox', (all) =>
      all.some(({ level, icon }) => level === 2 && (icon === 'debug-disconnect' || icon === 'loading')),
    );
    const reason = rows.find(({ level, icon }) => level === 2 && (icon === 'debug-disconnect' || icon === 'loading'));
    expect(`${reason?.label} ${reason?.description}`).toMatch(/\w+ \w+ \w+/);
    await screenshot(product.page, `bad-stream-${fault}`);
  });

  it('holds garbage and huge lines goes on', async () => {
    const before = (await screenRecord(product.page)).statusTexts.length;
    for (const fault of ['garbage', 'huge-line']) {
      await server.setSwitch('streamFault', fault);
      // The stream writes once a second, and the fault before each of its lines.
      await product.page.waitForTimeout(2_500);
    }
    await server.setSwitch('streamFault', 'none');
    await product.status.waitForText(liveMemory);
    const texts = (await screenRecord(product.page)).statusTexts.slice(before);
    expect(texts.filter((text) => text.includes('ended'))).toEqual([]);
  });
});

describe('a server that', () => {
  it.each([
    ['sends 10 MB', 'huge', /^does not answer well · /],
    ['sends a web page', 'html', /^is not what was expected · /],
    ['fails', '500', /^does not answer well · /],
  ])('%s is said in the tree, and the measurements go on', async (_, fault, words) => {
    await server.setSwitch('lifecycleFault', fault);
    const row = await tree.waitForRow('OpenSandbox', words);
    expect(row.icon).toBe('debug-disconnect');
    expect(await tree.tooltip('OpenSandbox')).toMatch(/OpenSandbox on 127\.0\.0\.1:\d+/);
    expect((await product.status.read()).text).toMatch(/^api-tests /);
    await screenshot(product.page, `bad-server-${fault}`);
  });
});

describe('a sandbox that', () => {
  it('vanishes between two calls is kept with what is known of its end', async () => {
    const other = await server.createSandbox({ metadata: { name: 'short-lived' }, timeout: null });
    await tree.waitForRow('short-lived', /running/);
    await server.api('DELETE', `/v1/sandboxes/${other}`);
    await tree.waitForRow('short-lived', /ended · probably deleted|ended · deleted/);
    await screenshot(product.page, 'bad-vanished');
  });

  it('stays the same one all along, without a single false alarm', async () => {
    const { toasts } = await screenRecord(product.page);
    // Who refreshes is told what the server answers, and on a slow machine that it is waited for; the next fault may be set by then.
    const ofServer = /^(?:Waiting for |No answer yet from )?OpenSandbox on /;
    expect(toasts.filter((text) => !ofServer.test(text))).toEqual([]);
    await eventually(
      product,
      'the sandbox',
      () => server.processes(id),
      (processes) => processes.length > 0,
    );
  });
});
