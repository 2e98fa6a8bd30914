import { describe, expect, it } from 'vitest';
import { joinCourses, shownCourses } from '../../../../src/editor/dashboard/course.ts';
import { fleetRow, fleetServers } from '../../../../src/editor/dashboard/fleet-state.ts';
import { contentSecurityPolicy, pageHtml } from '../../../../src/editor/dashboard/html.ts';
import { incidentPage } from '../../../../src/editor/dashboard/incident-state.ts';
import { SampleShelf } from '../../../../src/editor/dashboard/sample-shelf.ts';
import { noPast, recordText, sandboxPage } from '../../../../src/editor/dashboard/sandbox-state.ts';
import { incidentPageSchema } from '../../../../src/model/dashboard/incident-page.ts';
import { sandboxPageSchema } from '../../../../src/model/dashboard/sandbox-page.ts';
import { appView, memoryForecast, nowMs, sandbox, sandboxView, server } from '../../../helpers/views.ts';
import { anError, incident, memorySample, postMortem } from './support.ts';

const page = (part: Parameters<typeof sandboxView>[0] = {}) => sandboxPage(sandboxView(part), true, noPast, nowMs);

describe('the page of a sandbox', () => {
  it('says what ends it first and when', () => {
    expect(page().headline).toMatch(/^Memory is full at about \d\d:\d\d \(in 2–5 min\)\.$/);
    expect(page().level).toEqual({ word: 'warning', icon: 'warning', tone: 'warn' });
    expect(page().summary).toBe('api-tests: warning, Memory, at its limit in about 4 minutes');
    expect(page().signals[0]).toMatchObject({ leads: true, fan: { p10: 120_000, p50: 240_000, p90: 300_000 } });
  });

  it('says in words what a number alone would not', () => {
    const silent = { unit: 'milliseconds', used: 21_000, limit: null, pressure: null, timeToLimitMs: null } as const;
    const evidence = 'no answer for 21 s, usually one every 1 s';
    const heap = { used: 240 * 2 ** 20, limit: 296 * 2 ** 20, pressure: 240 / 296 } as const;
    const forecasts = [
      memoryForecast(),
      memoryForecast({ signal: 'heap', ...heap, resident: true }),
      memoryForecast({ signal: 'heap', ...heap }),
      memoryForecast({ signal: 'responsiveness', ...silent, evidence }),
    ];
    expect(page({ forecasts }).signals.map(({ useText }) => useText)).toEqual([
      null,
      '240 MiB with code and buffers · 81% of 296 MiB',
      null,
      evidence,
    ]);
  });

  it('is calm in words when nothing threatens', () => {
    expect(page({ leading: null, level: 'calm' }).headline).toBe('Not measured.');
    // The badge of the level stands beside it.
    expect(page({ leading: memoryForecast({ timeToLimitMs: null }) }).headline).toBe('Memory is at 71% of 512 MiB.');
    const calm = page({ leading: null, level: 'calm', sample: memorySample(nowMs, 1) });
    expect(calm).toMatchObject({ headline: 'Nothing threatens it.', evidence: null });
    const failing = page({ leading: null, level: 'calm', sample: memorySample(nowMs, 40), errors: [anError()] });
    expect(failing.headline).toBe('No limit is in sight; see its errors.');
  });

  it('says that nothing needs to be done only where that is so', () => {
    const said = (part: Parameters<typeof sandboxView>[0]): string => page({ fixes: [], errors: [], ...part }).noFix;
    expect(said({ leading: null, level: 'calm' })).toBe('Nothing needs to be done.');
    expect(said({ leading: null, level: 'calm', errors: [anError({ solvedAtMs: nowMs })] })).toBe(
      'Nothing needs to be done.',
    );
    // Memory that is full in four minutes stands beside it.
    expect(said({ level: 'calm' })).toBe('Nothing needs to be done yet.');
    expect(said({ level: 'critical' })).toBe('Nothing can be done from here.');
    expect(said({ level: 'calm', errors: [anError()] })).toBe('Nothing can be done from here.');
    expect(said({ level: 'critical', sandbox: sandbox({ phase: 'failed' }) })).toBe('It is over.');
  });

  it('says how it ended, with the right amount of doubt', () => {
    const over = page({
      sandbox: sandbox({ phase: 'failed', rawState: 'Failed' }),
      incidents: [incident({ certainty: 'probable' })],
      leading: null,
    });
    // The story of the end stands with the incident, once.
    expect(over.evidence).toBeNull();
    expect(over).toMatchObject({
      headline: 'Probably out of memory.',
      endedAtMs: nowMs,
      level: { word: 'failed', tone: 'bad' },
      expiry: null,
    });
    expect(page({ sandbox: sandbox({ phase: 'terminated' }) }).headline).toContain('not known');
  });

  it('counts the clock down and does not draw it as a chart', () => {
    const expiry = memoryForecast({ signal: 'expiry', unit: 'milliseconds' });
    const clock = { clock: 'absolute', expiresAtMs: nowMs + 600_000, action: 'delete', extendedBy: 'call' } as const;
    const shown = page({ sandbox: sandbox({ expiry: { ...clock, certainty: 'known' } }), forecasts: [expiry] });
    expect(shown.signals).toEqual([]);
    expect(shown.expiry?.text).toMatch(/10 min left, then deleted$/);
    expect(shown.facts.find(({ label }) => label === 'Time ends')?.text).toMatch(/, then deleted$/);
  });

  it('tells numbers that are not finite as unknown, so that the message is one', () => {
    const endless = { p10: 60_000, p50: 90_000, p90: Number.POSITIVE_INFINITY };
    const never = { p10: Number.POSITIVE_INFINITY, p50: Number.POSITIVE_INFINITY, p90: Number.POSITIVE_INFINITY };
    const shown = page({
      forecasts: [memoryForecast({ timeToLimitMs: endless }), memoryForecast({ signal: 'disk', timeToLimitMs: never })],
    });
    expect(shown.signals.map(({ fan }) => fan)).toEqual([{ p10: 60_000, p50: 90_000, p90: null }, null]);
    expect(sandboxPageSchema.safeParse(shown).success).toBe(true);
  });

  it('says what is wrong with the connection or the numbers', () => {
    const lost = {
      state: 'waiting',
      problem: 'reset',
      text: 'The connection was cut.',
      nextStep: 'Wait.',
      retryAtMs: null,
    } as const;
    expect(page({ link: lost }).notice).toEqual({ text: 'The connection was cut.', nextStep: 'Wait.', tone: 'warn' });
    expect(page({ sampleSource: 'machine' }).notice?.text).toContain('whole machine');
    expect(page({ caveat: 'slow: no bash in the image' }).notice?.text).toBe('Slow: no bash in the image.');
    expect(page().notice).toBeNull();
  });

  it('marks what happened, each with an id of its own', () => {
    const { marks } = page({
      timeline: [
        { atMs: nowMs - 9_000, phase: 'starting', rawState: 'Pending', reason: null },
        { atMs: nowMs - 1_000, phase: 'running', rawState: 'Running', reason: 'OK' },
      ],
      errors: [
        {
          fingerprint: 'f',
          pattern: null,
          title: 'boom',
          cause: null,
          source: 'terminal',
          exitCode: 1,
          count: 2,
          firstSeenAtMs: nowMs - 5_000,
          lastSeenAtMs: nowMs - 2_000,
        },
      ],
      incidents: [incident()],
    });
    expect(new Set(marks.map(({ id }) => id)).size).toBe(marks.length);
    expect(marks.map(({ kind, open, endedAtMs }) => [kind, open, endedAtMs])).toEqual([
      ['lifecycle', false, nowMs - 1_000],
      ['lifecycle', true, null],
      ['error', false, null],
      ['error', false, null],
      ['break', false, null],
    ]);
  });

  it('counts the successes of a fix only when there are any', () => {
    expect(recordText({ tried: 1, worked: 1 })).toBe('worked 1 of 1 time');
    expect(recordText({ tried: 0, worked: 0 })).toBeNull();
    expect(recordText(undefined)).toBeNull();
  });
});

