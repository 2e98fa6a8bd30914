import { describe, expect, it } from 'vitest';
import { FleetFeed } from '../../../../src/editor/dashboard/fleet-feed.ts';
import { IncidentFeed } from '../../../../src/editor/dashboard/incident-feed.ts';
import { SandboxFeed } from '../../../../src/editor/dashboard/sandbox-feed.ts';
import type { SandboxView } from '../../../../src/model/view.ts';
import { settle } from '../../../helpers/fake-clock.ts';
import { appView, nowMs, sandbox, sandboxView } from '../../../helpers/views.ts';
import { aFix, anError, incident, mebibyte, memorySample, ofKind, postMortem, run, Stand } from './support.ts';

const { id } = sandbox();
const at = (second: number): number => nowMs + second * 1_000;
const viewWith = (second: number, part: Partial<SandboxView> = {}): SandboxView =>
  sandboxView({ sample: memorySample(at(second), 100 + second), lastSampleAtMs: at(second), ...part });

/** A page of a sandbox that somebody has just opened. */
const openFeed = (part: Partial<SandboxView> = {}, prepare: (stand: Stand) => void = () => undefined) => {
  const stand = new Stand();
  stand.view = appView([viewWith(0, part)]);
  prepare(stand);
  const feed = new SandboxFeed(id, stand.sources, stand.edits);
  feed.open(stand.post);
  return { stand, feed };
};

