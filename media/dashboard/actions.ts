import type { ActionButton } from '../../src/model/dashboard/parts.ts';
import { element, KeyedList, setAttribute, setText, setTitle } from './dom.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';

/** Buttons for what can be done, each with what it asks and how it went before. */
export class ActionList {
  readonly node = element('ul', { class: 'actions' });
  readonly #list: KeyedList<ActionButton>;

  constructor(host: Host) {
    this.#list = new KeyedList(
      this.node,
      ({ id }) => id,
      ({ id }) => actionRow(host, id),
    );
  }

  /** @param about what they are against, for who hears the button alone. */
  show(actions: readonly ActionButton[], about: string): void {
    this.#list.show(actions);
    for (const { id, title } of actions) {
      const button = this.#list.node(id)?.firstElementChild;
      if (button != null) setAttribute(button, 'aria-label', `${title}: ${about}`);
    }
  }
}

const actionRow = (
  host: Host,
  id: string,
): { readonly node: HTMLElement; readonly update: (each: ActionButton) => void } => {
  const title = element('span');
  const picture = icon('warning');
  const button = element(
    'button',
    { class: 'fix', attributes: { type: 'button' }, onClick: () => host.action(id) },
    picture,
    title,
  );
  const note = element('span', { class: 'item-note' });
  return {
    node: element('li', {}, button, note),
    update: (each) => {
      setText(title, each.title);
      setTitle(button, each.detail);
      button.classList.toggle('destructive', each.risk === 'destructive');
      picture.classList.toggle('absent', each.risk !== 'destructive');
      setText(note, each.note);
    },
  };
};
