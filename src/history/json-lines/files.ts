import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** One file as it is now. */
export interface FileState {
  readonly identity: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** The few things the segments need of a disk; a test gives one that is full. */
export interface SegmentFiles {
  list(): readonly string[];
  state(file: string): FileState | null;
  /** Opens, appends and closes: the file may have been replaced since the last time. */
  append(file: string, text: string): void;
  read(file: string, offset: number, length: number): Buffer;
  /** Puts `text` in the place of the file, whole or not at all. */
  replace(file: string, text: string): void;
  /** Cuts off what a failed write left behind. */
  truncate(file: string, length: number): void;
  remove(file: string): void;
}

/** The files of one folder, which is made if need be. Throws what Node.js throws. */
export const segmentFilesIn = (folder: string): SegmentFiles => {
  mkdirSync(folder, { recursive: true });
  const path = (file: string): string => join(folder, file);
  return {
    list: () => (existsSync(folder) ? readdirSync(folder) : []),
    state: (file) => {
      const stat = statSync(path(file), { throwIfNoEntry: false });
      return stat === undefined
        ? null
        : { identity: `${stat.dev}:${stat.ino}`, sizeBytes: stat.size, modifiedMs: stat.mtimeMs };
    },
    append: (file, text) => {
      try {
        appendFileSync(path(file), text);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
        // Somebody removed the folder; what comes from now on is worth keeping all the same.
        mkdirSync(folder, { recursive: true });
        appendFileSync(path(file), text);
      }
    },
    read: (file, offset, length) => {
      const handle = openSync(path(file), 'r');
      try {
        const buffer = Buffer.alloc(length);
        let done = 0;
        while (done < length) {
          const count = readSync(handle, buffer, done, length - done, offset + done);
          if (count === 0) break;
          done += count;
        }
        return buffer.subarray(0, done);
      } finally {
        closeSync(handle);
      }
    },
    replace: (file, text) => {
      const temporary = `${path(file)}.new`;
      writeFileSync(temporary, text);
      renameSync(temporary, path(file));
    },
    truncate: (file, length) => truncateSync(path(file), length),
    remove: (file) => rmSync(path(file), { force: true }),
  };
};
