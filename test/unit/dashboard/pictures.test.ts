import { describe, expect, it } from 'vitest';
import { courseRows, courseSummary, peakText } from '../../../media/dashboard/lib/course-table.ts';
import { layOut } from '../../../media/dashboard/lib/marks-layout.ts';
import { Ring } from '../../../media/dashboard/lib/ring.ts';
import { barHeights, grouped, sparkPath } from '../../../media/dashboard/lib/spark.ts';
import { Speech } from '../../../media/dashboard/lib/speech.ts';
import type { Mark } from '../../../src/model/dashboard/parts.ts';

const mark = (part: Partial<Mark>): Mark => ({
  id: `${part.kind}/${part.atMs}`,
  kind: 'command',
  atMs: 0,
  endedAtMs: null,
  open: false,
  word: '',
  text: '',
  tone: 'plain',
  ...part,
});

describe('marks on the time axis', () => {
  const span = { fromMs: 1_000, toMs: 2_000 };

  it('are cut at the edges and left out beyond them', () => {
    const placed = layOut(
      [
        mark({ atMs: 500, endedAtMs: 1_250 }),
        mark({ atMs: 100, endedAtMs: 900 }),
        mark({ atMs: 2_500, endedAtMs: 2_600 }),
        mark({ atMs: 1_750, open: true }),
      ],
      span,
      9_000,
    );
    expect(placed.map(({ left, width }) => [left, width])).toEqual([
      [0, 0.25],
      [0.75, 0.25],
    ]);
  });

  it('stand below each other where they overlap, and together where they are too many', () => {
    const over = [0, 1, 2, 3].map((index) => mark({ id: String(index), atMs: 1_100 + index, endedAtMs: 1_900 }));
    expect(layOut(over, span, 0).map(({ row }) => row)).toEqual([0, 1, 2, 2]);
    const after = [mark({ atMs: 1_000, endedAtMs: 1_200 }), mark({ atMs: 1_200, endedAtMs: 1_300 })];
    expect(layOut(after, span, 0).map(({ row }) => row)).toEqual([0, 0]);
  });

  it('of no length that are near to each other are counted as one', () => {
    const errors = [1_500, 1_504, 1_506, 1_700].map((atMs) => mark({ kind: 'error', atMs }));
    expect(layOut(errors, span, 0).map(({ count, width }) => [count, width])).toEqual([
      [3, 0],
      [1, 0],
    ]);
  });

  it('are not there without a span', () => {
    expect(layOut([mark({ atMs: 1 })], { fromMs: 5, toMs: 5 }, 0)).toEqual([]);
  });
});

describe('small pictures', () => {
  it('draw a line from left to right and clamp', () => {
    expect(sparkPath([0, 0.5, 2], 10, 12)).toBe('M0.0 11.0L5.0 6.0L10.0 1.0');
    expect(sparkPath([0.5], 10, 12)).toBe('');
  });
  it('scale bars to the largest', () => {
    expect(barHeights([1, null, 4])).toEqual([0.25, 0, 1]);
    expect(barHeights([0, 0])).toEqual([0, 0]);
  });
  it('add up what is too much for the width, the newest group being whole', () => {
    expect(grouped([1, 2, 3, 4, 5], 3)).toEqual([1, 5, 9]);
    expect(grouped([1, 2], 9)).toEqual([1, 2]);
    expect(grouped([], 9)).toEqual([]);
  });
});

describe('the table beside a chart', () => {
  const ring = new Ring();
  for (let second = 0; second < 100; second += 1) ring.push(second * 1_000, second, second < 50 ? null : 200);

  it('has the newest reading first and at most as many lines as wanted', () => {
    const rows = courseRows(ring, { fromMs: 0, toMs: 99_000 }, 'count', 10);
    expect(rows).toHaveLength(10);
    expect(rows[0]?.slice(1)).toEqual(['99', '200', '50%']);
    expect(rows.at(-1)?.slice(2)).toEqual(['none', '']);
    expect(courseRows(ring, { fromMs: 98_000, toMs: 99_000 }, 'count', 10)).toHaveLength(2);
    expect(courseRows(ring, { fromMs: 500_000, toMs: 600_000 }, 'count')).toEqual([]);
  });

  it('says the most of what is over, where the last reading was less', () => {
    const broke = new Ring();
    for (const [at, used] of [100, 199, 20].entries()) broke.push(at, used, 200);
    expect(peakText(broke, { fromMs: 0, toMs: 9 }, 'count')).toBe('highest 199 (100%)');
    expect(peakText(broke, { fromMs: 0, toMs: 1 }, 'count')).toBe('199 (100%)');
    expect(peakText(broke, { fromMs: 2, toMs: 9 }, 'count')).toBe('20 (10%)');
    expect(peakText(new Ring(), { fromMs: 0, toMs: 9 }, 'count')).toBe('');
  });

  it('says the same in a sentence', () => {
    expect(courseSummary('Processes', ring, { fromMs: 90_000, toMs: 99_000 }, 'count', 'full soon')).toBe(
      'Processes: 99, 50% of 200; between 90 and 99 in the time shown; full soon.',
    );
    expect(courseSummary('Processes', ring, { fromMs: 99_000, toMs: 99_000 }, 'count', null)).toBe(
      'Processes: 99, 50% of 200; steady in the time shown.',
    );
    expect(courseSummary('Processes', new Ring(), { fromMs: 0, toMs: 1 }, 'count', null)).toBe(
      'Processes: nothing was measured in this time.',
    );
  });
});

describe('what is read out', () => {
  it('is never said twice in a row and not too often', () => {
    const speech = new Speech(10_000);
    expect(speech.next('a', 0)).toBe('a');
    expect(speech.next('a', 60_000)).toBeNull();
    expect(speech.next('b', 60_000)).toBe('b');
    expect(speech.next('c', 65_000)).toBeNull();
    expect(speech.next('c', 71_000)).toBe('c');
  });
  it('does not wait when a warning begins', () => {
    const speech = new Speech(10_000);
    speech.next('a', 0);
    expect(speech.next('warning', 1, true)).toBe('warning');
  });
});
