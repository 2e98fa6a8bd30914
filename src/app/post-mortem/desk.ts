import type { HistoryStore } from '../../model/history.ts';
import type { Incident } from '../../model/incident.ts';
import type { Clock } from '../../model/ports.ts';
import type { PostMortem } from '../../model/post-mortem.ts';
import type { AppView } from '../../model/view.ts';
import { sleep } from '../../model/wait.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import { mostIncidents } from '../past-desk.ts';
import { postMortem } from './post-mortem.ts';

export interface PostMortemDeskHost {
  readonly clock: Clock;
  readonly history: HistoryStore;
  readonly patterns: PatternBook;
  redact(text: string): string;
  view(): AppView;
}

/** Among the newest it is found sooner. */
const newestIncidents = 1_000;

/** Finds incidents and tells their stories. */
export class PostMortemDesk {
  readonly #host: PostMortemDeskHost;

  constructor(host: PostMortemDeskHost) {
    this.#host = host;
  }

  /** See `Supervisor.postMortem`. */
  async tell(incidentId: string): Promise<PostMortem | null> {
    const { clock, history, patterns, redact } = this.#host;
    const incident = this.#shown(incidentId) ?? (await this.#remembered(incidentId));
    if (incident === null) return null;
    const pause = async (): Promise<void> => {
      await sleep(clock, 0);
    };
    const isHere = this.#host
      .view()
      .sandboxes.some(({ sandbox, isHere: here }) => here && sandbox.provider === incident.provider);
    return postMortem(incident, { history, patterns, redact, nowMs: clock.now(), isHere, pause });
  }

  #shown(incidentId: string): Incident | null {
    const all = this.#host.view().sandboxes.flatMap(({ incidents }) => incidents);
    return all.find(({ id }) => id === incidentId) ?? null;
  }

  async #remembered(incidentId: string): Promise<Incident | null> {
    for (const limit of [newestIncidents, mostIncidents]) {
      const some = await this.#host.history.incidents({ limit, withoutSamples: true });
      const found = some.find(({ id }) => id === incidentId);
      if (found !== undefined) return found;
      if (some.length < limit) return null;
    }
    return null;
  }
}
