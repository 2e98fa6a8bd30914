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
      stand.show(appView([sandboxView({ sample, lastSampleAtMs: sample.atMs })]));
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

  it('is not drawn anew for a sample that came late', async () => {
    const stand = new Stand();
    const show = (atMs: number): void => {
      stand.show(appView([sandboxView({ sample: memorySample(atMs, 100), lastSampleAtMs: atMs })]));
    };
    const feed = new SandboxFeed(sandbox().id, stand.sources, stand.edits);
    feed.open(stand.post);
    const nowMs = stand.clock.now();
    show(nowMs);
    stand.take();
    for (const second of [1, -5, 2, -4, 3, -3, 4]) show(nowMs + second * 1_000);
    expect(ofKind(stand.take(), 'courses').map(({ reset }) => reset)).toEqual([false, false, false, false]);
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
