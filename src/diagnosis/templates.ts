import { normalise } from './fingerprint.ts';

/** A kind of unknown error: the words its lines have in common, with `<*>` where they differ. */
export interface ErrorTemplate {
  /** Stays the same while the template grows more general. */
  readonly id: number;
  readonly words: readonly string[];
  readonly count: number;
}

/** How many templates are kept; the one not seen for longest goes first. */
const mostTemplates = 500;
/** Lines with the same number of words and at least this share of the same words are one kind of error. */
const sameShare = 0.65;
const mostWords = 60;
const different = '<*>';

const isVariable = (word: string): boolean => word === different || /\d/.test(word) || /^<\w{1,20}>/.test(word);

/** How alike two lines are, 0..1; a variable word fits everything, but proves little. */
const likeness = (template: readonly string[], words: readonly string[]): number => {
  let same = 0;
  for (const [index, word] of template.entries()) if (word === words[index]) same += 1;
  return template.length === 0 ? 1 : same / template.length;
};

interface Kept {
  readonly id: number;
  words: readonly string[];
  count: number;
}

/**
 * Clusters unknown error lines by their template (after Drain: He et al., "Drain: An Online Log Parsing Approach with Fixed
 * Depth Tree", 2017, with the first word and the number of words as the tree). A new error that keeps coming back can be
 * noticed, named and given a fix this way.
 */
export class TemplateMiner {
  readonly #groups = new Map<string, Kept[]>();
  readonly #order = new Map<number, string>();
  #nextId = 1;

  /** Templates in the order in which they were last seen, the oldest first. */
  get templates(): readonly ErrorTemplate[] {
    return [...this.#order].flatMap(([id, key]) => this.#groups.get(key)?.filter((one) => one.id === id) ?? []);
  }

  /** Counts one line. @returns its template as it stands now. */
  add(line: string): ErrorTemplate {
    const words = normalise(line).split(' ', mostWords);
    const key = `${words.length} ${isVariable(words[0] ?? '') ? different : words[0]}`;
    const group = this.#groups.get(key) ?? [];
    this.#groups.set(key, group);
    let best: Kept | undefined;
    let bestLikeness = sameShare;
    for (const one of group) {
      const alike = likeness(one.words, words);
      if (alike >= bestLikeness) {
        best = one;
        bestLikeness = alike;
      }
    }
    if (best === undefined) {
      best = { id: this.#nextId++, words, count: 0 };
      group.push(best);
    } else {
      best.words = best.words.map((word, index) => (word === words[index] ? word : different));
    }
    best.count += 1;
    this.#order.delete(best.id);
    this.#order.set(best.id, key);
    this.#forgetOldest();
    return { ...best };
  }

  #forgetOldest(): void {
    const oldest = this.#order.entries().next().value;
    if (oldest === undefined || this.#order.size <= mostTemplates) return;
    const [id, key] = oldest;
    this.#order.delete(id);
    const rest = (this.#groups.get(key) ?? []).filter((one) => one.id !== id);
    if (rest.length === 0) this.#groups.delete(key);
    else this.#groups.set(key, rest);
  }
}