describe('a row of the fleet', () => {
  it('has what ends it first, and when, without the time of day', () => {
    expect(fleetRow(sandboxView(), true)).toMatchObject({
      name: 'api-tests',
      live: true,
      current: true,
      ends: { word: 'Memory', signal: 'memory', atMs: nowMs + 240_000 },
      memory: 0.71,
      memoryText: '364 MiB of 512 MiB',
      spark: [0.5, 0.6, 0.71],
      health: 'running',
    });
  });

  it('of one that is over says what ended it', () => {
    const over = sandboxView({ sandbox: sandbox({ phase: 'terminated' }), incidents: [incident()] });
    expect(fleetRow(over, false)).toMatchObject({
      ended: true,
      live: false,
      ends: { word: 'out of memory', atMs: nowMs },
      memory: null,
      endedAtMs: nowMs,
      incidentId: 'incident-1',
      health: '',
      expiresAtMs: null,
    });
  });

  it('of one that is not measured claims nothing', () => {
    const bare = sandboxView({ forecasts: [], leading: null, history: [], level: 'calm' });
    expect(fleetRow(bare, false)).toMatchObject({ memory: null, cpu: null, memoryText: 'not measured', spark: [] });
  });

  it('says whose numbers they are', () => {
    expect(fleetRow(sandboxView({ sampleSource: 'machine' }), false).memoryText).toContain('(machine)');
  });

  it('has the servers above it, each with a word', () => {
    const servers = [
      server(),
      server({ state: 'down', problem: 'unauthorized', text: 'Refused.', nextStep: 'Set it.' }),
    ];
    expect(fleetServers(appView([], { servers })).map(({ state, text }) => [state.word, state.tone, text])).toEqual([
      ['healthy', 'good', ''],
      ['key refused', 'bad', 'Refused. Set it.'],
    ]);
  });
});

