import type { Log } from '../model/ports.ts';
import type { Trouble } from './protocol.ts';

type Kind = Trouble['trouble'];

/** The gravest first: only one is shown, the others follow when it is over. */
const order: readonly Kind[] = [
  'worker',
  'newer',
  'read-only',
  'corrupt',
  'missing',
  'full',
  'locked',
  'failed',
  'replaced',
  'slow',
  'set-aside',
  'dropped',
];

/** What is wrong with the history at the moment, each thing said once. */
export class Troubles {
  readonly #log: Log;
  readonly #texts = new Map<Kind, string>();
  readonly #listeners = new Set<(text: string | null) => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** The gravest, or null. */
  get text(): string | null {
    const gravest = order.find((kind) => this.#texts.has(kind));
    return gravest === undefined ? null : (this.#texts.get(gravest) ?? null);
  }

  /** @param text null when it is over. */
  set(kind: Kind, text: string | null): void {
    const before = this.text;
    const isNew = text !== null && !this.#texts.has(kind);
    if (text === null) this.#texts.delete(kind);
    else this.#texts.set(kind, text);
    if (isNew) this.#log.warn(`history: ${text}`);
    // A count that grows within one text is not news; the text is, the first time.
    const after = this.text;
    if (after === before || (!isNew && text !== null)) return;
    for (const listener of this.#listeners) listener(after);
  }

  listen(listener: (text: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
