import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { aCommand, anError, anIncident, aSample, aSandbox, aWarning, hourMs, minuteMs, startMs } from './makers.ts';
import { cleanUpAfterEach, newFolder, openTest, until } from './open.ts';

const everything = { limit: 1_000 };
const always = [0, Number.MAX_SAFE_INTEGER] as const;

/** Whether any file below holds the text, compressed packs aside. */
const onDisk = async (folder: string, text: string): Promise<boolean> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(files.map(async (file) => (await readFile(file)).includes(text)));
  return found.includes(true);
};

cleanUpAfterEach();

describe.each(['sqlite', 'json-lines'] as const)('history files of %s', (engine) => {
  it('are read again by the next window', async () => {
    const folder = await newFolder();
    const first = openTest({ folder, engine });
    first.recordSandbox(aSandbox(), startMs);
    first.recordIncident(anIncident());
    first.recordError('sb-1', anError());
    first.recordCommand(aCommand());
    for (let no = 0; no < 90; no += 1) first.recordSample(aSample('sb-1', no));
    first.peaks.record('npm ci', 3e8, startMs, 42_000);
    // Closing writes what is pending.
    await first.dispose();
    const second = openTest({ folder, engine });
    expect(await second.incidents(everything)).toEqual([anIncident()]);
    expect(await second.errors(everything, startMs)).toMatchObject([{ count: 1 }]);
    expect(await second.commands(everything)).toEqual([aCommand()]);
    expect(await second.samples('sb-1', ...always)).toHaveLength(92);
    expect(second.peaks.peakOf('npm ci', startMs)).toMatchObject({ runs: 1, lastRunAtMs: startMs, tookMs: 42_000 });
    expect(second.status().sizeBytes).toBeGreaterThan(0);
  });

  it('are shared by windows that are open at once', async () => {
    const folder = await newFolder();
    const windows = [openTest({ folder, engine }), openTest({ folder, engine }), openTest({ folder, engine })];
    windows.forEach((each, no) => {
      each.recordWarning(aWarning(`w-${no}`));
      each.recordError('sb-1', anError());
      each.recordSample(aSample('sb-1', no));
      each.recordTransition(aSandbox(), { atMs: startMs + no, phase: 'running', rawState: 'r', reason: null });
    });
    await Promise.all(windows.map((each) => each.flush()));
    for (const each of windows) {
      expect(await each.warnings(everything)).toHaveLength(3);
      expect(await each.errors(everything, startMs)).toMatchObject([{ count: 3, sandboxes: 1 }]);
      expect(await each.samples('sb-1', ...always)).toHaveLength(3);
      expect(await each.transitions(everything)).toHaveLength(1);
    }
  });

  it('hold nothing of a sandbox that was forgotten, whichever window wrote it', async () => {
    const folder = await newFolder();
    const one = openTest({ folder, engine });
    const other = openTest({ folder, engine });
    for (const window of [one, other]) {
      window.recordSandbox(aSandbox('forget-me'), startMs);
      window.recordIncident(anIncident('i-1', { sandboxId: 'forget-me', text: 'forget-me was here' }));
      window.recordDiagnostics({ sandboxId: 'forget-me', atMs: startMs, text: 'and forget-me not' });
      window.recordSample(aSample('forget-me'));
      window.recordSandbox(aSandbox('keep-me'), startMs);
      await window.flush();
    }
    expect(await onDisk(folder, 'forget-me')).toBe(true);
    await one.forgetSandbox('forget-me');
    expect(await onDisk(folder, 'forget-me')).toBe(false);
    expect(await onDisk(folder, 'keep-me')).toBe(true);
    for (const window of [one, other]) {
      expect((await window.sandboxes(everything)).map((each) => each.sandboxId)).toEqual(['keep-me']);
      expect(await window.samples('forget-me', ...always)).toEqual([]);
    }
    // The other window goes on with the same sandbox as with a new one.
    other.recordSample(aSample('forget-me', 9));
    expect(await other.samples('forget-me', ...always)).toHaveLength(1);
    expect(await one.sandboxes({ sandboxId: 'forget-me', limit: 1 })).toHaveLength(1);
    await other.forgetEverything();
    expect(await one.sandboxes(everything)).toEqual([]);
    expect(await onDisk(folder, 'keep-me')).toBe(false);
  });

  it('begin anew when somebody removed them', async () => {
    const folder = await newFolder();
    const history = openTest({ folder, engine });
    history.recordWarning(aWarning('w-1'));
    await history.flush();
    await rm(join(folder, engine === 'sqlite' ? 'history.sqlite' : 'segments'), { recursive: true });
    history.recordWarning(aWarning('w-2'));
    await history.flush();
    const next = openTest({ folder, engine });
    expect(await next.warnings(everything)).toMatchObject([{ id: 'w-2' }]);
  });
});

