/** Nothing flickers, nothing jumps, everything has a word. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer, workloads } from '../helpers/sandbox-server.ts';
import { openHover } from './page.ts';
import { eventually, openProduct, type Product, screenRecord } from './product.ts';
import { openView, screenshot, type TreeView } from './workbench.ts';

let server: SandboxServer;
let product: Product;
let tree: TreeView;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
  product = await openProduct({ server, userSettings: { 'sandboxForesight.alerts.notifications': false } });
  tree = await openView(product.page);
  await product.status.waitForText(/^api-tests \S+ \d+%/);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await server?.stop();
});

/** Waits until the sandbox's probe was seen to send some more lines: the agent pings every three seconds meanwhile. */
const someSamples = async (): Promise<void> => {
  const startedAtMs = Date.now();
  await eventually(
    product,
    'some more samples',
    () => Date.now() - startedAtMs,
    (passedMs) => passedMs > 6_000,
  );
};

// A string, because it runs in the page, whose types this project does not load. Counts the hovers that are drawn from now on.
const hoverCounter = `(() => {
  const known = new Set(document.querySelectorAll('.workbench-hover'));
  window.foresightHovers = 0;
  new MutationObserver(() => {
    for (const hover of document.querySelectorAll('.workbench-hover')) {
      if (known.has(hover)) continue;
      known.add(hover);
      window.foresightHovers += 1;
    }
  }).observe(document.body, { subtree: true, childList: true });
})()`;

describe('a calm sandbox', () => {
  it('has a status bar that is written only when its text changes', async () => {
    const before = await screenRecord(product.page);
    await someSamples();
    const after = await screenRecord(product.page);
    const changes = after.statusTexts.length - before.statusTexts.length;
    // The workbench touches text, label and tooltip of an item separately; the tooltip may come anew once in that time.
    expect(after.statusWrites - before.statusWrites).toBeLessThanOrEqual(12 * (changes + 1));
  });

  it('leaves an open tooltip open', async () => {
    const hover = await openHover(product.page, 'status bar item', product.status.locator);
    await product.page.evaluate(hoverCounter);
    await someSamples();
    // Where it is just being drawn anew, it is there again at once.
    await eventually(product, 'the open tooltip', () => hover.isVisible(), Boolean);
    // Its numbers are brought up to date every 30 s, or where something crosses a step, which draws it anew in its place; a sample a second
    // must not.
    expect(await product.page.evaluate('window.foresightHovers')).toBeLessThanOrEqual(2);
    await screenshot(product.page, 'calm-tooltip');
    await product.page.mouse.move(700, 300);
  });

  it('keeps the tree as it was opened', async () => {
    await tree.expand('Lifecycle');
    const before = (await tree.rows()).map(({ label }) => label);
    await someSamples();
    const after = await tree.rows();
    expect(after.map(({ label }) => label)).toEqual(before);
    expect(after.find(({ label }) => label === 'Lifecycle')?.expanded).toBe(true);
  });

  it('has a label in words for everything', async () => {
    expect((await product.status.read()).ariaLabel).toMatch(/^Sandbox api-tests: /);
    for (const { ariaLabel, label } of await tree.rows()) {
      expect(ariaLabel).toContain(label === 'api-tests' ? 'Sandbox api-tests' : label.slice(0, 4));
      expect(ariaLabel).not.toMatch(/[▰▱▁█]/);
    }
  });
});

describe('with notifications switched off', () => {
  it('a leak is warned of in the status bar and the tree only', async () => {
    await server.createSandbox({
      metadata: { name: 'leaking' },
      timeout: null,
      entrypoint: [process.execPath, workloads.leak, '--rate-mib=1.8', '--saw-mib=6', '--start-mib=80'],
    });
    await tree.waitForRow('leaking', /memory \d+% · ~.* · (warning|critical)/, 90_000);
    await screenshot(product.page, 'calm-no-notification');
    expect((await screenRecord(product.page)).toasts).toEqual([]);
  });
});
