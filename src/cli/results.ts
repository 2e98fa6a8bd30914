import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { messageOf } from './message-of.ts';

/** The results can not be written. */
export class ResultError extends Error {
  override readonly name = 'ResultError';
}

/** Whoever read the results has enough and closed the pipe, as `head` does: no failure, and nothing is left to do. */
export class ReaderLeftError extends Error {
  override readonly name = 'ReaderLeftError';
}

const isClosedPipe = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EPIPE';

const cannotWrite = (error: unknown): Error =>
  isClosedPipe(error)
    ? new ReaderLeftError('Nobody reads the results any more.', { cause: error })
    : new ResultError(`The results can not be written: ${messageOf(error)}`, { cause: error });

/** Where a program writes its results. */
export interface Results {
  /** Resolves when the text is on its way. @throws ResultError, ReaderLeftError */
  readonly write: (text: string) => Promise<void>;
  /** Closes what was opened. @throws ResultError */
  readonly close: () => Promise<void>;
}

/** Results for a stream that belongs to somebody else, as standard output does. */
export function resultsTo(target: NodeJS.WritableStream): Results {
  // Told by the callback of the write; without a listener it would end the program.
  target.on('error', () => undefined);
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        target.write(text, (error) => (error === null || error === undefined ? resolve() : reject(cannotWrite(error))));
      }),
    close: () => Promise.resolve(),
  };
}

/** Results for a new file, or in the place of what is in it. @throws ResultError */
export async function resultsInFile(file: string): Promise<Results> {
  const stream = createWriteStream(file);
  try {
    await once(stream, 'open');
  } catch (error) {
    throw cannotWrite(error);
  }
  return {
    ...resultsTo(stream),
    async close() {
      stream.end();
      await finished(stream).catch((error: unknown) => {
        throw cannotWrite(error);
      });
    },
  };
}

/**
 * Does the work of a program that writes results.
 * @returns its exit code: that of `work`, 0 when the reader left, 2 after one sentence to `say` when the results can not be written.
 */
export async function orSayWhy(work: () => Promise<number>, say: (text: string) => void): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ReaderLeftError) return 0;
    if (!(error instanceof ResultError)) throw error;
    say(error.message);
    return 2;
  }
}
