import * as z from 'zod/mini';
import type { DeepReadonly } from './deep-readonly.ts';
import { badgeSchema, signalSchema } from './parts.ts';

/** One sandbox in the table of all. Ages are counted by the page, so that a row changes only when its sandbox does. */
export const fleetRowSchema = z.object({
  id: z.string(),
  name: z.string(),
  phase: badgeSchema,
  level: badgeSchema,
  /** Creating, starting, running … : it is not over and not at rest. */
  live: z.boolean(),
  ended: z.boolean(),
  current: z.boolean(),
  /** How it does its work: "running", "degraded", "failing", or an empty text for one that does not run. */
  health: z.string(),
  /** What ends it first. `atMs` is null when the moment is not known. For an ended one: what ended it. */
  ends: z.nullable(z.object({ word: z.string(), signal: z.nullable(signalSchema), atMs: z.nullable(z.number()) })),
  /** Pressures 0..1, null where they are not known. */
  memory: z.nullable(z.number()),
  cpu: z.nullable(z.number()),
  memoryBytes: z.nullable(z.number()),
  /** "364 MiB of 512 MiB". */
  memoryText: z.string(),
  /** Which signal the sparkline is of, and its values 0..1. */
  sparkWord: z.string(),
  spark: z.array(z.number()),
  errorsPerMinute: z.number(),
  createdAtMs: z.nullable(z.number()),
  expiresAtMs: z.nullable(z.number()),
  endedAtMs: z.nullable(z.number()),
  owner: z.string(),
  /** What the filter looks in besides what is shown. */
  searchText: z.string(),
  /** The incident that ended it, or null. */
  incidentId: z.nullable(z.string()),
});
export type FleetRow = DeepReadonly<z.infer<typeof fleetRowSchema>>;

const durationStatsSchema = z.object({ count: z.number(), p50Ms: z.number(), p95Ms: z.number() });

/** See `FleetStats` in ../fleet-stats.ts. */
export const fleetStatsSchema = z.object({
  sinceMs: z.number(),
  untilMs: z.number(),
  spinUp: z.nullable(durationStatsSchema),
  spinUpPerHourMs: z.array(z.nullable(z.number())),
  startsPer5Min: z.array(z.number()),
  commands: z.array(
    z.object({
      commandKey: z.string(),
      runs: z.number(),
      failed: z.number(),
      medianMs: z.nullable(z.number()),
      p95Ms: z.nullable(z.number()),
      attemptsPer5Min: z.number(),
    }),
  ),
  editToResult: z.nullable(durationStatsSchema),
  failureShares: z.object({ environment: z.number(), code: z.number(), unknown: z.number(), count: z.number() }),
  patterns: z.array(
    z.object({
      fingerprint: z.string(),
      title: z.string(),
      count: z.number(),
      sandboxes: z.number(),
      users: z.array(z.string()),
      commands: z.array(z.string()),
      byEnvironment: z.nullable(z.boolean()),
    }),
  ),
});
export type FleetStatsPage = DeepReadonly<z.infer<typeof fleetStatsSchema>>;

/** One server, in the line above the table. */
export const fleetServerSchema = z.object({ label: z.string(), state: badgeSchema, text: z.string() });
export type FleetServer = DeepReadonly<z.infer<typeof fleetServerSchema>>;
