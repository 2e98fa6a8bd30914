import type { HistoryBounds } from '../../model/history.ts';
import { peakCap, recordKinds } from '../entries.ts';
import { newestOf, type PruneTime, pruneTime, timeOfStep } from '../prune-time.ts';
import { packsOf, unpackSamples } from '../sample-pack.ts';
import { type ThinningStep, thin, thinningEndMs, thinningSteps } from '../thinning.ts';
import type { SqliteErrors } from './errors.ts';
import { int, packBlob, packText, type Session, type SqlRow } from './session.ts';

/** Rows and pages per step: a step holds the right to write for some milliseconds, never longer. */
const rowsPerStep = 300;
const packsPerThinning = 600;
const pagesPerStep = 256;
const fingerprintsPerStep = 50;
const maximumSandboxes = 10_000;
/** Pruning begins a little below the bound, because the log of the last writes takes space next to the file … */
const logBytes = 8 * 1024 * 1024;
/** … and leaves this share of it, so that not every write has to prune. */
const leftShare = 0.8;

/** Bytes in use; free pages are used again before the file grows. */
const usedBytes = (session: Session): number =>
  (session.pragma('page_count') - session.pragma('freelist_count')) * session.pragma('page_size');

/** One kind of work; true when it did some and there may be more. */
type Work = (session: Session, time: PruneTime, bounds: HistoryBounds) => boolean;

/** Thins the oldest part of one sandbox's samples. */
const thinOnce = (session: Session, step: ThinningStep, nowMs: number): boolean => {
  const due = session.get(
    'SELECT sandbox FROM packs WHERE incident IS NULL AND step_ms = ? AND to_ms < ? ORDER BY to_ms LIMIT 1',
    step.takesStepMs,
    nowMs - step.dueMs,
  );
  if (due === null) return false;
  const sandboxNo = int(due, 'sandbox');
  const rows = session.all(
    `SELECT no, data FROM packs
     WHERE sandbox = ? AND incident IS NULL AND step_ms = ? AND to_ms <= ? ORDER BY to_ms LIMIT ?`,
    sandboxNo,
    step.takesStepMs,
    thinningEndMs(step, nowMs),
    packsPerThinning,
  );
  const samples = rows.flatMap((row) => unpackSamples(packText(row['data'])));
  // The texts inside are redacted already.
  const packs = [...packsOf(thin(samples, step.leavesStepMs), (text) => text)];
  session.transaction(() => {
    const removed = rows.map((row) => session.run('DELETE FROM packs WHERE no = ?', int(row, 'no')));
    // Another window was faster with the same rows and has put in what is left of them.
    if (removed.length > 0 && removed.every((changes) => changes === 0)) return;
    for (const pack of packs) {
      session.run(
        'INSERT INTO packs (sandbox, incident, step_ms, from_ms, to_ms, data) VALUES (?, NULL, ?, ?, ?, ?)',
        sandboxNo,
        step.leavesStepMs,
        pack.fromMs,
        pack.toMs,
        packBlob(pack.data),
      );
    }
  });
  return true;
};

const thinning: Work = (session, time) => thinningSteps.some((step) => thinOnce(session, step, timeOfStep(step, time)));

/** Step by step of the thinning, because that is how the index goes. */
const packSteps: readonly number[] = [0, ...thinningSteps.map((step) => step.leavesStepMs)];

/** See `newestUpTo` of prune-time.ts. */
const newestUpTo = (session: Session, ms: number): number | null => {
  const newest = (from: string, ...values: (string | number)[]): number | null => {
    const row = session.get(`SELECT max(ms) AS ms FROM (${from} LIMIT 1)`, ...values, ms);
    return row === null || row['ms'] === null ? null : int(row, 'ms');
  };
  return newestOf(
    [
      newest('SELECT last_ms AS ms FROM sandboxes WHERE last_ms <= ? ORDER BY last_ms DESC'),
      newest('SELECT last_ms AS ms FROM errors WHERE last_ms <= ? ORDER BY last_ms DESC'),
      ...recordKinds.map((kind) =>
        newest('SELECT at_ms AS ms FROM records WHERE kind = ? AND at_ms <= ? ORDER BY at_ms DESC', kind),
      ),
      ...packSteps.map((stepMs) =>
        newest(
          'SELECT to_ms AS ms FROM packs WHERE incident IS NULL AND step_ms = ? AND to_ms <= ? ORDER BY to_ms DESC',
          stepMs,
        ),
      ),
    ],
    ms,
  );
};

