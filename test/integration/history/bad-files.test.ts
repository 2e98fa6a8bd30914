import { execFile } from 'node:child_process';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine } from '../../../src/history/open-engine.ts';
import { anError, anIncident, aSample, aSandbox, aWarning, startMs } from './makers.ts';
import { cleanUpAfterEach, newFolder, openTest, type TestHistory, until } from './open.ts';

const run = promisify(execFile);
const everything = { limit: 1_000 };
const mounted: string[] = [];

/** A folder on a file system of its own, or null where this may not be done. */
const mount = async (folder: string, options: string): Promise<string | null> => {
  const path = join(folder, 'mounted');
  await mkdir(path, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  } catch {
    // Only root may; the same is tested with stand-ins elsewhere.
    return null;
  }
  mounted.push(path);
  return path;
};

cleanUpAfterEach();
afterEach(async () => {
  for (const path of mounted.splice(0)) await run('umount', ['-l', path]);
});

/** What a person was told, each thing once. */
const told = (history: TestHistory): readonly (string | null)[] => {
  const texts: (string | null)[] = [];
  history.onProblem((text) => texts.push(text));
  return texts;
};

describe('a file that is no database of ours', () => {
  it.each([
    ['text', async (path: string): Promise<void> => writeFile(path, 'Dear diary, '.repeat(1_000))],
    [
      'of another program',
      async (path: string): Promise<void> => {
        const db = new DatabaseSync(path);
        db.exec('CREATE TABLE cookies (a); INSERT INTO cookies VALUES (1); PRAGMA user_version = 7');
        db.close();
      },
    ],
  ])('(%s) is set aside whole, and a new one begun', async (_, make) => {
    const folder = await newFolder();
    const path = join(folder, 'history.sqlite');
    await make(path);
    const before = await readFile(path);
    const history = openTest({ folder });
    const texts = told(history);
    history.recordWarning(aWarning());
    expect(await history.warnings(everything)).toHaveLength(1);
    const name = (await readdir(folder)).find((each) => /^history-set-aside-.*\.sqlite$/.test(each)) ?? '';
    expect((await readFile(join(folder, name))).equals(before)).toBe(true);
    expect(history.status()).toMatchObject({ engine: 'sqlite', problem: expect.stringContaining(name) });
    expect(texts).toHaveLength(1);
    await history.dispose();
    // Said once: the next window finds nothing wrong.
    const next = openTest({ folder });
    expect(await next.warnings(everything)).toHaveLength(1);
    expect(next.status().problem).toBeNull();
  });
});

describe('a damaged database', () => {
  const filled = async (folder: string): Promise<void> => {
    const history = openTest({ folder });
    for (let no = 0; no < 200; no += 1) {
      history.recordSandbox(aSandbox(`sb-${no}`), startMs + no);
      history.recordIncident(anIncident(`i-${no}`, { sandboxId: `sb-${no}`, text: 'x'.repeat(2_000) }));
      history.recordError(`sb-${no}`, anError());
    }
    await history.dispose();
  };
  const damage = async (folder: string, from: number, to: number): Promise<void> => {
    const file = await open(join(folder, 'history.sqlite'), 'r+');
    const { size } = await file.stat();
    const start = Math.floor((size * from) / 4096) * 4096;
    await file.write(Buffer.alloc(Math.floor(size * to) - start, 0xaa), 0, undefined, start);
    await file.close();
  };

  it('is set aside, and what can still be read is taken over', async () => {
    const folder = await newFolder();
    await filled(folder);
    await damage(folder, 0.4, 0.6);
    const history = openTest({ folder });
    history.recordWarning(aWarning('new'));
    // The damage may only be met when the rows behind it are read.
    await history.incidents(everything);
    await history.sandboxes(everything);
    await until(() => history.status().problem !== null);
    expect(history.status().problem).toMatch(/set aside as history-set-aside-.*taken over/);
    const incidents = await history.incidents({ ...everything, withoutSamples: true });
    expect(incidents.length).toBeGreaterThan(50);
    expect(incidents.length).toBeLessThan(200);
    expect(await history.warnings(everything)).toMatchObject([{ id: 'new' }]);
    history.recordWarning(aWarning('newer'));
    expect(await history.warnings(everything)).toHaveLength(2);
  });

  it('is noticed by every window, and set aside once', async () => {
    const folder = await newFolder();
    await filled(folder);
    await damage(folder, 0.1, 0.9);
    const windows = [openTest({ folder }), openTest({ folder }), openTest({ folder })];
    for (const [no, each] of windows.entries()) each.recordWarning(aWarning(`w-${no}`));
    await Promise.all(windows.map((each) => each.incidents(everything)));
    for (const [no, each] of windows.entries()) each.recordWarning(aWarning(`later-${no}`));
    await Promise.all(windows.map((each) => each.flush()));
    const ids = async (history: TestHistory): Promise<readonly string[]> =>
      (await history.warnings(everything)).map((each) => each.id).filter((id) => id.startsWith('later'));
    for (const each of windows) {
      await until(async () => (await ids(each)).length === 3);
    }
    const aside = (await readdir(folder)).filter((each) => /^history-set-aside-.*\.sqlite$/.test(each));
    expect(aside).toHaveLength(1);
  });
});

