/** Making room on the disk the editor works on: caches and logs of a home folder of this test's own, and nothing else. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProduct, type Product } from './product.ts';
import { modal, quickPick, run, screenshot, toast } from './workbench.ts';

const mebibyte = 2 ** 20;
const lastLine = 'the last line of the log';

let home: string;
let product: Product;

const fill = (folder: string, mebibytes: number): void => {
  fs.mkdirSync(folder, { recursive: true });
  for (let at = 0; at < mebibytes; at += 1)
    fs.writeFileSync(path.join(folder, `part-${at}`), Buffer.alloc(mebibyte, 1));
};
const writeLog = (file: string, mebibytes: number): void => {
  const line = 'a line as a service writes it, again and again\n';
  fs.writeFileSync(file, `${line.repeat((mebibytes * mebibyte) / line.length)}${lastLine}\n`);
};
const command = (title: string) => run(product.page, `Sandbox Foresight: ${title}`);

/** Leaves one row of what was found ticked: what else is found on this machine is none of the test's. */
const pickOnly = async (title: string, label: string, name: string): Promise<readonly string[]> => {
  const pick = await quickPick(product.page, title, 120_000);
  for (const row of pick.rows) if (row.label !== label) await pick.choose(row.label);
  await screenshot(product.page, `housekeeping-${name}`);
  await product.page.keyboard.press('Enter');
  return pick.rows.map((row) => row.label);
};
/** Agrees to a plan that touches `file` and nothing else. */
const agreeTo = async (question: RegExp, file: string, name: string): Promise<void> => {
  const dialog = await modal(product.page, question);
  const steps = dialog.detail.match(/\b\d+\. (?:Remove what is in|Cut) \S+/g);
  await screenshot(product.page, `housekeeping-${name}`);
  expect(steps).toHaveLength(1);
  expect(steps?.[0]).toMatch(new RegExp(` ${file}$`));
  await dialog.press(dialog.buttons.find((button) => button !== 'Cancel') ?? '');
};

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'home-'));
  fill(path.join(home, '.npm', '_cacache'), 40);
  fill(path.join(home, '.cache', 'pip'), 20);
  writeLog(path.join(home, 'service.log'), 90);
  writeLog(path.join(home, 'other.log'), 80);
  product = await openProduct({
    env: { HOME: home },
    userSettings: { 'sandboxForesight.local.enabled': undefined },
  });
  await product.status.waitForText(/^this /);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  fs.rmSync(home, { recursive: true, force: true });
});

describe('making room', () => {
  it('empties the caches that were picked, and says what that brought', async () => {
    const cache = path.join(home, '.npm', '_cacache');
    await command('Clear Caches…');
    expect(await pickOnly('Clear caches', 'npm', 'caches')).toEqual(expect.arrayContaining(['npm', 'pip']));
    await agreeTo(/Clear caches \(40 MiB\)\?$/, cache, 'caches-plan');
    await toast(product.page, /^Clear caches \(40 MiB\): 40 MiB of 40 MiB went/, 90_000);
    await screenshot(product.page, 'housekeeping-caches-done');
    expect(fs.readdirSync(cache)).toEqual([]);
    expect(fs.readdirSync(path.join(home, '.cache', 'pip'))).toHaveLength(20);
  });

  it('cuts the logs that were picked down to their last lines', async () => {
    const log = path.join(home, 'service.log');
    await command('Shorten Logs…');
    const found = await pickOnly('Shorten large logs', 'service.log', 'logs');
    expect(found).toEqual(expect.arrayContaining(['service.log', 'other.log']));
    await agreeTo(/Shorten logs \(89 MiB\)\?$/, log, 'logs-plan');
    await toast(product.page, /^Shorten logs \(89 MiB\): 89 MiB of 89 MiB went/, 90_000);
    await screenshot(product.page, 'housekeeping-logs-done');
    expect(fs.statSync(log).size).toBeLessThanOrEqual(mebibyte);
    expect(fs.readFileSync(log, 'utf8').trimEnd().endsWith(lastLine)).toBe(true);
    expect(fs.statSync(path.join(home, 'other.log')).size).toBeGreaterThan(79 * mebibyte);
  });
});
