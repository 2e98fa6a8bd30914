import { describe, expect, it } from 'vitest';
import { dayOf, dayText } from '../../../src/model/day.ts';
import type { RecognisedError } from '../../../src/model/error-event.ts';
import type { HistoryQuery, HistoryStatus } from '../../../src/model/history.ts';
import { lifeKey } from '../../../src/model/life.ts';
import {
  aCommand,
  aFix,
  anError,
  anIncident,
  aSample,
  aSandbox,
  aWarning,
  dayMs,
  hourMs,
  minuteMs,
  startMs,
} from './makers.ts';
import { cleanUpAfterEach, newFolder, openTest, type TestHistory, until } from './open.ts';

const everything = { limit: 1_000 };

/** What a person's export holds. */
const exported = async (history: TestHistory): Promise<readonly Record<string, unknown>[]> => {
  const lines: Record<string, unknown>[] = [];
  for await (const line of history.export()) {
    expect(line).not.toContain('\n');
    lines.push(JSON.parse(line));
  }
  return lines;
};

/** What every history does, whatever keeps it. */
export const historyConformance = (engine: HistoryStatus['engine']): void => {
  cleanUpAfterEach();

  const open = async (options: Partial<Parameters<typeof openTest>[0]> = {}): Promise<TestHistory> =>
    openTest({ folder: await newFolder(), engine, ...options });

  describe('what was recorded', () => {
    it('comes back as it was', async () => {
      const history = await open();
      const incident = anIncident();
      history.recordSandbox(aSandbox(), startMs, 'OpenSandbox on 127.0.0.1:8080');
      history.recordTransition(aSandbox(), { atMs: startMs, phase: 'running', rawState: 'Running', reason: 'why' });
      history.recordWarning(aWarning());
      history.recordIncident(incident);
      history.recordCommand(aCommand());
      history.recordDiagnostics({ sandboxId: 'sb-1', atMs: startMs, text: 'two\nlines' });
      for (let no = 0; no < 150; no += 1) history.recordSample(aSample('sb-1', no));

      expect(await history.sandboxes(everything)).toEqual([
        {
          provider: 'openSandbox',
          place: 'OpenSandbox on 127.0.0.1:8080',
          sandboxId: 'sb-1',
          name: 'name of sb-1',
          image: 'python:3.12',
          metadata: { user: 'ada', workspace: 'api-tests' },
          workspace: null,
          createdAtMs: startMs - minuteMs,
          firstSeenAtMs: startMs,
          // Samples move it once a minute.
          lastSeenAtMs: expect.toSatisfy((atMs: number) => atMs > startMs + 89_000 && atMs <= startMs + 149_000),
          expiresAtMs: startMs + hourMs,
          phase: 'running',
          rawState: 'Running',
          reason: null,
          endedAtMs: startMs,
          endCause: 'out-of-memory',
        },
      ]);
      expect(await history.transitions(everything)).toEqual([
        { sandboxId: 'sb-1', atMs: startMs, phase: 'running', rawState: 'Running', reason: 'why' },
      ]);
      expect(await history.warnings(everything)).toEqual([aWarning()]);
      expect(await history.incidents(everything)).toEqual([incident]);
      expect(await history.incidents({ ...everything, withoutSamples: true })).toEqual([{ ...incident, samples: [] }]);
      expect(await history.commands(everything)).toEqual([aCommand()]);
      expect(await history.diagnostics(everything)).toEqual([{ sandboxId: 'sb-1', atMs: startMs, text: 'two\nlines' }]);
      const samples = await history.samples('sb-1', startMs + 10_000, startMs + 20_000);
      expect(samples).toEqual(Array.from({ length: 11 }, (_, i) => aSample('sb-1', 10 + i)));
      expect(history.status()).toMatchObject({ engine, problem: null });
    });

    it('is there for a question asked at once, in any order of asking', async () => {
      const history = await open();
      history.recordWarning(aWarning('w-1'));
      const first = history.warnings(everything);
      history.recordWarning(aWarning('w-2'));
      const second = history.warnings(everything);
      expect((await second).map((each) => each.id).toSorted()).toEqual(['w-1', 'w-2']);
      expect((await first).map((each) => each.id)).toContain('w-1');
    });

    it('is replaced by what has the same id', async () => {
      const history = await open();
      history.recordWarning(aWarning('w-1', { level: 'warn' }));
      history.recordWarning(aWarning('w-1', { level: 'critical', outcome: 'broke' }));
      history.recordIncident(anIncident('i-1', { cause: 'deleted', samples: [aSample('sb-1', 5)] }));
      await history.flush();
      history.recordIncident(anIncident('i-1', { cause: 'expired', samples: [aSample('sb-1', 6)] }));
      history.recordCommand(aCommand('c-1', { exitCode: null, endedAtMs: null }));
      history.recordCommand(aCommand('c-1', { exitCode: 2 }));
      const unseen = aCommand('c-1', { sandboxId: 'sb-2', endedAtMs: null, exitCode: null, lastSeenAtMs: startMs + 9 });
      history.recordCommand(unseen);
      expect(await history.warnings(everything)).toMatchObject([{ level: 'critical', outcome: 'broke' }]);
      const [incident] = await history.incidents(everything);
      expect(incident).toMatchObject({ cause: 'expired', samples: [{ atMs: startMs + 6_000 }] });
      expect(await history.commands({ sandboxId: 'sb-1', limit: 9 })).toMatchObject([{ exitCode: 2 }]);
      expect(await history.commands({ sandboxId: 'sb-2', limit: 9 })).toEqual([unseen]);
    });

    it('is narrowed by sandbox, time and limit, the newest first', async () => {
      const history = await open();
      for (let no = 0; no < 6; no += 1) {
        const sandboxId = `sb-${no % 2}`;
        history.recordWarning(aWarning(`w-${no}`, { sandboxId, startedAtMs: startMs + no * 1000 }));
        history.recordIncident(anIncident(`i-${no}`, { sandboxId, atMs: startMs + no * 1000 }));
      }
      const ids = async (query: Parameters<TestHistory['warnings']>[0]): Promise<readonly string[]> =>
        (await history.warnings(query)).map((each) => each.id);
      expect(await ids({ limit: 2 })).toEqual(['w-5', 'w-4']);
      expect(await ids({ limit: 9, sandboxId: 'sb-0' })).toEqual(['w-4', 'w-2', 'w-0']);
      expect(await ids({ limit: 9, sinceMs: startMs + 4_000 })).toEqual(['w-5', 'w-4']);
      expect(await ids({ limit: 0 })).toEqual([]);
      expect(await ids({ limit: 9, sandboxId: 'no such' })).toEqual([]);
      const incidents = await history.incidents({ limit: 2, sandboxId: 'sb-1', withoutSamples: true });
      expect(incidents.map((each) => each.id)).toEqual(['i-5', 'i-3']);
    });

    it('may bear any name', async () => {
      const history = await open();
      const names = [
        '__proto__',
        'constructor',
        "'; DROP TABLE sandboxes; --",
        'a\nb',
        '"',
        '🦆',
        'x'.repeat(5_000),
        '',
      ];
      for (const name of names) {
        history.recordSandbox(aSandbox(name, { metadata: { __proto__: name, [name]: 'value' } }), startMs);
        history.recordError(name, anError(name));
        history.recordSample(aSample(name));
      }
      expect(await history.sandboxes(everything)).toHaveLength(names.length);
      for (const name of names) {
        expect(await history.sandboxes({ sandboxId: name, limit: 9 })).toHaveLength(1);
        expect(await history.errors({ sandboxId: name, fingerprint: name, limit: 9 }, startMs)).toHaveLength(1);
        expect(await history.samples(name, 0, Number.MAX_SAFE_INTEGER)).toHaveLength(1);
      }
    });

    it('survives numbers that are none', async () => {
      const history = await open();
      history.recordWarning(aWarning('w-1', { startedAtMs: Number.NaN }));
      history.recordSample(aSample('sb-1', 0, { atMs: Number.NaN }));
      history.recordSample(aSample('sb-1', 1));
      history.recordCommand(aCommand('c-1', { peakBytes: Number.POSITIVE_INFINITY }));
      history.peaks.record('npm ci', Number.NaN, startMs);
      expect(await history.commands(everything)).toMatchObject([{ peakBytes: null }]);
      expect(await history.samples('sb-1', startMs, startMs + 5_000)).toHaveLength(1);
      expect(history.peaks.peakOf('npm ci', startMs)).toBeNull();
    });
  });

  describe('a sandbox', () => {
    it('keeps the deadline known last and ends where its end was first seen', async () => {
      const history = await open();
      history.recordSandbox(aSandbox(), startMs);
      history.recordSandbox(aSandbox('sb-1', { phase: 'terminated', expiry: null, rawState: 'Gone' }), startMs + 10);
      history.recordSandbox(aSandbox('sb-1', { phase: 'terminated', expiry: null, rawState: 'Gone' }), startMs + 99);
      expect(await history.sandboxes(everything)).toMatchObject([
        {
          phase: 'terminated',
          expiresAtMs: startMs + hourMs,
          firstSeenAtMs: startMs,
          lastSeenAtMs: startMs + 99,
          endedAtMs: startMs + 10,
          endCause: null,
        },
      ]);
    });

    it('keeps the workspace that was known, and so does its incident', async () => {
      const history = await open();
      history.recordSandbox(aSandbox(), startMs, null, 'api');
      history.recordSandbox(aSandbox(), startMs + 1);
      history.recordIncident(anIncident('i-1', { workspace: 'api' }));
      history.recordIncident(anIncident('i-2'));
      expect(await history.sandboxes(everything)).toMatchObject([{ workspace: 'api' }]);
      const incidents = await history.incidents(everything);
      expect(incidents.map((each) => each.workspace).toSorted()).toEqual(['api', undefined]);
    });

    it('lives again when its incident is withdrawn', async () => {
      const history = await open();
      history.recordSandbox(aSandbox(), startMs);
      history.recordIncident(anIncident('i-1'));
      expect(await history.sandboxes(everything)).toMatchObject([{ endCause: 'out-of-memory' }]);
      history.withdrawIncident('i-1');
      expect(await history.sandboxes(everything)).toMatchObject([{ endCause: null, endedAtMs: null }]);
      expect(await history.incidents(everything)).toEqual([]);
      expect(await history.samples('sb-1', 0, Number.MAX_SAFE_INTEGER)).toHaveLength(0);
    });

    it('lives on after an incident that does not end it', async () => {
      const history = await open();
      history.recordIncident(anIncident('i-1', { cause: 'out-of-memory-child', endsSandbox: false }));
      expect(await history.sandboxes(everything)).toMatchObject([{ endCause: null, endedAtMs: null }]);
    });

    it('goes through each change once, whoever saw it', async () => {
      const history = await open();
      const steps = ['running', 'paused', 'running'] as const;
      for (const window of [0, 40, 90]) {
        steps.forEach((phase, no) => {
          const atMs = startMs + no * 5_000 + window;
          history.recordTransition(aSandbox(), { atMs, phase, rawState: phase, reason: null });
        });
      }
      const seen = await history.transitions(everything);
      expect(seen.map((each) => each.phase)).toEqual(['running', 'paused', 'running']);
    });
  });

  describe('errors', () => {
    it('are counted by fingerprint over sandboxes, fading with a half-life of a week', async () => {
      const history = await open();
      history.recordError('sb-1', anError('f-1', { lastSeenAtMs: startMs }));
      await history.flush();
      history.recordError('sb-1', anError('f-1', { lastSeenAtMs: startMs + 7 * dayMs, title: 'Newest title' }));
      history.recordError('sb-2', anError('f-1', { lastSeenAtMs: startMs + 7 * dayMs }));
      history.recordError('sb-2', anError('f-2', { lastSeenAtMs: startMs, pattern: null }));
      const nowMs = startMs + 14 * dayMs;
      const [first, second] = await history.errors(everything, nowMs);
      expect(first).toMatchObject({
        fingerprint: 'f-1',
        pattern: 'port-in-use',
        count: 3,
        sandboxes: 2,
        firstSeenAtMs: startMs,
        lastSeenAtMs: startMs + 7 * dayMs,
      });
      // A quarter of one that is two weeks old, and half of two that are one week old.
      expect(first?.decayedCount).toBeCloseTo(1.25, 5);
      expect(second).toMatchObject({ fingerprint: 'f-2', count: 1, pattern: null });
      expect(second?.decayedCount).toBeCloseTo(0.25, 5);
      expect(await history.errors({ limit: 9, sandboxId: 'sb-1' }, nowMs)).toMatchObject([{ count: 2, sandboxes: 1 }]);
      expect(await history.errors({ limit: 9, fingerprint: 'f-2' }, nowMs)).toHaveLength(1);
      expect(await history.errors({ limit: 9, sinceMs: startMs + dayMs }, nowMs)).toHaveLength(1);
      expect(await history.errors({ limit: 1 }, nowMs)).toHaveLength(1);
    });

    it('in a flood of different texts are counted, the frequent ones by name', async () => {
      const history = await open();
      for (let no = 0; no < 60; no += 1)
        history.recordError('sb-1', anError('recurring', { lastSeenAtMs: startMs + no }));
      for (let no = 0; no < 50_000; no += 1) {
        history.recordError(`sb-${no % 3}`, anError(`unique ${no}`, { lastSeenAtMs: startMs + no }));
        if (no % 5_000 === 0) await history.flush();
      }
      const errors = await history.errors({ limit: 100_000 }, startMs);
      expect(errors.length).toBeLessThan(1_000);
      expect(errors.reduce((sum, each) => sum + each.count, 0)).toBe(50_060);
      expect(errors.find((each) => each.fingerprint === 'recurring')?.count).toBe(60);
      expect(errors.find((each) => each.fingerprint === 'other')?.title).toBe('Other errors');
    });
  });

  describe('days of errors', () => {
    const at = (atMs: number, changes: Parameters<typeof anError>[1] = {}): RecognisedError =>
      anError('f-1', { firstSeenAtMs: startMs, lastSeenAtMs: atMs, ...changes });

    it('are counted by sandbox, workspace and command, whichever session or window told them', async () => {
      const folder = await newFolder();
      const [first, second] = [await open({ folder }), await open({ folder })];
      first.recordError('sb-1', at(startMs, { commandKey: 'npm ci' }), 'api');
      first.recordError('sb-1', at(startMs + minuteMs, { commandKey: 'npm ci' }), 'api');
      await first.flush();
      // Memory is each window's own.
      const other = engine === 'memory' ? first : second;
      other.recordError('sb-1', at(startMs + 2 * minuteMs, { commandKey: 'npm ci' }), 'api');
      other.recordError('sb-1', at(startMs + 3 * minuteMs), 'web');
      other.recordError('sb-2', at(startMs + dayMs));
      await other.flush();
      expect(await first.errorDays(everything)).toEqual([
        {
          ...{ sandboxId: 'sb-2', fingerprint: 'f-1', day: dayOf(startMs + dayMs), workspace: null, commandKey: null },
          ...{ count: 1, firstSeenAtMs: startMs + dayMs, lastSeenAtMs: startMs + dayMs },
        },
        {
          ...{ sandboxId: 'sb-1', fingerprint: 'f-1', day: dayOf(startMs), workspace: 'web', commandKey: null },
          ...{ count: 1, firstSeenAtMs: startMs + 3 * minuteMs, lastSeenAtMs: startMs + 3 * minuteMs },
        },
        {
          ...{ sandboxId: 'sb-1', fingerprint: 'f-1', day: dayOf(startMs), workspace: 'api', commandKey: 'npm ci' },
          ...{ count: 3, firstSeenAtMs: startMs, lastSeenAtMs: startMs + 2 * minuteMs },
        },
      ]);
      const found = async (query: Partial<HistoryQuery>): Promise<number> =>
        (await first.errorDays({ ...everything, ...query })).length;
      expect(await found({ workspace: 'api' })).toBe(1);
      expect(await found({ workspace: 'no such' })).toBe(0);
      expect(await found({ sandboxId: 'sb-1' })).toBe(2);
      expect(await found({ fingerprint: 'f-2' })).toBe(0);
      expect(await found({ sinceMs: startMs + 3 * minuteMs })).toBe(2);
      expect(await found({ limit: 1 })).toBe(1);
    });

    it('count what the system tells to every window once', async () => {
      const folder = await newFolder();
      const [first, second] = [await open({ folder }), await open({ folder })];
      const killed = (atMs: number): RecognisedError => at(atMs, { source: 'kernel' });
      const tell = async (history: TestHistory, error: RecognisedError, workspace: string): Promise<void> => {
        history.recordError('sb-1', error, workspace);
        await history.flush();
      };
      await tell(first, killed(startMs), 'api');
      // A little later, and of another workspace; in memory each window is alone.
      await tell(second, killed(startMs + 3_000), 'web');
      await tell(first, killed(startMs + 20_000), 'api');
      await tell(second, killed(startMs + 19_000), 'web');
      expect(await first.errorDays(everything)).toMatchObject([{ workspace: 'api', count: 2 }]);
      expect(await first.errors(everything, startMs)).toMatchObject([{ count: 2 }]);
      // What a person's own commands failed with is told by one window only.
      await tell(second, at(startMs + 21_000, { commandKey: 'npm ci' }), 'web');
      const web = await second.errorDays({ ...everything, workspace: 'web' });
      expect(web.find((each) => each.commandKey === 'npm ci')?.count).toBe(1);
    });

    it('tell few workspaces and commands apart on one day, and count the others as unknown', async () => {
      const history = await open();
      for (let no = 0; no < 300; no += 1) {
        history.recordError('sb-1', at(startMs, { commandKey: `make task-${no}` }), `workspace-${no}`);
        if (no % 100 === 0) await history.flush();
      }
      const days = await history.errorDays(everything);
      expect(days.length).toBeLessThan(12);
      expect(days.reduce((sum, each) => sum + each.count, 0)).toBe(300);
      expect(days.find((each) => each.workspace === null && each.commandKey === null)?.count).toBeGreaterThan(280);
    });

    it('go with the errors that are folded, in a flood', async () => {
      const history = await open();
      for (let no = 0; no < 2_000; no += 1) {
        const atMs = startMs + (no % 2) * dayMs;
        history.recordError('sb-1', anError(`unique ${no}`, { lastSeenAtMs: atMs, commandKey: 'npm ci' }), 'api');
        if (no % 400 === 0) await history.flush();
      }
      const days = await history.errorDays({ limit: 100_000 });
      expect(days.reduce((sum, each) => sum + each.count, 0)).toBe(2_000);
      expect(days.length).toBeLessThan(600);
      const errors = new Set((await history.errors({ limit: 100_000 }, startMs)).map((each) => each.fingerprint));
      expect(days.filter((each) => !errors.has(each.fingerprint))).toEqual([]);
    });

    it('older than the bound go, though the error comes again', async () => {
      const history = await open({
        bounds: { maximumAgeMs: 2 * dayMs, maximumBytes: 100 * 1024 * 1024 },
        pruneEveryMs: 50,
      });
      history.recordError('sb-1', at(startMs));
      await history.flush();
      history.clock.jump(2 * dayMs + minuteMs);
      const laterMs = history.clock.now();
      // Without anything from the day before the date would not be believed.
      history.recordWarning(aWarning('w-1', { startedAtMs: laterMs - dayMs }));
      history.recordError('sb-1', at(laterMs));
      await until(async () => (await history.errorDays(everything)).length === 1);
      expect(await history.errorDays(everything)).toMatchObject([{ day: dayOf(laterMs), count: 1 }]);
    });
  });

  describe('fixes', () => {
    it('have a record of how they went', async () => {
      const history = await open();
      history.recordFix(aFix({ startedAtMs: startMs }), 'f-1');
      history.recordFix(aFix({ startedAtMs: startMs + 1, result: 'did-not-work' }), 'f-1');
      history.recordFix(aFix({ startedAtMs: startMs + 2, result: 'failed' }), 'f-2');
      history.recordFix(aFix({ startedAtMs: startMs + 3, result: 'cancelled' }), 'f-1');
      history.recordFix(aFix({ startedAtMs: startMs + 4, result: 'cannot-tell', fixId: 'extend' }), null);
      expect(await history.fixes(everything)).toEqual([
        { fixId: 'extend', tried: 1, worked: 0, didNotWork: 0, lastTriedAtMs: startMs + 4 },
        { fixId: 'endProcess', tried: 3, worked: 1, didNotWork: 1, lastTriedAtMs: startMs + 2 },
      ]);
      expect(await history.fixes({ ...everything, fingerprint: 'f-1' })).toMatchObject([{ tried: 2, worked: 1 }]);
      history.recordFix(aFix({ startedAtMs: startMs + 5 }), 'f-1', 'api');
      expect(await history.fixes({ ...everything, workspace: 'api' })).toMatchObject([{ tried: 1, worked: 1 }]);
      expect(await history.fixes({ ...everything, workspace: 'web' })).toEqual([]);
      expect(await history.fixes({ ...everything, fingerprint: 'f-1' })).toMatchObject([{ tried: 3, worked: 2 }]);
    });
  });

  describe('samples', () => {
    it('are all there for ten minutes, then thinned, and whole around an incident', async () => {
      const history = await open({ pruneEveryMs: 50 });
      for (let no = 0; no < 1_200; no += 1) {
        history.recordSample(aSample('sb-1', no));
        if (no % 100 !== 99) continue;
        history.clock.jump(100_000);
        await history.flush();
      }
      const incidentMs = startMs + 300_000;
      const whole = Array.from({ length: 120 }, (_, i) => aSample('sb-1', 181 + i));
      history.recordIncident(anIncident('i-1', { atMs: incidentMs, endsSandbox: false, samples: whole }));
      history.clock.jump(3 * minuteMs);
      // The time is told with the next write.
      history.recordSample(aSample('sb-1', 1_380));
      await history.flush();
      await until(async () => (await history.samples('sb-1', startMs, startMs + 180_000)).length < 30);
      const early = await history.samples('sb-1', startMs, startMs + 179_999);
      expect(early).toHaveLength(18);
      // Memory rises with the number, so the last of each ten seconds is the worst.
      expect(early.map((each) => (each.atMs - startMs) / 1000)).toEqual(
        Array.from({ length: 18 }, (_, i) => 10 * i + 9),
      );
      expect(await history.samples('sb-1', startMs + 181_000, incidentMs)).toEqual(whole);
      expect(await history.samples('sb-1', startMs + 800_000, startMs + 1_199_000)).toHaveLength(400);
    });

    it('go first when the store is full, and the store stays within its bound', async () => {
      const bounds = { maximumAgeMs: 30 * dayMs, maximumBytes: 4 * 1024 * 1024 };
      const history = await open({ bounds, pruneEveryMs: 50 });
      history.recordIncident(anIncident());
      history.recordSandbox(aSandbox(), startMs);
      for (let round = 0; round < 60; round += 1) {
        for (let no = 0; no < 1_000; no += 1) {
          // Names that no compression makes small.
          const processes = Array.from({ length: 5 }, (_, pid) => ({
            ...{ pid, parentPid: null, ageMs: null, heapLimit: null, rssBytes: Math.round(Math.random() * 1e12) },
            name: Math.random().toString(36),
          }));
          history.recordSample(aSample(`sb-${no % 5}`, round * 1_000 + no, { processes }));
        }
        await history.flush();
      }
      await until(() => history.status().sizeBytes > 0 && history.status().sizeBytes < bounds.maximumBytes * 1.1);
      const samples = await history.samples('sb-1', 0, Number.MAX_SAFE_INTEGER);
      expect(samples.length).toBeGreaterThan(0);
      expect(samples.length).toBeLessThan(12_000);
      // What is kept is the newest.
      expect(samples.at(-1)?.atMs).toBeGreaterThan(startMs + 59_000_000);
      expect(await history.incidents(everything)).toHaveLength(1);
    });
  });

  describe('age', () => {
    it('removes what is older than the bound and nothing else', async () => {
      const bounds = { maximumAgeMs: 2 * dayMs, maximumBytes: 100 * 1024 * 1024 };
      const history = await open({ bounds, pruneEveryMs: 50 });
      history.recordSandbox(aSandbox('sb-1'), startMs);
      history.recordIncident(anIncident('i-1'));
      history.recordError('sb-1', anError('f-1'));
      history.recordSample(aSample('sb-1'));
      await history.flush();
      history.clock.jump(2 * dayMs + minuteMs);
      const laterMs = history.clock.now();
      history.recordWarning(aWarning('w-2', { sandboxId: 'sb-2', startedAtMs: laterMs - dayMs }));
      history.recordSandbox(aSandbox('sb-2'), laterMs);
      history.recordIncident(anIncident('i-2', { sandboxId: 'sb-2', atMs: laterMs }));
      history.recordError('sb-2', anError('f-2', { firstSeenAtMs: laterMs, lastSeenAtMs: laterMs }));
      await until(async () => (await history.sandboxes(everything)).length === 1);
      expect(await history.sandboxes(everything)).toMatchObject([{ sandboxId: 'sb-2' }]);
      expect(await history.incidents(everything)).toMatchObject([{ id: 'i-2' }]);
      expect(await history.errors(everything, laterMs)).toMatchObject([{ fingerprint: 'f-2' }]);
      expect(await history.samples('sb-1', 0, Number.MAX_SAFE_INTEGER)).toHaveLength(0);
    });

    it('may be changed while it runs', async () => {
      const history = await open();
      history.recordWarning(aWarning('w-1', { startedAtMs: startMs - 3 * dayMs }));
      history.recordWarning(aWarning('w-2', { startedAtMs: startMs - dayMs }));
      history.recordWarning(aWarning('w-3', { startedAtMs: startMs }));
      await history.flush();
      history.setBounds({ maximumAgeMs: 2 * dayMs, maximumBytes: 100 * 1024 * 1024 });
      await until(async () => (await history.warnings(everything)).length === 2);
      expect(await history.warnings(everything)).toMatchObject([{ id: 'w-3' }, { id: 'w-2' }]);
    });

    it('is not confused by a clock that was set back', async () => {
      const history = await open({ pruneEveryMs: 50 });
      const aheadMs = startMs + 400 * dayMs;
      history.clock.jump(400 * dayMs);
      history.recordSandbox(aSandbox(), aheadMs);
      history.recordError('sb-1', anError('f-1', { lastSeenAtMs: aheadMs }));
      history.peaks.record('npm ci', 1e9, aheadMs);
      await history.flush();
      history.clock.jump(-400 * dayMs);
      history.recordSandbox(aSandbox(), startMs);
      history.recordError('sb-1', anError('f-1', { lastSeenAtMs: startMs }));
      history.peaks.record('npm ci', 1e6, startMs);
      for (let no = 0; no < 10; no += 1) history.recordSample(aSample('sb-1', no));
      await history.flush();
      expect(await history.sandboxes(everything)).toMatchObject([{ firstSeenAtMs: startMs }]);
      const [error] = await history.errors(everything, startMs);
      expect(error?.count).toBe(2);
      expect(error?.decayedCount).toBeGreaterThan(0.9);
      expect(error?.decayedCount).toBeLessThanOrEqual(2);
      expect(await history.samples('sb-1', startMs, startMs + 60_000)).toHaveLength(10);
      expect(history.peaks.peakOf('npm ci', startMs)?.runs).toBe(2);
    });
  });

  describe('secrets', () => {
    it('are never kept', async () => {
      const history = await open();
      const secret = 'hunter2';
      history.recordSandbox(
        aSandbox('sb-1', { metadata: { token: 'geheim', note: secret }, reason: secret, name: secret, image: secret }),
        startMs,
      );
      const bad = { atMs: startMs, phase: 'failed' as const, rawState: secret, reason: secret };
      history.recordTransition(aSandbox(), bad);
      history.recordWarning(aWarning('w-1', { forecast: { ...aWarning().forecast, evidence: secret } }));
      const processes = [{ pid: 1, parentPid: null, name: secret, rssBytes: 1, ageMs: null, heapLimit: null }];
      const sample = aSample('sb-1', 0, { caveat: secret, processes });
      history.recordSample(sample);
      history.recordIncident(
        anIncident('i-1', { text: secret, sandboxName: secret, samples: [sample], timeline: [bad] }),
      );
      history.recordFix(aFix({ text: secret }), null, secret);
      history.recordError('sb-1', anError('f-1', { title: secret, commandKey: `curl ${secret}` }), secret);
      history.recordSandbox(aSandbox('sb-2'), startMs, null, secret);
      history.recordIncident(anIncident('i-2', { workspace: secret }));
      expect(await history.errorDays({ ...everything, workspace: secret })).toHaveLength(1);
      expect(await history.fixes({ ...everything, workspace: secret })).toHaveLength(1);
      history.recordCommand(aCommand('c-1', { commandKey: `curl ${secret}` }));
      history.recordDiagnostics({ sandboxId: 'sb-1', atMs: startMs, text: `line\n${secret}\n` });
      history.peaks.record(`curl ${secret}`, 5e6, startMs);
      const lines = (await exported(history)).map((line) => JSON.stringify(line));
      expect(lines.filter((line) => line.includes(secret) || line.includes('geheim'))).toEqual([]);
      expect(lines.filter((line) => line.includes('[redacted]')).length).toBeGreaterThan(8);
      expect(history.peaks.peakOf(`curl ${secret}`, startMs)?.runs).toBe(1);
    });

    it('are in no command line and no environment: how a sandbox was started is not kept, of however long a text', async () => {
      const history = await open();
      const text = `INSPECT\nCommand:   bill --customer acme\n\nEnvironment:\n${'  CUSTOMER=acme\n'.repeat(6_000)}\nLOGS\nbye`;
      history.recordDiagnostics({ sandboxId: 'sb-1', atMs: startMs, text });
      const [line] = (await exported(history)).filter(({ kind }) => kind === 'diagnostics');
      expect(line?.['text']).toBe('INSPECT\nCommand: (not kept)\n\nEnvironment: (not kept)\nLOGS\nbye');
    });
  });

  describe('export and forgetting', () => {
    const fill = (history: TestHistory, sandboxId: string): void => {
      history.recordSandbox(aSandbox(sandboxId), startMs);
      history.recordTransition(aSandbox(sandboxId), { atMs: startMs, phase: 'running', rawState: 'r', reason: null });
      const warning = aWarning(`w ${sandboxId}`, { sandboxId });
      history.recordWarning(warning);
      const changes = { sandboxId, sandboxName: sandboxId, warning, samples: [aSample(sandboxId, -1)], fixes: [] };
      history.recordIncident(anIncident(`i ${sandboxId}`, changes));
      const error = anError(`f ${sandboxId}`, { commandKey: `make ${sandboxId}` });
      history.recordError(sandboxId, error, `workspace of ${sandboxId}`);
      history.recordCommand(aCommand(`c ${sandboxId}`, { sandboxId }));
      history.recordFix(aFix({ sandboxId }), 'f-1');
      history.recordDiagnostics({ sandboxId, atMs: startMs, text: `of ${sandboxId}` });
      for (let no = 0; no < 300; no += 1) history.recordSample(aSample(sandboxId, no));
    };

    it('gives everything, a line for each thing', async () => {
      const history = await open();
      fill(history, 'sb-1');
      fill(history, 'sb-2');
      history.peaks.record('npm ci', 3e8, startMs);
      const lines = await exported(history);
      const kinds = Object.groupBy(lines, (line) => String(line['kind']));
      const counts = Object.fromEntries(Object.entries(kinds).map(([kind, list]) => [kind, list?.length]));
      expect(counts).toEqual({
        ...{ sandbox: 2, transition: 2, warning: 2, incident: 2, fix: 2, command: 2, diagnostics: 2, error: 2 },
        'error-day': 2,
        ...{ 'command-peak': 1, sample: 602 },
      });
      expect(kinds['error-day']).toContainEqual({
        ...{ kind: 'error-day', sandboxId: 'sb-1', fingerprint: 'f sb-1', day: dayText(dayOf(startMs)), count: 1 },
        ...{ workspace: 'workspace of sb-1', commandKey: 'make sb-1', firstSeenAtMs: startMs, lastSeenAtMs: startMs },
      });
      expect(kinds['fix']).toMatchObject([{ fingerprint: 'f-1' }, { fingerprint: 'f-1' }]);
      expect(kinds['sample']?.filter((line) => line['incidentId'] === 'i sb-1')).toHaveLength(1);
    });

    it('forgets one sandbox and keeps the other', async () => {
      const history = await open();
      fill(history, 'sb-1');
      fill(history, 'sb-2');
      await history.flush();
      fill(history, 'sb-1');
      await history.forgetSandbox('sb-1');
      const lines = (await exported(history)).map((line) => JSON.stringify(line));
      expect(lines.filter((line) => line.includes('sb-1'))).toEqual([]);
      expect(lines.filter((line) => line.includes('"f sb-2"'))).toHaveLength(2);
      expect(await history.samples('sb-1', 0, Number.MAX_SAFE_INTEGER)).toHaveLength(0);
      expect(await history.samples('sb-2', 0, Number.MAX_SAFE_INTEGER)).toHaveLength(301);
      history.recordSandbox(aSandbox('sb-1'), startMs);
      expect(await history.sandboxes({ sandboxId: 'sb-1', limit: 1 })).toHaveLength(1);
      expect(await history.incidents({ sandboxId: 'sb-1', limit: 1 })).toEqual([]);
    });

    it('forgets with a sandbox what only that one taught, and keeps what others taught too', async () => {
      const history = await open();
      const lived = (key: string, id: string, createdAtMs: number): void => {
        history.recordSandbox(aSandbox(id, { createdAtMs }), startMs);
        history.peaks.record(lifeKey(key, 'memory'), 1e8, createdAtMs);
      };
      const ran = (commandKey: string, id: string): void => {
        history.recordCommand(aCommand(`${commandKey} ${id}`, { sandboxId: id, commandKey }));
        history.peaks.record(commandKey, 3e8, startMs);
      };
      lived('only', 'sb-1', startMs - 2 * minuteMs);
      lived('both', 'sb-1', startMs - 2 * minuteMs);
      lived('both', 'sb-2', startMs - minuteMs);
      lived('other', 'sb-2', startMs - minuteMs);
      ran('make only', 'sb-1');
      ran('make only', 'sb-3');
      ran('make both', 'sb-1');
      ran('make both', 'sb-2');
      ran('make other', 'sb-2');
      await history.forgetSandbox('sb-3');
      expect(history.peaks.peakOf('make only', startMs)?.runs).toBe(2);
      await history.forgetSandbox('sb-1');
      const keys = [
        'make only',
        'make both',
        'make other',
        ...['only', 'both', 'other'].map((each) => lifeKey(each, 'memory')),
      ];
      const knownRuns = keys.map((key) => history.peaks.peakOf(key, startMs)?.runs ?? 0);
      expect(knownRuns).toEqual([0, 2, 1, 0, 2, 1]);
      const lines = await exported(history);
      const peaks = lines.filter(({ kind }) => kind === 'command-peak').map(({ commandKey }) => commandKey);
      expect(peaks.toSorted()).toEqual(keys.filter((_, at) => knownRuns[at] !== 0).toSorted());
    });

    it('forgets everything and goes on', async () => {
      const history = await open();
      fill(history, 'sb-1');
      history.peaks.record('npm ci', 3e8, startMs);
      await history.forgetEverything();
      expect(await exported(history)).toEqual([]);
      expect(history.peaks.peakOf('npm ci', startMs)).toBeNull();
      history.recordWarning(aWarning());
      expect(await history.warnings(everything)).toHaveLength(1);
    });
  });

  describe('the end', () => {
    it('answers nothing, and takes nothing ill, after it was disposed', async () => {
      const history = await open();
      history.recordWarning(aWarning());
      await history.dispose();
      await history.dispose();
      history.recordWarning(aWarning('w-2'));
      history.recordSample(aSample());
      expect(await history.warnings(everything)).toEqual([]);
      await history.forgetEverything();
      await history.flush();
    });

    it('may come before it began', async () => {
      const history = await open();
      await history.dispose();
      expect(history.status().problem).toBeNull();
    });
  });
};
