import { element, setAttribute, setHidden, setText } from './dom.ts';
import { barHeights } from './lib/spark.ts';

const svg = 'http://www.w3.org/2000/svg';
const high = 40;
const step = 4;

/** A row of bars with a table of the same for screen readers. */
export interface Bars {
  readonly node: HTMLElement;
  /**
   * @param values null where there is nothing to tell; `labels` and `texts` have the same length.
   * @param mark a value that is drawn as a line, such as a target; null for none.
   */
  show(
    values: readonly (number | null)[],
    texts: readonly string[],
    labels: readonly string[],
    mark?: number | null,
  ): void;
}

/** @param caption what the bars tell, with the unit. */
export const bars = (caption: string, className = ''): Bars => {
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('class', `bars ${className}`.trim());
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('aria-hidden', 'true');
  const columns = document.createElementNS(svg, 'path');
  columns.setAttribute('class', 'bars-fill');
  const line = document.createElementNS(svg, 'path');
  line.setAttribute('class', 'bars-mark');
  picture.append(columns, line);
  const body = element('tbody');
  const first = element('span');
  const last = element('span');
  const ends = element('div', { class: 'bars-ends', attributes: { 'aria-hidden': 'true' } }, first, last);
  const node = element(
    'figure',
    { class: 'bars-figure' },
    element('figcaption', {}, caption),
    picture,
    ends,
    element('table', { class: 'hidden-text' }, element('caption', {}, caption), body),
  );
  let shown = '';
  return {
    node,
    show: (values, texts, labels, mark = null) => {
      const text = JSON.stringify([values, labels, mark]);
      if (text === shown) return;
      shown = text;
      setHidden(node, values.length === 0);
      const top = Math.max(mark ?? 0, ...values.map((value) => value ?? 0));
      const heights = mark === null ? barHeights(values) : values.map((value) => (top === 0 ? 0 : (value ?? 0) / top));
      setAttribute(picture, 'viewBox', `0 0 ${Math.max(1, values.length * step - 1)} ${high}`);
      setAttribute(
        columns,
        'd',
        heights
          .map((share, index) => {
            const height = share === 0 ? 0 : Math.max(1.5, share * high);
            return height === 0
              ? ''
              : `M${index * step} ${high}v${-height.toFixed(1)}h${step - 1}v${height.toFixed(1)}z`;
          })
          .join(''),
      );
      const markY = mark === null || top === 0 ? null : high - (mark / top) * high;
      setAttribute(line, 'd', markY === null ? '' : `M0 ${markY.toFixed(1)}h${values.length * step}`);
      setText(first, labels[0] ?? '');
      setText(last, labels.at(-1) ?? '');
      body.replaceChildren(
        ...labels.map((label, index) =>
          element(
            'tr',
            {},
            element('th', { attributes: { scope: 'row' } }, label),
            element('td', {}, texts[index] ?? ''),
          ),
        ),
      );
    },
  };
};
