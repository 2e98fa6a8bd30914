/** Every state in which a person can find servers and sandboxes: what it is called and what comes next. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../helpers/sandbox-server.ts';
import { eventually, openProduct, type Product, screenRecord } from './product.ts';
import { inputBox, openView, quickPick, run, screenshot, type TreeView, toast, until } from './workbench.ts';

const measured = (name: string) => new RegExp(`^${name} (mem|disk|inodes|procs|files) +\\d+%`);

let product: Product;
const servers: SandboxServer[] = [];

const startServer = async (options: Parameters<typeof startSandboxServer>[0] = {}): Promise<SandboxServer> => {
  const server = await startSandboxServer({ apiKey: null, ...options });
  servers.push(server);
  return server;
};
/** A view of the tree after the page was opened anew. */
const visit = async (server: SandboxServer): Promise<TreeView> => {
  await product.visit(server);
  return await openView(product.page);
};

/** @returns what is in a file; nothing for a folder, and for a file that the running editor has just taken away. */
const contentOf = (file: string): string => {
  try {
    return fs.statSync(file).isFile() ? fs.readFileSync(file, 'utf8') : '';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
};

beforeAll(async () => {
  product = await openProduct();
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  for (const server of servers) await server.stop();
});

describe('without a server', () => {
  it('offers both ways in', async () => {
    const reading = await product.status.read();
    expect(reading).toMatchObject({
      text: 'no sandbox',
      ariaLabel: 'Sandbox Foresight: not connected',
      kind: 'normal',
    });
    const tree = await openView(product.page);
    const text = await until(product.page, 'welcome', tree.welcomeText, (shown) => shown !== '');
    expect(text).toMatch(/^See what will end your sandbox first.*Connect to a Server .*Try the Demo Take the Tour$/);
    expect(await product.status.tooltip()).toMatch(/Not connected to any sandbox server\.\s+Connect to a server/);
    await screenshot(product.page, 'states-not-connected');
  });
});

describe('connecting', () => {
  const rightKey = 'right-key-5d1f';
  let server: SandboxServer;
  let tree: TreeView;
  beforeAll(async () => {
    server = await startServer({ apiKey: rightKey });
    tree = await openView(product.page);
  });

  it('asks for an address and says what is wrong with one', async () => {
    await tree.pressWelcomeButton('Connect to a Server');
    const box = await inputBox(product.page, 'Connect to an OpenSandbox server');
    expect(box.password).toBe(false);
    await box.type('no address');
    await until(product.page, 'complaint', box.message, (text) => text.startsWith('Not an address.'));
    await screenshot(product.page, 'states-address');
    await box.type(server.url);
    await until(product.page, 'no complaint', box.message, (text) => !text.startsWith('Not an address.'));
    await box.accept();
  });

  it('asks for the key without showing it', async () => {
    const box = await inputBox(product.page, `API key of the server: ${server.url}`);
    expect(box.password).toBe(true);
    expect(await box.message()).toContain('Leave empty if none is needed.');
    await box.type('wrong-key-77aa');
    await screenshot(product.page, 'states-key');
    await box.accept();
  });

  it('says that the key was refused and where to enter another one', async () => {
    const reading = await product.status.waitForText('server key refused');
    expect(reading.ariaLabel).toMatch(/key refused\. .*API key/);
    const row = await tree.waitForRow('OpenSandbox', /key refused/);
    expect(row.icon).toBe('debug-disconnect');
    expect(await tree.tooltip('OpenSandbox')).toMatch(/did not accept the key\.\nStore the API key .*Set API Key/);
    const told = await toast(product.page, 'The server did not accept the key.');
    expect([told.severity, told.buttons]).toEqual(['warning', ['Set API Key…']]);
    await screenshot(product.page, 'states-key-refused');
  });

  it('goes on by itself with the right key', async () => {
    await tree.pressRowButton('OpenSandbox', 'Set API Key…');
    await (await quickPick(product.page, 'Secrets for')).choose('API key of the server');
    const box = await inputBox(product.page, 'API key of the server');
    expect(await box.message()).toContain('One is stored.');
    await box.type(rightKey);
    await box.accept();
    await product.status.waitForText('no sandbox');
    await toast(product.page, /^Connected to OpenSandbox on .*: it has no sandbox yet/);
    await tree.waitForRow('OpenSandbox', /^healthy/);
    await until(
      product.page,
      'the words of the status bar',
      async () => (await product.status.read()).ariaLabel,
      (label) => label === 'Sandbox Foresight: no sandbox is running',
    );
  });

  it('keeps the keys out of every file of the editor', () => {
    const { userDataDir } = product.workbench.editor;
    expect(fs.readFileSync(product.settingsFile, 'utf8')).toContain(server.url);
    const files = fs
      .readdirSync(userDataDir, { recursive: true, encoding: 'utf8' })
      .map((file) => path.join(userDataDir, file));
    const texts = files.map((file) => [file, contentOf(file)] as const);
    expect(texts.filter(([, text]) => text !== '').length).toBeGreaterThan(3);
    expect(texts.filter(([, text]) => /right-key-5d1f|wrong-key-77aa/.test(text)).map(([file]) => file)).toEqual([]);
  });

  it('remembers the key over a reload', async () => {
    await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
    await product.reload();
    await product.status.waitForText(measured('api-tests'));
  });
});

describe('several sandboxes', () => {
  let server: SandboxServer;

  it('are asked about once', async () => {
    server = await startServer();
    await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
    await server.createSandbox({ metadata: { name: 'web' }, timeout: null });
    await product.visit(server);
    const pick = await quickPick(product.page, 'Which is the current sandbox?');
    expect(pick.rows.map(({ label, description }) => `${label} ${description}`).sort()).toEqual([
      'api-tests running',
      'web running',
    ]);
    await screenshot(product.page, 'states-which');
    await pick.cancel();
    const reading = await product.status.waitForText('which sandbox?');
    expect(reading.ariaLabel).toBe('Sandbox Foresight: choose the sandbox to watch');
  });

  it('can be chosen from the status bar at any time', async () => {
    expect((await screenRecord(product.page)).questions).toEqual(['Which is the current sandbox?']);
    await product.status.click();
    await (await quickPick(product.page, 'Which is the current sandbox?')).choose('web');
    await product.status.waitForText(measured('web'));
    expect(await product.status.tooltip()).toContain('This is the current sandbox: chosen by you.');
  });

  it('are not asked about again after a reload', async () => {
    await product.reload();
    await product.status.waitForText(measured('web'));
    expect(await product.status.tooltip()).toContain('This is the current sandbox: chosen here before.');
    expect((await screenRecord(product.page)).questions).toEqual([]);
  });
});

describe('a sandbox', () => {
  let server: SandboxServer;
  let tree: TreeView;
  let id: string;

  beforeAll(async () => {
    server = await startServer();
    id = await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
    tree = await visit(server);
    await product.status.waitForText(measured('api-tests'));
  });

  it('that is paused says so, and comes back', async () => {
    await server.api('POST', `/v1/sandboxes/${id}/pause`);
    const reading = await product.status.waitForText('api-tests paused');
    expect(reading).toMatchObject({ icons: ['debug-pause'], ariaLabel: 'Sandbox api-tests: paused' });
    await tree.waitForRow('api-tests', /paused/);
    await tree.waitForRow(/The sandbox is paused; its numbers come back/, 'Resume it to go on.');
    await screenshot(product.page, 'states-paused');
    await server.api('POST', `/v1/sandboxes/${id}/resume`);
    await product.status.waitForText(measured('api-tests'));
  });

  it('in a state never seen before shows its word', async () => {
    await server.setSwitch('strangeState', 'Meditating', id);
    await tree.waitForRow('api-tests', /^Meditating \(a state not known here\)/);
    expect(await tree.tooltip('api-tests')).toContain('Meditating');
    expect((await product.status.read()).text).toMatch(/^api-tests/);
    await screenshot(product.page, 'states-strange');
    await server.setSwitch('strangeState', '', id);
    await tree.waitForRow('api-tests', /running/);
  });

  it('whose agent is dead says so, and recovers', async () => {
    await server.setSwitch('killExecd', true, id);
    const reading = await product.status.waitForText('api-tests agent does not answer');
    expect(reading.kind).toBe('warning');
    await tree.waitForRow(/The agent in the sandbox does not answer/);
    await tree.waitForRow('api-tests', /^does not answer · /);
    await tree.waitForRow('Memory', /^~\d+%/);
    await screenshot(product.page, 'states-agent-dead');
    await server.setSwitch('killExecd', false, id);
    await product.status.waitForText(measured('api-tests'), 90_000);
  });

  it('that ends is kept, with the reason', async () => {
    const sleeping = ['sh', '-c', 'sleep 12; exit 7'];
    await server.createSandbox({ metadata: { name: 'brief' }, timeout: 15 });
    await server.createSandbox({ metadata: { name: 'crashing' }, timeout: null, entrypoint: sleeping });
    const unwanted = await server.createSandbox({ metadata: { name: 'unwanted' }, timeout: null });
    for (const name of ['brief', 'crashing', 'unwanted']) await tree.waitForRow(name, /running/);
    await server.api('DELETE', `/v1/sandboxes/${unwanted}`);
    await tree.waitForRow('unwanted', /^ended · probably deleted/);
    // A list may catch it between the end of its process and its removal; then it has failed, for the same reason.
    await tree.waitForRow('brief', /^(ended|failed) · time was over/);
    await tree.waitForRow('crashing', /^failed · crashed/);
    await tree.expand('crashing');
    await tree.waitForRow(/^crashed$/i);
    expect(await tree.tooltip('Crashed')).toContain('exit code 7');
    await screenshot(product.page, 'states-ended');
    await product.status.waitForText(measured('api-tests'));
  });

  it('that was the current one stays in the status bar with its end', async () => {
    await server.api('DELETE', `/v1/sandboxes/${id}`);
    const reading = await product.status.waitForText('api-tests ended: probably deleted');
    expect(reading.icons).toEqual(['circle-slash']);
    expect(await product.status.tooltip()).toMatch(/api-tests was probably deleted by somebody/);
  });
});

describe('a sandbox that lives longer by being watched', () => {
  let server: SandboxServer;
  let tree: TreeView;

  it('is not touched before the person agrees', async () => {
    server = await startServer({ switches: { directUnreachable: 'true' } });
    await server.createSandbox({
      metadata: { name: 'api-tests' },
      timeout: 900,
      extensions: { 'access.renew.extend.seconds': '1800' },
    });
    tree = await visit(server);
    await product.status.waitForText('api-tests needs your answer');
    const question = await toast(product.page, 'Watch it all the same?');
    expect(question.buttons).toEqual(['Watch Anyway', "Don't Watch"]);
    await screenshot(product.page, 'states-consent');
    expect((await server.requests()).byListener.proxy).toBe(0);
    await question.press("Don't Watch");
    await tree.waitForRow(/Not measured: it would keep the sandbox alive/);
    expect((await server.requests()).byListener.proxy).toBe(0);
    await screenshot(product.page, 'states-consent-refused');
  });

  it('is measured once the person agrees', async () => {
    await run(product.page, 'Sandbox Foresight: Answer: May Watching Extend This Sandbox?');
    await (await toast(product.page, 'Watch it all the same?')).press('Watch Anyway');
    await tree.waitForRow('Memory', /\d+%/);
    expect((await server.requests()).byListener.proxy).toBeGreaterThan(0);
  });
});

describe('a poor image', () => {
  it('without bash is measured slowly, and says so', async () => {
    const server = await startServer({ switches: { noBash: 'true' } });
    await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
    await visit(server);
    await product.status.waitForText(measured('api-tests'));
    expect(await product.status.tooltip()).toMatch(/Data: the sandbox's own cgroup, .*; .*slow/i);
  });

  it("without a shell shows the machine's numbers under that name, and foresees no end of memory", async () => {
    const server = await startServer({ switches: { noShell: 'true' } });
    await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
    const tree = await visit(server);
    const reading = await product.status.waitForText('(machine)');
    expect(reading.ariaLabel).toContain('(machine)');
    const row = await tree.waitForRow('Memory');
    expect(row.description).not.toMatch(/left|full|warning/);
    expect(await product.status.tooltip()).toContain('Data: the whole machine, not this sandbox');
    await screenshot(product.page, 'states-machine');
  });
});

describe('a server that', () => {
  it('is of another kind, or shows a web page, is not taken for one', async () => {
    const server = await startServer({ switches: { lifecycleFault: 'wrong-server' } });
    const tree = await visit(server);
    await product.status.waitForText('is not what was expected');
    await tree.waitForRow('OpenSandbox', /is not what was expected/);
    expect(await tree.tooltip('OpenSandbox')).toContain('is an OpenSandbox server: check the setting');
    await screenshot(product.page, 'states-wrong-server');
    await server.setSwitch('lifecycleFault', 'html');
    await run(product.page, 'Sandbox Foresight: Refresh');
    expect((await toast(product.page, /^OpenSandbox on /)).buttons).toContain('Try Again');
    await product.status.waitForText('is not what was expected');
    await server.setSwitch('lifecycleFault', 'none');
    await product.status.waitForText('no sandbox');
  });

  it('can not be reached says so, with the next step', async () => {
    const server = await startServer();
    const tree = await visit(server);
    await product.status.waitForText('no sandbox');
    await server.stop();
    const reading = await product.status.waitForText('server unreachable');
    expect(reading.ariaLabel).toMatch(/unreachable\. Make sure that the OpenSandbox server at .* runs/);
    await tree.waitForRow('OpenSandbox', /^unreachable/);
    await eventually(
      product,
      'nothing said aloud',
      async () => (await screenRecord(product.page)).toasts,
      (all) => all.length === 0,
    );
    await screenshot(product.page, 'states-unreachable');
  });
});

describe('the demo', () => {
  it('plays without any server', async () => {
    product.set({ 'sandboxForesight.openSandbox.serverUrl': '' });
    await product.reload();
    await product.status.waitForText(/^no sandbox$/);
    await run(product.page, 'Sandbox Foresight: Try the Demo');
    await product.status.waitForText(/ (mem|ends in) /);
    await screenshot(product.page, 'states-demo');
  });
});
