import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEngine } from '../../../src/history/open-engine.ts';
import { sqliteFailure } from '../../../src/history/sqlite/failure.ts';

const sqlite = vi.hoisted(() => ({ fails: null as { readonly errcode: number } | null }));

vi.mock('../../../src/history/sqlite/open.ts', async (load) => {
  const real = await load<typeof import('../../../src/history/sqlite/open.ts')>();
  return {
    ...real,
    openDatabase: (...given: Parameters<typeof real.openDatabase>) => {
      if (sqlite.fails !== null) throw sqliteFailure(Object.assign(new Error('as told'), sqlite.fails));
      return real.openDatabase(...given);
    },
  };
});

const cannotOpen = 14;
const ioError = 10;
const now = (): number => 0;

let folder = '';
beforeEach(async () => {
  sqlite.fails = null;
  folder = await mkdtemp(join(tmpdir(), 'history-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => openEngine({ folder, engine: 'auto' }, now).engine;
const troubleOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error instanceof Error && 'trouble' in error ? error.trouble : error;
  }
  return null;
};

describe('a file that SQLite cannot open', () => {
  it.each([cannotOpen, ioError, ioError | (19 << 8)])(
    'for reasons of its own (%i) is left to lines where nothing was kept yet',
    async (errcode) => {
      sqlite.fails = { errcode };
      const engine = open();
      expect(engine.name).toBe('json-lines');
      engine.close();
      expect(await readdir(folder)).toEqual(['segments']);
    },
  );

  it.each([cannotOpen, ioError])(
    'for reasons that pass (%i) is tried again where it holds something',
    async (errcode) => {
      open().close();
      sqlite.fails = { errcode };
      expect(troubleOf(open)).toBe('failed');
      sqlite.fails = null;
      const engine = open();
      expect(engine.name).toBe('sqlite');
      engine.close();
    },
  );

  it('because something else has its name is for a person to mend', async () => {
    await mkdir(join(folder, 'history.sqlite'));
    expect(troubleOf(open)).toBe('read-only');
  });

  it('because the folder is none says what the file system says', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(troubleOf(() => openEngine({ folder: join(folder, 'file'), engine: 'auto' }, now))).toBe('read-only');
  });
});