/** Removes packs by what they are found by, oldest first. @returns how many. */
const removePacks = (session: Session, where: string, limit: number, ...values: number[]): number =>
  session.run(
    `DELETE FROM packs WHERE no IN (SELECT no FROM packs WHERE ${where} ORDER BY to_ms LIMIT ?)`,
    ...values,
    limit,
  );

const oldPacks: Work = (session, { heldMs }, { maximumAgeMs }) => {
  const endMs = heldMs - maximumAgeMs;
  const removed = packSteps.map((stepMs) =>
    removePacks(session, 'incident IS NULL AND step_ms = ? AND to_ms < ?', rowsPerStep, stepMs, endMs),
  );
  return removed.some((count) => count > 0);
};

/** Incidents take their samples with them. */
const removeRecords = (session: Session, kind: string, where: string, limit: number, ...values: number[]): number =>
  session.transaction(() => {
    const rows = session.all(
      `SELECT no, id FROM records WHERE kind = ? AND ${where} ORDER BY at_ms LIMIT ?`,
      kind,
      ...values,
      limit,
    );
    for (const row of rows) {
      const id = row['id'];
      if (kind === 'incident' && typeof id === 'string') session.run('DELETE FROM packs WHERE incident = ?', id);
      session.run('DELETE FROM records WHERE no = ?', int(row, 'no'));
    }
    return rows.length;
  });

const oldRecords: Work = (session, { heldMs }, { maximumAgeMs }) =>
  recordKinds.some((kind) => removeRecords(session, kind, 'at_ms < ?', rowsPerStep, heldMs - maximumAgeMs) > 0);

/** Errors take their days with them: the number of a fingerprint that nobody has any more is given again. */
const oldErrors: Work = (session, { heldMs }, { maximumAgeMs }) =>
  session.transaction(() => {
    const rows = session.all(
      'SELECT sandbox, fingerprint FROM errors WHERE last_ms < ? ORDER BY last_ms LIMIT ?',
      heldMs - maximumAgeMs,
      rowsPerStep,
    );
    for (const row of rows) {
      for (const table of ['errors', 'error_days']) {
        session.run(
          `DELETE FROM ${table} WHERE sandbox = ? AND fingerprint = ?`,
          int(row, 'sandbox'),
          int(row, 'fingerprint'),
        );
      }
    }
    return rows.length > 0;
  });

/** @returns how many days of errors were removed, oldest first. */
const removeErrorDays = (session: Session, where: string, ...values: number[]): number =>
  session.run(
    `DELETE FROM error_days WHERE (sandbox, fingerprint, day, workspace, command) IN
       (SELECT sandbox, fingerprint, day, workspace, command FROM error_days WHERE ${where} ORDER BY last_ms LIMIT ?)`,
    ...values,
    rowsPerStep,
  );

/** The errors themselves may go on. */
const oldErrorDays: Work = (session, { heldMs }, { maximumAgeMs }) =>
  removeErrorDays(session, 'last_ms < ?', heldMs - maximumAgeMs) > 0;

/** Sandboxes not seen for so long, or the longest not seen of too many, once nothing else tells of them. */
const oldSandboxes: Work = (session, { heldMs }, { maximumAgeMs }) => {
  const total = int(session.get('SELECT count(*) AS n FROM sandboxes') ?? {}, 'n');
  const surplus = Math.min(rowsPerStep, Math.max(0, total - maximumSandboxes));
  if (surplus > 0) {
    const rows = session.all('SELECT no FROM sandboxes ORDER BY last_ms LIMIT ?', surplus);
    removeSandboxes(session, rows);
    return true;
  }
  return (
    session.run(
      `DELETE FROM sandboxes WHERE no IN (SELECT no FROM sandboxes s WHERE last_ms < ?
         AND NOT EXISTS (SELECT 1 FROM records WHERE sandbox = s.no)
         AND NOT EXISTS (SELECT 1 FROM packs WHERE sandbox = s.no)
         AND NOT EXISTS (SELECT 1 FROM errors WHERE sandbox = s.no) LIMIT ?)`,
      heldMs - maximumAgeMs,
      rowsPerStep,
    ) > 0
  );
};

