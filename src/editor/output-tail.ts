const capCharacters = 64 * 1024;

/** Reads all output of a command but keeps only its end: the reason of a failure stands there, and memory stays bounded. */
export class OutputTail {
  private tail = '';
  /** Settles when there is no more; never, where the editor does not tell of it. */
  readonly done: Promise<void>;

  /** @param failed is given what went wrong with reading; what was read until then stays. */
  constructor(chunks: AsyncIterable<string>, failed: (error: unknown) => void) {
    this.done = this.read(chunks).catch(failed);
  }

  /** What there is so far. */
  get text(): string {
    return this.tail.slice(-capCharacters);
  }

  private async read(chunks: AsyncIterable<string>): Promise<void> {
    for await (const chunk of chunks) {
      this.tail += chunk;
      if (this.tail.length > 2 * capCharacters) this.tail = this.tail.slice(-capCharacters);
    }
  }
}
