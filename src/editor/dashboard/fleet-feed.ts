import type { FleetRow } from '../../model/dashboard/fleet-page.ts';
import type { SandboxView } from '../../model/view.ts';
import { fleetRow, fleetServers } from './fleet-state.ts';
import type { DashboardSources, Feed } from './ports.ts';
import { Pulse } from './pulse.ts';

const statsEveryMs = 15_000;

type Post = Parameters<Feed['open']>[0];

interface Kept {
  readonly view: SandboxView;
  readonly row: FleetRow;
  readonly text: string;
}

/** Fills the page of all sandboxes, once a second: rows that changed, and nothing else. */
export class FleetFeed implements Feed {
  readonly title = 'Sandboxes';
  readonly #sources: DashboardSources;
  readonly #pulse: Pulse;
  /** What the page shows. */
  #told = new Map<string, Kept>();
  #servers = '';
  #post: Post | null = null;
  #statsAtMs = Number.NEGATIVE_INFINITY;

  constructor(sources: DashboardSources) {
    this.#sources = sources;
    this.#pulse = new Pulse(sources.clock, () => this.#beat());
  }

  open(post: Post): void {
    this.#post = post;
    this.#told = new Map();
    this.#servers = '';
    this.#statsAtMs = Number.NEGATIVE_INFINITY;
    this.#show(true);
    this.#readStats();
    this.#pulse.start();
  }

  /** Its buttons are commands, all of them. */
  action(): null {
    return null;
  }

  close(): void {
    this.#post = null;
    this.#pulse.stop();
  }

  dispose(): void {
    this.close();
  }

  #beat(): void {
    this.#show(false);
    if (Math.abs(this.#sources.clock.now() - this.#statsAtMs) >= statsEveryMs) this.#readStats();
  }

  #show(reset: boolean): void {
    const { app, clock } = this.#sources;
    const { view } = app;
    const rows: FleetRow[] = [];
    const now = new Map<string, Kept>();
    for (const each of view.sandboxes) {
      const { id } = each.sandbox;
      const current = id === view.currentId;
      const before = this.#told.get(id);
      // A view is immutable and made anew when something changed.
      if (before?.view === each && before.row.current === current) {
        now.set(id, before);
        continue;
      }
      const row = fleetRow(each, current);
      const text = JSON.stringify(row);
      if (before?.text !== text) rows.push(row);
      now.set(id, { view: each, row, text });
    }
    const removed = [...this.#told.keys()].filter((id) => !now.has(id));
    this.#told = now;
    const servers = fleetServers(view);
    const serversText = JSON.stringify(servers);
    if (!reset && rows.length === 0 && removed.length === 0 && serversText === this.#servers) return;
    this.#servers = serversText;
    this.#post?.({ kind: 'fleet', nowMs: clock.now(), reset, rows, removed, servers });
  }

  #readStats(): void {
    const { app, clock, log } = this.#sources;
    this.#statsAtMs = clock.now();
    const post = this.#post;
    app.fleetStats().then(
      (stats) => {
        if (this.#post === post) post?.({ kind: 'fleet-stats', nowMs: clock.now(), stats });
      },
      (error: unknown) => {
        log.warn(`Numbers over all sandboxes: ${String(error)}`);
        if (this.#post === post) post?.({ kind: 'fleet-stats', nowMs: clock.now(), stats: null });
      },
    );
  }
}
