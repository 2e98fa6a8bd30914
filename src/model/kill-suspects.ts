import type { ProcessReading } from './sample.ts';

/**
 * Growth since the last look that is reckoned with: a program that takes a hundred mebibytes a second was seen with the size of a runtime that
 * had just started. A shell or a small tool beside it has less.
 */
const fastGrowth = 16;

/**
 * Which of some processes that are gone the kernel may have killed for lack of memory. It kills what is large, and small processes end by
 * themselves all the time. One that was smaller than others that lived on may have grown since it was looked at, but not from next to nothing.
 * @param gone with what they held when they were looked at last
 * @param ran all that ran then
 * @returns the largest first
 */
export const killSuspects = (
  gone: readonly ProcessReading[],
  ran: readonly ProcessReading[],
): readonly ProcessReading[] => {
  const largestOf = (all: readonly ProcessReading[]): number =>
    all.reduce((most, { rssBytes }) => Math.max(most, rssBytes), 0);
  const leastBytes = Math.max(largestOf(gone) / 2, largestOf(ran) / fastGrowth);
  return gone.filter(({ rssBytes }) => rssBytes >= leastBytes).toSorted((a, b) => b.rssBytes - a.rssBytes);
};
