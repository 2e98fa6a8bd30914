import { formatClockSeconds } from '../../model/format.ts';
import type { Clock } from '../../model/ports.ts';
import { isProblem, Problem, toProblem } from '../../model/problem.ts';
import { isEnded, type Sandbox } from '../../model/sandbox.ts';
import { pause } from '../../net/pause.ts';
import { throwIfAborted } from './abort.ts';
import type { FullAnswer } from './access.ts';
import { beingSaved, notYet, starting } from './access-problems.ts';

export interface EndQuestions {
  readonly find: (signal: AbortSignal) => Promise<Sandbox | null>;
  readonly ping: (sandbox: Sandbox, signal: AbortSignal) => Promise<FullAnswer>;
  /** Whether a snapshot of it is under way that was asked for from here. */
  readonly isSaved: () => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The sandbox as it was last seen. */
  readonly before: Sandbox;
}

/** A container that is being removed shows other states for a moment, so a doubtful answer is asked for again. */
const questions = 3;
const betweenMs = 700;
/** A 404 this long after the deadline still counts as expiry, and this long before it already. */
const expirySlackMs = 5000;

/**
 * Why the samples of a sandbox ended. A cut connection, a clean end and silence can each mean any of several things;
 * the lifecycle server and the agent are asked, and what they say decides. Where the server cannot be asked, the end
 * is reported as it was seen.
 */
export const explainEnd = async (seen: Problem, ask: EndQuestions): Promise<Problem> => {
  let explanation = seen;
  for (let question = 0; question < questions; question += 1) {
    if (question > 0) await pause(betweenMs, ask.signal, ask.clock);
    let now: Sandbox | null;
    try {
      now = await ask.find(ask.signal);
    } catch (error) {
      throwIfAborted(ask.signal);
      return withNote(seen, `the server could not be asked why: ${toProblem(error).message}`);
    }
    const { problem, isFinal } = await judge(seen, now, ask);
    explanation = problem;
    if (isFinal) break;
  }
  return explanation;
};

interface Judgement {
  readonly problem: Problem;
  /** Asking again cannot change it. */
  readonly isFinal: boolean;
}

const judge = async (seen: Problem, now: Sandbox | null, ask: EndQuestions): Promise<Judgement> => {
  if (now === null) return { problem: goneProblem(ask.before, ask.clock.now(), seen), isFinal: true };
  const isLive = now.phase === 'running' || now.phase === 'unknown';
  const isAtRest = now.phase === 'paused' || now.phase === 'pausing';
  if ((isLive || isAtRest) && ask.isSaved()) return { problem: beingSaved(seen), isFinal: true };
  if (isAtRest) {
    return { problem: pausedProblem(now, seen), isFinal: true };
  }
  if (isEnded(now.phase) || now.phase === 'stopping') return { problem: endedProblem(now, seen), isFinal: false };
  // A container that restarts or a pod that waits: its agent is not expected to answer, and is not dead.
  if (!isLive) return { problem: notYet(now, seen), isFinal: true };
  const answer = await ask.ping(now, ask.signal);
  if (answer === 'starting') return { problem: starting(seen), isFinal: true };
  if (answer === 'refused') return { problem: agentDown(seen), isFinal: false };
  if (answer === 'no-answer') return { problem: mute(seen), isFinal: false };
  return { problem: seen, isFinal: true };
};

/** The problem of a sandbox that is not there any more. */
const goneProblem = (before: Sandbox, nowMs: number, cause?: Problem): Problem => {
  const expiresAtMs = before.expiry?.expiresAtMs ?? null;
  const details = { code: cause?.code ?? null, status: cause?.status ?? null, cause };
  if (expiresAtMs !== null && nowMs >= expiresAtMs - expirySlackMs) {
    return new Problem(
      'not-found',
      `The sandbox is gone: its time was over at ${formatClockSeconds(expiresAtMs)}.`,
      details,
    );
  }
  const until = expiresAtMs === null ? '' : ` before its time was over (${formatClockSeconds(expiresAtMs)})`;
  return new Problem('not-found', `The sandbox is gone: it was probably deleted${until}.`, details);
};

/** The problem of measuring a paused sandbox. */
export const pausedProblem = (sandbox: Sandbox, cause?: Problem): Problem =>
  new Problem('paused', `The sandbox is ${sandbox.rawState.toLowerCase()}, so nothing in it answers.`, {
    nextStep: 'Resume it to go on.',
    cause,
  });

/** The problem of measuring a sandbox whose processes have ended. */
export const endedProblem = (sandbox: Sandbox, cause?: Problem): Problem => {
  const why = sandbox.message ?? sandbox.reason;
  return new Problem('conflict', `The sandbox has ended (${sandbox.rawState}${why === null ? '' : `: ${why}`}).`, {
    nextStep: 'Read its diagnostics before it is removed.',
    code: sandbox.reason,
    cause,
  });
};

const agentDown = (cause: Problem): Problem =>
  new Problem('agent-down', 'The sandbox runs, but its agent (execd) does not accept connections.', {
    nextStep: 'Nothing restarts the agent; save the work by other means, or start a new sandbox.',
    cause,
  });

const mute = (cause: Problem): Problem =>
  isProblem(cause, 'silent', 'timeout')
    ? new Problem('silent', 'The sandbox runs, but its agent (execd) accepts connections and says nothing.', { cause })
    : withNote(cause, 'the agent (execd) does not answer');

const withNote = (problem: Problem, note: string): Problem =>
  new Problem(problem.kind, `${problem.message.replace(/\.$/, '')}; ${note}`, {
    ...(problem.nextStep === null ? {} : { nextStep: problem.nextStep }),
    code: problem.code,
    status: problem.status,
    cause: problem,
  });