describe('the feed of a sandbox', () => {
  it('tells everything at first, then only what is new', async () => {
    const { stand, feed } = openFeed({}, (stand) => {
      stand.samples = [memorySample(at(-2), 98), memorySample(at(-1), 99), memorySample(at(0), 100)];
    });
    await settle();
    const first = stand.take();
    expect(ofKind(first, 'sandbox')[0]?.page).toMatchObject({ name: 'api-tests', found: true, current: true });
    expect(ofKind(first, 'courses').at(-1)).toMatchObject({ reset: true });
    expect(ofKind(first, 'courses').at(-1)?.courses[0]?.timesMs).toEqual([at(-2), at(-1), at(0)]);

    await stand.clock.advance(900);
    stand.show(appView([viewWith(1)]));
    const next = stand.take();
    expect(ofKind(next, 'courses')).toHaveLength(1);
    expect(ofKind(next, 'courses')[0]).toMatchObject({ reset: false, courses: [{ timesMs: [at(1)] }] });
    feed.dispose();
    expect(stand.listeners.size).toBe(0);
    expect(stand.clock.pending).toBe(0);
  });

  it('says nothing when nothing changed', async () => {
    const { stand, feed } = openFeed({ forecasts: [], leading: null });
    await stand.clock.advance(500);
    stand.take();
    stand.show(stand.view);
    stand.show(stand.view);
    expect(stand.take()).toEqual([]);
    feed.dispose();
  });

  it('counts down once a second, and only while somebody looks', async () => {
    const { stand, feed } = openFeed();
    await stand.clock.advance(100);
    stand.take();
    await stand.clock.advance(90_000);
    expect(ofKind(stand.take(), 'sandbox').length).toBeGreaterThan(0);
    feed.close();
    await stand.clock.advance(90_000);
    stand.show(appView([viewWith(90)]));
    expect(stand.take()).toEqual([]);
    feed.dispose();
  });

  it('is complete after it was hidden, also where nothing is kept', async () => {
    const { stand, feed } = openFeed();
    await settle();
    feed.close();
    stand.take();
    for (let second = 1; second <= 5; second += 1) stand.show(appView([viewWith(second)]));
    feed.open(stand.post);
    const [course] = ofKind(stand.take(), 'courses');
    expect(course?.reset).toBe(true);
    expect(course?.courses[0]?.timesMs).toEqual([0, 1, 2, 3, 4, 5].map(at));
    feed.dispose();
  });

  it('asks the history for what it missed between two samples', async () => {
    const { stand, feed } = openFeed();
    await stand.clock.advance(20_000);
    const asked = stand.askedForSamples;
    stand.samples = [memorySample(at(18), 118), memorySample(at(19), 119)];
    stand.show(appView([viewWith(20)]));
    await settle();
    expect(stand.askedForSamples).toBe(asked + 1);
    const last = ofKind(stand.take(), 'courses').at(-1);
    expect(last?.courses[0]?.timesMs).toEqual([0, 18, 19, 20].map(at));
    feed.dispose();
  });

  it('draws the pressures of before where samples were never kept', () => {
    const { stand, feed } = openFeed();
    const [course] = ofKind(stand.take(), 'courses');
    expect(course?.courses[0]).toMatchObject({ timesMs: [at(-10), at(-5), at(0)], limit: expect.any(Array) });
    feed.dispose();
  });

  it('begins the line anew when numbers of the machine come instead', async () => {
    const { stand, feed } = openFeed();
    await settle();
    stand.take();
    const machine = memorySample(at(1), 9_000, { source: 'machine' });
    stand.show(appView([sandboxView({ sample: machine })]));
    const [course] = ofKind(stand.take(), 'courses');
    expect(course?.reset).toBe(true);
    expect(course?.courses[0]?.timesMs).toEqual([at(0)]);
    feed.dispose();
  });

  it('tells commands and how fixes went', async () => {
    const stand = new Stand();
    const offer = { id: 'endProcess', title: 'End node', risk: 'confirm', reason: 'It grows.', target: null } as const;
    stand.view = appView([viewWith(0, { fixes: [offer] })]);
    stand.runs = [run()];
    const feed = new SandboxFeed(id, stand.sources, stand.edits);
    feed.open(stand.post);
    await settle();
    const page = ofKind(stand.take(), 'sandbox').at(-1)?.page;
    expect(page?.marks.find(({ kind }) => kind === 'command')?.text).toContain('npm test, exit code 1');
    expect(page?.fixes[0]).toMatchObject({ record: 'worked 3 of 4 times', asks: 'asks first' });
    feed.dispose();
  });

  it('offers the best two fixes of an error with how they went, and the list of all', async () => {
    const stand = new Stand();
    const error = anError();
    stand.view = appView([viewWith(0, { errors: [error] })]);
    stand.errorFixes.set(`${id} ${error.fingerprint}`, [
      aFix('find', { worked: 3, didNotWork: 1 }),
      aFix('free', { risk: 'confirm' }),
      aFix('other'),
    ]);
    const feed = new SandboxFeed(id, stand.sources, stand.edits);
    feed.open(stand.post);
    await settle();
    const shown = ofKind(stand.take(), 'sandbox').at(-1)?.page.errors[0];
    expect(shown?.actions.map(({ title, note }) => [title, note])).toEqual([
      ['Do find', 'asks first · worked 3 of 4 times here'],
      ['Do free', 'asks first'],
    ]);
    const meant = { kind: 'error-fix', sandboxId: id, fingerprint: error.fingerprint };
    expect(feed.action(shown?.actions[1]?.id ?? '')).toEqual({ ...meant, fixId: 'pattern/port-in-use/free' });
    expect(feed.action(shown?.moreId ?? '')).toEqual({ ...meant, fixId: null });
    // What was not shown is nothing a page may ask for.
    for (const other of [`error ${error.fingerprint} pattern/port-in-use/other`, 'more x', '', '__proto__']) {
      expect(feed.action(other)).toBeNull();
    }
    stand.show(appView([viewWith(1, { errors: [{ ...error, solvedAtMs: at(1) }] })]));
    await stand.clock.advance(1_000);
    const solved = ofKind(stand.take(), 'sandbox').at(-1)?.page.errors[0];
    expect(solved).toMatchObject({ actions: [], moreId: null, solvedAtMs: at(1) });
    expect(feed.action(shown?.actions[1]?.id ?? '')).toBeNull();
    feed.dispose();
  });

  it('sizes nothing by the numbers of the machine below the sandbox', async () => {
    const machine = memorySample(at(0), 100, { source: 'machine' });
    const limits: (number | null)[] = [];
    for (const part of [{}, { sample: machine }, { sample: machine, isHere: true }]) {
      const stand = new Stand();
      stand.view = appView([viewWith(0, { errors: [anError()], ...part })]);
      const feed = new SandboxFeed(id, stand.sources, {
        ...stand.edits,
        applicable: async (fixes, limitBytes) => {
          limits.push(limitBytes);
          return fixes;
        },
      });
      feed.open(stand.post);
      await settle();
      feed.dispose();
    }
    expect(limits).toEqual([512 * mebibyte, null, 512 * mebibyte]);
  });

  it('asks what helps when the errors change and now and then, not with every sample', async () => {
    const { stand, feed } = openFeed({ errors: [anError()] });
    for (let second = 1; second <= 10; second += 1) {
      stand.show(appView([viewWith(second, { errors: [anError()] })]));
      await stand.clock.advance(1_000);
    }
    expect(stand.askedForFixes).toBe(1);
    stand.show(appView([viewWith(11, { errors: [anError({ count: 2 })] })]));
    await settle();
    expect(stand.askedForFixes).toBe(2);
    await stand.clock.advance(31_000);
    expect(stand.askedForFixes).toBe(3);
    feed.dispose();
  });

  it('looks for a sandbox that is not there yet, and gives up', async () => {
    const stand = new Stand();
    const feed = new SandboxFeed(id, stand.sources, stand.edits);
    feed.open(stand.post);
    expect(ofKind(stand.take(), 'sandbox')[0]?.page.headline).toContain('Looking');
    await stand.clock.advance(25_000);
    expect(ofKind(stand.take(), 'sandbox').at(-1)?.page.headline).toContain('not known any more');
    stand.show(appView([viewWith(25)]));
    expect(ofKind(stand.take(), 'sandbox').at(-1)?.page.found).toBe(true);
    expect(feed.title).toBe('api-tests');
    stand.show(appView([]));
    const lost = ofKind(stand.take(), 'sandbox').at(-1)?.page;
    expect([lost?.name, lost?.phase.word]).toEqual(['api-tests', 'not known']);
    feed.dispose();
  });
});

