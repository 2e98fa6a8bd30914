import { Backoff } from '../model/backoff.ts';
import type { ErrorEvent } from '../model/error-event.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { Clock, ErrorSource, Log, Timer } from '../model/ports.ts';
import { type ProblemKind, toProblem } from '../model/problem.ts';
import { sleep } from '../model/wait.ts';
import type { Unsubscribe } from './contracts.ts';
import type { Tasks } from './waiting.ts';

/** What the inbox takes in. */
export type InboxItem = ErrorEvent | CommandStarted | CommandEnded;

export interface ErrorInboxOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly tasks: Tasks;
  /** Hands one item to its sandbox's monitor; false when there is no such sandbox (yet). */
  readonly route: (item: InboxItem) => boolean;
}

/** One queue for all errors and commands, so that a flood of them neither blocks the editor nor fills its memory. */
export interface ErrorInbox {
  push(item: InboxItem): void;
  /** Reads the source until the returned function is called. A source that fails is logged and read again after a growing wait. */
  addSource(source: ErrorSource): Unsubscribe;
  /** Tries again to hand over what came for sandboxes that were not known then. */
  sandboxesChanged(): void;
  dispose(): void;
}

const maximumTextBytes = 64 * 1024;
const maximumCommandLength = 8 * 1024;
const maximumQueued = 1_000;
const maximumParked = 100;
/** Handed over per turn of the event loop; recognising one error may take a good part of a millisecond. */
const perTurn = 20;
/** A source that fails like this will not do better the next time. */
const nothingToTell: readonly ProblemKind[] = ['not-found', 'not-supported', 'unavailable-here'];

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The last 64 KiB of a text, in UTF-8, cut between characters. */
export const lastPart = (text: string): string => {
  if (text.length * 3 <= maximumTextBytes) return text;
  // No character is shorter than one byte, so what lies further back cannot be part of the result.
  const bytes = encoder.encode(text.slice(-maximumTextBytes));
  if (bytes.length <= maximumTextBytes) return text.slice(-maximumTextBytes);
  let start = bytes.length - maximumTextBytes;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return decoder.decode(bytes.subarray(start));
};

const capped = (item: InboxItem): InboxItem => {
  if ('kind' in item) {
    return item.kind === 'command-started' && item.commandLine.length > maximumCommandLength
      ? { ...item, commandLine: item.commandLine.slice(0, maximumCommandLength) }
      : item;
  }
  const text = lastPart(item.text);
  return text === item.text ? item : { ...item, text };
};

export const createErrorInbox = (options: ErrorInboxOptions): ErrorInbox => {
  const { clock, log, random, tasks, route } = options;
  const sources = new Set<AbortController>();
  let queue: InboxItem[] = [];
  let parked: InboxItem[] = [];
  let turn: Timer | null = null;
  let dropped = 0;
  let disposed = false;

  const schedule = (): void => {
    if (turn === null && queue.length > 0 && !disposed) turn = clock.after(0, handOver);
  };

  const handOver = (): void => {
    turn = null;
    for (const item of queue.splice(0, perTurn)) {
      if (route(item)) continue;
      parked.push(item);
      if (parked.length > maximumParked) parked.shift();
    }
    if (dropped > 0 && queue.length === 0) {
      log.warn(`${dropped} errors or commands came faster than they could be read; the oldest were dropped.`);
      dropped = 0;
    }
    schedule();
  };

  const push = (item: InboxItem): void => {
    if (disposed) return;
    queue.push(capped(item));
    if (queue.length > maximumQueued) {
      queue.shift();
      dropped += 1;
    }
    schedule();
  };

  const read = async (source: ErrorSource, signal: AbortSignal): Promise<void> => {
    const backoff = new Backoff({ random });
    while (!signal.aborted) {
      try {
        for await (const item of source.events(signal)) {
          if (signal.aborted) return;
          backoff.reset();
          push(item);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        const problem = toProblem(error);
        if (nothingToTell.includes(problem.kind)) {
          log.debug(`${source.name} has no errors to tell: ${problem.message}`);
          return;
        }
        log.warn(`${source.name} could not be read: ${problem.message}`);
      }
      await sleep(clock, backoff.nextMs(), signal);
    }
  };

  return {
    push,
    addSource(source) {
      const controller = new AbortController();
      if (disposed) return () => undefined;
      sources.add(controller);
      tasks.add(read(source, controller.signal), (error) => log.error(`${source.name}: ${toProblem(error).message}`));
      return () => {
        sources.delete(controller);
        controller.abort();
      };
    },
    sandboxesChanged() {
      if (parked.length === 0) return;
      queue = [...parked, ...queue];
      parked = [];
      schedule();
    },
    dispose() {
      disposed = true;
      for (const controller of sources) controller.abort();
      sources.clear();
      turn?.cancel();
      turn = null;
      queue = [];
      parked = [];
    },
  };
};
