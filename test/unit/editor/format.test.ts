import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatPercent, pressureBar, sparkline } from '../../../src/editor/text/format.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1023.4 * 1024, '1023 KiB'],
    [1023.5 * 1024, '1 MiB'],
    [1023.97 * 2 ** 20, '1 GiB'],
    [1536, '1.5 KiB'],
    [512 * 2 ** 20, '512 MiB'],
    [1.44 * 2 ** 30, '1.4 GiB'],
    [-3 * 2 ** 20, '−3 MiB'],
    [Number.NaN, 'unknown'],
    [Number.POSITIVE_INFINITY, 'unknown'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [-5_000, '0 s'],
    [7_400, '7 s'],
    [47_000, '45 s'],
    [240_000, '4 min'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [3 * 86_400_000, '3 d'],
    [Number.POSITIVE_INFINITY, 'unknown'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('pictures made of text', () => {
  it('pads percentages to a steady width', () => {
    expect(formatPercent(0.07, { pad: true })).toHaveLength(formatPercent(0.71, { pad: true }).length);
  });
  it('draws one character per value and clamps', () => {
    expect(sparkline([-1, 0, 0.5, 1, 9])).toBe('▁▁▅██');
  });
  it('keeps the newest values when there are too many', () => {
    expect(sparkline([0, 0, 0, 1, 1], 2)).toBe('██');
  });
  it('fills a bar in proportion', () => {
    expect(pressureBar(0.71)).toBe('▰▰▰▰▰▰▰▱▱▱');
    expect(pressureBar(7)).toBe('▰▰▰▰▰▰▰▰▰▰');
  });
});
