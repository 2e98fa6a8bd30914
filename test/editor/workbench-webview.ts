/** Pages of extensions, which lie in a frame within a frame. */
import type { Frame, Page } from 'playwright-core';
import { patienceMs, until } from './page.ts';

/** The frame of the dashboard that is shown, by the page it shows: `sandbox`, `fleet` or `incident`. */
export async function dashboardFrame(page: Page, shows: string, timeoutMs: number = patienceMs): Promise<Frame> {
  const find = async (): Promise<Frame | undefined> => {
    for (const frame of page.frames()) {
      // A frame that is going away can not be asked.
      const shown = await frame.evaluate('document.body?.dataset?.page ?? ""').catch(() => '');
      if (shown === shows && (await isShown(frame))) return frame;
    }
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
