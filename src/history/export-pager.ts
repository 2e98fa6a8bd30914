import type { ExportPage } from './engine.ts';

const linesPerPage = 200;
/** An export that was begun and left is forgotten when others begin. */
const mostAtOnce = 4;

/** Gives the lines of a running export page by page, for engines that cannot begin in the middle. */
export class ExportPager {
  readonly #running = new Map<string, Iterator<string>>();
  #no = 0;

  /**
   * @param cursor of the page before, or null.
   * @param begin all lines, asked for at the first page.
   */
  page(cursor: string | null, begin: () => Iterator<string>): ExportPage {
    const id = cursor ?? this.#start(begin());
    const iterator = this.#running.get(id);
    if (iterator === undefined) return { lines: [], next: null };
    const lines: string[] = [];
    while (lines.length < linesPerPage) {
      const { done, value } = iterator.next();
      if (done === true) {
        this.#running.delete(id);
        return { lines, next: null };
      }
      lines.push(value);
    }
    return { lines, next: id };
  }

  #start(iterator: Iterator<string>): string {
    this.#no += 1;
    const id = String(this.#no);
    this.#running.set(id, iterator);
    const oldest = this.#running.size > mostAtOnce ? this.#running.keys().next() : null;
    if (oldest !== null && oldest.done !== true) this.#running.delete(oldest.value);
    return id;
  }
}
