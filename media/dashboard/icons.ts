import type { Badge } from '../../src/model/dashboard/parts.ts';
import { setAttribute, setText, setVariant } from './dom.ts';

/** Outlines in a box of 16 × 16, drawn with the colour of the text. Each stands beside a word. */
const outlines = {
  running: 'M5 3.2v9.6l7.6-4.8z',
  paused: 'M5 3v10M11 3v10',
  progress: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  ended: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M4.2 4.2l7.6 7.6',
  failed: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  archive: 'M2.5 3.5h11v3h-11zM3.5 6.5v6.5h9V6.5M6.5 9h3',
  question: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M6.3 6.4a1.7 1.7 0 1 1 2.4 1.6c-.5.3-.7.6-.7 1.2M8 11.2v.2',
  check: 'M3 8.5l3.2 3.2L13 4.6',
  eye: 'M1.8 8S4 4 8 4s6.2 4 6.2 4S12 12 8 12S1.8 8 1.8 8M8 6.3a1.7 1.7 0 1 0 0 3.4a1.7 1.7 0 1 0 0-3.4',
  warning: 'M8 2.3L14.5 13.5H1.5zM8 6.5v3.5M8 11.6v.2',
  flame: 'M8.3 1.8c.4 2.6 3.7 3.7 3.7 7.2a4 4 0 1 1-8 0c0-1.6.8-2.6 1.6-3.4c.2 1.2.8 1.6 1.4 1.8C7 5.5 7 3.5 8.3 1.8',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3.2l2.2 1.4',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 6.5v6',
  zoomOut: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.3 10.3L14 14M5 7h4',
  grid: 'M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5H9z',
  up: 'M4 10l4-4l4 4',
  down: 'M4 6l4 4l4-4',
  terminal: 'M2 3.5h12v9H2zM4.5 6.5l2 1.7l-2 1.7M8 10.5h3.5',
  export: 'M8 10V2.5M5 5.3L8 2.5l3 2.8M3 9.5v4h10v-4',
  mail: 'M2 4h12v8.5H2zM2 4.5l6 4.5l6-4.5',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.3 10.3L14 14',
} as const;

export type IconName = keyof typeof outlines;

const known = (name: string): name is IconName => Object.hasOwn(outlines, name);

const svg = 'http://www.w3.org/2000/svg';

/** @returns a picture that is silent to screen readers, as its word stands beside it. */
export const icon = (name: string): SVGSVGElement => {
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('class', 'icon');
  picture.setAttribute('viewBox', '0 0 16 16');
  picture.setAttribute('aria-hidden', 'true');
  picture.setAttribute('focusable', 'false');
  const line = document.createElementNS(svg, 'path');
  picture.append(line);
  setIcon(picture, name);
  return picture;
};

export const setIcon = (picture: SVGSVGElement, name: string): void => {
  const line = picture.firstElementChild;
  if (line !== null) setAttribute(line, 'd', outlines[known(name) ? name : 'question']);
};

/** A word with its icon and tone. */
export interface BadgeView {
  readonly node: HTMLElement;
  show(badge: Badge): void;
}

export const badgeView = (className = 'badge'): BadgeView => {
  const node = document.createElement('span');
  node.className = className;
  const picture = icon('question');
  const word = document.createElement('span');
  node.append(picture, word);
  return {
    node,
    show: (badge) => {
      setVariant(node, 'tone', badge.tone);
      setIcon(picture, badge.icon);
      setText(word, badge.word);
    },
  };
};
