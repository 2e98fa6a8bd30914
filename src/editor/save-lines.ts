import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { abortable } from '../model/wait.ts';

const partBytes = 256 * 1024;
const mebibyte = 1024 * 1024;
/** To a file of the computer this runs on, lines are written as they come. */
const mostHereBytes = 1024 * mebibyte;
/** Elsewhere the editor takes a file only as a whole, and all of it has to be held until then. */
const mostElsewhereBytes = 64 * mebibyte;

/** What became of the lines. */
export interface SavedLines {
  readonly lines: number;
  /** The bound that left the rest out, in bytes, or null when everything was saved. */
  readonly cutAtBytes: number | null;
}

/**
 * Hands lines on in parts of some hundred kilobytes, until `mostBytes` would be exceeded.
 * @throws whatever `write` and the lines throw, and Problem `aborted` as soon as `signal` aborts, also while it waits for a line.
 */
export const writeInParts = (
  lines: AsyncIterable<string>,
  write: (part: Uint8Array) => Promise<void>,
  mostBytes: number,
  signal: AbortSignal,
): Promise<SavedLines> => abortable(partsOf(lines, write, mostBytes, signal), signal);

async function partsOf(
  lines: AsyncIterable<string>,
  write: (part: Uint8Array) => Promise<void>,
  mostBytes: number,
  signal: AbortSignal,
): Promise<SavedLines> {
  const encoder = new TextEncoder();
  let part: Uint8Array[] = [];
  let held = 0;
  let total = 0;
  let count = 0;
  let cutAtBytes: number | null = null;
  const flush = async (): Promise<void> => {
    signal.throwIfAborted();
    if (held > 0) await write(Buffer.concat(part));
    part = [];
    held = 0;
  };
  for await (const line of lines) {
    signal.throwIfAborted();
    const bytes = encoder.encode(`${line}\n`);
    if (total + bytes.length > mostBytes) {
      cutAtBytes = mostBytes;
      break;
    }
    total += bytes.length;
    held += bytes.length;
    count += 1;
    part.push(bytes);
    if (held >= partBytes) await flush();
  }
  await flush();
  return { lines: count, cutAtBytes };
}

/** Saves lines in a file the person chose. Until all of them are written, what stood in it before stays; then it is replaced at once. */
export const saveLines = (
  target: vscode.Uri,
  lines: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<SavedLines> =>
  target.scheme === 'file' ? saveHere(target, lines, signal) : saveElsewhere(target, lines, signal);

async function saveHere(
  { fsPath }: vscode.Uri,
  lines: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<SavedLines> {
  // A link goes on leading to the file it leads to.
  const path = await realpath(fsPath).catch(() => fsPath);
  const mode = await stat(path).then(
    (known) => known.mode & 0o777,
    () => undefined,
  );
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  const file = await open(part, 'wx', mode);
  try {
    const saved = await writeInParts(lines, (bytes) => file.writeFile(bytes), mostHereBytes, signal);
    await file.close();
    await rename(part, path);
    return saved;
  } catch (error) {
    // What is wrong with the file was said already by the error that led here.
    await file.close().catch(() => undefined);
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function saveElsewhere(
  target: vscode.Uri,
  lines: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<SavedLines> {
  const parts: Uint8Array[] = [];
  const hold = async (part: Uint8Array): Promise<void> => void parts.push(part);
  const saved = await writeInParts(lines, hold, mostElsewhereBytes, signal);
  await vscode.workspace.fs.writeFile(target, Buffer.concat(parts));
  return saved;
}
