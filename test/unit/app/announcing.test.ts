import { describe, expect, it } from 'vitest';
import { KeptMutes } from '../../../src/editor/kept-mutes.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { type AppBench, nowhere, startedBench } from '../../helpers/app-bench.ts';
import { EditorState } from '../../helpers/editor-state.ts';
import { aSandbox, MiB, using } from '../../helpers/fake-provider.ts';

const leak = async (bench: AppBench, fromMiB: number, perSecondMiB: number, seconds: number): Promise<number> => {
  let used = fromMiB;
  for (let second = 0; second < seconds; second += 1) {
    bench.provider.stream('a').queue.push(
      using('a', bench.clock.now(), used, {
        processes: [{ pid: 412, parentPid: 1, name: 'node', rssBytes: used * MiB, ageMs: 60_000, heapLimit: null }],
      }),
    );
    await bench.clock.advance(1_000);
    used += perSecondMiB;
  }
  return used;
};

describe('a leak in a running sandbox', () => {
  it('is announced once before the break, with fixes, and again only when it becomes critical unanswered', async () => {
    const bench = await startedBench([aSandbox('a', { name: 'api-tests' })], {
      actions: {
        exec: () => Promise.reject(new Error('not asked')),
        snapshot: () => Promise.reject(new Error('not asked')),
      },
    });
    let used = await leak(bench, 100, 0, 30);
    expect(bench.notices).toHaveLength(0);
    while (used < 505 && bench.notices.length === 0) used = await leak(bench, used, 1, 1);
    const first = bench.notices[0];
    expect(first).toMatchObject({ kind: 'warn', sandboxId: 'a', sandboxName: 'api-tests', signal: 'memory' });
    expect(first?.text).toMatch(/^api-tests runs out of memory at about \d\d:\d\d \(in .*\): .*512 MiB\.$/);
    expect(first?.fixes.length).toBeLessThanOrEqual(2);
    expect(first?.fixes.map((one) => one.id)).not.toContain('showDetails');
    while (used < 510) used = await leak(bench, used, 1, 1);
    expect(bench.notices.map((one) => one.kind)).toEqual(['warn', 'critical']);
    expect(bench.notices[1]?.id).toBe(first?.id);
    expect(bench.history.warningList.length).toBeGreaterThan(0);
  });

  it('is one message when it is critical the moment it is warned of', async () => {
    const bench = await startedBench([aSandbox('a')]);
    await leak(bench, 480, 0, 30);
    expect(bench.notices).toEqual([]);
    const { memory, ...rest } = using('a', bench.clock.now(), 490);
    if (memory !== undefined)
      bench.provider.stream('a').queue.push({ ...rest, memory: { ...memory, stalledPercent: 60 } });
    await bench.clock.advance(1_000);
    expect(bench.notices.map((one) => one.kind)).toEqual(['critical']);
  });

  it('is not announced a second time when the first notice was answered', async () => {
    const bench = await startedBench([aSandbox('a')]);
    let used = await leak(bench, 100, 0, 30);
    while (used < 505 && bench.notices.length === 0) used = await leak(bench, used, 3, 1);
    bench.app.answered(bench.notices[0]?.id ?? '');
    while (used < 510) used = await leak(bench, used, 3, 1);
    expect(bench.notices).toHaveLength(1);
  });

  it('is not announced when muted', async () => {
    const bench = await startedBench([aSandbox('a')]);
    await bench.app.mute('a', 'memory');
    let used = await leak(bench, 100, 0, 30);
    while (used < 510) used = await leak(bench, used, 3, 1);
    expect(bench.notices).toHaveLength(0);
    expect(bench.view('a').level).not.toBe('calm');
  });

  it('is not announced in the next session either, until that is taken back', async () => {
    const mutes = new KeptMutes(new EditorState());
    const before = await startedBench([aSandbox('a')], { mutes });
    await before.app.mute('a', 'memory');
    await before.app.dispose();
    const bench = await startedBench([aSandbox('a')], { mutes });
    let used = await leak(bench, 100, 0, 30);
    while (used < 495) used = await leak(bench, used, 3, 1);
    expect(bench.notices).toHaveLength(0);
    expect(bench.app.mutes).toEqual([{ sandboxId: 'a', signal: 'memory' }]);
    await bench.app.unmute('a');
    await leak(bench, used, 3, 2);
    expect(bench.notices).toHaveLength(1);
    expect(bench.app.mutes).toEqual([]);
  });

  it('is announced in the next session where nothing of the sandbox is kept', async () => {
    const mutes = new KeptMutes(new EditorState());
    const bench = await startedBench([aSandbox('a')], { mutes, unkept: ['fake'] });
    await bench.app.mute('a', 'memory');
    expect(bench.app.mutes).toEqual([{ sandboxId: 'a', signal: 'memory' }]);
    expect(mutes.list).toEqual([]);
    await bench.app.unmute('a');
    expect(bench.app.mutes).toEqual([]);
  });

  it('is announced of a sandbox that was forgotten, unless it lives', async () => {
    const mutes = new KeptMutes(new EditorState());
    const bench = await startedBench([aSandbox('a')], { mutes });
    for (const id of ['a', 'gone', 'past']) await bench.app.mute(id, 'memory');
    await bench.app.forgetSandbox('gone');
    expect(mutes.list.map(({ sandboxId }) => sandboxId)).toEqual(['a', 'past']);
    await bench.app.forgetEverything();
    expect(mutes.list.map(({ sandboxId }) => sandboxId)).toEqual(['a']);
  });

  it('is not announced when the sandbox ends in the same moment', async () => {
    const bench = await startedBench([aSandbox('a')]);
    let used = await leak(bench, 100, 0, 30);
    const probe = await startedBench([aSandbox('a')]);
    let seconds = 0;
    let probed = await leak(probe, 100, 0, 30);
    while (probe.notices.length === 0 && probed < 505) {
      probed = await leak(probe, probed, 3, 1);
      seconds += 1;
    }
    used = await leak(bench, used, 3, seconds - 1);
    expect(bench.notices).toHaveLength(0);
    bench.provider.stream('a').queue.push(using('a', bench.clock.now(), used));
    bench.provider.remove('a');
    await bench.clock.advance(5_000);
    expect(bench.notices).toHaveLength(0);
  });
});

