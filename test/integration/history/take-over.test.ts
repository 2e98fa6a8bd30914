import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/history/engine.ts';
import type { Entry } from '../../../src/history/entries.ts';
import { openJsonLines } from '../../../src/history/json-lines/engine.ts';
import { takenFolder, takeOverSegments } from '../../../src/history/json-lines/take-over.ts';
import { MemoryEngine } from '../../../src/history/memory-engine.ts';
import { openEngine } from '../../../src/history/open-engine.ts';
import { salvage } from '../../../src/history/sqlite/salvage.ts';
import { migrate, migrations } from '../../../src/history/sqlite/schema.ts';
import { Session } from '../../../src/history/sqlite/session.ts';
import { hourMs, minuteMs, startMs } from './makers.ts';
import { cleanUpAfterEach, newFolder } from './open.ts';

const everything = { limit: 1_000 };
/** Long after the files were written to. */
const later = (): number => Date.now() + hourMs;

const record = (kind: 'transition' | 'incident', id: string | null, atMs: number): Entry => ({
  k: 'record',
  kind,
  sandboxId: 'sb-1',
  id,
  ref: id === null ? null : 'deleted',
  atMs,
  data: '{}',
});
const kill = (window: string, atMs: number): Entry => ({
  ...{ k: 'error', sandboxId: 'sb-1', fingerprint: 'v1/oom', workspace: 'w', command: null, window },
  ...{ count: 1, firstMs: atMs, lastMs: atMs, data: '{"pattern":"oom-killed","title":"Killed"}' },
});

/** Two windows that write lines side by side, at a time that a test sets. */
const twoWindows = async () => {
  const folder = await newFolder();
  const clock = { nowMs: startMs };
  const now = (): number => clock.nowMs;
  return { folder, clock, one: openJsonLines(folder, now), other: openJsonLines(folder, now) };
};

cleanUpAfterEach();

describe('lines of several windows, taken over', () => {
  it('keep taken back what one window wrote and another took back', async () => {
    const { folder, clock, one, other } = await twoWindows();
    one.write([record('transition', null, clock.nowMs)]);
    clock.nowMs += minuteMs;
    other.write([record('incident', 'i-1', clock.nowMs)]);
    clock.nowMs += minuteMs;
    one.write([{ k: 'withdraw', id: 'i-1' }]);
    const into = new MemoryEngine();
    expect(takeOverSegments(folder, later, into)).toBe(3);
    expect(into.records('incident', everything)).toEqual([]);
    expect(into.records('transition', everything)).toHaveLength(1);
  });

  it('count once what both have seen', async () => {
    const { folder, clock, one, other } = await twoWindows();
    for (let no = 0; no < 5; no += 1) {
      clock.nowMs += 10 * minuteMs;
      one.write([kill('one', clock.nowMs)]);
      other.write([kill('other', clock.nowMs + 400)]);
    }
    expect(one.errors(everything, clock.nowMs)).toMatchObject([{ count: 5 }]);
    const into = new MemoryEngine();
    takeOverSegments(folder, later, into);
    expect(into.errors(everything, clock.nowMs)).toMatchObject([{ count: 5 }]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('go on where a window was stopped, once nobody is at them any more', async () => {
    const { folder, clock, one } = await twoWindows();
    for (let no = 0; no < 1_200; no += 1) {
      clock.nowMs += minuteMs;
      one.write([kill('one', clock.nowMs)]);
    }
    const into = new MemoryEngine();
    const write = into.write.bind(into);
    let room = 2;
    into.write = (entries) => {
      if (room === 0) throw new EngineError('full', 'No room.');
      room -= 1;
      write(entries);
    };
    expect(() => takeOverSegments(folder, later, into)).toThrow('No room.');
    room = 100;
    // It was at them a moment ago: that may be another window.
    expect(takeOverSegments(folder, Date.now, into)).toBe(0);
    expect(takeOverSegments(folder, later, into)).toBe(200);
    expect(into.errors(everything, clock.nowMs)).toMatchObject([{ count: 1_200 }]);
    expect(existsSync(join(folder, takenFolder))).toBe(false);
  });

  it('are forgotten also while they are only half taken over', async () => {
    const { folder, clock, one } = await twoWindows();
    one.write([kill('one', clock.nowMs)]);
    const full = new MemoryEngine();
    full.write = () => {
      throw new EngineError('full', 'No room.');
    };
    expect(() => takeOverSegments(folder, later, full)).toThrow('No room.');
    const opened = openEngine({ folder, engine: 'sqlite' }, () => clock.nowMs);
    opened.forgetElsewhere?.('sb-1');
    opened.engine.close();
    const into = new MemoryEngine();
    expect(takeOverSegments(folder, later, into)).toBe(0);
    expect(into.errors(everything, clock.nowMs)).toEqual([]);
  });
});

describe('a damaged file of version 1', () => {
  it('has the days of its errors after what could be read was saved, as after a migration', async () => {
    const folder = await newFolder();
    const path = join(folder, 'old.sqlite');
    const old = new DatabaseSync(path);
    migrate(old, migrations.slice(0, 1));
    old.exec(`INSERT INTO sandboxes (no, id, first_ms, last_ms, data) VALUES (1, 'sb-1', 1, 2, NULL);
      INSERT INTO fingerprints VALUES (1, 'v1/oom', '{}');
      INSERT INTO errors VALUES (1, 1, 7, 7, ${startMs}, ${startMs}, ${startMs})`);
    old.close();
    const fresh = new DatabaseSync(join(folder, 'new.sqlite'));
    migrate(fresh);
    const days = (db: DatabaseSync) => db.prepare('SELECT * FROM error_days').all();
    expect(salvage(folder, 'old.sqlite', new Session(fresh))).toBe(3);
    expect(days(fresh)).toMatchObject([{ sandbox: 1, fingerprint: 1, count: 7, last_ms: startMs }]);
    const migrated = new DatabaseSync(path);
    migrate(migrated);
    expect(days(fresh)).toEqual(days(migrated));
    for (const db of [fresh, migrated]) db.close();
  });

  it('gives no day a second time to what has its days already', async () => {
    const folder = await newFolder();
    const path = join(folder, 'old.sqlite');
    const old = new DatabaseSync(path);
    migrate(old);
    old.exec(`INSERT INTO sandboxes (no, id, first_ms, last_ms, data) VALUES (1, 'sb-1', 1, 2, NULL);
      INSERT INTO fingerprints VALUES (1, 'v1/oom', '{}');
      INSERT INTO errors VALUES (1, 1, 7, 7, ${startMs}, ${startMs}, ${startMs});
      INSERT INTO error_days VALUES (1, 1, 20000, 'w', 'npm ci', '', 7, ${startMs}, ${startMs})`);
    old.close();
    const fresh = new DatabaseSync(join(folder, 'new.sqlite'));
    migrate(fresh);
    salvage(folder, 'old.sqlite', new Session(fresh));
    expect(fresh.prepare('SELECT workspace FROM error_days').all()).toEqual([{ workspace: 'w' }]);
    fresh.close();
  });
});
