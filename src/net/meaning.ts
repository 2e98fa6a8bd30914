import type { ProblemKind } from '../model/problem.ts';

/** What a failure means for a person. */
export interface Meaning {
  readonly kind: ProblemKind;
  /** One half of a sentence. */
  readonly text: string;
  readonly nextStep?: string;
}

/** An error, its causes and the attempts of an AggregateError, outermost first. */
export const errorsOf = function* (error: unknown, depth = 0): Generator<Error> {
  if (!(error instanceof Error) || depth > 5) return;
  yield error;
  if (error instanceof AggregateError) for (const attempt of error.errors) yield* errorsOf(attempt, depth + 1);
  yield* errorsOf(error.cause, depth + 1);
};

/** The code that Node, OpenSSL or undici gave an error. */
export const codeOf = (error: Error): string | null =>
  'code' in error && typeof error.code === 'string' ? error.code : null;
