import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { createAppBench, startedBench } from '../../helpers/app-bench.ts';
import { aSample, aSandbox } from '../../helpers/fake-provider.ts';

const many = (count: number): Sandbox[] =>
  Array.from({ length: count }, (_, index) => aSandbox(`s${index}`, { createdAtMs: 1_000_000 + index }));

const ids = (sandboxes: readonly { readonly sandbox: Sandbox }[]): string[] => sandboxes.map((one) => one.sandbox.id);

describe('the view', () => {
  it('is told at most once per 250 ms, however much happens', async () => {
    const { clock, provider, app } = await startedBench(many(3));
    const toldAt: number[] = [];
    app.onChange(() => toldAt.push(clock.now()));
    for (let step = 0; step < 200; step += 1) {
      for (const stream of provider.openStreams) stream.queue.push(aSample(stream.sandboxId, clock.now()));
      await clock.advance(10);
    }
    expect(toldAt.length).toBeGreaterThan(4);
    expect(toldAt.length).toBeLessThanOrEqual(9);
    for (let index = 1; index < toldAt.length; index += 1) {
      expect((toldAt[index] ?? 0) - (toldAt[index - 1] ?? 0)).toBeGreaterThanOrEqual(250);
    }
  });

  it('keeps what did not change, object for object, and says nothing when nothing changed', async () => {
    const { clock, provider, app, views, show } = await startedBench(many(3));
    for (const stream of provider.openStreams) stream.queue.push(aSample(stream.sandboxId, clock.now()));
    await show();
    const before = app.view;
    provider.stream('s1').queue.push(aSample('s1', clock.now()));
    await clock.advance(250);
    const after = app.view;
    expect(after).not.toBe(before);
    expect(after.servers).toBe(before.servers);
    const same = after.sandboxes.filter((one) => before.sandboxes.includes(one));
    expect(ids(same).sort()).toEqual(['s0', 's2']);
    views.length = 0;
    provider.tell();
    await clock.advance(250);
    expect(views).toHaveLength(0);
  });

  it('goes on telling the others when one listener fails', async () => {
    const { app, provider, show, log } = createAppBench();
    const told: number[] = [];
    app.onChange(() => {
      throw new Error('broken listener');
    });
    const off = app.onChange((view) => told.push(view.sandboxes.length));
    app.setProviders([provider]);
    await show();
    provider.put(aSandbox('a'));
    await show();
    expect(told.at(-1)).toBe(1);
    expect(log.lines.join()).toContain('broken listener');
    off();
    const count = told.length;
    provider.put(aSandbox('b'));
    await show();
    expect(told).toHaveLength(count);
  });

  it('orders current, running, paused, ended, the newest end first', async () => {
    const { app, provider, show } = await startedBench([
      aSandbox('old', { createdAtMs: 1 }),
      aSandbox('new', { createdAtMs: 9 }),
      aSandbox('mine', { createdAtMs: 5 }),
      aSandbox('rest', { phase: 'paused', rawState: 'Paused' }),
      aSandbox('x'),
      aSandbox('y'),
    ]);
    app.choose('mine');
    provider.remove('x');
    await show();
    provider.remove('y');
    await show();
    expect(ids(app.view.sandboxes)).toEqual(['mine', 'new', 'old', 'rest', 'y', 'x']);
  });
});
