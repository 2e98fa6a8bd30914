import * as z from 'zod/mini';
import { fixIds } from '../fix.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { actionButtonSchema, badgeSchema, markSchema, signalSchema, toneSchema } from './parts.ts';

/** Times to the limit in milliseconds from `atMs`; null means "not by this model". */
const fanSchema = z.object({
  p10: z.nullable(z.number()),
  p50: z.nullable(z.number()),
  p90: z.nullable(z.number()),
});

/** One signal as it is now. */
export const signalStateSchema = z.object({
  signal: signalSchema,
  word: z.string(),
  unit: z.enum(['bytes', 'count', 'milliseconds', 'cores']),
  atMs: z.number(),
  used: z.number(),
  limit: z.nullable(z.number()),
  pressure: z.nullable(z.number()),
  /** What is in use in words, where the numbers alone would not say it; else null. */
  useText: z.nullable(z.string()),
  /** "full at about 14:32 (in 2–5 min)", or null when it is not in sight. */
  comingText: z.nullable(z.string()),
  evidence: z.string(),
  /** It is the one that ends the sandbox first. */
  leads: z.boolean(),
  level: badgeSchema,
  fan: z.nullable(fanSchema),
});
export type SignalState = DeepReadonly<z.infer<typeof signalStateSchema>>;

/** A fix as a button. */
export const fixButtonSchema = z.object({
  id: z.enum(fixIds),
  title: z.string(),
  reason: z.string(),
  /** "asks first", or an empty text when it runs at once. */
  asks: z.string(),
  risk: z.enum(['safe', 'confirm', 'destructive']),
  pid: z.nullable(z.number()),
  /** "worked 3 of 4 times", or null when it was never tried. */
  record: z.nullable(z.string()),
});
export type FixButton = DeepReadonly<z.infer<typeof fixButtonSchema>>;

/** Everything the page of one sandbox shows besides the courses. */
export const sandboxPageSchema = z.object({
  sandboxId: z.string(),
  name: z.string(),
  /** False while nothing is known of it (yet). */
  found: z.boolean(),
  phase: badgeSchema,
  level: badgeSchema,
  current: z.boolean(),
  /** When it ended: the time axis stops there. Null while it lives. */
  endedAtMs: z.nullable(z.number()),
  /** What ends it first and when, one line. */
  headline: z.string(),
  /** Why, in the words of the model, or null. */
  evidence: z.nullable(z.string()),
  /** The same for a screen reader, coarse enough not to change all the time. */
  summary: z.string(),
  /** What is wrong with the connection, or null. */
  notice: z.nullable(z.object({ text: z.string(), nextStep: z.nullable(z.string()), tone: toneSchema })),
  facts: z.array(z.object({ label: z.string(), text: z.string() })),
  signals: z.array(signalStateSchema),
  expiry: z.nullable(z.object({ expiresAtMs: z.number(), fromMs: z.nullable(z.number()), text: z.string() })),
  /** What is said in the place of fixes while none is offered. */
  noFix: z.string(),
  fixes: z.array(fixButtonSchema),
  outcomes: z.array(
    z.object({ id: z.string(), atMs: z.number(), title: z.string(), text: z.string(), result: badgeSchema }),
  ),
  errors: z.array(
    z.object({
      fingerprint: z.string(),
      title: z.string(),
      cause: z.nullable(z.string()),
      count: z.number(),
      lastSeenAtMs: z.number(),
      /** Null while it stands. */
      solvedAtMs: z.nullable(z.number()),
      /** What helps best, at most two. */
      actions: z.array(actionButtonSchema),
      /** Id of the action that lists all that helps, or null when these are all. */
      moreId: z.nullable(z.string()),
    }),
  ),
  processes: z.array(z.object({ pid: z.number(), name: z.string(), rssBytes: z.number(), note: z.string() })),
  incidents: z.array(z.object({ id: z.string(), atMs: z.number(), title: z.string(), text: z.string() })),
  marks: z.array(markSchema),
});
export type SandboxPage = DeepReadonly<z.infer<typeof sandboxPageSchema>>;
