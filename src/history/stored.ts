import * as z from 'zod/mini';
import { type AnyFixId, fixIds, isPatternFixId } from '../model/fix.ts';
import { incidentCauses } from '../model/incident.ts';
import { phases } from '../model/sandbox.ts';
import { signalNames } from '../model/signal.ts';
import { warningLevels } from '../model/warning.ts';

/*
 * The shapes of what comes back out of files. Written by this version, an earlier or a later one: fields that are not known are left
 * out, missing ones get the value that says "not known", and an entry whose meaning is not known (a new kind of incident) is not
 * shown, but stays where it is.
 */

const text = z.catch(z.string(), '');
const maybeText = z.catch(z.nullable(z.string()), null);
const number = z.catch(z.number(), 0);
const maybeNumber = z.catch(z.nullable(z.number()), null);
const phase = z.catch(z.enum(phases), 'unknown');

/** What is kept of a sandbox; the times and its end are found elsewhere. */
export const storedSandbox = z.object({
  provider: text,
  place: maybeText,
  /** Missing before version 2. */
  workspace: maybeText,
  name: text,
  image: maybeText,
  metadata: z.catch(z.record(z.string(), z.string()), {}),
  createdAtMs: maybeNumber,
  expiresAtMs: maybeNumber,
  phase,
  rawState: text,
  reason: maybeText,
  /** When it was first seen in a phase that is an end. */
  endedAtMs: maybeNumber,
});

export type StoredSandbox = z.infer<typeof storedSandbox>;

/** A sandbox of which only other entries speak. */
export const unseenSandbox: StoredSandbox = {
  provider: '',
  place: null,
  workspace: null,
  name: '',
  image: null,
  metadata: {},
  createdAtMs: null,
  expiresAtMs: null,
  phase: 'unknown',
  rawState: '',
  reason: null,
  endedAtMs: null,
};

const timelineStep = z.object({ atMs: number, phase, rawState: text, reason: maybeText });

export const storedTransition = z.extend(timelineStep, { sandboxId: z.string() });

/** JSON has no Infinity; a quantile that is null means "not by this model". */
const quantile = z.pipe(
  z.nullable(z.number()),
  z.transform((value) => value ?? Number.POSITIVE_INFINITY),
);

const storedForecast = z.object({
  signal: z.enum(signalNames),
  atMs: number,
  unit: z.catch(z.enum(['bytes', 'count', 'milliseconds', 'cores']), 'count'),
  used: number,
  limit: maybeNumber,
  pressure: maybeNumber,
  pBreak60: number,
  pBreak120: number,
  pBreak300: number,
  timeToLimitMs: z.catch(z.nullable(z.object({ p10: quantile, p50: quantile, p90: quantile })), null),
  slopePerSecond: maybeNumber,
  grower: z.catch(z.nullable(z.object({ pid: z.number(), name: text, bytesPerSecond: number })), null),
  evidence: text,
});

export const storedWarning = z.object({
  id: z.string(),
  sandboxId: z.string(),
  signal: z.enum(signalNames),
  level: z.catch(z.enum(warningLevels), 'warn'),
  startedAtMs: z.number(),
  warnedAtMs: maybeNumber,
  criticalAtMs: maybeNumber,
  forecast: storedForecast,
  endedAtMs: maybeNumber,
  outcome: z.catch(z.enum(['open', 'recovered', 'broke']), 'open'),
});

/** An action of the extension, or a fix of a recognised error. */
const storedFixId = z.custom<AnyFixId>(
  (id) => typeof id === 'string' && (isPatternFixId(id) || fixIds.some((known) => known === id)),
);
const maybeTitle = z.exactOptional(z.string());
/** Missing when it is not known, and in what an earlier version wrote. */
const maybeWorkspace = z.exactOptional(z.string());

const storedOutcome = z.object({
  fixId: storedFixId,
  title: maybeTitle,
  sandboxId: z.string(),
  startedAtMs: z.number(),
  endedAtMs: number,
  result: z.catch(z.enum(['worked', 'did-not-work', 'cannot-tell', 'cancelled', 'failed']), 'cannot-tell'),
  text,
});

/** The outcome of a fix, with where it was tried. */
export const storedFix = z.extend(storedOutcome, { workspace: maybeWorkspace });

/** Entries of a list that are not understood are left out; the others stay. */
const listOf = <T extends z.ZodMiniType>(item: T) =>
  z.pipe(
    z.catch(z.array(z.unknown()), []),
    z.transform((list) =>
      list.flatMap((each): z.output<T>[] => {
        const parsed = item.safeParse(each);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
  );

/** An incident without its samples, which are packs of their own. */
export const storedIncident = z.object({
  id: z.string(),
  sandboxId: z.string(),
  sandboxName: text,
  provider: text,
  workspace: maybeWorkspace,
  atMs: z.number(),
  cause: z.enum(incidentCauses),
  certainty: z.catch(z.enum(['certain', 'probable']), 'probable'),
  endsSandbox: z.catch(z.boolean(), false),
  exitCode: maybeNumber,
  text,
  warning: z.catch(z.nullable(storedWarning), null),
  leadMs: maybeNumber,
  timeline: listOf(timelineStep),
  fixes: listOf(storedOutcome),
});

export const storedCommand = z.object({
  commandId: z.string(),
  sandboxId: z.string(),
  commandKey: text,
  startedAtMs: z.number(),
  endedAtMs: maybeNumber,
  lastSeenAtMs: z.exactOptional(z.number()),
  exitCode: maybeNumber,
  attempt: z.catch(z.number(), 1),
  peakBytes: maybeNumber,
});

export const storedDiagnostics = z.object({ sandboxId: z.string(), atMs: z.number(), text });

/** What is kept of an error next to its counts. */
export const storedError = z.object({ pattern: maybeText, title: text });

const cause = z.catch(z.nullable(z.enum(incidentCauses)), null);

/** Answers that are put together from several entries, as they come from the worker. */
export const answeredSandbox = z.extend(storedSandbox, {
  sandboxId: z.string(),
  firstSeenAtMs: z.number(),
  lastSeenAtMs: z.number(),
  endCause: cause,
});

export const answeredError = z.extend(storedError, {
  fingerprint: z.string(),
  count: z.number(),
  decayedCount: z.number(),
  sandboxes: z.number(),
  firstSeenAtMs: z.number(),
  lastSeenAtMs: z.number(),
});

export const answeredErrorDay = z.object({
  sandboxId: z.string(),
  fingerprint: z.string(),
  day: z.number(),
  workspace: z.nullable(z.string()),
  commandKey: z.nullable(z.string()),
  count: z.number(),
  firstSeenAtMs: z.number(),
  lastSeenAtMs: z.number(),
});

export const answeredFix = z.object({
  fixId: storedFixId,
  title: maybeTitle,
  tried: z.number(),
  worked: z.number(),
  didNotWork: z.number(),
  lastTriedAtMs: z.number(),
});
