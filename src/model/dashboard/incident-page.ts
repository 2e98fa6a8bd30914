import * as z from 'zod/mini';
import type { DeepReadonly } from './deep-readonly.ts';
import { badgeSchema, courseSchema, markSchema } from './parts.ts';

/** Everything the page of one incident shows. */
export const incidentPageSchema = z.object({
  incidentId: z.string(),
  sandboxId: z.string(),
  sandboxName: z.string(),
  provider: z.string(),
  atMs: z.number(),
  /** "Probably out of memory". */
  title: z.string(),
  /** How sure that is, with the icon of the cause. */
  cause: badgeSchema,
  /** What to know of how sure it is, or an empty text. */
  certainty: z.string(),
  verdict: z.string(),
  warningText: z.string(),
  /** The sandbox is still in the list. */
  sandboxKnown: z.boolean(),
  /** "warned 2 min before", "exit code 137" … */
  facts: z.array(z.object({ label: z.string(), text: z.string() })),
  /** What the time axis shows. */
  fromMs: z.number(),
  toMs: z.number(),
  courses: z.array(courseSchema),
  marks: z.array(markSchema),
  advice: z.array(z.string()),
  recurrences: z.array(
    z.object({
      title: z.string(),
      kind: z.string(),
      count: z.number(),
      sandboxes: z.number(),
      firstAtMs: z.number(),
      lastAtMs: z.number(),
      perDay: z.array(z.number()),
      helped: z.array(z.object({ title: z.string(), tried: z.number(), worked: z.number() })),
    }),
  ),
  commands: z.array(
    z.object({
      id: z.string(),
      commandKey: z.string(),
      startedAtMs: z.number(),
      endedAtMs: z.nullable(z.number()),
      result: badgeSchema,
      attempt: z.number(),
      peakBytes: z.nullable(z.number()),
    }),
  ),
  diagnostics: z.nullable(z.string()),
});
export type IncidentPage = DeepReadonly<z.infer<typeof incidentPageSchema>>;
