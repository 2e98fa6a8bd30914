/** Decides when a text is read out: never twice the same, and never so often that nothing else can be heard. */
export class Speech {
  readonly #everyMs: number;
  #said = '';
  #saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(everyMs = 12_000) {
    this.#everyMs = everyMs;
  }

  /**
   * @param urgent does not wait, such as a warning that begins.
   * @returns the text to be read out now, or null.
   */
  next(text: string, nowMs: number, urgent = false): string | null {
    if (text === this.#said) return null;
    if (!urgent && nowMs - this.#saidAtMs < this.#everyMs) return null;
    this.#said = text;
    this.#saidAtMs = nowMs;
    return text;
  }
}
