/** A power of two; texts hold a few thousand different trigrams. */
const places = 1 << 16;

const placeOf = (text: string, at: number): number =>
  (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) & (places - 1);

/**
 * The groups of three characters of one text. Says of most words at once that the text does not hold them, in a few steps and
 * whatever the length of the text.
 */
export class Trigrams {
  readonly #seen = new Uint8Array(places);
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    for (let at = 0; at + 2 < text.length; at++) this.#seen[placeOf(text, at)] = 1;
  }

  /** Whether the text holds `word`, which has at least three characters. */
  holds(word: string): boolean {
    for (let at = 0; at + 2 < word.length; at++) if (this.#seen[placeOf(word, at)] === 0) return false;
    return this.#text.includes(word);
  }
}
