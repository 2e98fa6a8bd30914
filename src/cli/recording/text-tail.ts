/** Keeps the end of a text that may be endless. */
export class TextTail {
  readonly #most: number;
  #text = '';

  constructor(mostCharacters: number) {
    this.#most = mostCharacters;
  }

  add(chunk: string): void {
    this.#text = (this.#text + chunk).slice(-this.#most);
  }

  /** The last `count` characters of what is kept. */
  last(count: number): string {
    return this.#text.slice(-count);
  }

  get text(): string {
    return this.#text;
  }
}
