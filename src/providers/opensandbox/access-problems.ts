import { Problem } from '../../model/problem.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { isForeignPage } from '../../net/error-body.ts';
import { wasThroughProxy } from '../../net/proxy-failure.ts';

/** What came of asking execd whether it is there. */
export type Answer = 'answers' | 'refused' | 'no-answer' | 'unknown';

/** The same, told apart from an agent that is not expected to listen yet. */
export type FullAnswer = Answer | 'starting';

/** Where a request went to. */
type Way = 'direct' | 'gateway' | 'proxy';

/** What a failed ping says about the agent behind the address. */
export const answerOf = (problem: Problem, way: Way): Answer => {
  const { kind, status } = problem;
  if (isForeignPage(problem)) return 'unknown';
  // A proxy that is down, or does not let us through, says nothing about what is behind it.
  if (status === null && wasThroughProxy(problem)) return kind === 'timeout' ? 'no-answer' : 'unknown';
  if (kind === 'unauthorized' || kind === 'forbidden') return 'answers';
  if (kind === 'timeout' || kind === 'silent') return 'no-answer';
  // The gateway's own words: 503 for a sandbox that is not ready, 502 for what is wrong with the gateway itself.
  if (way === 'gateway' && (status === 502 || status === 503)) return status === 503 ? 'no-answer' : 'unknown';
  if (kind === 'reset' || status === 502 || status === 503) return 'refused';
  if (kind === 'unreachable') return isRefusal(problem) ? 'refused' : 'no-answer';
  return 'unknown';
};

const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && error.code === 'ECONNREFUSED') ||
    (error instanceof AggregateError && error.errors.some(isRefusal)) ||
    isRefusal(error.cause));

const later = 'Nothing needs to be done; it is tried again by itself.';

/** A failed ping in the right words. */
export const ofPing = (problem: Problem, way: Way): Problem => {
  const { kind, message, code, status } = problem;
  // Every execd has this path: who does not know it stands before the agent, and may know it again in a minute.
  if (kind === 'not-supported') return new Problem('unexpected-answer', message, { code, status, cause: problem });
  if (way === 'gateway' && status === 503 && !isForeignPage(problem)) {
    return new Problem('unreachable', `The gateway says that the sandbox is not ready: ${message}`, {
      nextStep: later,
      code,
      status,
      cause: problem,
    });
  }
  return problem;
};

/** Says which key an agent wants that asks for one. */
export const withTokenAdvice = (problem: Problem): Problem =>
  problem.kind === 'unauthorized'
    ? new Problem('unauthorized', `The agent in the sandbox wants a token: ${problem.message}`, {
        nextStep: 'Store the execd access token that the sandbox was created with.',
        code: problem.code,
        status: problem.status,
        cause: problem,
      })
    : problem;

/** The server names no address. Kubernetes answers 404 while the pod has none; a server that fails says so itself. */
export const withoutAddress = (problem: Problem | null): Problem =>
  problem === null || (problem.status === 404 && problem.kind !== 'unexpected-answer')
    ? new Problem('unreachable', 'The sandbox has no address yet at which its agent (execd) can be reached.', {
        nextStep: later,
        cause: problem,
      })
    : problem;

const soon = 'Nothing needs to be done; its numbers follow.';

/** The server calls a sandbox running before its agent listens. */
export const starting = (cause: Problem | null): Problem =>
  new Problem('unreachable', 'The agent in the sandbox is starting.', { nextStep: soon, passesSoon: true, cause });

/** It is frozen for a snapshot that was asked for from here. */
export const beingSaved = (cause: Problem | null = null): Problem =>
  new Problem('unreachable', 'A snapshot is being taken; it goes on by itself.', {
    nextStep: soon,
    passesSoon: true,
    cause,
  });

/** It is not expected to answer before the sandbox runs. */
export const notYet = (sandbox: Sandbox, problem: Problem | null): Problem =>
  new Problem(
    'unreachable',
    `The agent in the sandbox (execd) does not answer yet; the sandbox is ${sandbox.rawState}.`,
    {
      nextStep: later,
      cause: problem,
    },
  );

/**
 * Of fast sandboxes the gateway and the server's proxy take every request for use of it: one that is paused while nobody uses it stays awake,
 * and a request to a paused one wakes it, whoever paused it. Whether it is ever paused by itself is not told. Source: OpenSandbox, OSEP-0024.
 */
export const isFast = ({ id }: Pick<Sandbox, 'id'>): boolean => id.startsWith('fsb-');

/** A request would wake it. */
export const asleep = (rawState: string): Problem =>
  new Problem('unreachable', `The sandbox is ${rawState}; a request to its agent (execd) would wake it.`, {
    nextStep: 'Resume it to go on; until then nothing is sent to it.',
  });

const whyToAsk = (sandbox: Sandbox): string => {
  if (isFast(sandbox)) return 'every request through it counts as use of this sandbox, which may keep it awake';
  return sandbox.expiry?.extendedBy === 'traffic'
    ? 'every request through it prolongs this sandbox'
    : 'it is not known whether requests through it prolong this sandbox';
};

/** Only the proxy is left, or a gateway is all there is, and a request through it might move the deadline or keep it awake. */
export const needsConsent = (sandbox: Sandbox, through: 'server' | 'gateway'): Problem =>
  new Problem('needs-consent', `Only the way through the ${through} is left, and ${whyToAsk(sandbox)}.`, {
    nextStep: 'Agree that watching may keep this sandbox alive, or make its own address reachable from here.',
  });
