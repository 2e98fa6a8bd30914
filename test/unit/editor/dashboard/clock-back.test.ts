import { describe, expect, it } from 'vitest';
import { FleetFeed } from '../../../../src/editor/dashboard/fleet-feed.ts';
import { SandboxFeed } from '../../../../src/editor/dashboard/sandbox-feed.ts';
import { settle } from '../../../helpers/fake-clock.ts';
import { appView, sandbox, sandboxView } from '../../../helpers/views.ts';
import { anError, fleetStats, ofKind, run, Stand } from './support.ts';

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
