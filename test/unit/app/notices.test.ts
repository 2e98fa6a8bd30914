import { describe, expect, it } from 'vitest';
import { type NoticeEvent, noNotices, reduceNotices } from '../../../src/app/notices.ts';
import type { SignalName } from '../../../src/model/signal.ts';
import type { Warning } from '../../../src/model/warning.ts';
import { aForecast } from '../../helpers/a-forecast.ts';

const aWarning = (parts: Partial<Warning> = {}): Warning => ({
  id: 'w1',
  sandboxId: 'a',
  signal: 'memory',
  level: 'warn',
  startedAtMs: 0,
  warnedAtMs: 10,
  criticalAtMs: null,
  forecast: aForecast(),
  endedAtMs: null,
  outcome: 'open',
  ...parts,
});

const watching = (parts: Partial<Warning> = {}): NoticeEvent => ({
  kind: 'warning',
  warning: aWarning({ level: 'watch', warnedAtMs: null, ...parts }),
  atMs: 5,
});
const warned = (parts: Partial<Warning> = {}, atMs = 10): NoticeEvent => ({
  kind: 'warning',
  warning: aWarning(parts),
  atMs,
});
const critical = (parts: Partial<Warning> = {}, atMs = 20): NoticeEvent => ({
  kind: 'warning',
  warning: aWarning({ level: 'critical', criticalAtMs: 20, ...parts }),
  atMs,
});
const recovered = (parts: Partial<Warning> = {}): NoticeEvent => ({
  kind: 'warning',
  warning: aWarning({ outcome: 'recovered', endedAtMs: 30, ...parts }),
  atMs: 30,
});
const muted = (...signals: readonly SignalName[]): NoticeEvent => ({
  kind: 'muted',
  muted: signals.map((signal) => ({ sandboxId: 'a', signal })),
  atMs: 10,
});

/** What is said, as `level@event number`. */
const said = (...events: readonly NoticeEvent[]): string[] => {
  let state = noNotices;
  const heard: string[] = [];
  events.forEach((event, index) => {
    const [next, say] = reduceNotices(state, event);
    state = next;
    for (const one of say) heard.push(`${one.level} ${one.warning.id}@${index}`);
  });
  return heard;
};