describe('the page of an incident', () => {
  it('is complete and holds only finite numbers', () => {
    const shown = incidentPage(postMortem(), false);
    expect(shown).toMatchObject({
      title: 'Out of memory',
      cause: { word: 'cause certain', tone: 'bad' },
      sandboxKnown: false,
    });
    expect(shown.courses[0]).toMatchObject({
      timesMs: [nowMs - 60_000, nowMs],
      used: [1, 3],
      limit: [9, null],
    });
    expect(shown.marks.map(({ kind }) => kind)).toEqual(['lifecycle', 'command', 'break']);
    expect([shown.fromMs, shown.toMs]).toEqual([nowMs - 60_000, nowMs + 5_000]);
    expect(shown.commands[0]?.result).toMatchObject({ word: 'exit code 1 after 30 s', tone: 'bad' });
    expect(shown.facts.map(({ label }) => label)).toEqual([
      'When',
      'Sandbox',
      'Provider',
      'Workspace',
      'Warned',
      'Exit code',
      'Last state',
    ]);
  });

  it('calls two warnings by what each was about', () => {
    const about = (signal: 'memory' | 'heap') =>
      ({ kind: 'warning', atMs: nowMs, endedAtMs: nowMs, text: `Warning about ${signal}`, signal }) as const;
    const shown = incidentPage(postMortem({ events: [about('memory'), about('heap')] }), false);
    expect(shown.marks.filter(({ kind }) => kind === 'warning').map(({ word }) => word)).toEqual(['Memory', 'Heap']);
  });

  it('says the lead of the warning as the story does', () => {
    const shown = incidentPage(postMortem({ incident: incident({ leadMs: 54_400 }) }), true);
    expect(shown.facts).toContainEqual({ label: 'Warned', text: '54 s before' });
  });

  it('counts what happened before in this workspace beside what happened in all', () => {
    const counts = { sandboxes: 2, firstAtMs: nowMs - 86_400_000, lastAtMs: nowMs };
    const one = {
      ...{ title: 'out of memory', count: 7, perDay: [5, 2], unplaced: 0, users: [], ...counts },
      kind: 'cause',
      here: { workspace: 'api', count: 4, perDay: [3, 1], ...counts },
      commands: [{ name: 'npm ci', count: 4 }],
      helped: [{ title: 'End the process', tried: 2, worked: 1, here: { tried: 1, worked: 1 } }],
    } as const;
    const elsewhere = { ...one, here: null } as const;
    const only = { ...one, here: { ...one.here, count: 7 } } as const;
    const story = postMortem({ recurrences: [one, elsewhere, only], incident: incident({ workspace: 'api' }) });
    const shown = incidentPage(story, true);
    expect(shown.recurrences).toMatchObject([
      {
        often: '4 times in this workspace (api), 7 in all, in 2 sandboxes',
        who: 'by npm ci (4)',
        here: { workspace: 'api', perDay: [3, 1] },
        perDay: [5, 2],
        helped: ['End the process: worked 1 of 2 times (1 of 1 in this workspace)'],
      },
      { often: '7 times in 2 sandboxes; in which workspace is not known', here: null },
      // All of them were here: one row says it.
      { often: '7 times in this workspace (api), 7 in all, in 2 sandboxes', here: null },
    ]);
    expect(shown.facts).toContainEqual({ label: 'Workspace', text: 'api' });
    expect(incidentPageSchema.safeParse(shown).success).toBe(true);
  });

  it('says "probably" where that is all that is known', () => {
    const story = postMortem({ incident: incident({ certainty: 'probable', leadMs: null, exitCode: null }) });
    expect(incidentPage(story, true)).toMatchObject({
      title: 'Probably out of memory',
      certainty: 'The facts allow another reading.',
    });
  });

  it('does not reach back for hours', () => {
    const long = postMortem({
      courses: [{ signal: 'memory', unit: 'bytes', timesMs: [nowMs - 7_200_000], used: [1], limit: [null] }],
    });
    expect(incidentPage(long, true).fromMs).toBe(nowMs - 15 * 60_000);
  });
});

