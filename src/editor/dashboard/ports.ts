import type { ToPage } from '../../model/dashboard/messages.ts';
import type { FleetStats } from '../../model/fleet-stats.ts';
import type { Clock, HistoryStore, Log } from '../../model/ports.ts';
import type { PostMortem } from '../../model/post-mortem.ts';
import type { AppView } from '../../model/view.ts';

/** Where the pages get what they show. */
export interface DashboardSources {
  readonly app: {
    readonly view: AppView;
    onChange(listener: (view: AppView) => void): () => void;
    /** Null when there is no such incident (any more). */
    postMortem(incidentId: string): Promise<PostMortem | null>;
    fleetStats(): Promise<FleetStats>;
  };
  readonly history: Pick<HistoryStore, 'samples' | 'commands' | 'warnings' | 'fixes'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What fills one page. A page that is hidden is gone: it starts anew with `open`, and everything is told again. */
export interface Feed {
  /** The page is there and shows nothing: tells it everything, then what changes. */
  open(post: (message: ToPage) => void): void;
  /** Nobody looks: no more messages until the next `open`. */
  close(): void;
  /** For the tab. */
  readonly title: string;
  dispose(): void;
}
