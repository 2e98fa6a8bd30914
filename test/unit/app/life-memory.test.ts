import { describe, expect, it } from 'vitest';
import { LifeMemory } from '../../../src/app/life-memory.ts';
import type { IncidentCause } from '../../../src/model/incident.ts';
import { type LifeSignal, lifeKey, noEndBytes } from '../../../src/model/life.ts';
import type { Sample } from '../../../src/model/sample.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { aSample, aSandbox, MiB, using } from '../../helpers/fake-provider.ts';
import { anIncident } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const origin = 'api:1 #0123456789ab';
const t0 = 1_000_000;

/** @param agedMs at which age it reached its limit. */
const one = (signal: LifeSignal, peakBytes: number, agedMs: number | null = null) => ({
  commandKey: lifeKey(origin, signal),
  peakBytes,
  atMs: t0 + 60_000,
  ...(agedMs === null ? {} : { tookMs: agedMs }),
});

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
  const ends = (sandbox: Sandbox, cause: IncidentCause, endsSandbox = true): void =>
    lives.incident(sandbox, anIncident(sandbox.id, t0 + 100_000, { cause, endsSandbox }));
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
    ends(box('1'), 'out-of-memory');
    await settled();
    expect(peaks.recorded).toEqual([one('memory', noEndBytes, 29_000)]);
  });

  it('is that it was killed, though it lives on and ends at rest: one sandbox counts once', async () => {
    const { peaks, box, live, ends, settled } = bench();
    live(box('1'), 400);
    ends(box('1'), 'out-of-memory-child', false);
    await settled();
    for (const { commandKey, peakBytes, atMs } of peaks.recorded) {
      peaks.known.set(commandKey, { peakBytes, runs: 1, lastRunAtMs: atMs, peaks: [], tookMs: null });
    }
    live(box('1'), 200);
    ends(box('1'), 'deleted');
    await settled();
    expect(peaks.recorded).toEqual([one('memory', noEndBytes, 29_000)]);
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
    lives.reached('1', 'disk');
    lives.reached('2', 'disk');
    ends(box('1'), 'crashed');
    await settled();
    expect(peaks.recorded).toContainEqual(one('disk', noEndBytes, 29_000));
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

  it('is written once, though two windows see it', async () => {
    const { clock, peaks, box, live, ends, settled } = bench();
    const other = new LifeMemory({ clock, peaks });
    live(box('1'), 300);
    for (let second = 0; second < 60; second += 1) other.sample(box('1'), using('1', t0 + second * 1000, 300));
    ends(box('1'), 'expired');
    await settled();
    const known = { peakBytes: 300 * MiB, runs: 1, lastRunAtMs: t0 + 60_000, peaks: [], tookMs: null };
    peaks.known.set(lifeKey(origin, 'memory'), known);
    const end = anIncident('1', t0 + 100_000, { cause: 'expired', endsSandbox: true });
    other.incident(box('1', { createdAtMs: t0 + 60_400 }), end);
    await settled();
    expect(peaks.recorded).toHaveLength(1);
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
