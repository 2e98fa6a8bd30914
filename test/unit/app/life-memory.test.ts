import { describe, expect, it } from 'vitest';
import { LifeMemory } from '../../../src/app/life-memory.ts';
import { SharedPeaks } from '../../../src/history/peaks.ts';
import type { IncidentCause } from '../../../src/model/incident.ts';
import { type LifeSignal, lifeKey, noEndBytes } from '../../../src/model/life.ts';
import type { Sample } from '../../../src/model/sample.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { aSample, aSandbox, MiB, using } from '../../helpers/fake-provider.ts';
import { anIncident } from '../../helpers/past.ts';
import { RecordingHistory, type RecordingPeaks } from '../../helpers/recording-history.ts';

const origin = 'api:1 #0123456789ab';
const t0 = 1_000_000;

/** @param agedMs at which age it reached its limit. */
const one = (signal: LifeSignal, peakBytes: number, agedMs: number | null = null) => ({
  commandKey: lifeKey(origin, signal),
  peakBytes,
  atMs: t0 + 60_000,
  ...(agedMs === null ? {} : { tookMs: agedMs }),
});

/** What the store makes of what was written. */
const learned = ({ recorded }: RecordingPeaks) => {
  const shared = new SharedPeaks(
    (key) => key,
    () => undefined,
  );
  for (const { commandKey, peakBytes, atMs, tookMs } of recorded) shared.record(commandKey, peakBytes, atMs, tookMs);
  return shared.peakOf(lifeKey(origin, 'memory'), t0);
};

const bench = () => {
  const { peaks } = new RecordingHistory();
  const clock = new FakeClock(t0);
  const lives = new LifeMemory({ clock, peaks });
  const box = (id: string, parts: Partial<Sandbox> = {}): Sandbox =>
    aSandbox(id, { origin, createdAtMs: t0 + 60_000 * Number(id), ...parts });
  /** Fills to `topMiB` within half a minute and stays there for one. */
  const live = (sandbox: Sandbox, topMiB: number, parts: Partial<Sample> = {}): void => {
    for (let second = 0; second < 90; second += 1) {
      const mib = Math.min(topMiB, 20 + ((topMiB - 20) * second) / 30);
      lives.sample(sandbox, using(sandbox.id, t0 + second * 1000, mib, parts));
    }
  };
  const ends = (sandbox: Sandbox, cause: IncidentCause, endsSandbox = true, id: string = cause): void =>
    lives.incident(sandbox, anIncident(sandbox.id, t0 + 100_000, { id, cause, endsSandbox }));
  /** By then an end is told for good. */
  const settled = (): Promise<void> => clock.advance(30_000);
  return { clock, peaks, lives, box, live, ends, settled };
};