describe('a file that another window has put aside', () => {
  /** A window that has a sandbox in its history, whose file was then put aside and begun anew by another one. */
  const leftBehind = async () => {
    const folder = await newFolder();
    const behind = openTest({ folder });
    behind.recordSandbox(aSandbox('secret'), startMs, 'server', null);
    await behind.flush();
    const now = (): number => startMs;
    const first = openEngine({ folder, engine: 'sqlite' }, now).engine;
    first.close();
    const repaired = openEngine({ folder, engine: 'sqlite' }, now, first);
    expect(repaired.setAside?.saved).toBe(1);
    repaired.engine.close();
    const others = async (): Promise<readonly string[]> =>
      (await openTest({ folder }).sandboxes(everything)).map(({ sandboxId }) => sandboxId);
    return { folder, behind, others };
  };

  it('is not where a sandbox is forgotten: it is forgotten where all others look', async () => {
    const { behind, others } = await leftBehind();
    expect(await others()).toEqual(['secret']);
    await behind.forgetSandbox('secret');
    expect(await behind.sandboxes(everything)).toEqual([]);
    expect(await others()).toEqual([]);
  });

  it('is not where everything is forgotten', async () => {
    const { behind, others } = await leftBehind();
    await behind.forgetEverything();
    expect(await others()).toEqual([]);
  });

  it('is not read any more', async () => {
    const { folder, behind } = await leftBehind();
    const other = openTest({ folder });
    other.recordWarning(aWarning('later'));
    await other.flush();
    expect(await behind.warnings(everything)).toMatchObject([{ id: 'later' }]);
  });
});

