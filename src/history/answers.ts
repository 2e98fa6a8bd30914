import type { FixRecord, HistoryQuery } from '../model/history.ts';
import { withOutcome } from '../model/success.ts';
import type { Engine, RecordRow } from './engine.ts';
import { parseJson } from './json.ts';
import type { Question } from './protocol.ts';
import { storedError, storedFix, storedSandbox, unseenSandbox } from './stored.ts';

/** Attempts of fixes that are looked at for one answer. */
const fixesLookedAt = 5_000;

/** Questions that only read. */
export type ReadQuestion = Exclude<Question, { readonly ask: 'forget-sandbox' | 'forget-everything' | 'flush' }>;

const objectOf = (data: string): object => {
  const value = parseJson(data);
  return typeof value === 'object' && value !== null ? value : {};
};

/** The stored text with what stands in the columns; transitions name neither their sandbox nor their time. */
const recordText = (row: RecordRow): string =>
  JSON.stringify({ ...objectOf(row.data), sandboxId: row.sandboxId, ...(row.id === null && { atMs: row.atMs }) });

const fixRecords = (rows: readonly RecordRow[], { limit, workspace }: HistoryQuery): readonly FixRecord[] => {
  const records = new Map<string, FixRecord>();
  for (const row of rows) {
    const fix = storedFix.safeParse(parseJson(row.data));
    // A fix that was called off tells nothing.
    if (!fix.success || fix.data.result === 'cancelled') continue;
    if (workspace !== undefined && fix.data.workspace !== workspace) continue;
    const { fixId, title, result, startedAtMs } = fix.data;
    const before: FixRecord = records.get(fixId) ?? {
      fixId,
      tried: 0,
      worked: 0,
      didNotWork: 0,
      lastTriedAtMs: startedAtMs,
    };
    const called = before.title ?? title;
    records.set(fixId, {
      fixId,
      ...(called === undefined ? {} : { title: called }),
      tried: before.tried + 1,
      ...withOutcome(before, result),
      lastTriedAtMs: Math.max(before.lastTriedAtMs, startedAtMs),
    });
  }
  return [...records.values()].toSorted((a, b) => b.lastTriedAtMs - a.lastTriedAtMs).slice(0, limit);
};

function* sandboxTexts(engine: Engine, query: Parameters<Engine['sandboxes']>[0]): Generator<string> {
  for (const row of engine.sandboxes(query)) {
    const stored = row.data === null ? null : storedSandbox.safeParse(parseJson(row.data));
    const sandbox = stored?.success === true ? stored.data : unseenSandbox;
    yield JSON.stringify({
      ...sandbox,
      sandboxId: row.sandboxId,
      firstSeenAtMs: row.firstMs,
      lastSeenAtMs: row.lastMs,
      endedAtMs: row.end?.atMs ?? sandbox.endedAtMs,
      endCause: row.end?.cause ?? null,
    });
  }
}

function* incidentTexts(engine: Engine, question: ReadQuestion & { readonly ask: 'incidents' }): Generator<string> {
  for (const row of engine.records('incident', question.query)) {
    yield recordText(row);
    if (question.withSamples && row.id !== null) yield* engine.incidentPacks(row.sandboxId, row.id);
  }
}

function* errorTexts(engine: Engine, question: ReadQuestion & { readonly ask: 'errors' }): Generator<string> {
  for (const row of engine.errors(question.query, question.nowMs)) {
    const kept = storedError.safeParse(parseJson(row.data));
    yield JSON.stringify({
      ...(kept.success ? kept.data : { pattern: null, title: row.fingerprint }),
      fingerprint: row.fingerprint,
      count: row.count,
      decayedCount: row.decayedCount,
      sandboxes: row.sandboxes,
      firstSeenAtMs: row.firstMs,
      lastSeenAtMs: row.lastMs,
    });
  }
}

function* errorDayTexts(engine: Engine, query: HistoryQuery): Generator<string> {
  for (const { command, firstMs, lastMs, ...row } of engine.errorDays(query)) {
    yield JSON.stringify({ ...row, commandKey: command, firstSeenAtMs: firstMs, lastSeenAtMs: lastMs });
  }
}

function* exportTexts(engine: Engine): Generator<string> {
  let cursor: string | null = null;
  do {
    const page = engine.exportPage(cursor);
    yield* page.lines;
    cursor = page.next;
  } while (cursor !== null);
}

function* recordTexts(rows: readonly RecordRow[]): Generator<string> {
  for (const row of rows) yield recordText(row);
}

/**
 * The answer as texts, made one by one as they are taken.
 * An incident is one text, followed by the packs of its samples, which are recognised by their `v`.
 * @throws EngineError
 */
export const answer = (engine: Engine, question: ReadQuestion): Iterator<string> => {
  engine.checkPlace?.();
  switch (question.ask) {
    case 'sandboxes':
      return sandboxTexts(engine, question.query);
    case 'transitions':
      return recordTexts(engine.records('transition', question.query));
    case 'warnings':
      return recordTexts(engine.records('warning', question.query));
    case 'commands':
      return recordTexts(engine.records('command', question.query));
    case 'diagnostics':
      return recordTexts(engine.records('diagnostics', question.query));
    case 'fixes': {
      const rows = engine.records('fix', { ...question.query, limit: fixesLookedAt });
      return fixRecords(rows, question.query)
        .map((each) => JSON.stringify(each))
        .values();
    }
    case 'incidents':
      return incidentTexts(engine, question);
    case 'errors':
      return errorTexts(engine, question);
    case 'error-days':
      return errorDayTexts(engine, question.query);
    case 'samples':
      return engine.packs(question.sandboxId, question.fromMs, question.toMs).values();
    case 'export':
      return exportTexts(engine);
  }
};
