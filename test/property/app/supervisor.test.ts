import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem, problemKinds } from '../../../src/model/problem.ts';
import { phases } from '../../../src/model/sandbox.ts';
import { type AppBench, createAppBench, nowhere } from '../../helpers/app-bench.ts';
import { settle } from '../../helpers/fake-clock.ts';
import { aSandbox, using } from '../../helpers/fake-provider.ts';
import { anEnd, aStart } from '../../helpers/past.ts';

const id = fc.nat(5).map((no) => `s${no}`);

type Step = (bench: AppBench) => void | Promise<void>;

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(id, fc.constantFrom(...phases)).map(
    ([one, phase]): Step =>
      ({ provider }) =>
        provider.put(aSandbox(one, { phase, rawState: phase })),
  ),
  id.map(
    (one): Step =>
      ({ provider }) =>
        provider.remove(one),
  ),
  // It is gone, and no list has said so yet.
  id.map(
    (one): Step =>
      ({ provider }) =>
        void provider.sandboxes.delete(one),
  ),
  fc.tuple(fc.nat(4), fc.constantFrom(...problemKinds)).map(
    ([no, kind]): Step =>
      ({ provider }) =>
        provider.openStreams[no]?.queue.fail(new Problem(kind, 'as drawn')),
  ),
  fc.tuple(fc.nat(4), fc.nat(512)).map(
    ([no, usedMiB]): Step =>
      ({ provider, clock }) => {
        const stream = provider.openStreams[no];
        stream?.queue.push(using(stream.sandboxId, clock.now(), usedMiB));
      },
  ),
  fc.integer({ min: 1, max: 20_000 }).map(
    (ms): Step =>
      ({ clock }) =>
        clock.advance(ms),
  ),
  fc.integer({ min: -3_600_000, max: 3_600_000 }).map(
    (ms): Step =>
      ({ clock }) =>
        clock.jump(ms),
  ),
  fc.tuple(id, fc.boolean()).map(
    ([one, allowed]): Step =>
      ({ app }) =>
        app.consent(one, allowed),
  ),
  id.map(
    (one): Step =>
      async ({ app, clock, history }) => {
        await app.forgetSandbox(one);
        await clock.advance(0);
        expect(history.forgotten.at(-1)).toBe(one);
      },
  ),
  fc.constant<Step>(async ({ app }) => void (await app.forgetEverything())),
  fc.tuple(id, fc.nat(3), fc.boolean()).map(
    ([one, no, begins]): Step =>
      async ({ app, clock }) => {
        const stop = app.addErrorSource({
          name: 'drawn',
          async *events() {
            yield begins ? aStart(one, `${no}`, clock.now()) : anEnd(one, `${no}`, clock.now(), no);
          },
        });
        await clock.advance(0);
        stop();
      },
  ),
  fc.option(id, { nil: null }).map(
    (one): Step =>
      ({ app }) =>
        app.choose(one),
  ),
  fc.constant<Step>(({ app }) => app.refresh()),
  fc.nat(3).map(
    (maximumWatched): Step =>
      ({ app }) =>
        app.setSettings({ maximumWatched }),
  ),
  fc.constantFrom('answers', 'refused', 'no-answer', 'unknown').map(
    (answer): Step =>
      ({ provider }) => {
        provider.pingAnswer = answer as typeof provider.pingAnswer;
      },
  ),
  fc.boolean().map(
    (away): Step =>
      ({ provider }) => {
        provider.findProblem = away ? new Problem('unreachable', 'away') : null;
      },
  ),
);

describe('the supervisor, whatever happens', () => {
  it('keeps its promises and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const bench = createAppBench({ settings: { maximumWatched: 3 } });
        const { app, clock, provider, log, history } = bench;
        app.setProviders([provider]);
        app.setPlace(nowhere, null);
        await clock.advance(0);
        for (const one of steps) {
          await one(bench);
          await settle();
          expect(provider.openStreams.length).toBeLessThanOrEqual(4);
        }
        await clock.advance(4_000);
        expect(provider.openStreams.length).toBeLessThanOrEqual(3);
        const { view } = app;
        if (view.currentId !== null) expect(view.sandboxes[0]?.sandbox.id).toBe(view.currentId);
        if (view.currentId !== null) expect(view.ambiguous).toBe(false);
        for (const { link, sandbox } of view.sandboxes) {
          const open = provider.openStreams.some((stream) => stream.sandboxId === sandbox.id);
          // What stands is said on while it is looked at again by itself.
          const isLookedAtAgain = open && (link.state === 'waiting' || link.state === 'needs-consent');
          const isConnected = link.state === 'live' || link.state === 'stale' || link.state === 'connecting';
          expect(open).toBe(isConnected || isLookedAtAgain);
          if (link.state === 'waiting') expect(link.retryAtMs).not.toBeNull();
          if (!['live', 'ended'].includes(link.state)) expect(link.text).not.toBeNull();
          if (['waiting', 'unavailable', 'needs-consent'].includes(link.state)) expect(link.nextStep).not.toBeNull();
        }
        const ids = view.sandboxes.map((one) => one.sandbox.id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { link, sandbox } of view.sandboxes) {
          if (link.state !== 'ended') expect(history.seen.some((one) => one.sandbox.id === sandbox.id)).toBe(true);
        }
        for (const run of history.commandList) {
          expect(run.attempt).toBeGreaterThan(0);
          expect(run.endedAtMs ?? run.startedAtMs).toBeGreaterThanOrEqual(run.startedAtMs);
        }
        expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
        await app.dispose();
        await settle();
        expect(clock.pending).toBe(0);
        expect([provider.openStreams.length, provider.openWatches, provider.openErrors]).toEqual([0, 0, 0]);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
