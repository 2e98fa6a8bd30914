import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { keptLogBytes } from '../../model/fix.ts';
import { Problem } from '../../model/problem.ts';
import { takenBytes } from './disk-walk.ts';

/** The file that was looked at, so that no other one is cut under its name. */
export interface LogIdentity {
  readonly device: number;
  readonly inode: number;
}

/** So much of both ends is looked at to see that it is text. */
const lookBytes = 4096;

const readAt = async (file: FileHandle, bytes: number, position: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, Math.max(0, position));
  return buffer.subarray(0, bytesRead);
};

/** A log for people has lines; files that hold bytes of any kind are somebody's data, whatever they are called. */
const isText = (bytes: Buffer): boolean => !bytes.includes(0) && bytes.includes(10);

/** @returns whether the file may be shortened: it is text, ours to write, and has one name only. */
export const isTextLog = async (path: string): Promise<boolean> => {
  let file: FileHandle | null = null;
  try {
    file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
    const { size, nlink } = await file.stat();
    return (
      nlink === 1 && isText(await readAt(file, lookBytes, 0)) && isText(await readAt(file, lookBytes, size - lookBytes))
    );
  } catch {
    // Gone, or not ours to write.
    return false;
  } finally {
    await file?.close();
  }
};

/** The last whole lines, at most `keptLogBytes`. */
const tailOf = async (file: FileHandle, size: number): Promise<Buffer> => {
  const end = await readAt(file, Math.min(keptLogBytes, size), size - keptLogBytes);
  const firstLine = size > keptLogBytes ? end.indexOf(10) + 1 : 0;
  return end.subarray(firstLine);
};

/**
 * Cuts a log down to its last lines, in place, so that whoever has it open goes on writing it. They are written to its beginning before it
 * is cut: at no time are they nowhere. What is written to it in those milliseconds may be lost.
 * @returns the bytes that were freed. Throws `Problem` when it is another file than the one that was looked at.
 */
export const shortenLog = async (path: string, { device, inode }: LogIdentity): Promise<number> => {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    throw new Problem('conflict', `${path} is not there any more, or can not be written.`, { cause: error });
  }
  try {
    const before = await file.stat();
    if (before.dev !== device || before.ino !== inode || !before.isFile()) {
      throw new Problem('conflict', `${path} is another file by now; it was left alone.`);
    }
    const tail = await tailOf(file, before.size);
    const { bytesWritten } = await file.write(tail, 0, tail.length, 0);
    if (bytesWritten < tail.length) throw new Problem('conflict', `${path} could not be written; it was not cut.`);
    await file.truncate(tail.length);
    return Math.max(0, takenBytes(before) - takenBytes(await file.stat()));
  } finally {
    await file.close();
  }
};
