import { staying } from './lib/keyed.ts';

/** Small ways to make and change elements. All text goes through `textContent`: nothing from outside is ever read as markup. */

type Child = Node | string;

interface Properties {
  readonly class?: string;
  readonly title?: string;
  /** Attributes by name; `style` is not among them, as the page's policy would refuse it. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onClick?: (event: MouseEvent) => void;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (properties.class !== undefined) made.className = properties.class;
  if (properties.title !== undefined) made.title = properties.title;
  for (const [name, value] of Object.entries(properties.attributes ?? {})) made.setAttribute(name, value);
  if (properties.onClick !== undefined) made.addEventListener('click', properties.onClick as EventListener);
  made.append(...children);
  return made;
}

/** Writes only what differs: a text that is read out or selected is left alone. */
export const setText = (node: Node, text: string): void => {
  if (node.textContent !== text) node.textContent = text;
};

export const setAttribute = (node: Element, name: string, value: string | null): void => {
  if (node.getAttribute(name) === value) return;
  if (value === null) node.removeAttribute(name);
  else node.setAttribute(name, value);
};

export const setTitle = (node: HTMLElement, title: string): void =>
  setAttribute(node, 'title', title === '' ? null : title);

export const setHidden = (node: HTMLElement, hidden: boolean): void => {
  if (node.hidden !== hidden) node.hidden = hidden;
};

/** A class of a set of which a node has one, such as `tone-bad`. */
export const setVariant = (node: Element, prefix: string, variant: string): void => {
  const wanted = `${prefix}-${variant}`;
  if (node.classList.contains(wanted)) return;
  for (const name of [...node.classList]) if (name.startsWith(`${prefix}-`)) node.classList.remove(name);
  node.classList.add(wanted);
};

interface Kept<Item> {
  readonly node: HTMLElement;
  readonly update: (item: Item) => void;
  /** It is gone from the list for good. */
  readonly removed?: () => void;
}

/** Children of a node that follow a list: a child is made once per key, changed after that, and moved only where the order differs. */
export class KeyedList<Item> {
  readonly #parent: HTMLElement;
  readonly #keyOf: (item: Item) => string;
  readonly #make: (item: Item) => Kept<Item>;
  readonly #kept = new Map<string, Kept<Item>>();
  #order: readonly string[] = [];

  constructor(parent: HTMLElement, keyOf: (item: Item) => string, make: (item: Item) => Kept<Item>) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#make = make;
  }

  show(items: readonly Item[]): void {
    const positions = new Map(this.#order.map((key, index) => [key, index]));
    const keys: string[] = [];
    const wanted = new Set<string>();
    for (const item of items) {
      const key = this.#keyOf(item);
      if (wanted.has(key)) continue;
      wanted.add(key);
      keys.push(key);
      const kept = this.#kept.get(key);
      if (kept === undefined) {
        const made = this.#make(item);
        made.update(item);
        this.#kept.set(key, made);
      } else kept.update(item);
    }
    for (const key of this.#order) {
      if (wanted.has(key)) continue;
      const gone = this.#kept.get(key);
      gone?.node.remove();
      gone?.removed?.();
      this.#kept.delete(key);
    }
    const stay = staying(keys.map((key) => positions.get(key) ?? -1));
    let next: Node | null = null;
    for (let index = keys.length - 1; index >= 0; index -= 1) {
      const node = this.#kept.get(keys[index] ?? '')?.node ?? null;
      if (node === null) continue;
      if (!stay.has(index)) this.#parent.insertBefore(node, next);
      next = node;
    }
    this.#order = keys;
  }

  node(key: string): HTMLElement | null {
    return this.#kept.get(key)?.node ?? null;
  }

  get keys(): readonly string[] {
    return this.#order;
  }
}
