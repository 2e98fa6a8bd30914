import * as z from 'zod/mini';
import type { DeepReadonly } from './deep-readonly.ts';
import { actionButtonSchema, badgeSchema, courseSchema, markSchema } from './parts.ts';

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
  /** What would have helped, best first, with what of it can still be done. */
  advice: z.array(z.object({ text: z.string(), actions: z.array(actionButtonSchema) })),
  recurrences: z.array(
    z.object({
      title: z.string(),
      kind: z.string(),
      /** "4 times in this workspace (api), 7 in all, in 3 sandboxes". */
      often: z.string(),
      /** By which commands and whose, or an empty text. */
      who: z.string(),
      firstAtMs: z.number(),
      /** Occurrences of each day, oldest first, the last one is the day of the incident. */
      perDay: z.array(z.number()),
      /** The same days in the workspace of the incident; null where it is not known, or where all were in it. */
      here: z.nullable(z.object({ workspace: z.string(), perDay: z.array(z.number()) })),
      /** What was tried and how it went, best first. */
      helped: z.array(z.string()),
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