describe('the feed of all sandboxes', () => {
  const one = sandboxView();
  const other = sandboxView({ sandbox: sandbox({ id: 'other', name: 'web' }) });

  it('tells all rows at first, then those that changed and those that are gone', async () => {
    const stand = new Stand();
    stand.view = appView([one, other]);
    const feed = new FleetFeed(stand.sources);
    feed.open(stand.post);
    const [first] = ofKind(stand.take(), 'fleet');
    expect(first).toMatchObject({ reset: true, removed: [] });
    expect(first?.rows.map((row) => [row.name, row.current])).toEqual([
      ['api-tests', true],
      ['web', false],
    ]);
    stand.view = appView([one, sandboxView({ sandbox: other.sandbox, level: 'critical' })]);
    await stand.clock.advance(1_000);
    const [second] = ofKind(stand.take(), 'fleet');
    expect(second).toMatchObject({ reset: false, rows: [{ name: 'web', level: { word: 'critical' } }] });
    stand.view = appView([one]);
    await stand.clock.advance(1_000);
    expect(ofKind(stand.take(), 'fleet')[0]).toMatchObject({ rows: [], removed: ['other'] });
    await stand.clock.advance(3_000);
    expect(ofKind(stand.take(), 'fleet')).toEqual([]);
    feed.dispose();
  });

  it('does not send a row again whose view is new but says the same', async () => {
    const stand = new Stand();
    stand.view = appView([one]);
    const feed = new FleetFeed(stand.sources);
    feed.open(stand.post);
    stand.take();
    stand.view = appView([{ ...one, atMs: one.atMs + 1_000 }]);
    await stand.clock.advance(1_000);
    expect(ofKind(stand.take(), 'fleet')).toEqual([]);
    feed.dispose();
  });

  it('tells everything again when it is opened again', () => {
    const stand = new Stand();
    stand.view = appView([one]);
    const feed = new FleetFeed(stand.sources);
    feed.open(stand.post);
    feed.close();
    stand.take();
    feed.open(stand.post);
    expect(ofKind(stand.take(), 'fleet')[0]).toMatchObject({ reset: true, rows: [{ name: 'api-tests' }] });
    feed.dispose();
  });

  it('tells the numbers, and that they can not be had', async () => {
    const stand = new Stand();
    const feed = new FleetFeed(stand.sources);
    feed.open(stand.post);
    await settle();
    expect(ofKind(stand.take(), 'fleet-stats')[0]?.stats?.spinUp?.p50Ms).toBe(4_000);
    stand.stats = () => Promise.reject(new Error('the disk is gone'));
    await stand.clock.advance(16_000);
    expect(ofKind(stand.take(), 'fleet-stats')[0]?.stats).toBeNull();
    expect(stand.warnings[0]).toContain('the disk is gone');
    feed.dispose();
  });
});

