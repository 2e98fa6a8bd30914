import type { SignalUnit } from '../../../src/model/signal.ts';
import { element, setAttribute, setHidden, setText } from '../dom.ts';
import { courseRows } from '../lib/course-table.ts';
import type { Ring } from '../lib/ring.ts';
import type { TimeSpan } from '../lib/time-axis.ts';

const refreshMs = 5_000;

/** Writes what the button does next; what is heard of it begins with what is seen, and says whose table it is. */
export const nameTableButton = (button: HTMLButtonElement, whose: string, open: boolean): void => {
  const text = open ? 'Hide table' : 'Show as table';
  setText(button, text);
  setAttribute(button, 'aria-expanded', String(open));
  setAttribute(button, 'aria-label', `${text}: ${whose}`);
};

/** The readings of a chart as a table, for those who do not see it or want numbers. Filled only while it is open. */
export class CourseTable {
  readonly button: HTMLButtonElement;
  readonly node: HTMLElement;
  readonly #body: HTMLTableSectionElement;
  readonly #unit: SignalUnit;
  readonly #word: string;
  #filledAtMs = Number.NEGATIVE_INFINITY;

  constructor(word: string, unit: SignalUnit, toggled: (open: boolean) => void) {
    this.#unit = unit;
    this.#word = word;
    this.#body = element('tbody');
    const heads = ['Time', 'In use', 'Limit', 'Share'].map((text) =>
      element('th', { attributes: { scope: 'col' } }, text),
    );
    this.node = element(
      'div',
      { class: 'course-table' },
      element(
        'table',
        {},
        element('caption', {}, `${word}, newest first`),
        element('thead', {}, element('tr', {}, ...heads)),
        this.#body,
      ),
    );
    this.node.hidden = true;
    this.button = element('button', { class: 'link table-toggle', attributes: { type: 'button' } });
    nameTableButton(this.button, word, false);
    this.button.addEventListener('click', () => {
      this.open = !this.open;
      toggled(this.open);
    });
  }

  get open(): boolean {
    return !this.node.hidden;
  }

  set open(open: boolean) {
    setHidden(this.node, !open);
    nameTableButton(this.button, this.#word, open);
    this.#filledAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Writes the table anew if it is open and old. */
  fill(ring: Ring, span: TimeSpan, nowMs: number): void {
    if (!this.open || nowMs - this.#filledAtMs < refreshMs) return;
    this.#filledAtMs = nowMs;
    const rows = courseRows(ring, span, this.#unit).map(([time, ...cells]) =>
      element(
        'tr',
        {},
        element('th', { attributes: { scope: 'row' } }, time),
        ...cells.map((cell) => element('td', {}, cell)),
      ),
    );
    this.#body.replaceChildren(...rows);
  }
}
