import type { FixOutcome, ProcessTarget } from '../../model/fix.ts';
import type { Clock, SandboxProvider } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import type { SandboxView } from '../../model/view.ts';
import type { FixChoices, FixHands, FixParameters, FixPlan } from '../contracts.ts';

/** What a fix may see and do of the application. */
export interface FixHost {
  readonly clock: Clock;
  readonly provider: SandboxProvider;
  readonly formatTime: (atMs: number) => string;
  /** As last reported. */
  sandbox(): Sandbox;
  view(): SandboxView;
  /** Asks the server for the sandbox now. Null when the server did not answer. */
  look(signal: AbortSignal): Promise<Sandbox | 'gone' | null>;
  /** Takes up a sandbox that was just made, or the newest word on it; which one is current stays. */
  adopt(sandbox: Sandbox): void;
  /** Whether this sandbox is the current one. */
  isCurrent(): boolean;
  /** Makes a sandbox that was adopted the current one in this one's place; nothing happens if the person chose another meanwhile. */
  handOverTo(sandboxId: string): void;
  /** View of another sandbox, or null when there is none. */
  viewOf(sandboxId: string): SandboxView | null;
}

/** What a running fix has besides. */
export interface FixRun extends FixHost {
  readonly signal: AbortSignal;
  /** Says what is being looked at; nothing changes by it. */
  progress(text: string): void;
  /** Says what is being changed; if it is cancelled now, it may still happen. */
  changing(text: string): void;
  /** Writes what a command said to the log. */
  output(text: string): void;
  readonly hands: FixHands | undefined;
  /** Notes what has been changed, as a whole sentence, for an outcome that comes before the end. */
  done(text: string): void;
}

interface FixRequest {
  readonly target: ProcessTarget | null;
  readonly choices: FixChoices;
  readonly signal: AbortSignal;
}

export type FixResult = Pick<FixOutcome, 'result' | 'text'>;

/** One fix: works out a plan, carries it out and checks what came of it. Both throw `Problem`. */
export interface Fix {
  plan(host: FixHost, request: FixRequest): Promise<Omit<FixPlan, 'fixId' | 'sandboxId' | 'fingerprint'>>;
  run(parameters: FixParameters, run: FixRun): Promise<FixResult>;
}

/** The action, bound to its provider, or a Problem `not-supported`. */
export const need = <T extends (...args: never[]) => unknown>(
  host: FixHost,
  action: T | undefined,
  what: string,
): T => {
  if (action === undefined) throw new Problem('not-supported', `${host.provider.label} cannot ${what}.`);
  return action.bind(host.provider.actions) as T;
};

/** For a plan that was not made by the fix that is to carry it out. */
export const wrongPlan = (): Problem => new Problem('invalid-request', 'This plan belongs to another action.');

export const worked = (text: string): FixResult => ({ result: 'worked', text });
export const didNotWork = (text: string): FixResult => ({ result: 'did-not-work', text });
export const cannotTell = (text: string): FixResult => ({ result: 'cannot-tell', text });