describe('a locked database', () => {
  it('is waited for, and nothing is lost', async () => {
    const folder = await newFolder();
    const first = openTest({ folder });
    first.recordWarning(aWarning('w-0'));
    await first.flush();
    const other = new DatabaseSync(join(folder, 'history.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    const texts = told(first);
    first.recordWarning(aWarning('w-1'));
    // Answers come all the while.
    expect(await first.warnings(everything)).toMatchObject([{ id: 'w-0' }]);
    await until(() => first.status().problem?.includes('Another program holds') === true);
    other.exec('ROLLBACK');
    await until(async () => (await first.warnings(everything)).length === 2);
    expect(first.status().problem).toBeNull();
    expect(texts).toEqual([expect.stringContaining('Another program'), null]);
    other.close();
  });

  it('at the start is waited for too', async () => {
    const folder = await newFolder();
    const other = new DatabaseSync(join(folder, 'history.sqlite'));
    other.exec('PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE x (y); BEGIN EXCLUSIVE');
    const history = openTest({ folder, engine: 'sqlite' });
    history.recordWarning(aWarning('w-1'));
    expect(await history.warnings(everything)).toMatchObject([{ id: 'w-1' }]);
    other.exec('DROP TABLE x; COMMIT');
    other.close();
    await until(() => history.status().engine === 'sqlite');
    expect(await history.warnings(everything)).toMatchObject([{ id: 'w-1' }]);
    await history.dispose();
    const next = openTest({ folder });
    expect(await next.warnings(everything)).toMatchObject([{ id: 'w-1' }]);
  });
});

describe('a disk that is full when a window opens', () => {
  it.for([
    ['no room for another byte', 'size=1m'],
    ['no room for another file', 'size=4m,nr_inodes=40'],
  ] as const)(
    '(%s) is waited for: the past is there again, and what came meanwhile is kept',
    async ([, options], context) => {
      const folder = await mount(await newFolder(), options);
      if (folder === null) return context.skip();
      const before = openTest({ folder: join(folder, 'history') });
      before.recordWarning(aWarning('before'));
      await before.dispose();
      const ballast = join(folder, 'ballast');
      await mkdir(ballast);
      const fill = async (): Promise<never> => {
        for (let no = 0; ; no += 1) await writeFile(join(ballast, `${no}`), Buffer.alloc(64 * 1024));
      };
      await fill().catch(() => 'as much as there is room for');
      const history = openTest({ folder: join(folder, 'history') });
      const texts = told(history);
      history.recordWarning(aWarning('meanwhile'));
      await until(() => history.status().problem !== null);
      expect(history.status().problem).toContain('disk is full');
      await rm(ballast, { recursive: true });
      await until(() => history.status().problem === null);
      const ids = (await history.warnings(everything)).map(({ id }) => id);
      expect(ids.toSorted()).toEqual(['before', 'meanwhile']);
      expect(history.status()).toMatchObject({ engine: 'sqlite' });
      expect(texts).toEqual([expect.stringContaining('disk is full'), null]);
      await history.dispose();
    },
  );
});

describe.each(['sqlite', 'json-lines'] as const)('a place for %s', (engine) => {
  it('that cannot be written is said, and memory is used', async () => {
    const folder = await newFolder();
    // A file where the folder should be cannot be written as a folder by anybody, root included.
    await writeFile(join(folder, 'file'), '');
    const history = openTest({ folder: join(folder, 'file'), engine });
    const texts = told(history);
    history.recordIncident(anIncident());
    expect(await history.incidents(everything)).toEqual([anIncident()]);
    expect(history.status()).toMatchObject({ engine: 'memory', problem: expect.stringContaining('cannot be written') });
    expect(texts).toHaveLength(1);
  });

  it('that is read-only is said, and memory is used', async (context) => {
    const folder = await mount(await newFolder(), 'size=4m');
    if (folder === null) return context.skip();
    const before = openTest({ folder, engine });
    before.recordWarning(aWarning('old'));
    await before.dispose();
    await run('mount', ['-o', 'remount,ro', folder]);
    const history = openTest({ folder, engine });
    history.recordWarning(aWarning('new'));
    expect((await history.warnings(everything)).map((each) => each.id)).toContain('new');
    expect(history.status()).toMatchObject({ engine: 'memory', problem: expect.stringContaining('cannot be written') });
  });

  it('that is full keeps what was written, says it once, and goes on when there is space', async (context) => {
    const folder = await mount(await newFolder(), 'size=1m');
    if (folder === null) return context.skip();
    const history = openTest({ folder, engine });
    const texts = told(history);
    history.recordIncident(anIncident('early'));
    await history.flush();
    const ballast = join(folder, 'ballast');
    await writeFile(ballast, Buffer.alloc(1024 * 1024)).catch(() => 'as much as there is room for');
    for (let no = 0; no < 40; no += 1) {
      history.recordWarning(aWarning(`w-${no}`));
      for (let second = 0; second < 50; second += 1) history.recordSample(aSample('sb-1', no * 50 + second));
      await history.flush();
    }
    await until(() => history.status().problem !== null);
    expect(history.status().problem).toContain('disk is full');
    expect(await history.incidents({ ...everything, withoutSamples: true })).toMatchObject([{ id: 'early' }]);
    await writeFile(ballast, '');
    await until(() => history.status().problem === null);
    expect(await history.warnings(everything)).toHaveLength(40);
    expect(texts).toEqual([expect.stringContaining('disk is full'), null]);
    await history.dispose();
    const next = openTest({ folder, engine });
    expect(await next.warnings(everything)).toHaveLength(40);
    expect(await next.incidents(everything)).toEqual([anIncident('early')]);
    expect(next.status().problem).toBeNull();
    await next.dispose();
  });
});
