/** A shell in a sandbox as a terminal of the editor. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../helpers/sandbox-server.ts';
import { eventually, liveText, openProduct, type Product, screenRecord } from './product.ts';
import {
  openView,
  run,
  screenshot,
  type TreeView,
  terminalNames,
  terminalText,
  typeInTerminal,
  until,
} from './workbench.ts';

let server: SandboxServer;
let product: Product;
let tree: TreeView;
let id: string;

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  id = await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
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

const terminalSays = (what: string | RegExp): Promise<string> =>
  until(
    product.page,
    `terminal to say ${what}`,
    () => terminalText(product.page),
    (text) => (typeof what === 'string' ? text.includes(what) : what.test(text)),
    20_000,
  );

/** Processes in the sandbox that a terminal needs, as opposed to the service and the probe. */
const shells = async () =>
  (await server.processes(id)).filter(({ command }) => /script --quiet|bash --norc/.test(command));

const noShells = () => eventually(product, 'no shell in the sandbox', shells, (left) => left.length === 0);

describe('a terminal in the sandbox', () => {
  it('opens from the row of the sandbox, with a prompt and nothing else', async () => {
    await tree.pressRowButton('api-tests', 'Open Terminal in Sandbox');
    expect(await terminalSays(/[#$] ?$/)).toMatch(/^bash-[\d.]+[#$]$/);
    expect(await terminalNames(product.page)).toEqual(['api-tests']);
  });

  it('echoes what is typed and shows what comes of it', async () => {
    await typeInTerminal(product.page, 'echo sum-$((40+2))');
    expect(await terminalSays(/^sum-42$/m)).toMatch(/[#$] echo sum-\$\(\(40\+2\)\)\nsum-42/);
    await screenshot(product.page, 'terminal-echo');
  });

  it('has the size of the panel, also after that changed', async () => {
    const columns = async (): Promise<number> => {
      await typeInTerminal(product.page, 'stty size');
      const text = await terminalSays(/stty size\n\d+ \d+\n.*[#$]$/);
      return Number(/ (\d+)\n[^\n]*$/.exec(text)?.[1]);
    };
    const before = await columns();
    expect(before).toBeGreaterThan(90);
    await run(product.page, 'View: Toggle Primary Side Bar Visibility');
    await eventually(product, 'a wider terminal', columns, (now) => now > before + 20);
    await run(product.page, 'View: Toggle Primary Side Bar Visibility');
    await eventually(product, 'the old width', columns, (now) => now === before);
  });

  it('turns a failing command into an error of the sandbox, and counts it', async () => {
    await typeInTerminal(product.page, 'ls /srv/no-such-folder');
    await tree.waitForRow('Errors', '1');
    await tree.expand('Errors');
    const first = await tree.waitForRow(/no-such-folder|No such file/, '', 8_000);
    expect(first.description).toMatch(/^\d\d:\d\d$/);
    await typeInTerminal(product.page, 'ls /srv/no-such-folder');
    const again = await tree.waitForRow(first.label, /2nd time today.* · last \d\d:\d\d/);
    expect(again.ariaLabel).toContain('2nd time today');
    expect(await tree.tooltip(first.label)).toContain('exit code 2');
    await screenshot(product.page, 'terminal-errors');
  });

  it('says nothing of commands that succeed, of empty lines and of a line given up', async () => {
    await typeInTerminal(product.page, '');
    await terminalSays(/[#$] ?\n.*[#$]$/);
    await product.page.keyboard.type('never run');
    await terminalSays(/[#$] never run$/);
    await product.page.keyboard.press('Control+c');
    // bash loses what is typed into the moment in which it gives a line up, or a part of it.
    await terminalSays(/[#$] never run\^C\n.*[#$]$/);
    await typeInTerminal(product.page, 'echo all-is-well');
    await terminalSays(/^all-is-well$/m);
    const errors = (await tree.rows()).filter(({ icon, level }) => icon === 'bug' && level === 3);
    expect(errors).toHaveLength(1);
  });

  it('ends with its shell and leaves no process behind', async () => {
    await typeInTerminal(product.page, 'true; exit');
    await noShells();
    await eventually(
      product,
      'no terminal',
      () => terminalNames(product.page),
      (names) => names.length === 0,
    );
  });

  it('leaves no process behind when it is closed with a command running in it', async () => {
    await run(product.page, 'Sandbox Foresight: Open Terminal in Sandbox');
    await terminalSays(/[#$]$/);
    await typeInTerminal(product.page, 'sleep 1000');
    await eventually(
      product,
      'a sleeping command',
      () => server.processes(id),
      (all) => all.some(({ command }) => command === 'sleep 1000'),
    );
    await run(product.page, 'Terminal: Kill the Active Terminal Instance');
    await noShells();
    await eventually(
      product,
      'the command to be gone',
      () => server.processes(id),
      (all) => !all.some(({ command }) => command === 'sleep 1000'),
    );
  });

  it('said nothing in notifications', async () => {
    const { toasts } = await screenRecord(product.page);
    // Of older editors: they explain once how keys reach the terminal.
    expect(toasts.filter((text) => !text.startsWith("Some keybindings don't go to the terminal"))).toEqual([]);
  });
});

describe('a sandbox without bash', () => {
  it('says why there is no terminal, in the terminal', async () => {
    await server.setSwitch('noBash', true, id);
    await run(product.page, 'Sandbox Foresight: Open Terminal in Sandbox');
    const text = (await terminalSays('Press any key')).replaceAll('\n', '');
    // A server that cuts the connection at once can take the reason with it.
    expect(text).toMatch(
      /\[Sandbox Foresight\] (No terminal can be opened .*Terminals need bash|The connection .* was lost)/,
    );
    await screenshot(product.page, 'terminal-no-bash');
    await noShells();
    await typeInTerminal(product.page, '');
    await eventually(
      product,
      'no terminal',
      () => terminalNames(product.page),
      (names) => names.length === 0,
    );
    await server.setSwitch('noBash', false, id);
  });
});

describe('a sandbox that ends under a terminal', () => {
  it('leaves the text of the terminal to be read, and says what happened', async () => {
    await run(product.page, 'Sandbox Foresight: Open Terminal in Sandbox');
    await terminalSays(/[#$]$/);
    await typeInTerminal(product.page, 'echo last-words');
    await terminalSays(/^last-words$/m);
    await server.api('DELETE', `/v1/sandboxes/${id}`);
    const text = await terminalSays('Press any key');
    expect(text).toMatch(/^last-words$/m);
    expect(text).toContain('[Sandbox Foresight] The connection to the sandbox was lost.');
    await screenshot(product.page, 'terminal-sandbox-gone');
  });
});
