import { describe, expect, it } from 'vitest';
import { Ring } from '../../../../media/dashboard/lib/ring.ts';
import { FleetFeed } from '../../../../src/editor/dashboard/fleet-feed.ts';
import { SandboxFeed } from '../../../../src/editor/dashboard/sandbox-feed.ts';
import { settle } from '../../../helpers/fake-clock.ts';
import { appView, sandbox, sandboxView } from '../../../helpers/views.ts';
import { anError, fleetStats, memorySample, ofKind, run, Stand } from './support.ts';

const hourMs = 3_600_000;

describe('a page, after the clock was set back by an hour', () => {
  it('goes on asking for the numbers of all sandboxes', async () => {
    const stand = new Stand();
    const feed = new FleetFeed(stand.sources);
    feed.open(stand.post);
    await settle();
    stand.stats = () => Promise.resolve({ ...fleetStats, startsPer5Min: [7] });
    stand.take();
    stand.clock.jump(-hourMs);
    await stand.clock.advance(16_000);
    expect(ofKind(stand.take(), 'fleet-stats')[0]?.stats?.startsPer5Min).toEqual([7]);
    feed.dispose();
  });

  it('goes on drawing, without what lies in the future now', async () => {
    const stand = new Stand();
    const show = (): void => {
      const sample = memorySample(stand.clock.now(), 100);
      stand.show(appView([sandboxView({ sample, lastSampleAtMs: sample.atMs, history: [] })]));
      // The view comes again without another sample.
      stand.show(stand.view);
    };
    const feed = new SandboxFeed(sandbox().id, stand.sources, stand.edits);
    const ring = new Ring();
    const drawn = (): void => {
      for (const { reset, courses } of ofKind(stand.take(), 'courses')) {
        if (reset) ring.clear();
        for (const atMs of courses[0]?.timesMs ?? []) ring.push(atMs, 1, null);
      }
    };
    feed.open(stand.post);
    for (let second = 0; second < 60; second += 1) {
      await stand.clock.advance(1_000);
      show();
    }
    drawn();
    expect(ring.lastAtMs).toBe(stand.clock.now());
    stand.clock.jump(-hourMs);
    for (let second = 0; second < 10; second += 1) {
      await stand.clock.advance(1_000);
      show();
    }
    drawn();
    expect([ring.length, ring.lastAtMs]).toEqual([10, stand.clock.now()]);
    feed.dispose();
  });

  it('is drawn without the future as soon as one sample is shown after the clock was set back, by however little', async () => {
    for (const backMs of [4_000, 30_000, hourMs]) {
      const stand = new Stand();
      const show = (atMs: number): void => {
        stand.show(appView([sandboxView({ sample: memorySample(atMs, 100), lastSampleAtMs: atMs, history: [] })]));
        stand.show(stand.view);
      };
      const nowMs = stand.clock.now();
      const feed = new SandboxFeed(sandbox().id, stand.sources, stand.edits);
      feed.open(stand.post);
      for (const second of [-5, 0, 1]) show(nowMs + second * 1_000);
      stand.take();
      for (const second of [2, 3]) show(nowMs + second * 1_000 - backMs);
      const told = ofKind(stand.take(), 'courses');
      expect(told.map(({ reset }) => reset)).toEqual([true, false]);
      const shownMs = told.flatMap(({ courses }) => courses[0]?.timesMs ?? []).map((atMs) => atMs - nowMs);
      expect(shownMs).toEqual([...(backMs === 4_000 ? [-5_000] : []), 2_000 - backMs, 3_000 - backMs]);
      feed.dispose();
    }
  });

  it('is not drawn anew for what another window has kept a moment later', async () => {
    const stand = new Stand();
    const show = (atMs: number): void => {
      stand.show(appView([sandboxView({ sample: memorySample(atMs, 100), lastSampleAtMs: atMs })]));
    };
    const nowMs = stand.clock.now();
    const feed = new SandboxFeed(sandbox().id, stand.sources, stand.edits);
    show(nowMs);
    stand.samples = [
      memorySample(nowMs + 700, 100),
      memorySample(nowMs + 1_000, 100),
      memorySample(nowMs + 1_700, 100),
    ];
    feed.open(stand.post);
    await settle();
    stand.take();
    // The view comes again, then with what the history told already, then with something new.
    for (const afterMs of [0, 0, 1_000, 1_000, 2_000]) show(nowMs + afterMs);
    const told = ofKind(stand.take(), 'courses');
    expect(told.map(({ reset, courses }) => [reset, courses[0]?.timesMs])).toEqual([[false, [nowMs + 2_000]]]);
    feed.dispose();
  });

  it('goes on asking for the past of a sandbox, and for what helps', async () => {
    const stand = new Stand();
    stand.view = appView([sandboxView({ errors: [anError()] })]);
    const feed = new SandboxFeed(sandbox().id, stand.sources, stand.edits);
    feed.open(stand.post);
    await stand.clock.advance(5_000);
    const asked = stand.askedForFixes;
    stand.take();
    stand.clock.jump(-hourMs);
    stand.runs = [run({ commandId: 'new', commandKey: 'npm run new' })];
    await stand.clock.advance(10_000);
    const page = ofKind(stand.take(), 'sandbox').at(-1)?.page;
    expect(page?.marks.map(({ text }) => text).join()).toContain('npm run new');
    expect(stand.askedForFixes).toBeGreaterThan(asked);
    feed.dispose();
  });
});
