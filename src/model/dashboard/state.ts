import * as z from 'zod/mini';
import type { DeepReadonly } from './deep-readonly.ts';
import { placeSchema } from './messages.ts';

/** How much of the past the charts of a sandbox show. */
export const windowsMs = [10 * 60_000, 30 * 60_000, 60 * 60_000] as const;

export const fleetColumns = ['name', 'state', 'ends', 'memory', 'cpu', 'errors', 'age', 'expiry', 'owner'] as const;
export type FleetColumn = (typeof fleetColumns)[number];

/**
 * What the editor keeps for a page over a reload. A field that is missing or makes no sense gets its default, so that a state of an
 * earlier version never keeps a page from opening.
 */
const stateSchema = z.object({
  place: placeSchema,
  windowMs: z.catch(z.number(), windowsMs[0]),
  /** Signals whose table is open. */
  tables: z.catch(z.array(z.string()), []),
  sort: z.catch(z.object({ column: z.enum(fleetColumns), descending: z.boolean() }), {
    column: 'ends',
    descending: false,
  }),
  filter: z.catch(z.string().check(z.maxLength(200)), ''),
  showEnded: z.catch(z.boolean(), true),
});
export type PageState = DeepReadonly<z.infer<typeof stateSchema>>;

/** @returns the state a page starts with. */
export const freshState = (place: PageState['place']): PageState => stateSchema.parse({ place });

/** @returns what was kept, or null when it names no page. */
export const readState = (kept: unknown): PageState | null => {
  const { data } = stateSchema.safeParse(kept);
  return data ?? null;
};
