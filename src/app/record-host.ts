import type { FixId, FixSuccess } from '../model/fix.ts';
import type { Clock, CommandPeaks, Log } from '../model/ports.ts';
import type { Sample } from '../model/sample.ts';
import type { AlertPolicy } from '../monitor/alert-policy.ts';
import type { ErrorInbox } from './error-inbox.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import type { Tasks, Turns } from './waiting.ts';

/** What the records of all sandboxes share. */
export interface RecordHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly tasks: Tasks;
  readonly inbox: ErrorInbox;
  /** How many are asked for diagnostics at a time: a server that fails as a whole ends all its sandboxes at once. */
  readonly diagnosing: Turns;
  policy(): AlertPolicy;
  /** What commands took before, or null when that is not kept. */
  readonly peaks: Pick<CommandPeaks, 'peakOf'> | null;
  /** How an action went before; null when it was never checked. */
  successOf(id: FixId): FixSuccess | null;
  /** Takes secrets out of a line that is to be shown. */
  redact(text: string): string;
  /** Something of this record may look different now. */
  changed(record: SandboxRecord): void;
  /** A reading came. */
  sampled(record: SandboxRecord, sample: Sample): void;
  /** The system's own text about it was read. */
  diagnosed(record: SandboxRecord, text: string): void;
  /** Its phase changed, so that the watch plan and the current sandbox may. */
  phaseChanged(record: SandboxRecord): void;
  /** Counts up; see `Candidate.seenNo`. */
  nextNo(): number;
}
