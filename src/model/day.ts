const dayMs = 86_400_000;

/** @returns the number of the calendar day of this place in which a moment lies; days that follow each other differ by one. */
export const dayOf = (atMs: number): number => Math.floor((atMs - new Date(atMs).getTimezoneOffset() * 60_000) / dayMs);

/** @returns when a calendar day of this place begins, epoch milliseconds. */
export const dayStartMs = (day: number): number => {
  const utc = new Date(day * dayMs);
  return new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate()).getTime();
};

/** @returns a calendar day as `2026-01-05`; an empty text for a number no calendar has. */
export const dayText = (day: number): string =>
  Math.abs(day) <= 1e8 ? new Date(day * dayMs).toISOString().slice(0, 10) : '';
