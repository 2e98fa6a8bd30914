import * as z from 'zod/mini';
import { isEnded } from '../model/sandbox.ts';
import { parseJson } from './json.ts';
import { storedSandbox } from './stored.ts';

/** What is known from before and still true when the newest word does not tell it. */
const lasting = z.looseObject({
  place: z.catch(z.nullable(z.string()), null),
  workspace: z.catch(z.nullable(z.string()), null),
  createdAtMs: z.catch(z.nullable(z.number()), null),
  expiresAtMs: z.catch(z.nullable(z.number()), null),
  endedAtMs: z.catch(z.nullable(z.number()), null),
});

const unknown = { place: null, workspace: null, createdAtMs: null, expiresAtMs: null, endedAtMs: null };

/**
 * Joins what is remembered of a sandbox with what is told of it now.
 * @param before stored text, or null.
 * @param after stored text; wins, but a sandbox that is over tells no deadline any more, and its end is where it was first seen.
 */
export const joinSandboxData = (before: string | null, after: string, atMs: number): string => {
  const now = lasting.safeParse(parseJson(after));
  if (!now.success) return after;
  const earlier = lasting.safeParse(before === null ? null : parseJson(before));
  const known = earlier.success ? earlier.data : unknown;
  const phase = storedSandbox.safeParse(now.data);
  const ended = phase.success && isEnded(phase.data.phase);
  return JSON.stringify({
    ...now.data,
    place: now.data.place ?? known.place,
    workspace: now.data.workspace ?? known.workspace,
    createdAtMs: now.data.createdAtMs ?? known.createdAtMs,
    expiresAtMs: now.data.expiresAtMs ?? known.expiresAtMs,
    endedAtMs: ended ? (known.endedAtMs ?? atMs) : null,
  });
};
