/** @returns undefined for what is not JSON; the callers check the shape anyway, and undefined fits none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Torn lines and foreign text are expected in files that several processes write; they are skipped by the callers.
    return undefined;
  }
};
