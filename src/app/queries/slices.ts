/** Lets other work have its turn. */
export type Pause = () => Promise<void>;

/** A few hundred microseconds of the work that is done here with one item. */
const sliceLength = 500;

/**
 * Does `run` with every item, with pauses in between, so that the editor is not held up by many.
 * @param atOnce between two pauses; fewer where one item is more work.
 */
export const eachInSlices = async <T>(
  items: readonly T[],
  run: (item: T) => void,
  pause: Pause,
  atOnce = sliceLength,
): Promise<void> => {
  for (let from = 0; from < items.length; from += atOnce) {
    if (from > 0) await pause();
    for (const item of items.slice(from, from + atOnce)) run(item);
  }
};
