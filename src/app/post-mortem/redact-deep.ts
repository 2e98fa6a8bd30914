const deepest = 8;

const clean = (value: unknown, redact: (text: string) => string, depth: number): unknown => {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  // Nothing that is told here lies deeper; what does is left out rather than shown unread.
  if (depth >= deepest) return null;
  if (Array.isArray(value)) return value.map((each) => clean(each, redact, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, clean(each, redact, depth + 1)]));
};

/**
 * @param value plain data.
 * @returns the same with `redact` applied to every text in it. Words of our own, such as the names of signals, are no secrets and stay.
 */
export const redactDeep = <T>(value: T, redact: (text: string) => string): T => {
  // The shape stays: only texts are replaced, by texts.
  return clean(value, redact, 0) as T;
};
