import type { ErrorEvent } from '../../model/error-event.ts';

/** What nobody has read is kept up to this number, the newest. */
const kept = 20;

/** Errors of one place, for whoever reads them; what was posted before somebody reads waits. */
export class ErrorBoard {
  #waiting: ErrorEvent[] = [];
  #wake: () => void = () => undefined;

  post(event: ErrorEvent): void {
    this.#waiting = [...this.#waiting, event].slice(-kept);
    this.#wake();
  }

  /** Until aborted. One reader at a time. */
  async *read(sandboxId: string, signal: AbortSignal): AsyncGenerator<ErrorEvent, void> {
    const end = (): void => this.#wake();
    signal.addEventListener('abort', end);
    try {
      while (!signal.aborted) {
        const event = this.#waiting.shift();
        if (event === undefined) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        } else if (event.sandboxId === sandboxId) yield event;
      }
    } finally {
      signal.removeEventListener('abort', end);
    }
  }
}
