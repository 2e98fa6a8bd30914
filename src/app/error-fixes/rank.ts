import type { FixId, PatternFixId, RankedFix } from '../../model/fix.ts';
import type { FixRecord } from '../../model/history.ts';
import { successScore } from '../../model/success.ts';

type Untried = Omit<RankedFix, 'worked' | 'didNotWork'>;

const recordOf = (records: readonly FixRecord[], fixId: PatternFixId, action: FixId | null): FixRecord | undefined =>
  records.find((record) => record.fixId === (action ?? fixId) && record.worked + record.didNotWork > 0);

/** What a person gave comes first, what loses something last; what only shows a page keeps its place behind the others. */
const groupOf = (fix: RankedFix): number => {
  if (fix.fixId.startsWith('pattern/own/')) return 0;
  if (fix.does === 'link') return 2;
  return fix.risk === 'destructive' ? 3 : 1;
};

/**
 * Ranks the fixes of one error by the lower bound of their success here; where nothing is known the order given stays. One that loses
 * something is never lifted above one that does not.
 * @param ofError how they went against this very error
 * @param ofPattern how they went against any error; those of a pattern carry its name in their id
 */
export const rankFixes = (
  fixes: readonly Untried[],
  ofError: readonly FixRecord[],
  ofPattern: readonly FixRecord[],
): readonly RankedFix[] =>
  fixes
    .map((fix): RankedFix => {
      // An action of the extension is used for much else: only what it did against this error counts.
      const record =
        recordOf(ofError, fix.fixId, fix.action) ??
        (fix.action === null && fix.pattern !== null ? recordOf(ofPattern, fix.fixId, null) : undefined);
      return { ...fix, worked: record?.worked ?? 0, didNotWork: record?.didNotWork ?? 0 };
    })
    .toSorted((a, b) => groupOf(a) - groupOf(b) || successScore(b) - successScore(a));

/** "worked 3 of 4 times here", or null when it was never tried. */
export const successText = ({ worked, didNotWork }: Pick<RankedFix, 'worked' | 'didNotWork'>): string | null => {
  const tried = worked + didNotWork;
  if (tried === 0) return null;
  if (tried === 1) return worked === 1 ? 'worked here' : 'did not work here';
  return worked === tried ? `worked all ${tried} times here` : `worked ${worked} of ${tried} times here`;
};