describe('peaks', () => {
  it('learned in one window are known in the other', async () => {
    const folder = await newFolder();
    const one = openTest({ folder, pruneEveryMs: 100 });
    const other = openTest({ folder, pruneEveryMs: 100 });
    await Promise.all([one.flush(), other.flush()]);
    one.peaks.record('npm ci', 3e8, startMs);
    other.peaks.record('npm ci', 1e8, startMs + 1);
    expect(one.peaks.peakOf('npm ci', startMs)).toMatchObject({ runs: 1 });
    await Promise.all([one.flush(), other.flush()]);
    const third = openTest({ folder });
    await third.flush();
    expect(third.peaks.peakOf('npm ci', startMs)).toMatchObject({ runs: 2, lastRunAtMs: startMs + 1 });
    await until(() => [one, other].every((each) => each.peaks.peakOf('npm ci', startMs)?.runs === 2));
  });

  it.each(['sqlite', 'json-lines'] as const)(
    'of lives that two windows saw end at once count once (%s)',
    async (engine) => {
      const folder = await newFolder();
      const windows = [openTest({ folder, engine }), openTest({ folder, engine })];
      await Promise.all(windows.map((each) => each.flush()));
      const life = '(life) memory api';
      for (const { peaks } of windows) {
        for (const bornMs of [0, 60_000, 120_000]) peaks.record(life, 3e8, startMs + bornMs);
      }
      await Promise.all(windows.map((each) => each.flush()));
      const third = openTest({ folder, engine });
      await third.flush();
      expect(third.peaks.peakOf(life, startMs)).toMatchObject({ runs: 3, lastRunAtMs: startMs + 120_000 });
    },
  );
});

describe('a database from when this editor had SQLite', () => {
  it('is not said to have forgotten a sandbox, only everything', async () => {
    const folder = await newFolder();
    const before = openTest({ folder, engine: 'sqlite' });
    before.recordSandbox(aSandbox('forget-me'), startMs);
    await before.dispose();
    const history = openTest({ folder, engine: 'json-lines' });
    expect(await history.forgetSandbox('forget-me')).toBe('not-here');
    expect(await history.forgetEverything()).toBe('done');
    expect(await onDisk(folder, 'forget-me')).toBe(false);
    expect(await history.forgetSandbox('forget-me')).toBe('done');
  });
});

describe('lines from before this editor had SQLite', () => {
  it('are forgotten too, before and after', async () => {
    const folder = await newFolder();
    const before = openTest({ folder, engine: 'json-lines' });
    before.recordSandbox(aSandbox('forget-me'), startMs);
    before.recordSandbox(aSandbox('keep-me'), startMs);
    await before.dispose();
    await writeFile(join(folder, 'history.sqlite'), 'forget-me, damaged');
    const history = openTest({ folder, engine: 'sqlite' });
    expect(await history.forgetSandbox('forget-me')).toBe('done');
    expect(await onDisk(join(folder, 'segments'), 'forget-me')).toBe(false);
    expect(await onDisk(folder, 'keep-me')).toBe(true);
    await history.forgetEverything();
    expect(await onDisk(folder, '-me')).toBe(false);
  });

  it('are taken over once nobody writes them any more', async () => {
    const folder = await newFolder();
    const before = openTest({ folder, engine: 'json-lines' });
    before.recordIncident(anIncident());
    before.recordError('sb-1', anError());
    for (let no = 0; no < 70; no += 1) before.recordSample(aSample('sb-1', no));
    await before.dispose();
    const later = openTest({ folder, engine: 'auto', pruneEveryMs: 100 });
    // Until then they may belong to a window that still writes them.
    expect(await later.incidents(everything)).toEqual([]);
    later.clock.jump(Date.now() + hourMs - startMs);
    later.recordSandbox(aSandbox(), startMs);
    await until(async () => (await later.incidents(everything)).length > 0);
    expect(await later.incidents(everything)).toEqual([anIncident()]);
    expect(await later.errors(everything, startMs)).toMatchObject([{ count: 1 }]);
    // Those of the incident are whole; the others are thinned at once, being old.
    const samples = await later.samples('sb-1', ...always);
    expect(samples.filter((each) => each.atMs < startMs)).toHaveLength(2);
    expect(samples.length).toBeGreaterThan(2);
    expect(await readdir(folder)).not.toContain('segments');
  });
});

describe('the columns', () => {
  it('have an index for every question that is asked', async () => {
    const folder = await newFolder();
    const history = openTest({ folder, engine: 'sqlite' });
    history.recordSandbox(aSandbox(), startMs + minuteMs);
    await history.dispose();
    const db = new DatabaseSync(join(folder, 'history.sqlite'));
    const plan = (sql: string): string =>
      db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map((row) => String(row['detail']))
        .join('; ');
    expect(plan("SELECT * FROM records WHERE kind = 'incident' ORDER BY at_ms DESC LIMIT 5")).toMatch(
      /^SEARCH .* records_time/,
    );
    expect(
      plan("SELECT * FROM records WHERE sandbox = 1 AND kind = 'warning' AND at_ms > 5 ORDER BY at_ms DESC"),
    ).toMatch(/^SEARCH .* records_sandbox/);
    expect(plan("SELECT * FROM records WHERE kind = 'fix' AND ref = 'f'")).toMatch(/^SEARCH .* records_ref/);
    expect(plan('SELECT * FROM packs WHERE sandbox = 1 AND to_ms >= 5')).toMatch(/^SEARCH .* packs_sandbox/);
    expect(plan('SELECT * FROM errors WHERE fingerprint = 5')).toMatch(/^SEARCH .* errors_fingerprint/);
    expect(plan('SELECT * FROM sandboxes ORDER BY last_ms DESC LIMIT 5')).toMatch(/sandboxes_time/);
    db.close();
  });
});
