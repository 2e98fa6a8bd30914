/** The editor in a real control group with a real limit: what a person sees when the kernel ends a program in their terminal. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LimitGroup } from '../sandbox-server/limits.ts';
import { findKernelLimits } from '../sandbox-server/limits-kernel.ts';
import { openProduct, type Product } from './product.ts';
import {
  modal,
  openView,
  quickPick,
  run,
  screenshot,
  type TreeView,
  terminalText,
  toast,
  typeInTerminal,
  until,
} from './workbench.ts';

const limitMebibytes = 700;
const backend = findKernelLimits();
let group: LimitGroup;
let product: Product;
let tree: TreeView;

/** All processes that descend from this one, and itself. */
function family(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended in between.
    }
  }
  const found = new Set([root]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Moves processes into the group; what they start from then on is in it too. */
function move(pids: readonly number[], into: LimitGroup): void {
  const [, , , , count, ...rest] = into.wrap(['true']);
  for (const folder of rest.slice(0, Number(count))) {
    for (const pid of pids) {
      try {
        writeFileSync(path.join(folder, 'cgroup.procs'), String(pid));
      } catch {
        // It ended in between.
      }
    }
  }
}

/** A program with a name of its own that takes so much memory and stays. */
const eater = (mebibytes: number): string =>
  `${process.execPath} -e "process.title='hungry';const held=[];for(let i=0;i<${mebibytes};i+=8)held.push(Buffer.alloc(8388608,1));console.log('has '+held.length);setInterval(()=>held,60000)"`;

/** The same, but slowly enough that it is seen before it is too large. */
const grower = `${process.execPath} -e "process.title='hungry';const held=[];setInterval(()=>held.push(Buffer.alloc(8388608,1)),80)"`;

const command = (title: string) => run(product.page, `Sandbox Foresight: ${title}`);

// Where the kernel lets nobody make groups, there is no limit to work under.
describe.runIf(backend !== undefined)('in a place with a limit', () => {
  beforeAll(async () => {
    if (backend === undefined) return;
    product = await openProduct({ userSettings: { 'sandboxForesight.local.enabled': undefined } });
    group = backend.createGroup('editor', { memoryBytes: limitMebibytes * 1024 ** 2, cpuCores: null, pids: 500 });
    move(family(product.workbench.editor.server.pid ?? -1), group);
    tree = await openView(product.page);
  });
  afterAll(async () => {
    await product?.[Symbol.asyncDispose]();
    await group?.killAll();
    await group?.remove();
  });

  it('finds the group it was moved into, and its limit', async () => {
    const reading = await product.status.waitForText(/^this \w+ (mem|procs|disk|inodes|files) +~?\d+%$/, 40_000);
    expect(reading.text).not.toContain('(machine)');
    const memory = await tree.waitForRow('Memory', /\d+%/);
    expect(memory.ariaLabel).toContain(`of ${limitMebibytes} MiB`);
  });

  it('ends a process of a terminal when asked to, after a question', async () => {
    await run(product.page, 'Terminal: Create New Terminal');
    await until(
      product.page,
      'a prompt',
      () => terminalText(product.page),
      (text) => text !== '',
    );
    await typeInTerminal(product.page, eater(200));
    await tree.expand('Largest processes');
    await tree.waitForRow('hungry', /2\d\d MiB.*the terminal “/, 30_000);
    await screenshot(product.page, 'local-processes');
    await tree.pressRowButton('hungry', 'End Process…');
    const dialog = await modal(product.page, /^End hungry \(pid \d+\) in this \w+\?$/);
    await screenshot(product.page, 'local-end-process');
    await dialog.press(dialog.buttons.find((button) => button.startsWith('End hungry')) ?? 'End');
    const done = await toast(product.page, /has ended/, 60_000);
    expect(done.text).toMatch(/memory fell from/);
    await done.close();
  });

  it('offers what can be done about a place like this, and nothing that a server would have to do', async () => {
    await command('What Can I Do?');
    const pick = await quickPick(product.page, /What can I do/);
    const labels = pick.rows.map(({ label }) => label);
    expect(labels).toEqual(
      expect.arrayContaining([
        'Set a heap limit',
        'Lower the parallelism',
        'Clear caches',
        'Shorten large logs',
        'Show the largest folders',
      ]),
    );
    expect(labels.join(' ')).not.toMatch(/snapshot|Extend|Pause|Recreate/i);
    await screenshot(product.page, 'local-what');
    await pick.choose('Set a heap limit');
    const limits = await quickPick(product.page, 'Set a heap limit');
    await limits.choose('Node.js: at most 420 MiB');
    const plan = await modal(product.page, /Limit Node\.js to 420 MiB\?$/);
    expect(plan.detail).toContain('Set NODE_OPTIONS=--max-old-space-size=420 for every new terminal of this editor.');
    expect(plan.detail).toContain('Check: The setting is read back');
    await screenshot(product.page, 'local-heap-plan');
    await plan.press('Limit Node.js to 420 MiB');
    // The one that was in front shows what ran in it.
    await until(
      product.page,
      'a prompt in a new terminal',
      () => terminalText(product.page),
      (text) => text !== '' && !text.includes('hungry'),
    );
    await typeInTerminal(product.page, 'echo "options:$NODE_OPTIONS"');
    await until(
      product.page,
      'the limit in a new terminal',
      () => terminalText(product.page),
      (text) => text.includes('options: --max-old-space-size=420'),
    );
    await typeInTerminal(product.page, eater(60));
    const checked = await toast(product.page, /^Limit Node\.js to 420 MiB: (?:hungry|Node\.js gets)/, 90_000);
    // On a slow machine the program may be seen too late, which is said as well.
    expect(checked.text).toMatch(
      /hungry \(pid \d+\) runs with at most 420 MiB, as set|gets at most 420 MiB in every new terminal/,
    );
    await screenshot(product.page, 'local-heap-checked');
    await checked.close();
    const menu = await tree.contextMenu(/^this /);
    expect(menu.items.join(' ')).not.toMatch(/Snapshot|Pause|Extend|Recreate|Rename|Delete/);
    await menu.close();
  });

  it('says at once when the kernel kills a program: which, of which terminal, and whether there was a warning', async () => {
    await run(product.page, 'Terminal: Create New Terminal');
    await until(
      product.page,
      'a prompt in a third terminal',
      () => terminalText(product.page),
      (text) => text !== '' && !text.includes('options:'),
    );
    await typeInTerminal(product.page, grower);
    const message = await toast(product.page, /the kernel killed a process, probably hungry \(pid \d+\)/, 60_000);
    expect(message.text).toMatch(/It was started in the terminal “.+”( \(\d of \d\))?\./);
    expect(message.text).toMatch(/No warning came before it\.|The warning came .* before\./);
    await screenshot(product.page, 'local-killed');
    await tree.waitForRow(/process killed, out of memory/i);
    await message.close();
  });
});
