import type { FixOutcome } from './fix.ts';
import type { Sample } from './sample.ts';
import type { Phase } from './sandbox.ts';
import type { Warning } from './warning.ts';

/** What happened to a sandbox, as far as the client can know. */
export const incidentCauses = [
  'expired',
  'deleted',
  /** The main process ended by itself with exit code 0. */
  'exited',
  /** The main process ended with another exit code. */
  'crashed',
  /** The main process was killed by the kernel's out-of-memory killer: the sandbox is gone. */
  'out-of-memory',
  /** Another process was killed for memory; the sandbox lives on. */
  'out-of-memory-child',
  'start-failed',
  /** The agent in the sandbox (execd) does not answer while the sandbox runs. */
  'agent-down',
] as const;

export type IncidentCause = (typeof incidentCauses)[number];

/** One step of a sandbox's life as it was seen. */
export interface LifecycleTransition {
  readonly atMs: number;
  readonly phase: Phase;
  readonly rawState: string;
  readonly reason: string | null;
}

/** What is kept of one break or end. */
export interface Incident {
  readonly id: string;
  readonly sandboxId: string;
  readonly sandboxName: string;
  readonly provider: string;
  /** The workspace it happened in, by the name of workspace.ts; missing when that is not known. */
  readonly workspace?: string;
  readonly atMs: number;
  readonly cause: IncidentCause;
  /** `probable` wherever the facts allow another reading; people then see the word "probably". */
  readonly certainty: 'certain' | 'probable';
  /** Whether the sandbox is over. */
  readonly endsSandbox: boolean;
  readonly exitCode: number | null;
  /** One sentence for people: what ended it and why we think so. */
  readonly text: string;
  /** The warning that came before it, if any. */
  readonly warning: Warning | null;
  /** Time between that warning and the end, or null when there was none. */
  readonly leadMs: number | null;
  readonly timeline: readonly LifecycleTransition[];
  /** The last samples before it, oldest first, bounded. */
  readonly samples: readonly Sample[];
  readonly fixes: readonly FixOutcome[];
}
