import { type Mark, markKinds } from '../../../src/model/dashboard/parts.ts';
import { formatClock } from '../../../src/model/format.ts';
import { element, KeyedList, setAttribute, setHidden, setText, setTitle, setVariant } from '../dom.ts';
import { layOut, type PlacedMark } from '../lib/marks-layout.ts';
import type { TimeSpan } from '../lib/time-axis.ts';
import { plotLeft, plotRight } from './chart.ts';
import { nameTableButton } from './course-table.ts';

type Kind = Mark['kind'];

const laneWords: Record<Kind, string> = {
  lifecycle: 'Life',
  warning: 'Warnings',
  command: 'Commands',
  fix: 'Fixes',
  error: 'Errors',
  break: 'Breaks',
};
const title = 'What happened';
const rowPx = 16;
const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

class Lane {
  readonly node: HTMLElement;
  readonly #track: HTMLElement;
  readonly #list: KeyedList<PlacedMark>;
  #rows = 0;

  constructor(kind: Kind) {
    this.#track = element('div', { class: 'lane-track', attributes: { role: 'list', 'aria-label': laneWords[kind] } });
    this.node = element(
      'div',
      { class: `lane lane-${kind}` },
      element('span', { class: 'lane-name', attributes: { 'aria-hidden': 'true' } }, laneWords[kind]),
      this.#track,
    );
    this.#list = new KeyedList(
      this.#track,
      ({ mark }) => mark.id,
      () => {
        const node = element('div', { class: 'mark', attributes: { role: 'listitem' } });
        const word = element('span');
        node.append(word);
        let left = '';
        let width = '';
        let top = '';
        return {
          node,
          update: (placed) => {
            const { mark, count } = placed;
            const isPoint = placed.width === 0 && mark.endedAtMs === null && !mark.open;
            setVariant(node, 'tone', mark.tone);
            node.classList.toggle('point', isPoint);
            setText(word, isPoint ? (count > 1 ? String(count) : '') : mark.word);
            setTitle(node, count > 1 ? `${count} × ${mark.text}` : mark.text);
            setAttribute(node, 'aria-label', mark.text);
            const [newLeft, newWidth, newTop] = [
              percent(placed.left),
              percent(placed.width),
              `${placed.row * rowPx}px`,
            ];
            if (newLeft !== left) node.style.left = newLeft;
            if (newWidth !== width && !isPoint) node.style.width = newWidth;
            if (newTop !== top) node.style.top = newTop;
            [left, width, top] = [newLeft, newWidth, newTop];
          },
        };
      },
    );
  }

  show(placed: readonly PlacedMark[]): void {
    setHidden(this.node, placed.length === 0);
    const rows = Math.max(1, ...placed.map(({ row }) => row + 1));
    if (rows !== this.#rows) this.#track.style.height = `${rows * rowPx - 2}px`;
    this.#rows = rows;
    this.#list.show(placed);
  }
}

/** What happened, in lanes under the charts and on the same time axis, with a table of the same. */
export class Timeline {
  readonly node: HTMLElement;
  readonly #lanes = new Map<Kind, Lane>(markKinds.map((kind) => [kind, new Lane(kind)]));
  readonly #now = element('div', { class: 'timeline-now', attributes: { 'aria-hidden': 'true' } });
  readonly #body = element('tbody');
  readonly #table: HTMLElement;
  readonly #empty = element('p', { class: 'empty' }, 'Nothing happened in the time shown.');
  #tableText = '';

  constructor(toggled: (open: boolean) => void) {
    const button = element('button', { class: 'link table-toggle', attributes: { type: 'button' } });
    nameTableButton(button, title, false);
    this.#table = element(
      'div',
      { class: 'course-table' },
      element(
        'table',
        {},
        element('caption', {}, `${title}, newest first`),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...['Time', 'Kind', 'What'].map((text) => element('th', { attributes: { scope: 'col' } }, text)),
          ),
        ),
        this.#body,
      ),
    );
    this.#table.hidden = true;
    button.addEventListener('click', () => {
      this.open = !this.open;
      toggled(this.open);
    });
    this.#button = button;
    const lanes = element(
      'div',
      { class: 'lanes' },
      ...[...this.#lanes.values()].map(({ node }) => node),
      this.#now,
      this.#empty,
    );
    lanes.style.setProperty('--plot-left', `${plotLeft}px`);
    lanes.style.setProperty('--plot-right', `${plotRight}px`);
    this.node = element(
      'section',
      { class: 'timeline', attributes: { 'aria-label': title } },
      element('header', { class: 'chart-head' }, element('h2', {}, title), button),
      lanes,
      this.#table,
    );
  }

  readonly #button: HTMLButtonElement;

  get open(): boolean {
    return !this.#table.hidden;
  }

  set open(open: boolean) {
    setHidden(this.#table, !open);
    nameTableButton(this.#button, title, open);
  }

  /** @param nowMs where open marks end. @param pointedAtMs a time to be marked, or null. */
  draw(marks: readonly Mark[], span: TimeSpan, nowMs: number, pointedAtMs: number | null): void {
    let shown = 0;
    for (const [kind, lane] of this.#lanes) {
      const placed = layOut(
        marks.filter((mark) => mark.kind === kind),
        span,
        nowMs,
      );
      shown += placed.length;
      lane.show(placed);
    }
    setHidden(this.#empty, shown > 0);
    const at = pointedAtMs ?? nowMs;
    const share = (at - span.fromMs) / (span.toMs - span.fromMs);
    setHidden(this.#now, share < 0 || share > 1);
    this.#now.style.left = `calc(${plotLeft}px + (100% - ${plotLeft + plotRight}px) * ${share.toFixed(4)})`;
    if (this.open) this.#fill(marks, span, nowMs);
  }

  #fill(marks: readonly Mark[], { fromMs, toMs }: TimeSpan, nowMs: number): void {
    const inside = marks
      .filter((mark) => mark.atMs <= toMs && (mark.endedAtMs ?? (mark.open ? nowMs : mark.atMs)) >= fromMs)
      .toSorted((a, b) => b.atMs - a.atMs);
    const text = JSON.stringify(inside.map(({ id, text: line }) => [id, line]));
    if (text === this.#tableText) return;
    this.#tableText = text;
    this.#body.replaceChildren(
      ...inside.map((mark) =>
        element(
          'tr',
          {},
          element('th', { attributes: { scope: 'row' } }, formatClock(mark.atMs)),
          element('td', {}, laneWords[mark.kind]),
          element('td', {}, mark.text),
        ),
      ),
    );
  }
}
