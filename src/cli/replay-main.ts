import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Sensitivity, sensitivities } from '../monitor/alert-policy.ts';
import { messageOf } from './message-of.ts';
import { type ReplayLine, type ReplayOptions, replay } from './replay.ts';
import { orSayWhy, type Results, resultsInFile, resultsTo } from './results.ts';
import { type FoundTraces, readTrace, TraceError, traceFilesIn } from './trace-file.ts';
import { descriptionsOf, withoutEnding } from './trace-table.ts';

const usage = `replay FILE_OR_DIR… [--out results.jsonl] [--sensitivity ${sensitivities.join('|')}] [--every N]
Replays recorded runs (ID.csv, ID.csv.br or ID.csv.gz, with ID.json beside it, packed or not) through the forecaster and the alert policy, one row at a time, and
prints one JSON line for each row before the break. --every reads only every Nth row, as a source would that reports more seldom.`;

const partLength = 64 * 1024;

const isSensitivity = (text: string): text is Sensitivity => sensitivities.some((each) => each === text);

/**
 * The program behind `npm run replay`. Writes the lines to `out` or to the file named by `--out`, everything else to `say`.
 * @returns the exit code: 0 when every file was replayed, or the reader of the lines wants no more; 1 when a path leads to nothing that can
 * be replayed (the others are); 2 for arguments that make no sense and for results that can not be written.
 */
export async function replayMain(
  args: readonly string[],
  out: NodeJS.WritableStream,
  say: (text: string) => void,
): Promise<number> {
  let parsed: { values: { out?: string; sensitivity?: string; every?: string; help?: boolean }; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      options: {
        out: { type: 'string' },
        sensitivity: { type: 'string' },
        every: { type: 'string' },
        help: { type: 'boolean' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    say(`${messageOf(error)}\n${usage}`);
    return 2;
  }
  const { values, positionals } = parsed;
  const sensitivity = values.sensitivity ?? 'balanced';
  const every = Number(values.every ?? 1);
  if (values.help === true) {
    say(usage);
    return 0;
  }
  if (positionals.length === 0 || !isSensitivity(sensitivity) || !(Number.isInteger(every) && every >= 1)) {
    say(usage);
    return 2;
  }
  return await orSayWhy(async () => {
    const found = await traceFilesIn(positionals);
    if (values.out !== undefined && isPartOfTrace(values.out, found.files)) {
      say(`${values.out} belongs to a run that is to be replayed: it would be lost. Choose another --out.`);
      return 2;
    }
    const results = values.out === undefined ? resultsTo(out) : await resultsInFile(values.out);
    const code = await replayAll(found, { sensitivity, every }, results, say);
    await results.close();
    return code;
  }, say);
}

/** Whether a file is one of these tables, or the description of one. */
function isPartOfTrace(file: string, tables: readonly string[]): boolean {
  const meant = path.resolve(file);
  return tables
    .map((table) => path.resolve(table))
    .some((table) => meant === table || descriptionsOf(withoutEnding(table)).includes(meant));
}

/** The lines as texts of some size: the whole of a run of many days is longer than any text may be. */
function* partsOf(lines: Iterable<ReplayLine>): Generator<string> {
  let part = '';
  for (const line of lines) {
    part += `${JSON.stringify(line)}\n`;
    if (part.length < partLength) continue;
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}

async function replayAll(
  { files, problems }: FoundTraces,
  options: ReplayOptions,
  results: Results,
  say: (text: string) => void,
): Promise<number> {
  for (const problem of problems) say(problem);
  let code = problems.length === 0 ? 0 : 1;
  for (const file of files) {
    try {
      let isEmpty = true;
      for (const part of partsOf(replay(await readTrace(file), options))) {
        isEmpty = false;
        await results.write(part);
      }
      if (isEmpty) throw new TraceError(`${file}: no row with a time before its break`);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      say(error.message);
      code = 1;
    }
  }
  return code;
}
