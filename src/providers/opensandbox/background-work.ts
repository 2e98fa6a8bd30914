import type { Clock, Log } from '../../model/ports.ts';
import { Problem, toProblem } from '../../model/problem.ts';
import { within } from '../../model/wait.ts';
import { throwIfAborted } from './abort.ts';

const removeMs = 5000;

/** Cleaning up that goes on after its caller has left. */
export class BackgroundWork {
  readonly #running = new Set<Promise<void>>();

  /** `work` must not reject. */
  add(work: Promise<void>): void {
    const ended = work.finally(() => this.#running.delete(ended));
    this.#running.add(ended);
  }

  /** Returns when nothing is left to do. */
  async done(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

/** Something that stays in the sandbox until it is removed by the id its creation returns. */
export interface Removable {
  /** For the log, e.g. `session`. */
  readonly what: string;
  readonly create: () => Promise<string>;
  readonly remove: (id: string, signal: AbortSignal) => Promise<void>;
}

/**
 * Creates it. Cutting the request would lose the id and leave the thing behind, so a caller that leaves meanwhile gets
 * `aborted` at once, and in the background the creation is finished and undone.
 */
export const createRemovable = async (
  { what, create, remove }: Removable,
  signal: AbortSignal,
  { clock, log, work }: { readonly clock: Clock; readonly log: Log; readonly work: BackgroundWork },
): Promise<string> => {
  throwIfAborted(signal);
  const creation = create();
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(new Problem('aborted', `Nobody waits for the ${what} any more.`));
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([creation, left.promise]);
  } catch (error) {
    if (signal.aborted) {
      const undo = creation.then((id) => within(clock, removeMs, null, (limit) => remove(id, limit)));
      work.add(
        undo.catch((failure: unknown) => {
          log.debug(`A ${what} that nobody waited for may be left: ${toProblem(failure).message}`);
        }),
      );
    }
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
  }
};
