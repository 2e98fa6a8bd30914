import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, toEngineError } from './engine.ts';
import type { OpenedEngine } from './host.ts';
import { JsonLinesEngine, openJsonLines, segmentFolder } from './json-lines/engine.ts';
import { takenFolder, takeOverSegments } from './json-lines/take-over.ts';
import { probe } from './probe.ts';
import type { WorkerSettings } from './protocol.ts';
import { SqliteEngine } from './sqlite/engine.ts';
import { databaseName, isSetAside, openDatabase } from './sqlite/open.ts';
import { salvage } from './sqlite/salvage.ts';
import { Session } from './sqlite/session.ts';

/** What every engine leaves to be forgotten: files set aside, and with them all they hold. */
const removeSetAside = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    if (isSetAside(name)) rmSync(join(folder, name), { force: true });
  }
};

const openSqlite = (folder: string, now: () => number, broken: SqliteEngine | null): OpenedEngine => {
  const { open, setAside } = openDatabase(folder, now(), broken?.identity ?? null);
  const engine = new SqliteEngine(open);
  const forgetElsewhere = (sandboxId: string | null): true => {
    // Lines that were not taken over yet, or not all of them.
    for (const name of [segmentFolder, takenFolder]) {
      if (!existsSync(join(folder, name))) continue;
      const lines = openJsonLines(folder, now, name);
      if (sandboxId === null) lines.forgetEverything();
      else lines.forgetSandbox(sandboxId);
    }
    if (sandboxId !== null) return true;
    rmSync(join(folder, takenFolder), { recursive: true, force: true });
    removeSetAside(folder);
    return true;
  };
  if (setAside !== null) {
    const saved = salvage(folder, setAside, new Session(open.db));
    return { engine, setAside: { name: setAside, saved }, forgetElsewhere };
  }
  // Lines from a time when this editor had no SQLite, or from a window that still has none.
  const everyRound = (): void => void takeOverSegments(folder, now, engine);
  everyRound();
  return { engine, setAside: null, everyRound, forgetElsewhere };
};

const openLines = (folder: string, now: () => number): OpenedEngine => ({
  engine: openJsonLines(folder, now),
  setAside: null,
  forgetElsewhere: (sandboxId) => {
    // Without SQLite nobody can tell what is in it.
    if (sandboxId !== null) return !existsSync(join(folder, databaseName));
    // A database of another window, or of a time when this editor had SQLite; a window that has it open makes a new one.
    for (const tail of ['', '-wal', '-shm']) rmSync(join(folder, databaseName + tail), { force: true });
    removeSetAside(folder);
    return true;
  },
});

/**
 * Opens what the settings ask for.
 * @param now epoch milliseconds.
 * @param broken the engine in which damage was met, or null.
 * @throws EngineError
 */
export const openEngine = (
  settings: Pick<WorkerSettings, 'folder' | 'engine'>,
  now: () => number,
  broken: unknown = null,
): OpenedEngine => {
  const { folder } = settings;
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const { trouble, message } = toEngineError(error);
    throw new EngineError(trouble === 'failed' ? 'read-only' : trouble, message, error);
  }
  if (settings.engine === 'json-lines' || broken instanceof JsonLinesEngine) {
    return openLines(folder, now);
  }
  try {
    return openSqlite(folder, now, broken instanceof SqliteEngine ? broken : null);
  } catch (error) {
    const failure = toEngineError(error);
    if (failure.trouble !== 'missing' && failure.trouble !== 'failed') throw failure;
    if (failure.trouble === 'failed') {
      const files = ['', '-wal', '-shm'].map((tail) => join(folder, databaseName + tail));
      probe(folder, files);
      // Where it could be written once it will be again; with lines instead, all that it knows would be missing unsaid.
      const [database = ''] = files;
      if ((statSync(database, { throwIfNoEntry: false })?.size ?? 0) > 0) throw failure;
    }
    // On file systems on which SQLite fails for reasons of its own, lines may still be appended.
    if (settings.engine === 'auto') return openLines(folder, now);
    throw failure;
  }
};
