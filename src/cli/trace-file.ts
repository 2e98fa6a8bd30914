import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { messageOf, mismatchOf } from './message-of.ts';
import { descriptionsOf, isDescription, isTable, tablesOf, unpacked, withoutEnding } from './trace-table.ts';

/** A limit of another form than a number is as good as none: the table may tell it too. */
const limit = z.catch(z.nullish(z.number()), null);

/**
 * What the JSON beside a recorded run tells that a forecaster may know. Everything else in it is for people and for scoring. Only two things
 * must be right: the name, by which results are found again, and the break, because nothing behind it may be seen.
 */
const metaSchema = z.object({
  id: z.nullish(z.string()),
  limits: z.catch(z.nullish(z.object({ mem_bytes: limit, cpus: limit, pids_max: limit, nofile: limit })), null),
  command: z.catch(z.nullish(z.union([z.string(), z.array(z.string())])), null),
  env: z.catch(z.nullish(z.record(z.string(), z.unknown())), null),
  break: z.nullish(z.object({ t_ms: z.nullish(z.number()) })),
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
  /** Cells of each row, in file order; can be gone through again and again. Taken apart one by one: the cells of a long run fill the memory. */
  readonly rows: Iterable<readonly string[]>;
}

/** A file that is not there or that cannot be read as a trace. */
export class TraceError extends Error {}

const byteOrderMark = /^\uFEFF/;

/** The text of the first of these files that is there, and its name; null when none is. */
async function firstOf(names: readonly string[]): Promise<{ readonly file: string; readonly text: string } | null> {
  for (const file of names) {
    try {
      return { file, text: unpacked(file, await readFile(file)) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        throw new TraceError(`${file}: ${messageOf(error)}`);
      }
    }
  }
  return null;
}

async function metaOf(base: string): Promise<z.infer<typeof metaSchema>> {
  const found = await firstOf(descriptionsOf(base));
  // A table without a description is read as it is.
  if (found === null) return {};
  const { file: jsonFile, text } = found;
  let json: unknown;
  try {
    // Python writes NaN and Infinity, which are no JSON; they mean "unknown" here.
    const cleaned = text.replace(byteOrderMark, '').replace(/([:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g, '$1null');
    json = JSON.parse(cleaned);
  } catch (error) {
    throw new TraceError(`${jsonFile}: ${messageOf(error)}`);
  }
  const meta = z.safeParse(metaSchema, json);
  if (!meta.success) throw new TraceError(`${jsonFile}: ${mismatchOf(meta.error, 'the description')}`);
  return meta.data;
}

/** A cell with the comma before it; one in quotes may hold commas. A quotation mark that is not closed on its line is an ordinary character. */
const cell = /,(?:"((?:[^"]|"")*)"(?=,|$)|([^,]*))/g;

/** @returns the cells of one line of a table. A line is a row: no cell goes on in the next one. */
function cellsOf(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(',');
  return Array.from(`,${line}`.matchAll(cell), ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
}

/** The rows of these lines, empty ones left out. */
const rowsOf = (lines: readonly string[]): Iterable<readonly string[]> => ({
  *[Symbol.iterator]() {
    for (const line of lines) if (line.trim() !== '') yield cellsOf(line);
  },
});

const limitOf = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Number.isFinite(value) && value > 0 ? value : null;

/**
 * Reads one table, packed or not, and the JSON beside it, if there is one.
 * @throws TraceError when the table cannot be read or has no column `t_ms`.
 */
export async function readTrace(csvFile: string): Promise<TraceFile> {
  let text: string;
  try {
    text = unpacked(csvFile, await readFile(csvFile));
  } catch (error) {
    throw new TraceError(`${csvFile}: ${messageOf(error)}`);
  }
  const lines = text.replace(byteOrderMark, '').split(/\r\n?|\n/);
  const columns = cellsOf(lines.shift() ?? '').map((name) => name.trim());
  if (!columns.includes('t_ms')) throw new TraceError(`${csvFile}: no column t_ms`);
  const base = withoutEnding(csvFile);
  const meta = await metaOf(base);
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
    rows: rowsOf(lines),
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
  const [plain = jsonFile, ...packed] = tablesOf(withoutEnding(jsonFile));
  for (const file of [plain, ...packed]) if (await exists(file)) return file;
  return plain;
}

/** Tables in a folder and those below it, sorted by name. Of one run that lies there packed and unpacked as well, only one is taken. */
async function tablesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory() && isTable(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => path.basename(withoutEnding(file)).toLowerCase() !== 'index')
    .toSorted();
  return [...new Map(files.toReversed().map((file) => [withoutEnding(file), file])).values()].toReversed();
}

/** What is to be replayed, and a sentence for each path that leads to nothing. */
export interface FoundTraces {
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Finds the tables that are meant: a file as it is, that of a description, and of a folder all that lie in it or below it. `index.csv` is a
 * list of runs and no run.
 */
export async function traceFilesIn(paths: readonly string[]): Promise<FoundTraces> {
  const files: string[] = [];
  const problems: string[] = [];
  for (const each of paths) {
    try {
      if (!(await stat(each)).isDirectory()) {
        files.push(isDescription(each) ? await tableOf(each) : each);
        continue;
      }
      const found = await tablesIn(each);
      if (found.length === 0) problems.push(`${each}: there is no table (ID.csv) in it`);
      files.push(...found);
    } catch (error) {
      problems.push(`${each}: ${messageOf(error)}`);
    }
  }
  return { files, problems };
}
