import * as z from 'zod/mini';

const text = z.catch(z.optional(z.string()), undefined);

const wireEvent = z.object({
  type: text,
  text,
  error: z.catch(
    z.optional(z.object({ evalue: text, traceback: z.catch(z.optional(z.array(z.string())), undefined) })),
    undefined,
  ),
  /** Only in what execd appends to a stream that it can no longer answer with an error status. */
  code: text,
  message: text,
});

/** One event of `/command` or `/session/{id}/run`, reduced to what it means. */
export type ExecutionEvent =
  /** The id of the command, or of the session. */
  | { readonly kind: 'started'; readonly id: string }
  | { readonly kind: 'stdout' | 'stderr'; readonly line: string }
  | { readonly kind: 'succeeded' }
  /** `exitCode` is null when a signal ended it: a kill for memory, a timeout and a kill by hand look the same. */
  | { readonly kind: 'failed'; readonly exitCode: number | null; readonly text: string }
  /** It did not start, or execd gave up on it. */
  | { readonly kind: 'refused'; readonly text: string }
  /** A ping, or something that this version does not know. */
  | { readonly kind: 'other' };

/**
 * Reads one JSON value of an execution stream. There is no exit code in it: completion means 0, and a failure carries
 * the code as text, or the reason why nothing was started.
 */
export const readExecutionEvent = (value: unknown): ExecutionEvent => {
  const parsed = z.safeParse(wireEvent, value);
  if (!parsed.success) return { kind: 'other' };
  const event = parsed.data;
  switch (event.type) {
    case 'init':
      return { kind: 'started', id: event.text ?? '' };
    case 'stdout':
    case 'stderr':
      // A blank line is sent as a line feed, every other line without its end.
      return { kind: event.type, line: event.text === '\n' ? '' : (event.text ?? '') };
    case 'execution_complete':
      return { kind: 'succeeded' };
    case 'error':
      return failure(event.error?.evalue ?? '', event.error?.traceback ?? []);
    case undefined:
      return event.code === undefined ? { kind: 'other' } : { kind: 'refused', text: event.message ?? event.code };
    default:
      return { kind: 'other' };
  }
};

const failure = (value: string, traceback: readonly string[]): ExecutionEvent => {
  const said = traceback.join(' ') || value;
  if (!/^-?\d+$/.test(value)) return { kind: 'refused', text: said || 'no reason given' };
  const code = Number(value);
  return { kind: 'failed', exitCode: code < 0 ? null : code, text: said };
};
