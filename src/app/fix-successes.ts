import type { FixId, FixOutcome, FixSuccess } from '../model/fix.ts';
import type { HistoryStore } from '../model/history.ts';
import type { Log } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import { withOutcome } from '../model/success.ts';
import type { Tasks } from './waiting.ts';

const readRecords = 500;

/** How the actions of the extension went before, on all sandboxes, for the order in which they are offered. */
export class FixSuccesses {
  readonly #host: { readonly history: HistoryStore; readonly tasks: Tasks; readonly log: Log };
  #known: ReadonlyMap<string, FixSuccess> = new Map();

  constructor(host: { readonly history: HistoryStore; readonly tasks: Tasks; readonly log: Log }) {
    this.#host = host;
  }

  /** @returns null for what was never checked. */
  of(id: FixId): FixSuccess | null {
    return this.#known.get(id) ?? null;
  }

  /** Takes in what a fix has just done. */
  add({ fixId, result }: FixOutcome): void {
    const now = withOutcome(this.#known.get(fixId) ?? { worked: 0, didNotWork: 0 }, result);
    if (now.worked + now.didNotWork > 0) this.#known = new Map([...this.#known, [fixId, now]]);
  }

  /** Reads what is remembered, in the background. */
  load(): void {
    const { history, tasks, log } = this.#host;
    const read = async (): Promise<void> => {
      const records = await history.fixes({ limit: readRecords });
      this.#known = new Map(records.map(({ fixId, worked, didNotWork }) => [fixId, { worked, didNotWork }]));
    };
    tasks.add(read(), (error) => log.debug(`How fixes went before is not known: ${toProblem(error).message}`));
  }
}
