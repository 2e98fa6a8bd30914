import { closeSync, constants, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import type { FileReader } from '../../model/ports.ts';

const defaultBytes = 64 * 1024;
const growBytes = 4096;

/** Some of these files lie where anybody may put something else (`/tmp`): to open a pipe would wait until somebody writes to it. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Reads this computer's own kernel files. Without promises inside, on purpose: these files wait for no disk and take some ten microseconds,
 * while a detour over Node's thread pool costs ten times as much for each of the about 25 reads a second. Files of a process that may wait for
 * that process (`cmdline`, `environ`) are read once in its life.
 */
export const createNodeFiles = (): FileReader => {
  // One buffer for all: nothing is read while another read is under way.
  let buffer = Buffer.allocUnsafe(growBytes);
  const read = <T>(path: string, maximumBytes: number, take: (content: Buffer) => T): T => {
    const file = openSync(path, flags);
    try {
      let length = 0;
      while (length < maximumBytes) {
        if (length === buffer.length) {
          const larger = Buffer.allocUnsafe(buffer.length * 4);
          buffer.copy(larger, 0, 0, length);
          buffer = larger;
        }
        const count = readSync(file, buffer, length, Math.min(buffer.length, maximumBytes) - length, null);
        if (count === 0) break;
        length += count;
      }
      return take(buffer.subarray(0, length));
    } finally {
      closeSync(file);
    }
  };
  const orNull = <T>(work: () => T): Promise<T | null> => {
    try {
      return Promise.resolve(work());
    } catch {
      // Not there, not ours to read, gone in between, or switched off in this kernel: all of it means "not told".
      return Promise.resolve(null);
    }
  };
  return {
    text: (path, maximumBytes = defaultBytes) =>
      orNull(() => read(path, maximumBytes, (content) => content.toString('utf8'))),
    // A copy: the buffer is needed for the next file.
    bytes: (path, maximumBytes) => orNull(() => read(path, maximumBytes, (content) => Uint8Array.from(content))),
    names: (path) => orNull(() => readdirSync(path)),
    link: (path) => orNull(() => readlinkSync(path)),
  };
};
