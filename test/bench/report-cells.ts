import type { Few, Timing } from './measure.ts';

/** One line of the table. */
export type Row = readonly [what: string, median: string, worst: string, runs: string];

export const digits = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const micros = (ns: number): string => `${digits(ns / 1000)} µs`;
export const millis = (ms: number): string => `${digits(ms)} ms`;
export const kibibytes = (bytes: number): string =>
  bytes < 1024 ? `${Math.round(bytes)} B` : `${digits(bytes / 1024)} KiB`;

export const timed = (what: string, { medianNs, p99Ns, runs }: Timing): Row => [
  what,
  micros(medianNs),
  `${micros(p99Ns)} (p99)`,
  String(runs),
];

export const afew = (what: string, { median, worst, runs }: Few, unit: (value: number) => string, each = ''): Row => [
  what,
  unit(median),
  `${unit(worst)} (worst)`,
  `${runs}${each}`,
];
