import type { CurrentSandbox } from '../model/ports.ts';

/** What the decision needs to know of one sandbox. */
interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly ended: boolean;
  /** Runs or is about to. */
  readonly running: boolean;
  /** The place the editor itself runs in, watched for want of anything better. */
  readonly here: boolean;
  /** Place in the order in which sandboxes appeared and ended; counted, because clocks jump. */
  readonly seenNo: number;
  readonly endedNo: number | null;
}

export interface CurrentInput {
  /** What the person chose, now or in an earlier session. */
  readonly chosenId: string | null;
  readonly chosenBefore: boolean;
  readonly candidates: readonly Candidate[];
  /** What the providers recognised. */
  readonly found: CurrentSandbox | null;
  readonly previous: Current;
  /** Every server has been heard of and the providers have been asked; before that nothing is decided by elimination. */
  readonly complete: boolean;
}

export interface Current {
  readonly id: string | null;
  readonly how: string | null;
  readonly ambiguous: boolean;
}

export const noCurrent: Current = { id: null, how: null, ambiguous: false };

/**
 * Which sandbox is the person's: the chosen one; else the one a provider recognises; else the one it was until now; else the only
 * running one; else, where no server has any, the place the editor runs in, which also stands in until the servers have answered.
 * A sandbox that ends stays current, so that its end is seen, until a new one takes its place without doubt.
 */
export const decideCurrent = (input: CurrentInput): Current => {
  const { candidates, found, previous } = input;
  const byId = (id: string | null): Candidate | undefined => candidates.find((one) => one.id === id);
  const chosen = byId(input.chosenId);
  const chosenHow = input.chosenBefore ? 'chosen here before' : 'chosen by you';
  if (chosen !== undefined && !chosen.ended) return { id: chosen.id, how: chosenHow, ambiguous: false };

  const before = byId(previous.id);
  const here = candidates.find((one) => one.here && !one.ended);
  const asHere: Current | null =
    here === undefined
      ? null
      : { id: here.id, how: found?.sandboxId === here.id ? found.how : 'the editor works in it', ambiguous: false };
  if (!input.complete) return before === undefined ? (asHere ?? noCurrent) : previous;

  const lost = input.chosenId !== null && chosen === undefined;
  const withLoss = (how: string): string => (lost ? `${how}; the one chosen before is gone` : how);
  const recognised = found === null ? undefined : byId(found.sandboxId);
  if (found !== null && recognised !== undefined && !recognised.ended && !recognised.here) {
    return { id: recognised.id, how: withLoss(found.how), ambiguous: false };
  }
  if (before !== undefined && !before.ended && !before.here) return previous;

  const running = candidates.filter((one) => one.running && !one.ended && !one.here);
  const only = running.length === 1 ? running[0] : undefined;
  // The place the editor runs in runs too.
  const onlyOne = here === undefined ? 'the only one running' : 'the only one running on a server';
  if (before !== undefined && !before.here) {
    return only !== undefined && only.seenNo > (before.endedNo ?? 0)
      ? { id: only.id, how: `${onlyOne} since ${before.name} ended`, ambiguous: false }
      : { ...previous, ambiguous: false };
  }
  if (only !== undefined) return { id: only.id, how: withLoss(onlyOne), ambiguous: false };
  if (running.length > 1) {
    return { id: null, how: lost ? 'the one chosen before is gone' : null, ambiguous: true };
  }
  if (asHere !== null) return { ...asHere, how: asHere.how === null ? null : withLoss(asHere.how) };
  if (chosen !== undefined) return { id: chosen.id, how: chosenHow, ambiguous: false };
  return { id: null, how: lost ? 'the one chosen before is gone' : null, ambiguous: false };
};
