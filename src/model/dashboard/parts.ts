import * as z from 'zod/mini';
import { signalNames } from '../signal.ts';
import type { DeepReadonly } from './deep-readonly.ts';

/**
 * Parts that the pages of the dashboard share. What is shown is decided on the side of the editor; the page gets words and numbers
 * and draws them. No text is ever markup.
 */

/** How a thing is to look; always beside a word that says the same. */
export const toneSchema = z.enum(['plain', 'good', 'watch', 'warn', 'bad', 'muted']);
export type Tone = DeepReadonly<z.infer<typeof toneSchema>>;

const unitSchema = z.enum(['bytes', 'count', 'milliseconds', 'cores']);
export const signalSchema = z.enum(signalNames);

/** A phase or level: its word, the name of its icon, its tone. */
export const badgeSchema = z.object({ word: z.string(), icon: z.string(), tone: toneSchema });
export type Badge = DeepReadonly<z.infer<typeof badgeSchema>>;

/** Something that can be done, as a button. The page knows only its id: what that stands for is looked up by the editor. */
export const actionButtonSchema = z.object({
  id: z.string().check(z.maxLength(500)),
  title: z.string(),
  /** What it does, for who wants to know before. */
  detail: z.string(),
  /** "asks first · worked 3 of 4 times here", or an empty text. */
  note: z.string(),
  risk: z.enum(['safe', 'confirm', 'destructive']),
});
export type ActionButton = DeepReadonly<z.infer<typeof actionButtonSchema>>;

/** The course of one signal; times and values have the same length, oldest first. */
export const courseSchema = z.object({
  signal: signalSchema,
  word: z.string(),
  unit: unitSchema,
  timesMs: z.array(z.number()),
  used: z.array(z.number()),
  /** Null where there was none. */
  limit: z.array(z.nullable(z.number())),
});
export type Course = DeepReadonly<z.infer<typeof courseSchema>>;

export const markKinds = ['lifecycle', 'warning', 'command', 'fix', 'error', 'break'] as const;

/** Something that happened, on the same time axis as the courses. */
export const markSchema = z.object({
  /** Stable, so that a mark that is drawn is used again. */
  id: z.string(),
  kind: z.enum(markKinds),
  atMs: z.number(),
  /** When it was over; null for what has no length. `open` marks last until now. */
  endedAtMs: z.nullable(z.number()),
  open: z.boolean(),
  /** One or two words, for inside the mark. */
  word: z.string(),
  /** One line. */
  text: z.string(),
  tone: toneSchema,
});
export type Mark = DeepReadonly<z.infer<typeof markSchema>>;
