import type { Incident } from '../../model/incident.ts';
import { incidentPage } from './incident-state.ts';
import type { DashboardSources, Feed } from './ports.ts';

type Post = Parameters<Feed['open']>[0];

/** Fills the page of one incident; what is learned of it later is shown, too. */
export class IncidentFeed implements Feed {
  readonly #incidentId: string;
  readonly #sources: DashboardSources;
  readonly #unsubscribe: () => void;
  #known: Incident | null = null;
  #post: Post | null = null;
  #title = 'Incident';

  constructor(incidentId: string, sources: DashboardSources) {
    this.#incidentId = incidentId;
    this.#sources = sources;
    this.#known = this.#find();
    this.#unsubscribe = sources.app.onChange(() => {
      const found = this.#find();
      if (found === null || found === this.#known) return;
      this.#known = found;
      this.#tell();
    });
  }

  get title(): string {
    return this.#known === null ? this.#title : `${this.#known.sandboxName}: what happened`;
  }

  open(post: Post): void {
    this.#post = post;
    this.#tell();
  }

  close(): void {
    this.#post = null;
  }

  dispose(): void {
    this.close();
    this.#unsubscribe();
  }

  #find(): Incident | null {
    for (const { incidents } of this.#sources.app.view.sandboxes) {
      const found = incidents.find(({ id }) => id === this.#incidentId);
      if (found !== undefined) return found;
    }
    return null;
  }

  #tell(): void {
    const { app, clock, log } = this.#sources;
    const post = this.#post;
    if (post === null) return;
    app.postMortem(this.#incidentId).then(
      (told) => {
        if (this.#post !== post) return;
        if (told !== null) this.#title = `${told.incident.sandboxName}: what happened`;
        const known = app.view.sandboxes.some(({ sandbox }) => sandbox.id === told?.incident.sandboxId);
        post({ kind: 'incident', nowMs: clock.now(), page: told === null ? null : incidentPage(told, known) });
      },
      (error: unknown) => {
        log.warn(`The post-mortem of ${this.#incidentId}: ${String(error)}`);
        if (this.#post === post) post({ kind: 'incident', nowMs: clock.now(), page: null });
      },
    );
  }
}
