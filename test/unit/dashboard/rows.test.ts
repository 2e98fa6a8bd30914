import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstWay, matchesFilter, sortRows, totalsOf } from '../../../media/dashboard/lib/fleet-order.ts';
import { staying } from '../../../media/dashboard/lib/keyed.ts';
import { clockText, endsText, endsTitle } from '../../../media/dashboard/lib/words.ts';
import { fleetRow } from '../../../src/editor/dashboard/fleet-state.ts';
import type { FleetRow } from '../../../src/model/dashboard/fleet-page.ts';
import { fleetColumns } from '../../../src/model/dashboard/state.ts';
import { nowMs, sandboxView } from '../../helpers/views.ts';

const base = fleetRow(sandboxView(), false);
const row = (id: string, part: Partial<FleetRow> = {}): FleetRow => ({ ...base, id, name: id, ...part });
const calm = { word: 'calm', icon: 'check', tone: 'good' } as const;
const warning = { word: 'warning', icon: 'warning', tone: 'warn' } as const;
const critical = { word: 'critical', icon: 'flame', tone: 'bad' } as const;
const ids = (rows: readonly FleetRow[]): string => rows.map(({ id }) => id).join(' ');

describe('the order of the rows', () => {
  const rows = [
    row('calm', { level: calm, ends: null, expiresAtMs: nowMs + 9_000, memory: 0.9, cpu: null }),
    row('critical', { level: critical, memory: 0.5, cpu: 0.2 }),
    row('over', { ended: true, live: false, endedAtMs: nowMs - 5_000, memory: null, cpu: null }),
    row('later', {
      level: warning,
      ends: { word: 'Memory', signal: 'memory', atMs: nowMs + 90_000 },
      memory: 0.7,
      cpu: 1,
    }),
    row('sooner', {
      level: warning,
      ends: { word: 'Memory', signal: 'memory', atMs: nowMs + 30_000 },
      memory: 0.7,
      cpu: 0,
    }),
    row('over-long-ago', { ended: true, live: false, endedAtMs: nowMs - 900_000, memory: null, cpu: null }),
    row('paused', { live: false, level: calm, memory: null, cpu: null }),
  ];

  it('brings to the top what ends first', () => {
    expect(ids(sortRows(rows, firstWay('ends')))).toBe('critical sooner later calm paused over over-long-ago');
  });
  it('brings to the top who takes most memory or CPU; what is not measured comes last either way', () => {
    expect(ids(sortRows(rows, firstWay('memory')))).toBe('calm later sooner critical over over-long-ago paused');
    expect(ids(sortRows(rows, { column: 'memory', descending: false }))).toBe(
      'critical later sooner calm over over-long-ago paused',
    );
    expect(ids(sortRows(rows, firstWay('cpu')))).toBe('later critical sooner calm over over-long-ago paused');
  });

  it('does not depend on the order before, whatever the column', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(rows, { minLength: rows.length }),
        fc.constantFrom(...fleetColumns),
        fc.boolean(),
        (shuffled, column, descending) => {
          expect(ids(sortRows(shuffled, { column, descending }))).toBe(ids(sortRows(rows, { column, descending })));
        },
      ),
    );
  });
});

describe('the filter', () => {
  const one = row('api-tests', { owner: 'ada', searchText: '0b5e running team=search' });
  it.each(['', 'API', 'ada search', 'memory', 'warning', '0b5e'])('%s finds it', (text) =>
    expect(matchesFilter(one, text)).toBe(true),
  );
  it.each(['web', 'ada web'])('%s does not', (text) => expect(matchesFilter(one, text)).toBe(false));
});

describe('the totals', () => {
  it('count each sandbox once and warn only of those that live', () => {
    const totals = totalsOf([
      row('a', { level: warning, memoryBytes: 5 }),
      row('b', { level: critical, memoryBytes: 7, health: 'failing' }),
      row('c', { level: critical, ended: true, live: false, memoryBytes: null }),
      row('d', { level: calm, live: false, memory: null, memoryBytes: null }),
    ]);
    expect(totals).toEqual({
      running: 2,
      resting: 1,
      ended: 1,
      warnings: 1,
      critical: 1,
      measured: 2,
      failing: 1,
      memoryBytes: 12,
    });
  });
});

describe('what ends a sandbox, in words', () => {
  it('counts down, and tells the clock time in the tooltip', () => {
    const one = row('a', { ends: { word: 'Memory', signal: 'memory', atMs: nowMs + 240_000 } });
    expect(endsText(one, nowMs)).toBe('Memory ~4 min');
    expect(endsText(one, nowMs + 235_000)).toBe('Memory <10 s');
    expect(endsText(one, nowMs + 300_000)).toBe('Memory now');
    const deadline = row('a', { ends: { word: 'Time', signal: 'expiry', atMs: nowMs + 5_000 } });
    expect(endsText(deadline, nowMs)).toBe('Time 5 s');
    expect(endsTitle(one, nowMs)).toMatch(/^Memory, at about \d\d:\d\d$/);
  });
  it('says when nothing is known', () => {
    expect(endsText(row('a', { ends: null }), nowMs)).toBe('nothing in sight');
    expect(endsText(row('a', { ends: null, ended: true }), nowMs)).toBe('not known');
    expect(endsText(row('a', { ends: { word: 'Disk', signal: 'disk', atMs: null } }), nowMs)).toBe('Disk');
  });
});

describe('the ends of a row of bars', () => {
  it('tell the day where it is another one: a day back the clock says nearly the same', () => {
    const noon = new Date(2026, 10, 22, 12, 8).getTime();
    expect(clockText(noon - 5 * 60_000, noon)).toBe('12:03');
    expect(clockText(noon - 23.5 * 3_600_000, noon)).toBe('11-21 12:38');
  });
});

describe('moving as few nodes as possible', () => {
  /** The longest run by trying all. */
  const longest = (order: readonly number[]): number => {
    let best = 0;
    for (let set = 0; set < 2 ** order.length; set += 1) {
      const run = order.filter((position, index) => position >= 0 && (set & (1 << index)) !== 0);
      if (run.every((position, index) => index === 0 || (run[index - 1] ?? 0) < position))
        best = Math.max(best, run.length);
    }
    return best;
  };

  it('leaves the longest run in place, and never a new node', () => {
    const orders = fc
      .uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 9 })
      .chain((known) => fc.shuffledSubarray([...known, -1, -1], { minLength: known.length }));
    fc.assert(
      fc.property(orders, (order) => {
        const stay = staying(order);
        const run = order.filter((_, index) => stay.has(index));
        expect(run.every((position, index) => position >= 0 && (index === 0 || (run[index - 1] ?? 0) < position))).toBe(
          true,
        );
        expect(run.length).toBe(longest(order));
      }),
      { numRuns: 200 },
    );
  });

  it('moves one row that rises, not all below it', () => {
    expect(staying([5, 0, 1, 2, 3, 4]).size).toBe(5);
    expect(staying([1, 2, 3, 4, 5, 0]).size).toBe(5);
  });
});
