import { mkdirSync } from 'node:fs';
import { EngineError, toEngineError } from './engine.ts';
import type { OpenedEngine } from './host.ts';
import { JsonLinesEngine, openJsonLines } from './json-lines/engine.ts';
import { takeOverSegments } from './json-lines/take-over.ts';
import type { WorkerSettings } from './protocol.ts';
import { SqliteEngine } from './sqlite/engine.ts';
import { openDatabase } from './sqlite/open.ts';
import { salvage } from './sqlite/salvage.ts';
import { Session } from './sqlite/session.ts';

const openSqlite = (folder: string, now: () => number, broken: SqliteEngine | null): OpenedEngine => {
  const { open, setAside } = openDatabase(folder, now(), broken?.identity ?? null);
  const engine = new SqliteEngine(open);
  if (setAside !== null) {
    return { engine, setAside: { name: setAside, saved: salvage(folder, setAside, new Session(open.db)) } };
  }
  // Lines from a time when this editor had no SQLite, or from a window that still has none.
  const everyRound = (): void => void takeOverSegments(folder, now, engine);
  everyRound();
  return { engine, setAside: null, everyRound };
};

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
    return { engine: openJsonLines(folder, now), setAside: null };
  }
  try {
    return openSqlite(folder, now, broken instanceof SqliteEngine ? broken : null);
  } catch (error) {
    const failure = toEngineError(error);
    // On file systems on which SQLite fails for reasons of its own, lines may still be appended.
    const instead = failure.trouble === 'missing' || failure.trouble === 'failed';
    if (settings.engine === 'auto' && instead) return { engine: openJsonLines(folder, now), setAside: null };
    throw failure;
  }
};
