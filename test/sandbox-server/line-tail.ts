import { readFileSync } from 'node:fs';

/**
 * Reads a growing file as lines the way execd does: `\n` and `\r` both end a line, an empty line is given as `"\n"`,
 * and an unfinished last line waits until the end.
 */
export class LineTail {
  readonly #path: string;
  readonly #onLine: (line: string) => void;
  #position = 0;

  constructor(path: string, onLine: (line: string) => void) {
    this.#path = path;
    this.#onLine = onLine;
  }

  /** Gives out what has been added since the last call; with `isEnd` the unfinished line too. */
  read(isEnd: boolean): void {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.#path);
    } catch {
      return; // The command removed its own output file; execd then has nothing to read either.
    }
    let start = this.#position;
    let previousWasReturn = false;
    for (let at = this.#position; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte !== 10 && byte !== 13) {
        previousWasReturn = false;
        continue;
      }
      if (at > start) this.#onLine(bytes.toString('utf8', start, at));
      else if (!(byte === 10 && previousWasReturn)) this.#onLine('\n');
      previousWasReturn = byte === 13;
      start = at + 1;
    }
    if (isEnd && bytes.length > start) this.#onLine(bytes.toString('utf8', start));
    this.#position = isEnd ? bytes.length : start;
  }
}
