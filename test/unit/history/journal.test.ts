import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../../src/history/sqlite/open.ts';

const disk = vi.hoisted(() => ({ type: 0 as number | null }));

vi.mock('node:fs', async (load) => ({
  ...(await load<typeof import('node:fs')>()),
  statfsSync: () => {
    if (disk.type === null) throw new Error('as told');
    return { type: disk.type };
  },
}));

const ext4 = 0xef53;
const nfs = 0x6969;
const cifs = 0xff534d42;

const platform = process.platform;
const opened: OpenDatabase[] = [];
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'history-test-'));
  Object.defineProperty(process, 'platform', { value: 'linux' });
});
afterEach(async () => {
  for (const { db } of opened.splice(0)) db.close();
  Object.defineProperty(process, 'platform', { value: platform });
  await rm(folder, { recursive: true, force: true });
});

/** Opens the file as a window does. @returns how it is kept whole, and how often the disk is waited for. */
const open = (type: number | null): unknown => {
  disk.type = type;
  const { open: one } = openDatabase(folder, 0);
  opened.push(one);
  const pragma = (name: string): unknown => Object.values(one.db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  return `${pragma('journal_mode')} ${pragma('synchronous')}`;
};
const close = (): void => opened.pop()?.db.close();

const [normal, full] = [1, 2];

describe('the journal of the file', () => {
  it.each([
    [ext4, `wal ${normal}`],
    [null, `wal ${normal}`],
    [nfs, `delete ${full}`],
    [cifs, `delete ${full}`],
    // As a system of 32 bits tells it.
    [cifs - 2 ** 32, `delete ${full}`],
  ])('is a log only where no other computer writes (%s)', (type, journal) => {
    expect(open(type)).toBe(journal);
  });

  it('is changed where an earlier version made a log', () => {
    open(ext4);
    opened.at(-1)?.db.exec("INSERT INTO sandboxes (id, first_ms, last_ms, data) VALUES ('sb-1', 0, 0, '{}')");
    close();
    expect(open(nfs)).toBe(`delete ${full}`);
    expect(opened.at(-1)?.db.prepare('SELECT id FROM sandboxes').all()).toEqual([{ id: 'sb-1' }]);
  });

  it('stays a log while a window of an earlier version has it open', () => {
    open(ext4);
    expect(open(nfs)).toBe(`wal ${normal}`);
    close();
    close();
    expect(open(nfs)).toBe(`delete ${full}`);
  });
});
