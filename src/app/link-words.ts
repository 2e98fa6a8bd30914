import type { Problem, ProblemKind } from '../model/problem.ts';
import type { Sample } from '../model/sample.ts';
import type { Phase } from '../model/sandbox.ts';
import type { Link } from '../model/view.ts';
import { bytesText, percentText } from './format.ts';

/** How a lost connection goes on: tried again, not before the person acts, or not before the person agrees. */
export type Retry = 'backoff' | 'never' | 'consent';

interface Words {
  readonly text: string;
  readonly nextStep: string;
  readonly retry?: Retry;
  /** The provider's own sentence says more than ours. */
  readonly own?: true;
}

/** The title of the command `sandboxForesight.allowWatching`. */
export const consentCommandTitle = 'Answer: May Watching Extend This Sandbox?';

const later = 'Nothing needs to be done; it is tried again by itself.';

const words: Record<ProblemKind, Words> = {
  unreachable: {
    text: 'The sandbox cannot be reached.',
    nextStep: 'Check the network and the server; it is tried again by itself.',
  },
  timeout: { text: 'The sandbox did not answer in time.', nextStep: later },
  aborted: { text: 'The connection was ended on the way.', nextStep: later },
  unauthorized: {
    text: 'The key was not accepted.',
    nextStep: 'Set the API key again, then refresh.',
    retry: 'never',
  },
  forbidden: {
    text: 'The key is right, but it does not allow this.',
    nextStep: 'Ask for the right to read this sandbox, then refresh.',
    retry: 'never',
  },
  'not-found': {
    text: 'The server does not find this sandbox’s measurements.',
    nextStep: 'Refresh to see whether the sandbox still exists; it is tried again by itself.',
  },
  conflict: { text: 'The sandbox is not in a state in which it can be measured.', nextStep: later, own: true },
  'invalid-request': {
    text: 'The server did not understand the request.',
    nextStep: 'See the log; then refresh to try again.',
    retry: 'never',
    own: true,
  },
  'rate-limited': { text: 'The server asks for fewer requests.', nextStep: later },
  'server-error': { text: 'The server failed.', nextStep: 'See the log; it is tried again by itself.', own: true },
  'not-supported': {
    text: 'This server cannot deliver measurements.',
    nextStep: 'Lifecycle and expiry are still watched.',
    retry: 'never',
    own: true,
  },
  'unexpected-answer': {
    text: 'The answer was not what this kind of server sends.',
    nextStep: 'Check the server’s address; it is tried again by itself.',
    own: true,
  },
  'too-large': { text: 'The answer was larger than is sensible and was dropped.', nextStep: later },
  reset: { text: 'The connection was cut.', nextStep: later },
  'clean-end': { text: 'The stream ended without a reason given.', nextStep: later },
  silent: { text: 'The stream stayed open but said nothing.', nextStep: later },
  paused: {
    text: 'The sandbox is paused, so it sends no measurements.',
    nextStep: 'Resume it to go on; its deadline may keep running.',
  },
  'agent-down': {
    text: 'The agent in the sandbox does not answer, although the sandbox runs.',
    nextStep: 'Save what matters from inside; it is tried again by itself.',
  },
  'needs-consent': {
    text: 'Needs your answer: the only way left would keep the sandbox alive while it is watched.',
    nextStep: `Use “${consentCommandTitle}” to allow it, or go on without live numbers.`,
    retry: 'consent',
  },
  'unavailable-here': {
    text: 'This sandbox cannot be measured.',
    nextStep: 'Lifecycle and expiry are still watched.',
    retry: 'never',
    own: true,
  },
};

/** How a connection that ended with `kind` goes on. */
export const retryOf = (kind: ProblemKind): Retry => words[kind].retry ?? 'backoff';

/** One sentence on what is wrong and one on what the person can do. */
export const wordsFor = (problem: Problem): { readonly text: string; readonly nextStep: string } => {
  const known = words[problem.kind];
  return {
    text: known.own === true && problem.message !== '' ? problem.message : known.text,
    nextStep: problem.nextStep ?? known.nextStep,
  };
};

const plain = (state: Link['state'], text: string | null = null, nextStep: string | null = null): Link => ({
  state,
  problem: null,
  text,
  nextStep,
  retryAtMs: null,
});

export const connectingLink = plain('connecting', 'Connecting to the sandbox’s measurements.');
export const liveLink = plain('live');
export const endedLink = plain('ended', 'The sandbox has ended.');

/** What the last reading showed at its limit, so that little or nothing can be done in the sandbox any more. */
export interface Full {
  /** Follows "No measurement comes any more: ". */
  readonly why: string;
  readonly nextStep: string;
}

