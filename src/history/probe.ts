import { randomBytes } from 'node:crypto';
import { accessSync, constants, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, toEngineError } from './engine.ts';

/** As much as SQLite wants at once when it opens a file: the shared memory of its log has 32 KiB. */
const probeBytes = 64 * 1024;

/**
 * Asks the file system itself, because SQLite does not hand on what it was told: on a full disk, or with too many files open, it only "cannot
 * open the file" or meets an error of input and output.
 * @param files that are to be read and written, where they are there.
 * @throws EngineError what stands in the way; nothing where nothing does.
 */
export const probe = (folder: string, files: readonly string[]): void => {
  try {
    const path = join(folder, `probe-${randomBytes(6).toString('hex')}`);
    try {
      // Some disks tell only when it has really been written that there was no room.
      writeFileSync(path, Buffer.alloc(probeBytes), { flag: 'wx', flush: true });
    } finally {
      rmSync(path, { force: true });
    }
    for (const file of files) {
      const stat = statSync(file, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (!stat.isFile()) throw new EngineError('read-only', `${file} is no file`);
      // Not opened: closing it again would end the locks that another connection of this process has on it.
      accessSync(file, constants.R_OK | constants.W_OK);
    }
  } catch (error) {
    throw toEngineError(error);
  }
};
