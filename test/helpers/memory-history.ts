import { afterEach } from 'vitest';
import { type History, openHistory } from '../../src/history/open-history.ts';
import type { Clock, Log } from '../../src/model/ports.ts';
import { startMs } from '../integration/history/makers.ts';

/** Real timers; the time itself stands still, at the noon from which the makers count. */
export const historyClock: Clock = {
  now: () => startMs,
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const histories: History[] = [];

/** The history as it is, in memory. Disposed of after the test when `disposeHistories` was called. */
export const memoryHistory = (redact: (text: string) => string = (text) => text): History => {
  const history = openHistory({
    folder: '/nowhere',
    engine: 'memory',
    bounds: { maximumAgeMs: 90 * 86_400_000, maximumBytes: 200 * 1024 * 1024 },
    redact,
    clock: historyClock,
    log,
    workerFile: 'none',
  });
  histories.push(history);
  return history;
};

/** Call once at the top of a test file. */
export const disposeHistories = (): void => {
  afterEach(async () => {
    await Promise.all(histories.splice(0).map((history) => history.dispose()));
  });
};

/** Lets other work have its turn. */
export const atOnce = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
