import { describe, expect, it } from 'vitest';
import { rankFixes, successText } from '../../../../src/app/error-fixes/rank.ts';
import type { PatternFixId, RankedFix } from '../../../../src/model/fix.ts';
import type { FixRecord } from '../../../../src/model/history.ts';
import { aRankedFix } from '../../../helpers/a-ranked-fix.ts';

const fix = (name: string, part: Partial<RankedFix> = {}): Omit<RankedFix, 'worked' | 'didNotWork'> => {
  const {
    worked: _worked,
    didNotWork: _didNotWork,
    ...untried
  } = aRankedFix({
    fixId: `pattern/p/${name}`,
    title: name,
    risk: 'confirm',
    ...part,
  });
  return untried;
};
const record = (name: string, worked: number, didNotWork: number): FixRecord => ({
  fixId: name.includes('/') ? (name as PatternFixId) : `pattern/p/${name}`,
  tried: worked + didNotWork,
  worked,
  didNotWork,
  lastTriedAtMs: 0,
});
const order = (fixes: readonly { readonly title: string }[]): string => fixes.map(({ title }) => title).join(' ');

describe('the order of fixes', () => {
  it('is the catalogue’s where nothing is known', () => {
    expect(order(rankFixes([fix('a'), fix('b'), fix('c')], [], []))).toBe('a b c');
  });

  it('is that of the lower bound of success here', () => {
    const records = [record('b', 1, 0), record('c', 9, 1), record('a', 1, 3)];
    expect(order(rankFixes([fix('a'), fix('b'), fix('c'), fix('d')], records, []))).toBe('c b a d');
  });

  it('lets one that failed twice and never worked fall behind, but not one that failed once', () => {
    expect(order(rankFixes([fix('a'), fix('b')], [record('a', 0, 2)], []))).toBe('b a');
    expect(order(rankFixes([fix('a'), fix('b')], [record('a', 0, 1)], []))).toBe('a b');
  });

  it('takes the pattern’s record where this error has none, and this error’s own where it has', () => {
    const ranked = rankFixes([fix('a'), fix('b')], [record('a', 0, 2)], [record('a', 8, 0), record('b', 3, 1)]);
    expect(ranked.map(({ title, worked, didNotWork }) => [title, worked, didNotWork])).toEqual([
      ['b', 3, 1],
      ['a', 0, 2],
    ]);
  });

  it('counts an action only for this error', () => {
    const extend = fix('a', { does: 'action', action: 'extend', argv: null });
    const general: FixRecord = { ...record('x', 9, 0), fixId: 'extend' };
    expect(rankFixes([extend], [], [general])[0]?.worked).toBe(0);
    expect(rankFixes([extend], [general], [])[0]?.worked).toBe(9);
  });

  it('never lifts what loses something, and puts the person’s own first', () => {
    const own = fix('own', { fixId: 'pattern/own/f' });
    const flush = fix('flush', { risk: 'destructive' });
    const page = fix('page', { does: 'link' });
    expect(order(rankFixes([flush, page, fix('a'), own], [record('flush', 20, 0)], []))).toBe('own a page flush');
  });

  it('is said in words', () => {
    expect(successText({ worked: 3, didNotWork: 1 })).toBe('worked 3 of 4 times here');
    expect(successText({ worked: 2, didNotWork: 0 })).toBe('worked all 2 times here');
    expect(successText({ worked: 1, didNotWork: 0 })).toBe('worked here');
    expect(successText({ worked: 0, didNotWork: 1 })).toBe('did not work here');
    expect(successText({ worked: 0, didNotWork: 0 })).toBeNull();
  });
});
