/** The page objects against an extension that shows one of everything: tells a new VS Code's DOM from a fault of ours. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extensionHostLog, openWorkbench, outputText, type Workbench } from './harness.ts';
import {
  commandTitles,
  inputBox,
  modal,
  notifications,
  openView,
  quickPick,
  run,
  type StatusBarItem,
  screenshot,
  statusBarItem,
  terminalNames,
  terminalText,
  toast,
  toasts,
  typeInTerminal,
  until,
} from './workbench.ts';

let workbench: Workbench;
let status: StatusBarItem;

beforeAll(async () => {
  workbench = await openWorkbench({ development: { extension: path.join(import.meta.dirname, 'fixture') } });
  status = statusBarItem(workbench.page, 'fixture.status', 'sandbox-foresight-tests.fixture');
});
afterAll(async () => {
  await workbench?.stop();
});

describe('status bar', () => {
  it('reads an item', async () => {
    const read = { text: 'ready 71% · ~4 min', icons: ['pulse'], ariaLabel: 'fixture: 71 percent', kind: 'warning' };
    expect(await status.read()).toEqual(read);
    expect(await status.isVisible()).toBe(true);
  });

  it('reads the tooltip and follows its links', async () => {
    expect(await status.tooltip()).toMatch(/^Memory 71 %\s+Extend$/);
    await status.clickTooltipLink('Extend');
    await status.waitForText('row none');
  });
});

describe('tree', () => {
  it('reads and opens rows', async () => {
    const tree = await openView(workbench.page, 'Fixture Box', 'Things');
    await tree.waitForRow('beta');
    await tree.expand('alpha');
    await tree.expand('alpha');
    await tree.expand('memory');
    const rows = await tree.rows();
    expect(rows.map(({ label, description, level, expanded }) => [label, description, level, expanded])).toEqual([
      ['alpha', 'about alpha', 1, true],
      ['memory', 'about memory', 2, true],
      ['detail', 'about detail', 3, undefined],
      ['expiry', 'about expiry', 2, undefined],
      ['beta', 'about beta', 1, undefined],
    ]);
    expect(rows[0]).toMatchObject({ icon: 'warning', ariaLabel: expect.stringContaining('alpha about alpha') });
    expect(await tree.tooltip('expiry')).toBe('More of expiry');
    expect(await tree.message()).toBe('A message');
    expect(await tree.welcomeText()).toBe('');
    await screenshot(workbench.page, 'fixture-tree');
  });

  it('presses the buttons and menus of rows', async () => {
    const tree = await openView(workbench.page, 'Fixture Box', 'Things');
    await tree.pressRowButton('alpha', 'Extend');
    await status.waitForText('row alpha');
    const menu = await tree.contextMenu('beta');
    expect(menu.items).toEqual(['Pause']);
    await menu.close();
    await (await tree.contextMenu('beta')).choose('Pause');
    await status.waitForText('menu beta');
    await tree.click('beta');
    await tree.pressTitleButton('Extend');
    await status.waitForText('row beta');
  });

  it('reads a welcome view', async () => {
    const empty = await openView(workbench.page, 'Empty Box', 'Nothing');
    await until(workbench.page, 'welcome', empty.welcomeText, (text) => text === 'Nothing here. Go On');
    await empty.pressWelcomeButton('Go On');
    await status.waitForText('row none');
  });
});

describe('questions', () => {
  it('finds commands', async () => {
    const titles = ['Ask…', 'Confirm', 'Pick', 'Terminal', 'Warn'].map((title) => `Fixture: ${title}`);
    expect(await commandTitles(workbench.page, 'Fixture:')).toEqual(titles);
    expect(await commandTitles(workbench.page, 'No Such Category:')).toEqual([]);
  });

  it('answers an input box', async () => {
    await run(workbench.page, 'Fixture: Ask…');
    const box = await inputBox(workbench.page, 'Key');
    expect(box).toMatchObject({ title: 'Key', password: true });
    expect(await box.message()).toContain('Paste it');
    await box.type('secret');
    await box.accept();
    await status.waitForText('asked secret');
    await run(workbench.page, 'Fixture: Ask…');
    await (await inputBox(workbench.page)).cancel();
    await status.waitForText('asked undefined');
  });

  it('answers a quick pick', async () => {
    await run(workbench.page, 'Fixture: Pick');
    const pick = await quickPick(workbench.page, /Which/);
    expect(pick).toMatchObject({ title: 'Which one?', placeholder: 'Choose' });
    expect(pick.rows).toEqual([
      { label: 'one', description: 'd1', detail: 'more of one', separator: '' },
      { label: 'two', description: 'd2', detail: '', separator: 'more' },
    ]);
    await pick.type('tw');
    await pick.choose('two');
    await status.waitForText('picked two');
    await run(workbench.page, 'Fixture: Pick');
    await (await quickPick(workbench.page)).cancel();
    await status.waitForText('picked undefined');
  });

  it('answers a modal dialog', async () => {
    await run(workbench.page, 'Fixture: Confirm');
    const dialog = await modal(workbench.page, 'End node');
    expect(dialog).toMatchObject({ message: 'End node (pid 412)?', detail: 'What is not saved is lost.' });
    expect(dialog.buttons).toEqual(['Cancel', 'End Process']);
    await dialog.press('End Process');
    await status.waitForText('confirmed End Process');
    await run(workbench.page, 'Fixture: Confirm');
    await (await modal(workbench.page)).cancel();
    await status.waitForText('confirmed undefined');
  });
});

describe('notifications', () => {
  it('reads and answers a toast', async () => {
    await run(workbench.page, 'Fixture: Warn');
    const warning = await toast(workbench.page, /runs out of memory/);
    const reading = { severity: 'warning', buttons: ['Extend', 'End Process', 'Details'], progress: false };
    expect(warning).toMatchObject(reading);
    expect(await toasts(workbench.page)).toMatchObject([reading]);
    await screenshot(workbench.page, 'fixture-toast');
    await warning.press('End Process');
    await status.waitForText('warned End Process');
    await warning.waitUntilGone();
  });

  it('finds one that has gone behind the bell, and closes it', async () => {
    await run(workbench.page, 'Fixture: Warn');
    await toast(workbench.page, 'runs out');
    await until(
      workbench.page,
      'toast to hide',
      () => toasts(workbench.page),
      (shown) => shown.length === 0,
    );
    expect((await notifications(workbench.page)).map(({ text }) => text)).toEqual([
      expect.stringContaining('runs out'),
    ]);
    await (await toast(workbench.page, 'runs out')).close();
    await status.waitForText('warned undefined');
    expect(await notifications(workbench.page)).toEqual([]);
  });

  it('says in words what did not come', async () => {
    await expect(toast(workbench.page, 'never said', 1000)).rejects.toThrow(
      /notification never said: still .* after 1000 ms/,
    );
  });
});

describe('terminal and output', () => {
  it('types and reads', async () => {
    await run(workbench.page, 'Fixture: Terminal');
    await typeInTerminal(workbench.page, 'echo sum-$((40+2))');
    await until(
      workbench.page,
      'output',
      () => terminalText(workbench.page),
      (text) => text.includes('sum-42'),
    );
    expect(await terminalNames(workbench.page)).toEqual(['Fixture Shell']);
  });

  it('reads output channels', () => {
    expect(outputText(workbench.editor, 'Fixture Log')).toMatch(/\[info\] the log channel speaks/);
    expect(outputText(workbench.editor, 'Fixture Plain')).toBe('the plain channel speaks\n');
    expect(extensionHostLog(workbench.editor)).toContain('sandbox-foresight-tests.fixture');
  });
});