const noon = Date.UTC(2026, 0, 1, 12);
const expiry = {
  clock: 'absolute',
  expiresAtMs: noon + 20 * 60_000,
  action: 'delete',
  extendedBy: 'call',
  certainty: 'known',
} as const;
const ending = (id: string, parts: Partial<Sandbox> = {}): Sandbox =>
  aSandbox(id, { createdAtMs: noon - 60 * 60_000, expiry, ...parts });

describe('a deadline that comes near', () => {
  it('is announced with its clock time, also for a sandbox that is not measured', async () => {
    const bench = await startedBench([ending('a'), aSandbox('b', { createdAtMs: noon - 30 * 60_000 })], {
      settings: { maximumWatched: 1 },
    });
    bench.app.choose('a');
    bench.app.choose('b');
    await bench.clock.advance(10 * 60_000);
    expect(bench.notices).toHaveLength(0);
    await bench.clock.advance(8 * 60_000);
    expect(bench.notices).toHaveLength(1);
    expect(bench.notices[0]).toMatchObject({ kind: 'expiry', sandboxId: 'a', signal: 'expiry' });
    expect(bench.notices[0]?.text).toMatch(
      /^a ends at 12:20 \(in \d min\): its time is over then, and it is deleted\.$/,
    );
  });

  it('is one message for all the sandboxes of others, however many there are', async () => {
    const many = Array.from({ length: 60 }, (_, index) => ending(`s${index}`));
    const bench = await startedBench(many);
    bench.app.choose('s7');
    await bench.clock.advance(19.5 * 60_000);
    const kinds = bench.notices.map(({ kind, sandboxId }) => (kind === 'others' ? kind : `${kind} ${sandboxId}`));
    expect(kinds.toSorted()).toEqual(['expiry s7', 'expiry s7', 'others']);
    expect(bench.notices.find(({ kind }) => kind === 'others')?.text).toMatch(
      /^59 other sandboxes come to the end of their time: s\d+ first, at about 12:20; then s\d+, s\d+ and 56 more\.$/,
    );
  });

  it('is told by itself of one that becomes the own one while it waits to be told with others', async () => {
    const bench = await startedBench(['a', 'b', 'c'].map((id) => ending(id)));
    bench.app.choose('a');
    for (let second = 0; !bench.notices.some(({ sandboxId }) => sandboxId === 'a') && second < 1_200; second += 1) {
      await bench.clock.advance(1_000);
    }
    bench.app.attend('b');
    await bench.clock.advance(5_000);
    expect(bench.notices.map(({ kind, sandboxId }) => [kind, sandboxId])).toEqual([
      ['expiry', 'a'],
      ['expiry', 'b'],
    ]);
  });

  it('is told of a sandbox that its metadata calls the own one', async () => {
    const bench = await startedBench([
      aSandbox('mine', { metadata: { owner: 'ann' } }),
      ending('hers', { metadata: { user: 'ann' } }),
      ending('here', { metadata: { 'acme.io/project': 'git@example.com:acme/Shop.git' } }),
      ending('by-name', { metadata: { user: 'Ann.Lee' } }),
      ending('not', { metadata: { user: 'bob', project: 'bakery' } }),
    ]);
    bench.app.setPlace({ ...nowhere, environment: { USER: 'ann.lee' }, workspaceNames: ['shop'] }, null);
    bench.app.choose('mine');
    await bench.clock.advance(16 * 60_000);
    const told = bench.notices.map(({ kind, sandboxId }) => (kind === 'others' ? kind : sandboxId));
    expect(told.toSorted()).toEqual(['by-name', 'here', 'hers', 'others']);
  });

  it('is told of a sandbox that the person looked at', async () => {
    const bench = await startedBench([ending('a'), ending('b')]);
    bench.app.choose('a');
    bench.app.attend('b');
    await bench.clock.advance(16 * 60_000);
    expect(bench.notices.map(({ kind, sandboxId }) => `${kind} ${sandboxId}`).toSorted()).toEqual([
      'expiry a',
      'expiry b',
    ]);
  });
});