describe('the feed of an incident', () => {
  it('tells the story, and tells it again when more is known', async () => {
    const stand = new Stand();
    stand.view = appView([sandboxView({ incidents: [incident()] })]);
    const feed = new IncidentFeed('incident-1', stand.sources, stand.edits);
    feed.open(stand.post);
    await settle();
    expect(ofKind(stand.take(), 'incident')[0]?.page).toMatchObject({ title: 'Out of memory', sandboxKnown: true });
    expect(feed.title).toBe('api-tests: what happened');
    stand.show(stand.view);
    await settle();
    expect(stand.take()).toEqual([]);
    stand.show(appView([sandboxView({ incidents: [incident({ text: 'It is sure now.' })] })]));
    await settle();
    expect(ofKind(stand.take(), 'incident')).toHaveLength(1);
    feed.dispose();
    expect(stand.listeners.size).toBe(0);
  });

  it('offers what can still be done, and knows each button by its id only', async () => {
    const stand = new Stand();
    const view = sandboxView({ incidents: [incident()], actions: ['recreateLarger'] });
    stand.view = appView([view]);
    stand.story = postMortem({ advice: ['Give it at least 640 MiB of memory (its limit was 512 MiB).', 'Other.'] });
    const feed = new IncidentFeed('incident-1', stand.sources, stand.edits);
    feed.open(stand.post);
    await settle();
    const [first, second] = ofKind(stand.take(), 'incident')[0]?.page?.advice ?? [];
    expect(first?.actions.map(({ title, note }) => [title, note])).toEqual([
      ['Recreate larger', 'asks first; something is lost'],
    ]);
    expect(second).toEqual({ text: 'Other.', actions: [] });
    expect(feed.action(first?.actions[0]?.id ?? '')).toEqual({ kind: 'fix', sandboxId: id, fixId: 'recreateLarger' });
    expect(feed.action('fix delete')).toBeNull();
    feed.dispose();
  });

  it('sizes nothing by the numbers of the machine below the sandbox', async () => {
    const error = anError();
    const limits: (number | null)[] = [];
    for (const source of ['cgroup', 'machine'] as const) {
      const stand = new Stand();
      stand.view = appView([viewWith(0, { errors: [error], sample: memorySample(at(0), 100, { source }) })]);
      stand.story = postMortem({
        advice: [`Against "${error.title}": Find the process on the port.`],
        errors: [{ ...error, cause: null }],
      });
      const feed = new IncidentFeed('incident-1', stand.sources, {
        ...stand.edits,
        applicable: async (fixes, limitBytes) => {
          limits.push(limitBytes);
          return fixes;
        },
      });
      feed.open(stand.post);
      await settle();
      feed.dispose();
    }
    expect(limits).toEqual([512 * mebibyte, null]);
  });

  it('offers edits in the files of the workspace it happened in, and of no other', async () => {
    const stand = new Stand();
    stand.possible.add('pattern/v8-heap-oom/keep-heap-setting');
    const shown = async (workspace?: string): Promise<number> => {
      const about = incident(workspace === undefined ? {} : { workspace });
      stand.story = postMortem({ incident: about, advice: ['Cap the heap of node below the limit.'] });
      const feed = new IncidentFeed('incident-1', stand.sources, stand.edits);
      feed.open(stand.post);
      await settle();
      feed.dispose();
      return ofKind(stand.take(), 'incident')[0]?.page?.advice[0]?.actions.length ?? -1;
    };
    expect([await shown(), await shown('here'), await shown('elsewhere')]).toEqual([1, 1, 0]);
  });

  it('tells the story without buttons when it can not be found out what can be done, or not soon', async () => {
    for (const canPropose of [
      () => Promise.reject(new Error('the disk is gone')),
      () => new Promise<boolean>(() => undefined),
    ]) {
      const stand = new Stand();
      stand.story = postMortem({ advice: ['Cap the heap of node below the limit.'] });
      const feed = new IncidentFeed('incident-1', stand.sources, { ...stand.edits, canPropose });
      feed.open(stand.post);
      await stand.clock.advance(3_500);
      expect(ofKind(stand.take(), 'incident')[0]?.page?.advice[0]?.actions).toEqual([]);
      expect(stand.warnings[0]).toContain('What can still be done');
      feed.dispose();
      expect(stand.clock.pending).toBe(0);
    }
  });

  it('says when nothing is remembered', async () => {
    const stand = new Stand();
    stand.story = null;
    const feed = new IncidentFeed('gone', stand.sources, stand.edits);
    feed.open(stand.post);
    await settle();
    expect(ofKind(stand.take(), 'incident')[0]?.page).toBeNull();
    feed.dispose();
  });
});
