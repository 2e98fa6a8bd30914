import type { IncidentPage } from '../../model/dashboard/incident-page.ts';
import type { Incident } from '../../model/incident.ts';
import { ownLimit } from '../../model/own-limit.ts';
import type { PostMortem } from '../../model/post-mortem.ts';
import type { SandboxView } from '../../model/view.ts';
import { within } from '../../model/wait.ts';
import { incidentOffers } from './incident-actions.ts';
import { incidentPage } from './incident-state.ts';
import type { Offered, PageAction } from './page-actions.ts';
import type { DashboardSources, Feed, WorkspaceEdits } from './ports.ts';

const mostRecords = 200;
/** Nobody waits longer than this for buttons. */
const offersMs = 3_000;

type Post = Parameters<Feed['open']>[0];

/** Fills the page of one incident; what is learned of it later is shown, too. */
export class IncidentFeed implements Feed {
  readonly #incidentId: string;
  readonly #sources: DashboardSources;
  readonly #edits: WorkspaceEdits;
  readonly #unsubscribe: () => void;
  #known: Incident | null = null;
  #post: Post | null = null;
  #title = 'Incident';
  #actions: ReadonlyMap<string, PageAction> = new Map();
  /** Counts what was asked for, so that an answer that comes late is not shown in the place of a newer one. */
  #asked = 0;

  constructor(incidentId: string, sources: DashboardSources, edits: WorkspaceEdits) {
    this.#edits = edits;
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

  action(id: string): PageAction | null {
    return this.#actions.get(id) ?? null;
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
    const { clock, log } = this.#sources;
    const post = this.#post;
    if (post === null) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.#read().then(
      ({ told, page, actions }) => {
        if (this.#post !== post || asked !== this.#asked) return;
        if (told !== null) this.#title = `${told.incident.sandboxName}: what happened`;
        this.#actions = actions;
        post({ kind: 'incident', nowMs: clock.now(), page });
      },
      (error: unknown) => {
        log.warn(`The post-mortem of ${this.#incidentId}: ${String(error)}`);
        if (this.#post === post) post({ kind: 'incident', nowMs: clock.now(), page: null });
      },
    );
  }

  /** The story, with what can still be done. */
  async #read(): Promise<{
    readonly told: PostMortem | null;
    readonly page: IncidentPage | null;
    readonly actions: ReadonlyMap<string, PageAction>;
  }> {
    const { app } = this.#sources;
    const told = await app.postMortem(this.#incidentId);
    if (told === null) return { told, page: null, actions: new Map() };
    const offers = await this.#offers(told);
    const actions = new Map(offers.flat().map(({ button, action }) => [button.id, action]));
    return { told, page: incidentPage(told, this.#viewOf(told) !== null, offers), actions };
  }

  #viewOf({ incident }: PostMortem): SandboxView | null {
    const { sandboxes } = this.#sources.app.view;
    return sandboxes.find(({ sandbox }) => sandbox.id === incident.sandboxId) ?? null;
  }

  /** The story is told without them when they can not be had, or not soon. */
  async #offers(told: PostMortem): Promise<readonly (readonly Offered[])[]> {
    const { app, history, clock, log } = this.#sources;
    const { sandboxId, workspace } = told.incident;
    const view = this.#viewOf(told);
    const limitBytes = view === null ? null : ownLimit(view);
    const find = async (): Promise<readonly (readonly Offered[])[]> =>
      incidentOffers(told, {
        view,
        records: await history.fixes({ limit: mostRecords }),
        errorFixes: async (fingerprint) =>
          this.#edits.applicable(await app.errorFixes(sandboxId, fingerprint), limitBytes),
        // The files of another project are not the ones that would have helped.
        canPropose: async (fix, bytes) =>
          (workspace === undefined || this.#edits.isOpen(workspace)) && this.#edits.canPropose(fix, bytes),
      });
    try {
      return await within(clock, offersMs, new AbortController().signal, find);
    } catch (error) {
      log.warn(`What can still be done after ${this.#incidentId}: ${String(error)}`);
      return [];
    }
  }
}
