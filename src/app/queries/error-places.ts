import type { ErrorCount, HistoryStore, RememberedSandbox } from '../../model/history.ts';
import type { SandboxView } from '../../model/view.ts';

/** An error and the sandbox in which it happened. */
export interface ErrorPlace {
  readonly sandboxId: string;
  readonly fingerprint: string;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}

/** So many sandboxes are asked for at a time; the next answer knows more. */
const mostAsked = 40;
const mostErrors = 200;

interface Known {
  readonly lastSeenAtMs: number;
  readonly places: readonly ErrorPlace[];
}

const placeOf = (
  sandboxId: string,
  { fingerprint, firstSeenAtMs, lastSeenAtMs }: Omit<ErrorPlace, 'sandboxId'>,
): ErrorPlace => ({ sandboxId, fingerprint, firstSeenAtMs, lastSeenAtMs });

/**
 * Knows which error happened in which sandbox. The store adds up over sandboxes: those in the view tell it themselves, the others are asked
 * for one by one, a few each time, and remembered.
 */
export class ErrorPlaces {
  #known: ReadonlyMap<string, Known> = new Map();

  /**
   * @param sandboxes those that matter, seen last first.
   * @param errors what is to be found; with all of them found, nothing is asked.
   */
  async find(
    history: HistoryStore,
    views: readonly SandboxView[],
    sandboxes: readonly RememberedSandbox[],
    errors: readonly ErrorCount[],
    nowMs: number,
  ): Promise<readonly ErrorPlace[]> {
    const shown = new Map(views.filter((view) => view.errors.length > 0).map((view) => [view.sandbox.id, view]));
    const present = new Set(views.filter((view) => view.link.state !== 'ended').map((view) => view.sandbox.id));
    const places = [...shown].flatMap(([id, view]) => view.errors.map((error) => placeOf(id, error)));
    const others = sandboxes.filter(({ sandboxId }) => !shown.has(sandboxId));
    const known = new Map<string, Known>();
    for (const { sandboxId } of others) {
      const before = this.#known.get(sandboxId);
      if (before !== undefined) known.set(sandboxId, before);
    }
    const wanted = errors.reduce((sum, each) => sum + each.sandboxes, 0);
    const found = places.length + [...known.values()].reduce((sum, each) => sum + each.places.length, 0);
    // One that lives and shows no error has none of this session.
    const asked =
      found >= wanted
        ? []
        : others
            .filter(({ sandboxId, lastSeenAtMs }) => {
              const before = known.get(sandboxId);
              return before === undefined || (before.lastSeenAtMs !== lastSeenAtMs && !present.has(sandboxId));
            })
            .slice(0, mostAsked);
    const answers = await Promise.all(
      asked.map(({ sandboxId }) => history.errors({ sandboxId, limit: mostErrors }, nowMs)),
    );
    for (const [i, { sandboxId, lastSeenAtMs }] of asked.entries()) {
      known.set(sandboxId, { lastSeenAtMs, places: (answers[i] ?? []).map((error) => placeOf(sandboxId, error)) });
    }
    this.#known = known;
    return [...places, ...[...known.values()].flatMap((each) => each.places)];
  }

  /** What was remembered is asked for anew. */
  forget(): void {
    this.#known = new Map();
  }
}
