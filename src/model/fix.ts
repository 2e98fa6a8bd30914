/** Ids of the actions that are offered against a coming or past failure; each is also a command `sandboxForesight.<id>`. */
export const fixIds = [
  'extend',
  'snapshot',
  'endProcess',
  'recreateLarger',
  'pause',
  'resume',
  'delete',
  'openTerminal',
  'showDetails',
] as const;

export type FixId = (typeof fixIds)[number];

/** `safe` runs at once, `confirm` shows its plan and asks, `destructive` asks in a modal dialog that names what is lost. */
export type FixRisk = 'safe' | 'confirm' | 'destructive';

/** The process an action is aimed at. The name is checked again before it is ended, because pids are reused. */
export interface ProcessTarget {
  readonly pid: number;
  readonly name: string;
}

/** One action offered for one sandbox, best first. */
export interface FixOffer {
  readonly id: FixId;
  /** Button text, at most about 30 characters, a verb first: "End node (pid 412)". */
  readonly title: string;
  readonly risk: FixRisk;
  /** Why it helps here, one sentence. */
  readonly reason: string;
  readonly target: ProcessTarget | null;
}

/** What a fix did, as checked afterwards and not as assumed. */
export interface FixOutcome {
  readonly fixId: FixId;
  readonly sandboxId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly result: 'worked' | 'did-not-work' | 'cannot-tell' | 'cancelled' | 'failed';
  /** One sentence with the numbers that were compared. */
  readonly text: string;
}
