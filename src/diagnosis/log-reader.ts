import { shapeOf, speaksOfError } from './error-line.ts';

/** Kept of a long output: its first lines, its last ones, and between them the first and the last that speak of an error. */
const headLines = 100;
const tailLines = 300;
const firstTelling = 150;
const lastTelling = 150;
/** Shapes of lines that are remembered, so that the same message about every file is kept only once. */
const mostShapes = 2_000;
/** Of a longer line the beginning and the end are kept. */
const mostLineCharacters = 4_000;
/** Around a word of an error in the middle of an endless line. */
const aroundHit = 400;

/** Words that stand in nearly every line that reports an error; a quick search for lines worth a closer look. */
const telling =
  /error|exception|fatal|panic|fail|cannot|can't|could not|couldn't|unable|denied|refused|not found|no such|no space|killed|segment|abort|out of memory|exceeded|exhausted|timed out|timeout|read-only|in use|too many|unreachable|unresolved|missing|invalid|mismatch|conflict|rejected|oomkill|enospc|eaddr|econn|emfile|erofs|edquot|eai_|enotfound|eacces|eperm|etimedout|ehost|enet/gi;

/** A copy that does not keep the whole piece it was cut from in memory. */
const copied = (text: string): string => [...text].join('');

/** The last `most` of what is added, without moving the rest each time. */
class LastOnes {
  readonly #most: number;
  readonly #items: string[] = [];
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(item: string): void {
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.#most;
  }

  get inOrder(): readonly string[] {
    return this.#items.length < this.#most
      ? this.#items
      : [...this.#items.slice(this.#next), ...this.#items.slice(0, this.#next)];
  }
}

/**
 * Reads an output of any length piece by piece and keeps the few lines from which an error can be recognised. Takes the time of
 * one search over the text, and memory that does not grow with it.
 */
export class LogReader {
  #line = '';
  #cut = false;
  readonly #head: string[] = [];
  readonly #first: string[] = [];
  readonly #last = new LastOnes(lastTelling);
  readonly #tail: string[] = [];
  readonly #shapes = new Set<string>();

  /** Takes the next piece, wherever it was cut. */
  push(piece: string): void {
    const lastEnd = piece.lastIndexOf('\n');
    if (lastEnd < 0) {
      this.#grow(piece);
      return;
    }
    const firstEnd = piece.indexOf('\n');
    this.#grow(piece.slice(0, firstEnd));
    this.#endLine();
    if (lastEnd > firstEnd) this.#lines(piece.slice(firstEnd + 1, lastEnd));
    this.#grow(piece.slice(lastEnd + 1));
  }

  /** @returns what was kept, in order; a line more than once when it stands at two of the kept places. */
  text(): string {
    const end = this.#line === '' ? [] : [this.#line];
    return [...this.#head, ...this.#first, ...this.#last.inOrder, ...this.#tail.slice(-tailLines), ...end].join('\n');
  }

  #lines(block: string): void {
    let from = 0;
    while (this.#head.length < headLines && from <= block.length) {
      const end = block.indexOf('\n', from);
      const line = block.slice(from, end < 0 ? block.length : end);
      this.#head.push(this.#short(line));
      from = end < 0 ? block.length + 1 : end + 1;
    }
    if (from > block.length) return;
    this.#telling(block, from);
    // Only the last lines of a block can be among the last of all.
    let start = block.length;
    let count = 0;
    while (start > from && count < tailLines) {
      const before = block.lastIndexOf('\n', start - 1);
      start = before < from ? from : before;
      count += 1;
      if (before < from) break;
    }
    for (const line of block.slice(start === from ? from : start + 1).split('\n')) this.#keepTail(line);
  }

  #telling(block: string, from: number): void {
    telling.lastIndex = from;
    for (let hit = telling.exec(block); hit !== null; hit = telling.exec(block)) {
      const start = block.lastIndexOf('\n', hit.index) + 1;
      const foundEnd = block.indexOf('\n', hit.index);
      const end = foundEnd < 0 ? block.length : foundEnd;
      const line = this.#short(block.slice(Math.max(start, from), end));
      if (this.#isNew(line)) {
        if (this.#first.length < firstTelling) this.#first.push(line);
        else this.#last.add(line);
      }
      telling.lastIndex = end + 1;
    }
  }

  #isNew(line: string): boolean {
    const shape = shapeOf(line);
    if (this.#shapes.has(shape)) return false;
    if (this.#shapes.size < mostShapes) this.#shapes.add(shape);
    return true;
  }

  #keepTail(line: string): void {
    this.#tail.push(this.#short(line));
    if (this.#tail.length >= 2 * tailLines) this.#tail.splice(0, tailLines);
  }

  #endLine(): void {
    if (this.#head.length < headLines) this.#head.push(this.#line);
    else {
      this.#keepTail(this.#line);
      if (speaksOfError(this.#line)) this.#last.add(this.#line);
    }
    this.#line = '';
    this.#cut = false;
  }

  /** A line that does not end: its beginning, its end, and what speaks of an error between them. */
  #grow(part: string): void {
    if (this.#line.length + part.length <= mostLineCharacters) {
      this.#line += part;
      return;
    }
    if (this.#cut || part.length > mostLineCharacters) this.#hitsWithin(part);
    const whole =
      this.#line +
      (part.length > mostLineCharacters
        ? `${part.slice(0, mostLineCharacters)}…${part.slice(-mostLineCharacters)}`
        : part);
    this.#line = this.#short(whole);
    this.#cut = true;
  }

  #hitsWithin(part: string): void {
    telling.lastIndex = 0;
    for (let count = 0; count < 10; count++) {
      const hit = telling.exec(part);
      if (hit === null) return;
      this.#last.add(copied(part.slice(Math.max(0, hit.index - aroundHit), hit.index + aroundHit)));
      telling.lastIndex = hit.index + aroundHit;
    }
  }

  #short(line: string): string {
    return line.length <= mostLineCharacters
      ? copied(line)
      : `${copied(line.slice(0, mostLineCharacters / 2))} … ${copied(line.slice(-mostLineCharacters / 2))}`;
  }
}
