import type { FixOutcome, FixSuccess } from './fix.ts';

/** Lower bound of the success rate (Wilson, 90 % one-sided): one lucky try does not outrank many good ones. */
export const lowerBound = (worked: number, tried: number): number => {
  if (tried === 0) return 0;
  const z = 1.28;
  const share = worked / tried;
  const middle = share + (z * z) / (2 * tried);
  const spread = z * Math.sqrt((share * (1 - share)) / tried + (z * z) / (4 * tried * tried));
  return (middle - spread) / (1 + (z * z) / tried);
};

/** @returns how it went before, with one more outcome. Only what was checked counts: a server that could not be reached says nothing of a fix. */
export const withOutcome = ({ worked, didNotWork }: FixSuccess, result: FixOutcome['result']): FixSuccess => ({
  worked: worked + (result === 'worked' ? 1 : 0),
  didNotWork: didNotWork + (result === 'did-not-work' ? 1 : 0),
});

/** Above 0: worked before. 0: nothing is known. Below 0: tried twice or more and never worked. */
export const successScore = ({ worked, didNotWork }: FixSuccess): number => {
  if (worked === 0) return didNotWork >= 2 ? -1 : 0;
  return lowerBound(worked, worked + didNotWork);
};
