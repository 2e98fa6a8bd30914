import * as z from 'zod/mini';

const mostCharacters = 64 * 1024;

const outputEvent = z.object({
  type: z.literal('event'),
  event: z.literal('output'),
  body: z.object({ category: z.optional(z.string()), output: z.string() }),
});
const exitedEvent = z.object({
  type: z.literal('event'),
  event: z.literal('exited'),
  body: z.object({ exitCode: z.number() }),
});

const terminatedEvent = z.object({ type: z.literal('event'), event: z.literal('terminated') });

/** How a debugged program ended. */
export interface DebugFailure {
  readonly text: string;
  readonly exitCode: number | null;
}

/** What one debugged program writes to its error output, by the messages of its debug adapter. Only the end is kept. */
export class DebugOutput {
  private text = '';
  private exitCode: number | null = null;
  private terminated = false;

  /** Takes in one message from the adapter; what is not understood is none of our business. */
  message(message: unknown): void {
    const output = outputEvent.safeParse(message);
    if (output.success) {
      const { category, output: piece } = output.data.body;
      if (category !== 'stderr') return;
      this.text += piece.slice(-mostCharacters);
      if (this.text.length > 2 * mostCharacters) this.text = this.text.slice(-mostCharacters);
      return;
    }
    const exited = exitedEvent.safeParse(message);
    if (exited.success) this.exitCode = exited.data.body.exitCode;
    if (terminatedEvent.safeParse(message).success) this.terminated = true;
  }

  /** The session is over. @returns how the program ended, or null when it ended well, said nothing, or the person stopped it. */
  ended(): DebugFailure | null {
    if (this.exitCode === 0) return null;
    if (this.exitCode === null && (!this.terminated || this.text.trim() === '')) return null;
    return { text: this.text.slice(-mostCharacters), exitCode: this.exitCode };
  }
}