describe('notices', () => {
  it('say an episode once, when it reaches warn', () => {
    expect(said(watching(), warned(), warned(), warned())).toEqual(['warn w1@1']);
  });

  it('say nothing of an episode that is only watched or that recovers', () => {
    expect(said(watching(), recovered({ warnedAtMs: null }))).toEqual([]);
  });

  it('speak again at critical only if the first was left unanswered', () => {
    const time = (atMs: number): NoticeEvent => ({ kind: 'time', atMs });
    expect(said(warned(), critical({}, 30_000), critical({}, 31_000))).toEqual(['warn w1@0', 'critical w1@1']);
    // Not while the person may still be reading the first.
    expect(said(warned(), critical(), time(15_000), time(21_000))).toEqual(['warn w1@0', 'critical w1@3']);
    expect(said(warned(), critical(), { kind: 'answered', id: 'w1' }, time(21_000))).toEqual(['warn w1@0']);
    expect(said(warned(), critical(), recovered(), time(21_000))).toEqual(['warn w1@0']);
    expect(said(warned(), { kind: 'answered', id: 'w1' }, critical())).toEqual(['warn w1@0']);
    expect(said({ kind: 'answered', id: 'unknown' }, warned())).toEqual(['warn w1@1']);
  });

  it('say an episode that is critical at once, once', () => {
    expect(said(critical(), critical())).toEqual(['critical w1@0']);
  });

  it('take a reopened episode for the same one', () => {
    expect(said(warned(), recovered(), warned(), recovered(), warned())).toEqual(['warn w1@0']);
    expect(said(critical(), recovered({ criticalAtMs: 20 }), critical())).toEqual(['critical w1@0']);
  });

  it('say another episode, and one of another signal', () => {
    expect(said(warned(), recovered(), warned({ id: 'w2' }), warned({ id: 'w3', signal: 'disk' }))).toEqual([
      'warn w1@0',
      'warn w2@2',
      'warn w3@3',
    ]);
  });

  it('never speak of what is muted', () => {
    expect(said(muted('memory'), muted('memory'), warned(), critical(), warned({ id: 'w2', signal: 'disk' }))).toEqual([
      'warn w2@4',
    ]);
    expect(said(muted('memory'), warned({ sandboxId: 'b' }))).toEqual(['warn w1@1']);
  });

  it('speak at once of what is muted no longer, if it stands and nobody was told of it', () => {
    const time: NoticeEvent = { kind: 'time', atMs: 21 };
    expect(said(muted('memory'), warned(), critical(), muted(), time, time)).toEqual(['critical w1@4']);
    expect(said(muted('memory'), warned(), muted('memory', 'disk'), time)).toEqual([]);
    expect(said(muted('memory'), warned(), recovered(), muted(), time)).toEqual([]);
    expect(said(warned(), muted('memory'), muted(), time)).toEqual(['warn w1@0']);
  });

  it('are silent while snoozed, also for the next episode of the same signal, and remind once if it is still open', () => {
    const snooze: NoticeEvent = { kind: 'snooze', id: 'w1', atMs: 10, untilMs: 1_000 };
    const at = (atMs: number): NoticeEvent => ({ kind: 'time', atMs });
    expect(said(warned(), snooze, critical(), at(999), at(1_000), at(1_001), critical({}, 1_002))).toEqual([
      'warn w1@0',
      'critical w1@4',
    ]);
    expect(said(warned(), snooze, recovered(), at(1_000))).toEqual(['warn w1@0']);
    expect(said(warned(), snooze, recovered(), warned({ id: 'w2' }, 500), at(1_000))).toEqual([
      'warn w1@0',
      'warn w2@4',
    ]);
    expect(said(warned(), snooze, muted('memory'), at(1_000))).toEqual(['warn w1@0']);
    expect(said({ kind: 'snooze', id: 'unknown', atMs: 1, untilMs: 9 }, warned())).toEqual(['warn w1@1']);
  });

  it('are not snoozed for longer by a clock that is set back', () => {
    const snooze: NoticeEvent = { kind: 'snooze', id: 'w1', atMs: 100_000, untilMs: 160_000 };
    const at = (atMs: number): NoticeEvent => ({ kind: 'time', atMs });
    // A minute of snooze; after 20 s the clock goes back by 90 s, and 40 s later it is over.
    expect(said(warned(), snooze, at(120_000), at(30_000), at(69_999), at(70_000))).toEqual(['warn w1@0', 'warn w1@5']);
    // The next episode of the same signal is silent for no longer either.
    const over: NoticeEvent = { kind: 'warning', warning: aWarning({ outcome: 'recovered' }), atMs: 100_000 };
    const next = warned({ id: 'w2' }, 31_000);
    expect(said(warned(), snooze, over, at(120_000), at(30_000), next, at(69_999), at(70_000))).toEqual([
      'warn w1@0',
      'warn w2@7',
    ]);
    // Set back between two turns of the clock, before the snooze.
    const late: NoticeEvent = { kind: 'snooze', id: 'w1', atMs: 10_000, untilMs: 70_000 };
    expect(said(warned(), at(100_000), late, at(11_000), at(69_000), at(70_000))).toEqual(['warn w1@0', 'warn w1@5']);
  });

  it('may speak at critical after a reminder at warn that was left unanswered', () => {
    const snooze: NoticeEvent = { kind: 'snooze', id: 'w1', atMs: 10, untilMs: 1_000 };
    expect(said(warned(), snooze, { kind: 'time', atMs: 1_000 }, critical({}, 31_500))).toEqual([
      'warn w1@0',
      'warn w1@2',
      'critical w1@3',
    ]);
  });

  it('forget the episodes of an ended sandbox', () => {
    const snooze: NoticeEvent = { kind: 'snooze', id: 'w1', atMs: 10, untilMs: 1_000 };
    expect(said(warned(), snooze, { kind: 'ended', sandboxId: 'a' }, { kind: 'time', atMs: 2_000 })).toEqual([
      'warn w1@0',
    ]);
    expect(reduceNotices(noNotices, { kind: 'ended', sandboxId: 'a' })[0]).toBe(noNotices);
  });

  it('do not grow without bound', () => {
    let state = noNotices;
    for (let index = 0; index < 2_000; index += 1) [state] = reduceNotices(state, warned({ id: `w${index}` }));
    expect(state.episodes.length).toBeLessThanOrEqual(500);
  });
});
