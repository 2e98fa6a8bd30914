import type { ToPage } from '../../model/dashboard/messages.ts';
import type { RankedFix } from '../../model/fix.ts';
import type { FleetStats } from '../../model/fleet-stats.ts';
import type { Clock, HistoryStore, Log } from '../../model/ports.ts';
import type { PostMortem } from '../../model/post-mortem.ts';
import type { AppView } from '../../model/view.ts';
import type { PageAction } from './page-actions.ts';

/** Where the pages get what they show. */
export interface DashboardSources {
  readonly app: {
    readonly view: AppView;
    onChange(listener: (view: AppView) => void): () => void;
    /** Null when there is no such incident (any more). */
    postMortem(incidentId: string): Promise<PostMortem | null>;
    fleetStats(): Promise<FleetStats>;
    /** What helps against an error of a sandbox; empty when it is not known. */
    errorFixes(sandboxId: string, fingerprint: string): Promise<readonly RankedFix[]>;
  };
  readonly history: Pick<HistoryStore, 'samples' | 'commands' | 'warnings' | 'fixes'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What can be changed in the files of the workspace. */
export interface WorkspaceEdits {
  /** Without the fixes that are only an edit and have nothing to change here. */
  applicable(fixes: readonly RankedFix[], limitBytes: number | null): Promise<readonly RankedFix[]>;
  canPropose(fix: RankedFix, limitBytes: number | null): Promise<boolean>;
  /** Whether a workspace of this name (src/model/workspace.ts) is open here. */
  isOpen(workspace: string): boolean;
}

/** What fills one page. A page that is hidden is gone: it starts anew with `open`, and everything is told again. */
export interface Feed {
  /** The page is there and shows nothing: tells it everything, then what changes. */
  open(post: (message: ToPage) => void): void;
  /** Nobody looks: no more messages until the next `open`. */
  close(): void;
  /** @returns what a button stands for that was told to the page; null when there is none of this id (any more). */
  action(id: string): PageAction | null;
  /** For the tab. */
  readonly title: string;
  dispose(): void;
}
