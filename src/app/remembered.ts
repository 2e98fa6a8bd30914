import type { HistoryStore, RememberedSandbox } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import type { Clock, Log } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import type { SandboxView } from '../model/view.ts';
import { abortable } from '../model/wait.ts';
import { pastFromIncident, pastView, withPast } from './past-view.ts';
import type { Tasks } from './waiting.ts';

export interface RememberedHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  readonly history: HistoryStore;
  /** Other sandboxes are remembered now than before. */
  changed(): void;
}

/** Rows for a person to look over; what ended before is found by its incident (`Supervisor.incidents`). */
const mostShown = 50;
/** Asked for, because those that live are among them. */
const mostRead = 1_000;
const mostIncidents = 300;

interface Past {
  readonly view: SandboxView;
  /** What it was made from, to tell whether it is news. */
  readonly madeFrom: string;
}

/** The sandboxes that ended in earlier sessions or in other windows, as the history tells. */
export class Remembered {
  readonly #host: RememberedHost;
  readonly #life = new AbortController();
  readonly #joined = new WeakMap<SandboxView, { readonly past: SandboxView; readonly view: SandboxView }>();
  #maximumAgeMs: number;
  /** Newest end first. */
  #pasts: ReadonlyMap<string, Past> = new Map();
  #wanted = false;
  #reading = false;
  /** Counts what was forgotten: an answer to a question from before is out of date. */
  #forgotten = 0;

  constructor(host: RememberedHost, maximumAgeMs: number) {
    this.#host = host;
    this.#maximumAgeMs = maximumAgeMs;
  }

  /** @returns those that are not among `present`, newest end first; a view is the same object as long as nothing of it changed. */
  besides(present: ReadonlySet<string>): readonly SandboxView[] {
    return [...this.#pasts.values()].map((past) => past.view).filter((view) => !present.has(view.sandbox.id));
  }

  /** @returns the view of a sandbox that was found ended, with what was seen of its end when it happened. */
  join(view: SandboxView): SandboxView {
    const past = this.#pasts.get(view.sandbox.id)?.view;
    if (past === undefined || !past.incidents.some((each) => each.endsSandbox)) return view;
    const known = this.#joined.get(view);
    if (known?.past === past) return known.view;
    const joined = withPast(view, past);
    this.#joined.set(view, { past, view: joined });
    return joined;
  }

  setMaximumAge(ms: number): void {
    if (ms === this.#maximumAgeMs) return;
    this.#maximumAgeMs = ms;
    this.load();
  }

  /** Reads what is remembered, in the background. */
  load(): void {
    this.#wanted = true;
    if (this.#reading || this.#life.signal.aborted) return;
    this.#reading = true;
    const { log, tasks } = this.#host;
    tasks.add(this.#run(), (error) => {
      if (!this.#life.signal.aborted) log.warn(`What is remembered could not be read: ${toProblem(error).message}`);
    });
  }

  async #run(): Promise<void> {
    try {
      while (this.#wanted) {
        this.#wanted = false;
        const forgotten = this.#forgotten;
        const pasts = await abortable(this.#read(), this.#life.signal);
        if (forgotten === this.#forgotten) this.#show(pasts);
        else this.#wanted = true;
      }
    } finally {
      this.#reading = false;
    }
  }

  async #read(): Promise<ReadonlyMap<string, Past>> {
    const { clock, history } = this.#host;
    const sinceMs = clock.now() - this.#maximumAgeMs;
    // One of which only other entries speak has neither a system nor a name.
    const sandboxes = (await history.sandboxes({ sinceMs, limit: mostRead })).filter((each) => each.provider !== '');
    const all = await history.incidents({ sinceMs, limit: mostIncidents, withoutSamples: true });
    const incidents = Map.groupBy(all, (each) => each.sandboxId);
    const known = new Set(sandboxes.map((each) => each.sandboxId));
    // An incident may come from another machine, where the rest was lost.
    const fromIncidents = all.filter((each) => each.endsSandbox && !known.has(each.sandboxId)).map(pastFromIncident);
    const ended = new Map<string, RememberedSandbox>();
    for (const each of [...sandboxes, ...fromIncidents]) {
      if ((each.endedAtMs ?? Number.NEGATIVE_INFINITY) >= sinceMs) ended.set(each.sandboxId, each);
    }
    const shown = [...ended.values()].toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0)).slice(0, mostShown);
    return new Map(shown.map((each) => [each.sandboxId, this.#past(each, incidents.get(each.sandboxId) ?? [])]));
  }

  #past(sandbox: RememberedSandbox, incidents: readonly Incident[]): Past {
    // When it was seen last changes with every list of a server that goes on telling of it, and is not shown.
    const madeFrom = JSON.stringify([{ ...sandbox, lastSeenAtMs: 0 }, incidents]);
    const before = this.#pasts.get(sandbox.sandboxId);
    return before?.madeFrom === madeFrom ? before : { view: pastView(sandbox, incidents), madeFrom };
  }

  #show(pasts: ReadonlyMap<string, Past>): void {
    const before = [...this.#pasts.values()];
    const after = [...pasts.values()];
    this.#pasts = pasts;
    if (before.length !== after.length || before.some((past, index) => past !== after[index])) this.#host.changed();
  }

  /** @param sandboxId null forgets all of them. */
  forget(sandboxId: string | null): void {
    this.#forgotten += 1;
    const left = new Map(sandboxId === null ? [] : this.#pasts);
    if (sandboxId !== null) left.delete(sandboxId);
    this.#show(left);
  }

  close(): void {
    this.#life.abort();
    this.#wanted = false;
  }
}
