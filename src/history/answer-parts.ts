/** One message is at most about this long, in characters. */
const partLength = 64 * 1024;

/** A piece of an answer. */
export interface AnswerPart {
  readonly texts: readonly string[];
  readonly last: boolean;
}

/** Answers that are under way; each goes on only when the other side asks for more. */
export class AnswerParts {
  readonly #answers = new Map<number, Iterator<string>>();

  open(id: number, answer: Iterator<string>): void {
    this.#answers.set(id, answer);
  }

  stop(id: number): void {
    this.#answers.delete(id);
  }

  /**
   * @param failed told of what was thrown while reading; the answer ends there.
   * @returns the next part; null for an answer that is not under way.
   */
  next(id: number, failed: (error: unknown) => void): AnswerPart | null {
    const answer = this.#answers.get(id);
    if (answer === undefined) return null;
    const texts: string[] = [];
    let length = 0;
    let last = false;
    try {
      while (length < partLength && !last) {
        const { done, value } = answer.next();
        last = done === true;
        if (done === true) break;
        texts.push(value);
        length += value.length;
      }
    } catch (error) {
      last = true;
      failed(error);
    }
    if (last) this.#answers.delete(id);
    return { texts, last };
  }
}
