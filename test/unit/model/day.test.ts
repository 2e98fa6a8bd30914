import { describe, expect, it } from 'vitest';
import { dayOf, dayStartMs, dayText } from '../../../src/model/day.ts';

describe('a calendar day', () => {
  it('is that of this place, from midnight to midnight', () => {
    const noon = new Date(2026, 0, 5, 12).getTime();
    const day = dayOf(noon);
    expect(dayText(day)).toBe('2026-01-05');
    expect(dayStartMs(day)).toBe(new Date(2026, 0, 5).getTime());
    expect(dayOf(dayStartMs(day))).toBe(day);
    expect(dayOf(dayStartMs(day) - 1)).toBe(day - 1);
    expect(dayOf(new Date(2026, 0, 5, 23, 59, 59, 999).getTime())).toBe(day);
  });

  it('follows the one before, also where the clock is moved', () => {
    const first = dayOf(new Date(2026, 0, 1, 12).getTime());
    for (let no = 0; no < 365; no += 1) {
      expect(dayOf(new Date(2026, 0, 1 + no, 12).getTime())).toBe(first + no);
      expect(dayOf(dayStartMs(first + no))).toBe(first + no);
    }
  });

  it('has no text where there is no calendar', () => {
    expect(dayText(1e12)).toBe('');
    expect(dayText(Number.NaN)).toBe('');
  });
});
