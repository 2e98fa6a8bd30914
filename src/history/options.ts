import type { HistoryBounds } from '../model/history.ts';
import type { Clock, Log } from '../model/ports.ts';

/** What `openHistory` needs. */
export interface HistoryOptions {
  /** Where files may be made; the folder itself is made if need be. */
  readonly folder: string;
  readonly bounds: HistoryBounds;
  /** Takes secrets out of a text. Its result is final: redacting it again changes nothing. */
  readonly redact: (text: string) => string;
  readonly clock: Clock;
  readonly log: Log;
  /** The bundle of worker.ts. */
  readonly workerFile: string | URL;
  /** `auto`: SQLite where Node.js has it, else lines. Default `auto`. */
  readonly engine?: 'auto' | 'sqlite' | 'json-lines' | 'memory';
  /** Time between two rounds of pruning; default one minute. */
  readonly pruneEveryMs?: number;
  /** How long the disk may take until it is called slow, and until neither *Forget* nor the end waits for it; five seconds, other values are for tests. */
  readonly patienceMs?: number;
}
