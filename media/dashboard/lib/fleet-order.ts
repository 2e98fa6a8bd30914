import type { FleetRow } from '../../../src/model/dashboard/fleet-page.ts';
import type { Tone } from '../../../src/model/dashboard/parts.ts';
import type { FleetColumn } from '../../../src/model/dashboard/state.ts';

/** How the rows of the fleet are ordered. */
export interface Sort {
  readonly column: FleetColumn;
  readonly descending: boolean;
}

const toneRank: Record<Tone, number> = { bad: 0, warn: 1, watch: 2, plain: 3, good: 3, muted: 4 };

/** Missing values come last, whichever way is up. */
const missing = Number.POSITIVE_INFINITY;

/** A number that orders rows by "what ends first"; the sooner, the smaller. */
const urgency = (row: FleetRow): number => {
  if (row.ended) return 4e15 - (row.endedAtMs ?? 0) / 1e3;
  const rank = row.live ? toneRank[row.level.tone] * 1e15 : 3.5e15;
  return rank + Math.min(row.ends?.atMs ?? row.expiresAtMs ?? 9e14, 9e14) / 1e3;
};

const keys: Record<FleetColumn, (row: FleetRow) => number | string> = {
  name: (row) => row.name.toLowerCase(),
  state: (row) => `${row.ended ? 2 : row.live ? 0 : 1} ${row.phase.word}`,
  ends: urgency,
  memory: (row) => row.memory ?? missing,
  cpu: (row) => row.cpu ?? missing,
  errors: (row) => (row.ended ? missing : row.errorsPerMinute),
  age: (row) => (row.createdAtMs === null ? missing : -row.createdAtMs),
  expiry: (row) => row.expiresAtMs ?? missing,
  owner: (row) => (row.owner === '' ? missing : row.owner.toLowerCase()),
};

const compare = (a: number | string, b: number | string, descending: boolean): number => {
  if (a === b) return 0;
  if (a === missing) return 1;
  if (b === missing) return -1;
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
  return descending ? -order : order;
};

/** @returns the rows in order; equal ones by name and id, so that they do not change places. */
export const sortRows = (rows: readonly FleetRow[], { column, descending }: Sort): readonly FleetRow[] => {
  const keyOf = keys[column];
  return rows
    .map((row) => ({ row, key: keyOf(row) }))
    .sort(
      (a, b) =>
        compare(a.key, b.key, descending) ||
        compare(a.row.name.toLowerCase(), b.row.name.toLowerCase(), false) ||
        (a.row.id < b.row.id ? -1 : 1),
    )
    .map(({ row }) => row);
};

/** The way a column is sorted when it is chosen first: what matters most comes to the top. */
export const firstWay = (column: FleetColumn): Sort => ({
  column,
  descending: column === 'memory' || column === 'cpu' || column === 'errors' || column === 'age',
});

/** @returns whether every word of `filter` is found in the row. */
export const matchesFilter = (row: FleetRow, filter: string): boolean => {
  const words = filter.trim().toLowerCase().split(/\s+/);
  const text = `${row.name} ${row.owner} ${row.phase.word} ${row.level.word} ${row.ends?.word ?? ''} ${row.health}`;
  const all = `${text.toLowerCase()} ${row.searchText}`;
  return words.every((word) => word === '' || all.includes(word));
};

export interface FleetTotals {
  readonly running: number;
  readonly resting: number;
  readonly ended: number;
  readonly warnings: number;
  readonly critical: number;
  readonly measured: number;
  readonly failing: number;
  /** Memory in use over all that are measured. */
  readonly memoryBytes: number;
}

export const totalsOf = (rows: Iterable<FleetRow>): FleetTotals => {
  const totals = {
    running: 0,
    resting: 0,
    ended: 0,
    warnings: 0,
    critical: 0,
    measured: 0,
    failing: 0,
    memoryBytes: 0,
  };
  for (const row of rows) {
    if (row.ended) totals.ended += 1;
    else if (row.live) totals.running += 1;
    else totals.resting += 1;
    if (row.ended) continue;
    if (row.level.tone === 'warn') totals.warnings += 1;
    if (row.level.tone === 'bad') totals.critical += 1;
    if (row.memory !== null || row.memoryBytes !== null) totals.measured += 1;
    if (row.health === 'failing' || row.health === 'degraded') totals.failing += 1;
    totals.memoryBytes += row.memoryBytes ?? 0;
  }
  return totals;
};
