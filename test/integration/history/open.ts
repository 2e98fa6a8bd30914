import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type History, type HistoryOptions, openHistory } from '../../../src/history/open-history.ts';
import type { Clock, Log } from '../../../src/model/ports.ts';
import { startMs } from './makers.ts';
import { workerFile } from './worker-file.ts';

/** Real timers, and a hand that a test can set. */
export class HandClock implements Clock {
  #offsetMs = startMs - Date.now();

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  }
}

/** Keeps the lines of a log. */
export class LineLog implements Log {
  readonly lines: string[] = [];
  debug = (text: string): void => this.#add('debug', text);
  info = (text: string): void => this.#add('info', text);
  warn = (text: string): void => this.#add('warn', text);
  error = (text: string): void => this.#add('error', text);

  #add(level: string, text: string): void {
    this.lines.push(`${level} ${text}`);
  }
}

const folders: string[] = [];
const histories: History[] = [];

/** A new folder, removed after the test. */
export const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'history-test-'));
  folders.push(folder);
  return folder;
};

export const roomyBounds = { maximumAgeMs: 30 * 86_400_000, maximumBytes: 200 * 1024 * 1024 };

/** Takes out what a test calls a secret. */
export const redact = (text: string): string => text.replaceAll(/hunter2|(?<=token=)\S+/g, '[redacted]');

export type TestHistory = History & { readonly log: LineLog; readonly clock: HandClock };

/** Opens a history that is disposed after the test. */
export const openTest = (options: Partial<HistoryOptions> & { readonly folder: string }): TestHistory => {
  const log = new LineLog();
  const clock = new HandClock();
  const history = openHistory({ bounds: roomyBounds, redact, clock, log, workerFile: workerFile(), ...options });
  histories.push(history);
  return Object.assign(history, { log, clock });
};

/** Waits, at most ten seconds, until `ready` does. */
export const until = async (ready: () => boolean | Promise<boolean>): Promise<void> => {
  const endMs = Date.now() + 10_000;
  while (!(await ready())) {
    if (Date.now() > endMs) throw new Error('it did not happen in ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Call once at the top of a test file. */
export const cleanUpAfterEach = (): void => {
  afterEach(async () => {
    await Promise.all(histories.splice(0).map((history) => history.dispose()));
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
};
