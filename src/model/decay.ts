/** After this time an occurrence counts half. */
export const halfLifeMs = 7 * 24 * 60 * 60_000;

/** @returns the share that is left after `ageMs`. An age below zero, from a clock that was set back, counts as none. */
export const shareLeft = (ageMs: number, halfMs: number = halfLifeMs): number =>
  ageMs <= 0 ? 1 : 2 ** (-ageMs / halfMs);