/** Removes everything of one sandbox; inside a transaction. */
export const removeSandbox = (session: Session, sandboxNo: number): void => {
  for (const table of ['packs', 'records', 'errors', 'error_days']) {
    session.run(`DELETE FROM ${table} WHERE sandbox = ?`, sandboxNo);
  }
  session.run('DELETE FROM sandboxes WHERE no = ?', sandboxNo);
};

const removeSandboxes = (session: Session, rows: readonly SqlRow[]): void => {
  session.transaction(() => {
    for (const row of rows) removeSandbox(session, int(row, 'no'));
  });
};

/** They outlive what happened to sandboxes: a command that runs seldom is the one nobody remembers. Their number is bounded. */
const oldPeaks: Work = (session) => {
  const total = int(session.get('SELECT count(*) AS n FROM peaks') ?? {}, 'n');
  if (total <= peakCap) return false;
  session.run(
    'DELETE FROM peaks WHERE command IN (SELECT command FROM peaks ORDER BY at_ms DESC LIMIT -1 OFFSET ?)',
    peakCap,
  );
  return false;
};

/** Over the bound: the oldest samples go first, then incidents' samples, then the oldest of all else. */
const overBytes = (session: Session, bounds: HistoryBounds, goal: { value: boolean }): boolean => {
  const used = usedBytes(session);
  const mostBytes = bounds.maximumBytes - Math.min(logBytes, bounds.maximumBytes / 10);
  if (used > mostBytes) goal.value = true;
  if (!goal.value || used <= mostBytes * leftShare) {
    goal.value = false;
    return false;
  }
  const oldest = session.get(
    'SELECT step_ms, min(to_ms) AS at_ms FROM packs WHERE incident IS NULL GROUP BY step_ms ORDER BY at_ms LIMIT 1',
  );
  const stepMs = oldest === null ? null : int(oldest, 'step_ms');
  if (stepMs !== null) return removePacks(session, 'incident IS NULL AND step_ms = ?', rowsPerStep, stepMs) > 0;
  if (removePacks(session, 'incident IS NOT NULL', 50) > 0) return true;
  const kinds = session.all('SELECT kind, min(at_ms) AS at_ms FROM records GROUP BY kind ORDER BY at_ms LIMIT 1');
  const kind = kinds[0]?.['kind'];
  const oldestDay = session.get('SELECT last_ms FROM error_days ORDER BY last_ms LIMIT 1');
  const isOlder = oldestDay !== null && int(oldestDay, 'last_ms') < int(kinds[0] ?? {}, 'at_ms');
  if (oldestDay !== null && (isOlder || kind === undefined)) return removeErrorDays(session, '1') > 0;
  if (typeof kind === 'string') return removeRecords(session, kind, '1', rowsPerStep) > 0;
  const rows = session.all('SELECT no FROM sandboxes ORDER BY last_ms LIMIT 50');
  removeSandboxes(session, rows);
  return rows.length > 0;
};

/** Gives free pages at the end of the file back to the disk. */
const shrink: Work = (session) => {
  if (session.pragma('freelist_count') < pagesPerStep) return false;
  session.all(`PRAGMA incremental_vacuum(${pagesPerStep})`);
  return true;
};

/** The background work on one database, in small steps. */
export const createPruner = (
  session: Session,
  errors: SqliteErrors,
): ((nowMs: number, bounds: HistoryBounds) => boolean) => {
  /** True from passing the bound on bytes until enough is gone. */
  const shrinking = { value: false };
  const works: readonly Work[] = [
    thinning,
    oldPacks,
    oldRecords,
    oldErrors,
    oldErrorDays,
    () => errors.foldOverall(fingerprintsPerStep),
    oldSandboxes,
    oldPeaks,
    (_session, _time, bounds) => overBytes(session, bounds, shrinking),
    shrink,
  ];
  return (nowMs, bounds) => {
    const time = pruneTime(nowMs, (ms) => newestUpTo(session, ms));
    return works.some((work) => work(session, time, bounds));
  };
};
