import * as z from 'zod/mini';
import { fixIds } from '../fix.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { fleetRowSchema, fleetServerSchema, fleetStatsSchema } from './fleet-page.ts';
import { incidentPageSchema } from './incident-page.ts';
import { courseSchema } from './parts.ts';
import { sandboxPageSchema } from './sandbox-page.ts';

/** The messages between the editor and the page of the dashboard, both ways. Whoever receives one parses it first. */

/** What a panel shows. */
export const placeSchema = z.discriminatedUnion('page', [
  z.object({ page: z.literal('fleet') }),
  z.object({ page: z.literal('sandbox'), id: z.string() }),
  z.object({ page: z.literal('incident'), id: z.string() }),
]);
export type Place = DeepReadonly<z.infer<typeof placeSchema>>;

/** From the editor to the page. `nowMs` is the editor's clock, which may be on another computer than the page's. */
export const toPageSchema = z.discriminatedUnion('kind', [
  /** The answer to `ready`: what is shown from now on. Everything else follows and is complete. */
  z.object({ kind: z.literal('open'), place: placeSchema, nowMs: z.number() }),
  z.object({ kind: z.literal('sandbox'), nowMs: z.number(), page: sandboxPageSchema }),
  /** Readings of the sandbox shown. `reset`: all there are; else those that came since. */
  z.object({ kind: z.literal('courses'), nowMs: z.number(), reset: z.boolean(), courses: z.array(courseSchema) }),
  /** Rows that are new or changed. `reset`: these are all. */
  z.object({
    kind: z.literal('fleet'),
    nowMs: z.number(),
    reset: z.boolean(),
    rows: z.array(fleetRowSchema),
    removed: z.array(z.string()),
    servers: z.array(fleetServerSchema),
  }),
  /** Null while they can not be had. */
  z.object({ kind: z.literal('fleet-stats'), nowMs: z.number(), stats: z.nullable(fleetStatsSchema) }),
  /** Null when there is no such incident (any more). */
  z.object({ kind: z.literal('incident'), nowMs: z.number(), page: z.nullable(incidentPageSchema) }),
]);
export type ToPage = DeepReadonly<z.infer<typeof toPageSchema>>;

/** What a button of the page may run: a command of the extension, never anything else. */
export const pageCommands = [
  'openFleet',
  'openDashboard',
  'showIncident',
  'exportPostMortem',
  'copyOwnerSummary',
  'openTerminal',
  'showDetails',
  'whatCanIDo',
  'refresh',
  'connect',
] as const;
export type PageCommand = (typeof pageCommands)[number];

const id = z.string().check(z.maxLength(500));

/** From the page to the editor. */
export const fromPageSchema = z.discriminatedUnion('kind', [
  /** The page is there and shows nothing yet. */
  z.object({ kind: z.literal('ready') }),
  /** `target`: the id of a sandbox or an incident; null for commands that have none. */
  z.object({ kind: z.literal('command'), command: z.enum(pageCommands), target: z.nullable(id) }),
  /** A button of a fix. Only one that is offered is run. */
  z.object({ kind: z.literal('fix'), fixId: z.enum(fixIds), pid: z.nullable(z.int()) }),
  /** Any other button: the id of an action the page was told of. Nothing else is known of it here, and nothing else is taken. */
  z.object({ kind: z.literal('action'), id }),
  /** Something in the page failed; for the log. */
  z.object({ kind: z.literal('failure'), text: z.string().check(z.maxLength(4_000)) }),
]);
export type FromPage = DeepReadonly<z.infer<typeof fromPageSchema>>;