describe('what a sandbox leaves for the next one of its kind', () => {
  it('is where its memory stopped', async () => {
    const { peaks, box, live, ends, settled } = bench();
    live(box('1'), 300);
    await settled();
    expect(peaks.recorded).toEqual([]);
    ends(box('1'), 'expired');
    await settled();
    expect(peaks.recorded).toEqual([one('memory', 300 * MiB)]);
  });

  it('is that it ran out of memory, also when that becomes known a little later', async () => {
    const { peaks, box, live, ends, settled } = bench();
    live(box('1'), 400);
    ends(box('1'), 'crashed');
    ends(box('1'), 'out-of-memory', true, 'crashed');
    await settled();
    expect(peaks.recorded).toEqual([one('memory', noEndBytes, 29_000)]);
  });

  it('is not that it ran out of memory when that turns out to be wrong', async () => {
    const { peaks, lives, box, live, ends, settled } = bench();
    live(box('1'), 400);
    ends(box('1'), 'out-of-memory');
    ends(box('1'), 'deleted', true, 'out-of-memory');
    await settled();
    expect(peaks.recorded).toEqual([one('memory', 400 * MiB)]);
    live(box('2'), 300);
    ends(box('2'), 'out-of-memory');
    lives.withdrawn('2');
    ends(box('2'), 'expired');
    await settled();
    expect(peaks.recorded.at(-1)?.peakBytes).toBe(300 * MiB);
  });

  it('is that it ran out of memory, whatever else happens in the next seconds', async () => {
    const { peaks, box, live, ends, settled } = bench();
    live(box('1'), 400);
    ends(box('1'), 'out-of-memory-child', false);
    ends(box('1'), 'agent-down', false);
    ends(box('1'), 'deleted');
    await settled();
    expect(peaks.recorded).toEqual([one('memory', noEndBytes, 29_000)]);
  });

  it('is that it was killed, though it lives on and ends at rest: one sandbox counts once', async () => {
    const { peaks, box, live, ends, settled } = bench();
    live(box('1'), 400);
    ends(box('1'), 'out-of-memory-child', false);
    await settled();
    live(box('1'), 200);
    ends(box('1'), 'deleted');
    await settled();
    expect(learned(peaks)).toMatchObject({ runs: 1, peaks: [{ weight: 1 }] });
    expect(peaks.recorded[0]).toEqual(one('memory', noEndBytes, 29_000));
  });

  it('counts both where nobody knows when it was made, and the second from its own beginning', async () => {
    const { peaks, box, live, ends, settled } = bench();
    const ageless = box('1', { createdAtMs: null });
    live(ageless, 400);
    ends(ageless, 'out-of-memory-child', false);
    live(ageless, 200);
    ends(ageless, 'deleted');
    await settled();
    expect(peaks.recorded.map(({ peakBytes }) => peakBytes)).toEqual([noEndBytes, 200 * MiB]);
  });

  it('has no age where nobody knows when it was made', async () => {
    const { peaks, box, live, ends, settled } = bench();
    const ageless = box('1', { createdAtMs: null });
    live(ageless, 400);
    ends(ageless, 'out-of-memory');
    await settled();
    expect(peaks.recorded).toEqual([
      { commandKey: lifeKey(origin, 'memory'), peakBytes: noEndBytes, atMs: t0 + 100_000 },
    ]);
  });

  it('is also where its disk stopped', async () => {
    const { peaks, box, live, ends, settled } = bench();
    live(box('1'), 100, { disk: { usedBytes: 70 * MiB, limitBytes: 100 * MiB } });
    ends(box('1'), 'exited');
    await settled();
    expect(peaks.recorded).toContainEqual(one('disk', 70 * MiB));
  });

  it('is that its disk was full, when an error said so', async () => {
    const { peaks, lives, box, live, ends, settled } = bench();
    live(box('1'), 100, { disk: { usedBytes: 90 * MiB, limitBytes: 100 * MiB } });
    lives.diskFull('1', t0 + 90_000);
    lives.diskFull('2', t0 + 90_000);
    ends(box('1'), 'crashed');
    await settled();
    expect(peaks.recorded).toContainEqual(one('disk', noEndBytes, 29_000));
  });

  it('is not that its disk was full when the error was about another one, as a fresh reading says', async () => {
    const { peaks, lives, box, live, ends, settled } = bench();
    const disk = { usedBytes: 10 * MiB, limitBytes: 100 * MiB };
    live(box('1'), 100, { disk });
    lives.diskFull('1', t0 + 95_000);
    live(box('2'), 100, { disk });
    lives.diskFull('2', t0 + 150_000);
    live(box('3'), 100);
    lives.diskFull('3', t0 + 95_000);
    for (const id of ['1', '2', '3']) ends(box(id), 'expired');
    await settled();
    const disks = peaks.recorded.filter(({ commandKey }) => commandKey === lifeKey(origin, 'disk'));
    expect(disks.map(({ peakBytes }) => peakBytes)).toEqual([10 * MiB, noEndBytes, noEndBytes]);
  });

  it('counts what cannot be given back, with the swap that took over', async () => {
    const { peaks, lives, box, ends, settled } = bench();
    for (let second = 0; second < 60; second += 1) {
      const sample = aSample('1', t0 + second * 1000, { swap: { usedBytes: 50 * MiB, limitBytes: 200 * MiB } });
      const memory = sample.memory;
      if (memory === undefined) throw new Error('no memory');
      lives.sample(box('1'), { ...sample, memory: { ...memory, unreclaimableBytes: 80 * MiB } });
    }
    ends(box('1'), 'expired');
    await settled();
    expect(peaks.recorded).toEqual([one('memory', 130 * MiB)]);
  });

  it('counts once, though two windows see two sandboxes end', async () => {
    const { clock, peaks, box, settled } = bench();
    const windows = [0, 400].map((apartMs) => ({ apartMs, lives: new LifeMemory({ clock, peaks }) }));
    for (const { apartMs, lives } of windows) {
      for (const id of ['1', '2']) {
        const seen = box(id, { createdAtMs: t0 + 60_000 * Number(id) + apartMs });
        for (let second = 0; second < 60; second += 1) lives.sample(seen, using(id, t0 + second * 1000, 300));
        lives.incident(seen, anIncident(id, t0 + 100_000, { cause: 'expired', endsSandbox: true }));
      }
    }
    await settled();
    expect(peaks.recorded).toHaveLength(4);
    expect(learned(peaks)?.runs).toBe(2);
  });

  it('counts once for each sandbox, however often something is killed in it', async () => {
    const { peaks, box, live, ends, settled } = bench();
    for (let time = 0; time < 3; time += 1) {
      for (const id of ['1', '2']) {
        live(box(id), 400);
        ends(box(id), 'out-of-memory-child', false, `${time}`);
      }
      await settled();
    }
    expect(learned(peaks)?.runs).toBe(2);
  });

  it('is nothing where nobody knows the kind, the numbers are the machine’s, or it was found ended', async () => {
    const { peaks, box, live, ends, settled } = bench();
    live(box('1', { origin: null }), 300);
    ends(box('1', { origin: null }), 'expired');
    live(box('2'), 300, { source: 'machine' });
    ends(box('2'), 'expired');
    ends(box('3'), 'out-of-memory');
    await settled();
    expect(peaks.recorded).toEqual([]);
  });

  it('is not changed by what happens in between', async () => {
    const { peaks, box, live, ends, settled } = bench();
    live(box('1'), 300);
    ends(box('1'), 'agent-down', false);
    await settled();
    expect(peaks.recorded).toEqual([]);
    ends(box('1'), 'expired');
    await settled();
    expect(peaks.recorded).toHaveLength(1);
  });

  it('waits when the end was none', async () => {
    const { peaks, lives, box, live, ends, settled } = bench();
    live(box('1'), 300);
    ends(box('1'), 'deleted');
    lives.withdrawn('1');
    await settled();
    expect(peaks.recorded).toEqual([]);
    ends(box('1'), 'expired');
    await settled();
    expect(peaks.recorded).toEqual([one('memory', 300 * MiB)]);
  });

  it('is written when the window closes or it is not shown any more, and not when it is to be forgotten', () => {
    const { clock, peaks, lives, box, live, ends } = bench();
    for (const id of ['1', '2', '3', '4']) live(box(id), 300);
    for (const id of ['1', '2', '3']) ends(box(id), 'expired');
    lives.drop('1');
    lives.forget('2');
    lives.close();
    expect(peaks.recorded.map(({ atMs }) => atMs)).toEqual([t0 + 60_000, t0 + 180_000]);
    expect(clock.pending).toBe(0);
  });
});
