/** Pages of extensions, which lie in a frame within a frame. */
import type { Frame, Page } from 'playwright-core';
import { patienceMs, until } from './page.ts';

/** A frame that is still loading answers when it is done, which may be never. */
const answerMs = 2_000;

/** @returns which page of the dashboard a frame shows; '' for none, and for a frame that can not be asked now. */
export const shownIn = (page: Page, frame: Frame): Promise<string> =>
  Promise.race([
    // A frame that is going away can not be asked.
    frame.evaluate<string>('document.body?.dataset?.page ?? ""').catch(() => ''),
    page.waitForTimeout(answerMs).then(() => ''),
  ]);

/** The frame of the dashboard that is shown, by the page it shows: `sandbox`, `fleet` or `incident`. */
export async function dashboardFrame(page: Page, shows: string, timeoutMs: number = patienceMs): Promise<Frame> {
  const find = async (): Promise<Frame | undefined> => {
    for (const frame of page.frames())
      if ((await shownIn(page, frame)) === shows && (await isShown(frame))) return frame;
    return undefined;
  };
  let found: Frame | undefined;
  await until(
    page,
    `the ${shows} page of the dashboard`,
    async () => {
      found = await find();
      return found !== undefined;
    },
    (there) => there,
    timeoutMs,
  );
  if (found === undefined) throw new Error(`no ${shows} page`);
  return found;
}

const isShown = async (frame: Frame): Promise<boolean> => {
  try {
    const outer = frame.parentFrame() ?? frame;
    return await (await outer.frameElement()).isVisible();
  } catch {
    // It was taken down meanwhile.
    return false;
  }
};
