import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { descriptionsOf, isTable, unpacked, withoutEnding } from '../../../src/cli/trace-table.ts';

/** The signals whose pressure a trace's columns give directly; what every baseline watches. */
export const watched = ['memory', 'disk', 'fds', 'pids'] as const;
type Watched = (typeof watched)[number];

/** One recorded run, as the scoring protocol sees it. Index i of every series is the i-th row before the break. */
export interface Case {
  readonly id: string;
  readonly family: string;
  /** The folder it lies in: recordings made for one purpose. */
  readonly set: string;
  /** What broke, or null. */
  readonly kind: string | null;
  /** The signal that broke; memory where nothing did. */
  readonly signal: string;
  /** Number of rows before the break, or null when nothing broke. */
  readonly breakAt: number | null;
  readonly pressure: Readonly<Record<Watched, readonly number[]>>;
  /** Highest of all pressures in each row. */
  readonly top: readonly number[];
  readonly times: readonly number[];
  /** Share of the last 10 s in which everything waited for memory, percent, where the trace has it. */
  readonly stalled: readonly number[] | null;
  readonly forecastable: boolean;
  readonly csvFile: string;
  readonly jsonFile: string;
}

interface Meta {
  readonly id?: string;
  readonly family?: string;
  readonly workload?: string;
  readonly break?: { readonly kind: string; readonly t_ms: number } | null;
}

const signalOf = (kind: string | null): string => {
  if (kind === null) return 'memory';
  const rules: readonly (readonly [RegExp, string])[] = [
    [/oom_kill/, 'memory'],
    [/nospc|disk/, 'disk'],
    [/emfile|fd/, 'fds'],
    [/fork|pid/, 'pids'],
    [/heap|java_oom/, 'heap'],
  ];
  return rules.find(([pattern]) => pattern.test(kind))?.[1] ?? 'other';
};

/** Least squares through `u[from..to)`: mean, slope a row, and how many rows. */
function line(u: readonly number[], from: number, to: number): { mean: number; slope: number } {
  const n = to - from;
  let sum = 0;
  let weighted = 0;
  for (let k = 0; k < n; k++) {
    sum += u[from + k] ?? Number.NaN;
    weighted += k * (u[from + k] ?? Number.NaN);
  }
  const sx = (n * (n - 1)) / 2;
  const sxx = ((n - 1) * n * (2 * n - 1)) / 6;
  return { mean: sum / n, slope: (weighted - (sx * sum) / n) / (sxx - (sx * sx) / n) };
}

/** Whether some straight line, chosen in hindsight, points at the break within half of the true time. */
function isForecastable(u: readonly number[], breakAt: number): boolean {
  for (const end of [breakAt - 30, breakAt - 45]) {
    for (const window of [15, 30, 60, 120, 300]) {
      if (end - window < 0) continue;
      const { mean, slope } = line(u, end - window + 1, end + 1);
      if (!(slope > 0)) continue;
      const seconds = (1 - mean - (slope * (window - 1)) / 2) / slope;
      const truth = breakAt - end;
      if (seconds > truth * 0.5 && seconds < truth * 1.5) return true;
    }
  }
  return false;
}

function read(csvFile: string, jsonFile: string): Case | null {
  const meta = JSON.parse(unpacked(jsonFile, readFileSync(jsonFile))) as Meta;
  const [head = '', ...lines] = unpacked(csvFile, readFileSync(csvFile)).trim().split('\n');
  const columns = head.split(',');
  const cell = (row: readonly string[], name: string): number | null => {
    const text = row[columns.indexOf(name)];
    return text === undefined ? Number.NaN : text === '' ? null : Number(text);
  };
  const all = lines.map((each) => each.split(','));
  if (all.length < 20) return null;
  const broke = meta.break ?? null;
  const rows = broke === null ? all : all.filter((row) => (cell(row, 't_ms') ?? 0) < broke.t_ms);
  const share = (row: readonly string[], used: string, limit: string): number =>
    (cell(row, used) ?? 0) / (cell(row, limit) ?? 0);
  const filled = (row: readonly string[], used: string, limit: string): number =>
    cell(row, limit) ? share(row, used, limit) : 0;
  const pressure = {
    memory: rows.map((row) => share(row, 'mem_working_set_bytes', 'mem_limit_bytes')),
    disk: rows.map((row) => filled(row, 'disk_used_bytes', 'disk_total_bytes')),
    fds: rows.map((row) => filled(row, 'max_proc_fds', 'fd_limit')),
    pids: rows.map((row) => filled(row, 'pids_current', 'pids_max')),
  };
  const kind = broke?.kind ?? null;
  const signal = signalOf(kind);
  const breakAt = broke === null ? null : rows.length;
  const own = watched.find((each) => each === signal);
  return {
    id: meta.id ?? path.basename(withoutEnding(csvFile)),
    family: meta.family ?? meta.workload ?? 'unknown',
    set: path.basename(path.dirname(csvFile)),
    kind,
    signal,
    breakAt,
    pressure,
    top: rows.map((_, i) => Math.max(...watched.map((each) => pressure[each][i] || 0))),
    times: rows.map((row) => cell(row, 't_ms') ?? 0),
    stalled: columns.includes('psi_mem_full_avg10') ? rows.map((row) => cell(row, 'psi_mem_full_avg10') ?? 0) : null,
    forecastable: breakAt !== null && own !== undefined && isForecastable(pressure[own], breakAt),
    csvFile,
    jsonFile,
  };
}

/** @returns every run in the folder and the folders in it that has a table and a description, sorted by path. */
export function loadCases(folder: string): readonly Case[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const known = new Set(names);
  return names
    .filter(isTable)
    .map((name) => {
      const description = descriptionsOf(withoutEnding(name)).find((each) => known.has(each));
      return description === undefined ? null : read(path.join(folder, name), path.join(folder, description));
    })
    .filter((each) => each !== null);
}
