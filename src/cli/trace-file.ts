import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { isTable, packedEndings, tableText, withoutEnding } from './trace-table.ts';

/** What the JSON beside a recorded run tells that a forecaster may know. Everything else in it is for people and for scoring. */
const metaSchema = z.object({
  id: z.optional(z.string()),
  limits: z.optional(
    z.object({
      mem_bytes: z.optional(z.nullable(z.number())),
      cpus: z.optional(z.nullable(z.number())),
      pids_max: z.optional(z.nullable(z.number())),
      nofile: z.optional(z.nullable(z.number())),
    }),
  ),
  command: z.optional(z.union([z.string(), z.array(z.string())])),
  env: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
  break: z.optional(z.nullable(z.object({ t_ms: z.number() }))),
});

/** One recorded run, its rows not yet read as samples. */
export interface TraceFile {
  readonly id: string;
  readonly limits: {
    readonly memoryBytes: number | null;
    readonly cpus: number | null;
    readonly pids: number | null;
    readonly files: number | null;
  };
  /** The command line that was run; empty when unknown. */
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where the rows end that a forecaster may see; Infinity when nothing broke. */
  readonly endsAtMs: number;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Cells of each row, in file order. */
  readonly rows: readonly (readonly string[])[];
}

/** A file that is not there or that cannot be read as a trace. */
export class TraceError extends Error {}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function metaOf(jsonFile: string): Promise<z.infer<typeof metaSchema>> {
  let text: string;
  try {
    text = await readFile(jsonFile, 'utf8');
  } catch (error) {
    // A table without a description is read as it is.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new TraceError(`${jsonFile}: ${reasonOf(error)}`);
  }
  try {
    // Python writes NaN and Infinity, which are no JSON; they mean "unknown" here.
    const cleaned = text.replace(/(?<=[:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g, 'null');
    return metaSchema.parse(JSON.parse(cleaned));
  } catch (error) {
    throw new TraceError(`${jsonFile}: ${reasonOf(error)}`);
  }
}

const limitOf = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Number.isFinite(value) && value > 0 ? value : null;

/**
 * Reads one table, packed or not, and the JSON beside it, if there is one.
 * @throws TraceError when the table cannot be read or has no column `t_ms`.
 */
export async function readTrace(csvFile: string): Promise<TraceFile> {
  let text: string;
  try {
    text = tableText(csvFile, await readFile(csvFile));
  } catch (error) {
    throw new TraceError(`${csvFile}: ${reasonOf(error)}`);
  }
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = head.split(',').map((name) => name.trim());
  if (!columns.includes('t_ms')) throw new TraceError(`${csvFile}: no column t_ms`);
  const base = withoutEnding(csvFile);
  const meta = await metaOf(`${base}.json`);
  return {
    id: meta.id ?? path.basename(base),
    limits: {
      memoryBytes: limitOf(meta.limits?.mem_bytes),
      cpus: limitOf(meta.limits?.cpus),
      pids: limitOf(meta.limits?.pids_max),
      files: limitOf(meta.limits?.nofile),
    },
    command: typeof meta.command === 'string' ? meta.command : (meta.command ?? []).join(' '),
    env: Object.fromEntries(Object.entries(meta.env ?? {}).map(([name, value]) => [name, String(value)])),
    endsAtMs: meta.break?.t_ms ?? Number.POSITIVE_INFINITY,
    columns,
    rows: lines.filter((line) => line.trim() !== '').map((line) => line.split(',')),
  };
}

async function exists(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    // Whatever the reason: the other name is tried, and reading that one will tell.
    return false;
  }
}

/** The table that belongs to a description. */
async function tableOf(jsonFile: string): Promise<string> {
  const base = jsonFile.replace(/\.json$/i, '');
  if (await exists(`${base}.csv`)) return `${base}.csv`;
  for (const ending of packedEndings) if (await exists(`${base}${ending}`)) return `${base}${ending}`;
  return `${base}.csv`;
}

/**
 * @returns the tables that are meant: a file as it is, of a folder all that lie in it, sorted by name; folders in it are looked
 * into as well. `index.csv` is a list of runs and no run.
 * @throws TraceError when a path does not exist.
 */
export async function traceFilesIn(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const each of paths) {
    let isFolder: boolean;
    try {
      isFolder = (await stat(each)).isDirectory();
    } catch (error) {
      throw new TraceError(`${each}: ${reasonOf(error)}`);
    }
    if (!isFolder) {
      found.push(/\.json$/i.test(each) ? await tableOf(each) : each);
      continue;
    }
    const names = (await readdir(each, { recursive: true })).toSorted();
    found.push(
      ...names
        .filter((name) => isTable(name) && path.basename(withoutEnding(name)).toLowerCase() !== 'index')
        .map((name) => path.join(each, name)),
    );
  }
  return found;
}
