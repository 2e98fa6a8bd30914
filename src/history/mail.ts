import type { FromWorker, Question, ToWorker } from './protocol.ts';

type Part = Extract<FromWorker, { t: 'part' }>;

interface Open {
  readonly question: Question;
  /** Whether any of its answer was used; then it cannot be asked again. */
  begun: boolean;
  readonly take: (part: Part | null) => void;
}

/** Questions to the worker and their answers, part by part. */
export class Mail {
  readonly #post: (message: ToWorker) => void;
  readonly #open = new Map<number, Open>();
  #id = 0;

  constructor(post: (message: ToWorker) => void) {
    this.#post = post;
  }

  /** Asks. Yields the texts of the answer part by part; between two parts the editor gets its turn. Ends early when the worker is lost. */
  async *ask(question: Question): AsyncGenerator<readonly string[]> {
    this.#id += 1;
    const id = this.#id;
    let arrived: (part: Part | null) => void = () => undefined;
    let next = new Promise<Part | null>((resolve) => {
      arrived = resolve;
    });
    const open: Open = { question, begun: false, take: (part) => arrived(part) };
    this.#open.set(id, open);
    this.#post({ t: 'ask', id, question });
    let last = false;
    try {
      while (!last) {
        const part = await next;
        if (part === null) return;
        open.begun = true;
        next = new Promise((resolve) => {
          arrived = resolve;
        });
        yield part.texts;
        last = part.last;
        if (!last) this.#post({ t: 'next', id });
      }
    } finally {
      this.#open.delete(id);
      if (!last) this.#post({ t: 'stop', id });
    }
  }

  receive(part: Part): void {
    this.#open.get(part.id)?.take(part);
  }

  /** The worker was lost: asks the new one what was not answered yet, and ends what was answered in part. */
  again(): void {
    for (const [id, { question, begun, take }] of this.#open) {
      if (begun) take(null);
      else this.#post({ t: 'ask', id, question });
    }
  }

  /** Ends all answers. */
  close(): void {
    for (const { take } of this.#open.values()) take(null);
  }
}
