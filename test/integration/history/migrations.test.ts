import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/history/engine.ts';
import { openDatabase } from '../../../src/history/sqlite/open.ts';
import {
  applicationId,
  type Migration,
  migrate,
  migrations,
  pragmaNumber,
} from '../../../src/history/sqlite/schema.ts';
import { aWarning, startMs } from './makers.ts';
import { cleanUpAfterEach, newFolder, openTest } from './open.ts';

const everything = { limit: 1_000 };
const fixtures = new URL('./fixtures/', import.meta.url);

/** Makes a database as an earlier version left it behind. */
const makeFixture = async (folder: string, name: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const db = new DatabaseSync(join(folder, 'history.sqlite'));
  db.exec(await readFile(new URL(name, fixtures), 'utf8'));
  db.close();
};

cleanUpAfterEach();

describe('every version of the database', () => {
  it('has a fixture', async () => {
    const names = (await readdir(fixtures)).toSorted();
    expect(names).toEqual(migrations.map((_, no) => `version-${no + 1}.sql`));
  });

  it.each(migrations.map((_, no) => no + 1))('that is %i is read and brought up to date', async (version) => {
    const folder = await newFolder();
    await makeFixture(folder, `version-${version}.sql`);
    const history = openTest({ folder, engine: 'sqlite' });
    const at = startMs;
    expect(await history.sandboxes(everything)).toMatchObject([
      { sandboxId: 'sb-1', name: 'api', metadata: { user: 'ada' }, endCause: 'out-of-memory', endedAtMs: at + 60_000 },
    ]);
    expect(await history.transitions(everything)).toMatchObject([{ atMs: at, phase: 'running' }]);
    expect(await history.warnings(everything)).toMatchObject([
      { id: 'w-1', forecast: { timeToLimitMs: { p50: 150_000, p90: Number.POSITIVE_INFINITY } } },
    ]);
    expect(await history.incidents(everything)).toMatchObject([
      { id: 'i-1', text: 'It was killed.', samples: [{ atMs: at + 59_000, processes: [{ name: 'node' }] }] },
    ]);
    expect(await history.fixes({ ...everything, fingerprint: 'f-1' })).toMatchObject([{ worked: 1 }]);
    expect(await history.commands(everything)).toMatchObject([{ commandKey: 'npm ci', peakBytes: 314_572_800 }]);
    expect(await history.diagnostics(everything)).toMatchObject([{ text: 'all the lines' }]);
    const [error] = await history.errors(everything, at + 60_000);
    expect(error).toMatchObject({ title: 'The port is taken', count: 3, decayedCount: 2.5 });
    expect(await history.samples('sb-1', at, at + 1_000)).toMatchObject([
      { memory: { usedBytes: 200 }, cpu: { usedCores: 0.5 }, pids: { used: 12 } },
      { memory: { usedBytes: 201, anonBytes: null } },
    ]);
    expect(history.peaks.peakOf('npm ci', at)).toMatchObject({ runs: 2 });
    // And is written on.
    history.recordWarning(aWarning('w-2'));
    expect(await history.warnings(everything)).toHaveLength(2);
    expect(history.status().problem).toBeNull();
    await history.dispose();
    const db = new DatabaseSync(join(folder, 'history.sqlite'));
    expect(pragmaNumber(db, 'user_version')).toBe(migrations.length);
    db.close();
  });

  it('has the shape that its migrations make', async () => {
    const shape = (db: DatabaseSync): readonly unknown[] =>
      db
        .prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
        .all()
        .map((row) => [row['name'], String(row['sql']).replaceAll(/\s+/g, ' ')]);
    const made = new DatabaseSync(':memory:');
    migrate(made);
    const fixture = new DatabaseSync(':memory:');
    fixture.exec(await readFile(new URL(`version-${migrations.length}.sql`, fixtures), 'utf8'));
    expect(shape(fixture)).toEqual(shape(made));
  });
});

describe('a migration', () => {
  const next: Migration = (db) =>
    db.exec("ALTER TABLE sandboxes ADD COLUMN owner TEXT; UPDATE sandboxes SET owner = 'x'");
  const failing: Migration = (db) => {
    db.exec('ALTER TABLE sandboxes ADD COLUMN half TEXT');
    throw new Error('the disk is full');
  };
  const columns = (db: DatabaseSync): readonly unknown[] =>
    db
      .prepare("SELECT name FROM pragma_table_info('sandboxes')")
      .all()
      .map((row) => row['name']);

  it('runs only the steps that are missing, with what is there', async () => {
    const folder = await newFolder();
    await makeFixture(folder, 'version-1.sql');
    const first = openDatabase(folder, startMs, null, [...migrations, next]);
    expect(first.setAside).toBeNull();
    expect(columns(first.open.db)).toContain('owner');
    expect(first.open.db.prepare('SELECT owner FROM sandboxes').get()).toEqual({ owner: 'x' });
    first.open.db.close();
    const again = openDatabase(folder, startMs, null, [...migrations, next]);
    expect(pragmaNumber(again.open.db, 'user_version')).toBe(migrations.length + 1);
    again.open.db.close();
  });

  it('that fails half way leaves everything as it was', async () => {
    const folder = await newFolder();
    await makeFixture(folder, 'version-1.sql');
    expect(() => openDatabase(folder, startMs, null, [...migrations, next, failing])).toThrow(EngineError);
    const { open } = openDatabase(folder, startMs);
    expect(columns(open.db)).not.toContain('owner');
    expect(columns(open.db)).not.toContain('half');
    open.db.close();
  });

  it('does not touch a newer file', async () => {
    const folder = await newFolder();
    await makeFixture(folder, 'version-1.sql');
    openDatabase(folder, startMs, null, [...migrations, next]).open.db.close();
    const before = await readFile(join(folder, 'history.sqlite'));
    const history = openTest({ folder });
    history.recordWarning(aWarning());
    expect(await history.warnings(everything)).toHaveLength(1);
    expect(history.status()).toMatchObject({ engine: 'memory', problem: expect.stringContaining('newer version') });
    await history.dispose();
    expect((await readFile(join(folder, 'history.sqlite'))).equals(before)).toBe(true);
    expect(applicationId).toBe(before.readUInt32BE(68));
  });

  it('of a newer window, while this one is open, makes this one go on in memory', async () => {
    const folder = await newFolder();
    const history = openTest({ folder });
    history.recordWarning(aWarning('w-1'));
    await history.flush();
    openDatabase(folder, startMs, null, [...migrations, next]).open.db.close();
    history.recordWarning(aWarning('w-2'));
    expect(await history.warnings(everything)).toMatchObject([{ id: 'w-2' }]);
    expect(history.status().problem).toContain('newer version');
  });
});
