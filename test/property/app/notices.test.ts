import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastPart } from '../../../src/app/error-inbox.ts';
import { type NoticeEvent, noNotices, reduceNotices } from '../../../src/app/notices.ts';
import { planWatch } from '../../../src/app/watch-plan.ts';
import { phases } from '../../../src/model/sandbox.ts';
import type { Warning } from '../../../src/model/warning.ts';
import { aForecast } from '../../helpers/a-forecast.ts';

const forecast = aForecast();

const warning = fc.record({
  id: fc.constantFrom('w1', 'w2', 'w3'),
  critical: fc.boolean(),
  warned: fc.boolean(),
  outcome: fc.constantFrom<Warning['outcome']>('open', 'open', 'recovered', 'broke'),
});

const event: fc.Arbitrary<NoticeEvent> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(warning, fc.nat(100)).map(
      ([one, atMs]): NoticeEvent => ({
        kind: 'warning',
        atMs,
        warning: {
          id: one.id,
          // One signal per id, as the monitor has it.
          sandboxId: 'a',
          signal: one.id === 'w3' ? 'disk' : 'memory',
          level: one.critical ? 'critical' : 'warn',
          startedAtMs: 0,
          warnedAtMs: one.warned ? 1 : null,
          criticalAtMs: one.critical ? 1 : null,
          forecast,
          endedAtMs: null,
          outcome: one.outcome,
        },
      }),
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('w1', 'w2', 'w3').map((id): NoticeEvent => ({ kind: 'answered', id })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('w1', 'w2', 'w3'), fc.nat(100), fc.nat(100))
      .map(([id, atMs, forMs]): NoticeEvent => ({ kind: 'snooze', id, atMs, untilMs: atMs + forMs })),
  },
  { weight: 1, arbitrary: fc.nat(100).map((atMs): NoticeEvent => ({ kind: 'time', atMs })) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.boolean(), fc.nat(100)).map(
      ([some, atMs]): NoticeEvent => ({
        kind: 'muted',
        muted: some ? [{ sandboxId: 'a', signal: 'disk' }] : [],
        atMs,
      }),
    ),
  },
);

describe('notices, whatever happens', () => {
  it('speak at most twice of an episode, once more for every snooze, never of what is muted or over', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let state = noNotices;
        const count = new Map<string, number>();
        const allowed = new Map<string, number>();
        let muted = false;
        for (const one of events) {
          const [next, say] = reduceNotices(state, one);
          state = next;
          if (one.kind === 'muted') muted = one.muted.length > 0;
          if (one.kind === 'snooze') allowed.set(one.id, (allowed.get(one.id) ?? 2) + 2);
          for (const { warning: spoken, level } of say) {
            count.set(spoken.id, (count.get(spoken.id) ?? 0) + 1);
            expect(spoken.outcome).toBe('open');
            expect(level === 'critical' ? spoken.criticalAtMs : spoken.warnedAtMs).not.toBeNull();
            if (spoken.signal === 'disk') expect(muted).toBe(false);
          }
        }
        for (const [id, times] of count) expect(times).toBeLessThanOrEqual(allowed.get(id) ?? 2);
      }),
    );
  });
});

describe('the watch plan', () => {
  it('never exceeds its number, holds the current one while it lives, and is stable', () => {
    const sandbox = fc.record({
      id: fc.nat(40).map((no) => `s${no}`),
      phase: fc.constantFrom(...phases),
      createdAtMs: fc.option(fc.nat(1_000), { nil: null }),
      watched: fc.boolean(),
      warned: fc.boolean(),
      flows: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(sandbox, { selector: (one) => one.id, maxLength: 40 }),
        fc.nat(40),
        fc.nat(12),
        (sandboxes, currentNo, maximum) => {
          const currentId = `s${currentNo}`;
          const planned = planWatch(sandboxes, currentId, maximum);
          const current = sandboxes.find((one) => one.id === currentId);
          const isLive = ({ phase, flows }: NonNullable<typeof current>): boolean =>
            ['running', 'starting', 'unknown'].includes(phase) || (phase === 'interrupted' && flows);
          const lives = current !== undefined && isLive(current);
          expect(planned.has(currentId)).toBe(lives);
          expect(planned.size).toBeLessThanOrEqual(Math.max(maximum, lives ? 1 : 0));
          const again = planWatch(
            sandboxes.map((one) => ({ ...one, watched: planned.has(one.id) })),
            currentId,
            maximum,
          );
          expect([...again].sort()).toEqual([...planned].sort());
        },
      ),
    );
  });
});

describe('the kept end of an error text', () => {
  it('is an end of the text, whole characters, at most 64 KiB', () => {
    const piece = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(piece, piece, fc.integer({ min: 1, max: 12_000 }), (start, repeated, times) => {
        const text = (start + repeated.repeat(times)).toWellFormed();
        const kept = lastPart(text);
        expect(text.endsWith(kept)).toBe(true);
        expect(kept.isWellFormed()).toBe(true);
        const bytes = new TextEncoder().encode(kept).length;
        expect(bytes).toBeLessThanOrEqual(65_536);
        if (kept !== text) expect(bytes).toBeGreaterThan(65_530);
      }),
      { numRuns: 40 },
    );
  });
});