describe('courses', () => {
  it('are joined signal by signal', () => {
    const [earlier] = [shownCourses([memorySample(1, 1)])];
    const later = shownCourses([memorySample(5, 2)]);
    expect(joinCourses(earlier, later)[0]?.timesMs).toEqual([1, 5]);
    expect(joinCourses(earlier, [])).toEqual(earlier);
    expect(joinCourses([], later)).toEqual(later);
  });
});

describe('the shelf of samples', () => {
  it('takes what is newer, merges what is older, and keeps the last hour only', () => {
    const shelf = new SampleShelf(10_000);
    expect(shelf.add(memorySample(1_000, 1))).toBe('new');
    expect(shelf.add(memorySample(1_000, 1))).toBe('no');
    expect(shelf.merge([memorySample(500, 1), memorySample(1_000, 1)])).toBe(true);
    expect(shelf.merge([memorySample(500, 1)])).toBe(false);
    expect(shelf.samples.map(({ atMs }) => atMs)).toEqual([500, 1_000]);
    shelf.add(memorySample(20_000, 1));
    expect(shelf.samples.map(({ atMs }) => atMs)).toEqual([20_000]);
  });
});

describe('the document', () => {
  const html = pageHtml({
    script: 'https://x/dashboard.js',
    style: 'https://x/dashboard.css',
    cspSource: 'https://x',
    nonce: 'n0',
  });

  it('allows one script and one stylesheet, and nothing else', () => {
    expect(contentSecurityPolicy('https://x', 'n0')).toBe(
      "default-src 'none'; style-src https://x 'nonce-n0'; script-src 'nonce-n0'; base-uri 'none'; form-action 'none'",
    );
    expect(html).not.toContain('unsafe');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/style="|<style|onclick/);
  });
});
