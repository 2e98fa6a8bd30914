/** Why something from outside did not work. One word for each case that a person would handle differently. */
export const problemKinds = [
  /** The name did not resolve, nothing listens there, or the network is down. */
  'unreachable',
  'timeout',
  /** We ended it ourselves. */
  'aborted',
  /** No or a wrong key. */
  'unauthorized',
  /** The key is right, the right is not. */
  'forbidden',
  'not-found',
  /** The call does not fit the present state (409). */
  'conflict',
  /** The call itself was wrong (400, 422). */
  'invalid-request',
  'rate-limited',
  /** The other side failed (5xx). */
  'server-error',
  /** The server does not have this feature (501, 405). */
  'not-supported',
  /** The answer was not what this server should send: HTML, another kind of server, broken JSON, a wrong shape. */
  'unexpected-answer',
  'too-large',
  /** The connection was cut. */
  'reset',
  /** A stream ended without a reason given. */
  'clean-end',
  /** A stream stayed open and said nothing. */
  'silent',
  /** The sandbox is paused, so its agent does not answer. */
  'paused',
  /** The sandbox's agent (execd) does not answer while the sandbox runs. */
  'agent-down',
  /** Only a way that would keep the sandbox alive is left, and the person has not agreed to it. */
  'needs-consent',
  /** The sandbox cannot do this, e.g. no shell in the image. */
  'unavailable-here',
] as const;

export type ProblemKind = (typeof problemKinds)[number];

/** The one error type that crosses the walls between rooms. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  /** What the person can do next, one sentence, or null. */
  readonly nextStep: string | null;
  /** The server's own code, e.g. `DOCKER::SANDBOX_NOT_FOUND`, or null. */
  readonly code: string | null;
  /** HTTP status, or null. */
  readonly status: number | null;
  /** How long the server asked to be left alone, or null. */
  readonly retryAfterMs: number | null;
  /** Nothing is wrong: it passes by itself within seconds, and is worth another try at once. */
  readonly passesSoon: boolean;

  constructor(
    kind: ProblemKind,
    message: string,
    details: {
      nextStep?: string;
      code?: string | null;
      status?: number | null;
      retryAfterMs?: number | null;
      passesSoon?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.nextStep = details.nextStep ?? null;
    this.code = details.code ?? null;
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.passesSoon = details.passesSoon ?? false;
  }
}

/** Whether `error` is a Problem, and of one of `kinds` if any are given. */
export const isProblem = (error: unknown, ...kinds: readonly ProblemKind[]): error is Problem =>
  error instanceof Problem && (kinds.length === 0 || kinds.includes(error.kind));

/** Any thrown thing as a Problem; what is not one already becomes `server-error` with the original as cause. */
export const toProblem = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem('server-error', error instanceof Error ? error.message : String(error), { cause: error });