/** From these shares on nothing can be started: a shell takes several processes, and a probe some memory. */
const fullPids = 0.95;
const fullMemory = 0.97;
const instead = 'or use “Recreate larger”: the new sandbox has the files and starts without these processes.';

/** @param recreates whether a new sandbox can be made from a snapshot of it. */
export const fullIn = ({ source, pids, memory }: Sample, recreates: boolean): Full | null => {
  if (pids !== undefined && pids.limit !== null && pids.limit > 0 && pids.used >= pids.limit * fullPids) {
    const reached = pids.used >= pids.limit ? 'was reached' : 'was nearly reached';
    const kill = 'End some with “kill” in a terminal that is open already';
    return {
      why: `the limit of processes ${reached} (${pids.used} of ${pids.limit}), so nothing can be started in it.`,
      nextStep: recreates ? `${kill}, ${instead}` : `${kill}; it is tried again by itself.`,
    };
  }
  // The memory of the machine below is not that of the sandbox.
  const limit = source === 'machine' ? null : (memory?.limitBytes ?? null);
  if (memory === undefined || limit === null || limit <= 0) return null;
  // What can be given back keeps nothing from starting.
  const { workingSetBytes, unreclaimableBytes = workingSetBytes } = memory;
  const heldBytes = Math.min(workingSetBytes, unreclaimableBytes);
  if (heldBytes < limit * fullMemory) return null;
  const share = percentText(heldBytes / limit);
  const end = 'End what takes it in a terminal that is open already';
  return {
    why: `its memory was full (${share} of ${bytesText(limit)}), so hardly anything can be done in it.`,
    nextStep: recreates ? `${end}, ${instead}` : `${end}; it is tried again by itself.`,
  };
};

/** What a full sandbox looks like from outside: no word, an end without a reason, or a probe that does not start. */
const ofFull: readonly ProblemKind[] = ['silent', 'clean-end', 'timeout', 'server-error'];

export const staleLink = (silentMs: number, everSpoke: boolean, full: Full | null = null): Link => {
  const seconds = Math.round(silentMs / 1000);
  if (full !== null && everSpoke) {
    return { ...plain('stale', `No sample for ${seconds} s: ${full.why}`, full.nextStep), problem: 'silent' };
  }
  const text = everSpoke ? `No sample for ${seconds} s.` : 'Connected, but no sample has come yet.';
  return { ...plain('stale', text, later), problem: 'silent' };
};

/** The connection was lost and ended with `problem`. @param full what the last reading showed at its limit */
export const problemLink = (problem: Problem, retryAtMs: number | null, full: Full | null = null): Link => {
  // Nothing is wrong.
  if (problem.passesSoon) return plain('connecting', problem.message, problem.nextStep);
  const retry = retryOf(problem.kind);
  const words =
    full !== null && ofFull.includes(problem.kind)
      ? { text: `No measurement comes any more: ${full.why}`, nextStep: full.nextStep }
      : wordsFor(problem);
  return {
    state: retry === 'backoff' ? 'waiting' : retry === 'consent' ? 'needs-consent' : 'unavailable',
    problem: problem.kind,
    ...words,
    retryAtMs,
  };
};

/** The person did not agree to be the cause of a longer life. */
export const refusedLink: Link = {
  state: 'unavailable',
  problem: 'needs-consent',
  text: 'Not measured: it would keep the sandbox alive, and you did not allow that.',
  nextStep: `Use “${consentCommandTitle}” if you want live numbers after all.`,
  retryAtMs: null,
};

const resting: Partial<Record<Phase, readonly [string, string | null]>> = {
  paused: ['The sandbox is paused; its numbers come back when it runs again.', 'Resume it to go on.'],
  pausing: ['The sandbox is being paused.', null],
  resuming: ['The sandbox is coming back; its numbers follow.', null],
  hibernated: ['The sandbox is hibernated; watching does not wake it.', 'Resume it to go on.'],
  archived: ['The sandbox is archived; watching does not wake it.', 'Resume it to go on.'],
  creating: ['The sandbox is being created; its numbers follow.', null],
  starting: ['The sandbox is starting; its numbers follow.', null],
  interrupted: [
    'The sandbox stopped or is started again; its numbers come back when it runs.',
    'See its incident for what is known.',
  ],
  stopping: ['The sandbox is being stopped.', null],
};

/** Why a sandbox is not measured in this phase, or, if it runs, that only so many are measured at once. */
export const idleLink = (phase: Phase, maximumWatched: number): Link => {
  const rest = resting[phase];
  if (rest !== undefined) {
    return { ...plain('idle', rest[0], rest[1]), problem: phase === 'paused' ? 'paused' : null };
  }
  return plain(
    'idle',
    `Not measured: ${maximumWatched} sandboxes are measured at once, and the expiry of the others is still watched.`,
    'Select it to measure it, or raise that number in the settings.',
  );
};
