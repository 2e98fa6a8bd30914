import type { HistoryBounds, HistoryQuery, HistoryStatus } from '../model/history.ts';
import type { EngineTrouble } from './engine.ts';
import type { Entry } from './entries.ts';

/*
 * What the editor's thread and the history's worker say to each other. Bulk goes as text: a long string is copied at once, while
 * objects are taken apart and built again, which would block the editor for longer than the files ever could.
 */

/** Where and how the worker keeps things. */
export interface WorkerSettings {
  readonly folder: string;
  readonly bounds: HistoryBounds;
  readonly engine: 'auto' | 'sqlite' | 'json-lines';
  /** Time now, epoch milliseconds; the worker counts on from here, so that one clock rules both sides. */
  readonly nowMs: number;
  /** Time between two rounds of pruning. */
  readonly pruneEveryMs: number;
}

/** A question that is answered with texts, most of them JSON. */
export type Question =
  | {
      readonly ask: 'sandboxes' | 'transitions' | 'warnings' | 'commands' | 'diagnostics' | 'error-days';
      readonly query: HistoryQuery;
    }
  | { readonly ask: 'fixes'; readonly query: HistoryQuery }
  | { readonly ask: 'incidents'; readonly query: HistoryQuery; readonly withSamples: boolean }
  | { readonly ask: 'errors'; readonly query: HistoryQuery; readonly nowMs: number }
  | { readonly ask: 'samples'; readonly sandboxId: string; readonly fromMs: number; readonly toMs: number }
  | { readonly ask: 'export' }
  /** This and the next one are answered with one text, a `ForgetOutcome`. */
  | { readonly ask: 'forget-sandbox'; readonly sandboxId: string }
  | { readonly ask: 'forget-everything' }
  | { readonly ask: 'flush' };

export type ToWorker =
  | { readonly t: 'write'; readonly batch: number; readonly nowMs: number; readonly entries: readonly Entry[] }
  | { readonly t: 'ask'; readonly id: number; readonly question: Question }
  /** Go on with the answer `id`; without it nothing more is sent, so that a long answer never floods the editor. */
  | { readonly t: 'next'; readonly id: number }
  | { readonly t: 'stop'; readonly id: number }
  | { readonly t: 'bounds'; readonly bounds: HistoryBounds }
  | { readonly t: 'close' };

/** What is wrong, for people; null when it is over. */
export interface Trouble {
  readonly trouble: EngineTrouble | 'set-aside' | 'dropped' | 'worker' | 'slow';
  readonly text: string | null;
}

export type FromWorker =
  | { readonly t: 'written'; readonly batch: number }
  | { readonly t: 'part'; readonly id: number; readonly texts: readonly string[]; readonly last: boolean }
  /** Histograms of the commands run last; everything up to `batch` of this window is in them. */
  | { readonly t: 'peaks'; readonly batch: number; readonly peaks: readonly (readonly [string, string])[] }
  | { readonly t: 'status'; readonly engine: HistoryStatus['engine']; readonly sizeBytes: number }
  | ({ readonly t: 'trouble' } & Trouble)
  | { readonly t: 'log'; readonly level: 'info' | 'warn'; readonly text: string }
  | { readonly t: 'closed' };
