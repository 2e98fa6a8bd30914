import * as z from 'zod/mini';

/** Entries that are kept as they are, each with a time and its text. */
export const recordKinds = ['transition', 'warning', 'incident', 'fix', 'command', 'diagnostics'] as const;

export type RecordKind = (typeof recordKinds)[number];

/** What a stored time may be: any whole number of milliseconds that JavaScript and SQLite both hold exactly. */
const time = z.int();
const key = z.string().check(z.maxLength(1024));

/** The sandbox was seen; `data` is what is remembered of it. */
const sandboxEntry = z.object({ k: z.literal('sandbox'), sandboxId: key, atMs: time, data: z.string() });

const recordEntry = z.object({
  k: z.literal('record'),
  kind: z.enum(recordKinds),
  sandboxId: key,
  /** Unique within kind and sandbox; an entry with the same id replaces the earlier one. Null for entries without an id. */
  id: z.nullable(key),
  /** Of a fix: the fingerprint it was tried against. Of an incident: its cause, if it ends the sandbox. */
  ref: z.nullable(key),
  atMs: time,
  data: z.string(),
});

/** The incident with this id never happened. */
const withdrawEntry = z.object({ k: z.literal('withdraw'), id: key });

/** Some consecutive samples of one sandbox, see sample-pack.ts. */
const packEntry = z.object({
  k: z.literal('pack'),
  sandboxId: key,
  /** The incident these samples belong to and with which they are kept whole, or null for the black box. */
  incidentId: z.nullable(key),
  fromMs: time,
  toMs: time,
  /** Width of the buckets the samples were thinned to; 0: all there were. */
  stepMs: z.int().check(z.nonnegative()),
  data: z.string(),
});

/** An error happened `count` more times, all of them on the day of `lastMs`. */
const errorEntry = z.object({
  k: z.literal('error'),
  sandboxId: key,
  fingerprint: key,
  /** Null when it is not known; missing in what an earlier version wrote. */
  workspace: z.exactOptional(z.nullable(key)),
  /** The normalised command it came from; null when it is not known, missing in what an earlier version wrote. */
  command: z.exactOptional(z.nullable(key)),
  /** Which window tells of it, where every window that watches sees it for itself. */
  window: z.exactOptional(key),
  count: z.int().check(z.positive()),
  firstMs: time,
  lastMs: time,
  data: z.string(),
});

/** A run of a command ended with this peak above its start. */
const peakEntry = z.object({
  k: z.literal('peak'),
  key,
  peakBytes: z.number().check(z.nonnegative()),
  atMs: time,
  tookMs: z.optional(z.nullable(z.number().check(z.nonnegative()))),
});

/**
 * One thing to write, as it goes to the engine. `data` is JSON text, redacted. All else is what entries are found by; ids are
 * values from outside, capped in length.
 */
export const entrySchema = z.discriminatedUnion('k', [
  sandboxEntry,
  recordEntry,
  withdrawEntry,
  packEntry,
  errorEntry,
  peakEntry,
]);

export type Entry = z.infer<typeof entrySchema>;
export type SandboxEntry = z.infer<typeof sandboxEntry>;
export type RecordEntry = z.infer<typeof recordEntry>;
export type PackEntry = z.infer<typeof packEntry>;
export type ErrorEntry = z.infer<typeof errorEntry>;
export type PeakEntry = z.infer<typeof peakEntry>;

/** The fingerprint under which errors are counted that are too many to be told apart. */
export const otherErrors = 'other';

/** What is remembered of {@link otherErrors}. */
export const otherErrorsData = JSON.stringify({ pattern: null, title: 'Other errors' });

/** How many different errors are told apart, so that a flood of different texts does not grow without bound. */
export const errorCaps = { perSandbox: 200, overall: 5_000 } as const;

/** How many commands have a remembered peak; those not run for longest are forgotten first. */
export const peakCap = 2_000;

/** Samples move the time a sandbox was last seen in steps of this. */
export const seenEveryMs = 60_000;

/** Two windows see one change or error of a sandbox at slightly different times; within this it is the same one. */
export const sameChangeMs = 60_000;
