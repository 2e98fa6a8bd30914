/** Turns pushed events into an async iterable. Bounded: when nobody reads, the oldest events go first. */
export class EventQueue<Event> {
  private readonly capacity: number;
  private readonly waiting: Event[] = [];
  private wake: (() => void) | null = null;
  private ended = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  push(event: Event): void {
    if (this.ended) return;
    this.waiting.push(event);
    if (this.waiting.length > this.capacity) this.waiting.shift();
    this.wake?.();
  }

  /** Ends every reader after it has read what is there. */
  end(): void {
    this.ended = true;
    this.wake?.();
  }

  /** Yields events until `signal` is aborted or the queue ends. One reader at a time. */
  async *read(signal: AbortSignal): AsyncGenerator<Event> {
    const wakeUp = (): void => this.wake?.();
    signal.addEventListener('abort', wakeUp);
    try {
      while (!signal.aborted) {
        const event = this.waiting.shift();
        if (event !== undefined) {
          yield event;
          continue;
        }
        if (this.ended) return;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        this.wake = null;
      }
    } finally {
      signal.removeEventListener('abort', wakeUp);
    }
  }
}
