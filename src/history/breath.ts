/** Longest time that work on the editor's thread goes on without a pause. The budget is 10 ms; one piece may come on top. */
const sliceMs = 2;

/**
 * Lets work on the editor's thread be done in pieces.
 * @returns a function to await between two pieces; it lets other events through when the time is up, and returns null when it is not.
 */
export const createBreath = (): (() => Promise<void> | null) => {
  let startedMs = performance.now();
  return () => {
    if (performance.now() - startedMs < sliceMs) return null;
    return new Promise((resolve) => {
      setImmediate(() => {
        startedMs = performance.now();
        resolve();
      });
    });
  };
};
