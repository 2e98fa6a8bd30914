import { copyFile, mkdir, readdir, readFile, utimes } from 'node:fs/promises';
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
import { dayOf } from '../../../src/model/day.ts';
import type { ErrorDay } from '../../../src/model/history.ts';
import { aWarning, dayMs, startMs } from './makers.ts';
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
    const names = (await readdir(fixtures)).filter((name) => name.endsWith('.sql')).toSorted();
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
    const known = version > 1 ? 1 : 0;
    expect(await history.fixes({ ...everything, workspace: 'api-tests' })).toHaveLength(known);
    expect((await history.incidents(everything)).filter((each) => each.workspace === 'api-tests')).toHaveLength(known);
    expect(await history.commands(everything)).toMatchObject([{ commandKey: 'npm ci', peakBytes: 314_572_800 }]);
    expect(await history.diagnostics(everything)).toMatchObject([{ text: 'all the lines' }]);
    const [error] = await history.errors(everything, at + 60_000);
    expect(error).toMatchObject({ title: 'The port is taken', count: 3, decayedCount: 2.5 });
    expect(await history.errorDays(everything)).toEqual([
      {
        ...{ sandboxId: 'sb-1', fingerprint: 'f-1', count: 3, firstSeenAtMs: at, lastSeenAtMs: at + 60_000 },
        day: version > 1 ? 20_458 : dayOf(at),
        // Version 1 did not know them; it is dated by its metadata alone.
        workspace: version > 1 ? 'api-tests' : null,
        commandKey: version > 1 ? 'npm ci' : null,
      },
    ]);
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

describe('what version 1 counted of errors', () => {
  const migrated = async (changes: string): Promise<readonly ErrorDay[]> => {
    const folder = await newFolder();
    await makeFixture(folder, 'version-1.sql');
    const db = new DatabaseSync(join(folder, 'history.sqlite'));
    db.exec(changes);
    db.close();
    return openTest({ folder, engine: 'sqlite' }).errorDays(everything);
  };

  it('gets the two days that are certain, and no more', async () => {
    const lastMs = startMs + 3 * dayMs;
    const days = await migrated(`UPDATE errors SET count = 7, last_ms = ${lastMs}`);
    expect(days.map((each) => [each.day, each.count])).toEqual([
      [dayOf(lastMs), 1],
      [dayOf(startMs), 1],
    ]);
    expect(await migrated(`UPDATE errors SET count = 1, last_ms = ${lastMs}`)).toMatchObject([{ count: 1 }]);
  });

  it('gets the workspace that the metadata of its sandbox names', async () => {
    const days = await migrated(`UPDATE sandboxes SET data = json_set(data, '$.metadata.project', 'Web Shop')`);
    expect(days).toMatchObject([{ workspace: 'web-shop', commandKey: null }]);
  });

  it('is migrated though a sandbox is not understood', async () => {
    expect(await migrated(`UPDATE sandboxes SET data = 'torn'`)).toMatchObject([{ workspace: null, count: 3 }]);
  });
});

describe('every version of the lines', () => {
  const names = migrations.map((_, no) => `version-${no + 1}.jsonl`);

  it('has a fixture', async () => {
    expect((await readdir(fixtures)).filter((name) => name.endsWith('.jsonl')).toSorted()).toEqual(names);
  });

  it.each(['json-lines', 'sqlite'] as const)('is read by the engine %s', async (engine) => {
    for (const name of names) {
      const folder = await newFolder();
      await mkdir(join(folder, 'segments'), { recursive: true });
      const segment = join(folder, 'segments', `ledger-${startMs}-abc-1.jsonl`);
      await copyFile(new URL(name, fixtures), segment);
      const longAgo = new Date(startMs - dayMs);
      await utimes(segment, longAgo, longAgo);
      const history = openTest({ folder, engine });
      const isOld = name === 'version-1.jsonl';
      const commandKey = isOld ? null : 'npm ci';
      // Each line tells of one moment, so that the days are certain; the workspace is what the metadata says.
      expect(await history.errorDays(everything)).toMatchObject([
        { day: dayOf(startMs + 2 * dayMs), workspace: 'api-tests', commandKey, count: 1 },
        { day: dayOf(startMs), workspace: 'api-tests', commandKey, count: 2 },
      ]);
      expect(await history.errors(everything, startMs)).toMatchObject([{ fingerprint: 'f-1', count: 3 }]);
      expect((await history.incidents(everything))[0]?.workspace).toBe(isOld ? undefined : 'api-tests');
      expect((await history.sandboxes(everything))[0]?.workspace).toBe(isOld ? null : 'api-tests');
      expect(await history.fixes({ ...everything, workspace: 'api-tests' })).toHaveLength(isOld ? 0 : 1);
      expect(history.status()).toMatchObject({ engine, problem: null });
    }
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
