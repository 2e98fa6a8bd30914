import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { type Sensitivity, sensitivities } from '../monitor/alert-policy.ts';
import { type ReplayLine, type ReplayOptions, replay } from './replay.ts';
import { readTrace, TraceError, traceFilesIn } from './trace-file.ts';

const usage = `replay FILE_OR_DIR… [--out results.jsonl] [--sensitivity ${sensitivities.join('|')}] [--every N]
Replays recorded runs (ID.csv, ID.csv.br or ID.csv.gz, with ID.json beside it) through the forecaster and the alert policy, one row at a time, and
prints one JSON line for each row before the break. --every reads only every Nth row, as a source would that reports more seldom.`;

const partLength = 64 * 1024;

const isSensitivity = (text: string): text is Sensitivity => sensitivities.some((each) => each === text);

/**
 * The program behind `npm run replay`. Writes the lines to `out` or to the file named by `--out`, everything else to `say`.
 * @returns the exit code: 0 when every file was replayed, 1 when one could not be read, 2 for arguments that make no sense and for results
 * that can not be written.
 */
export async function replayMain(
  args: readonly string[],
  out: NodeJS.WritableStream,
  say: (text: string) => void,
): Promise<number> {
  let parsed: { values: { out?: string; sensitivity?: string; every?: string }; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      options: { out: { type: 'string' }, sensitivity: { type: 'string' }, every: { type: 'string' } },
      allowPositionals: true,
    });
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const { values, positionals } = parsed;
  const sensitivity = values.sensitivity ?? 'balanced';
  const every = Number(values.every ?? 1);
  if (positionals.length === 0 || !isSensitivity(sensitivity) || !(Number.isInteger(every) && every >= 1)) {
    say(usage);
    return 2;
  }
  try {
    const target = values.out === undefined ? out : await openFile(values.out);
    const code = await replayAll(positionals, { sensitivity, every }, target, say);
    if (target !== out) {
      target.end();
      await finished(target).catch((error: unknown) => {
        throw cannotWrite(error);
      });
    }
    return code;
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    say(error.message);
    return 2;
  }
}

/** The results can not be written. */
class ResultError extends Error {
  override readonly name = 'ResultError';
}

const cannotWrite = (error: unknown): ResultError =>
  new ResultError(`The results can not be written: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });

async function openFile(path: string): Promise<WriteStream> {
  const stream = createWriteStream(path);
  try {
    await once(stream, 'open');
  } catch (error) {
    throw cannotWrite(error);
  }
  return stream;
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
  files: readonly string[],
  options: ReplayOptions,
  target: NodeJS.WritableStream,
  say: (text: string) => void,
): Promise<number> {
  let code = 0;
  // Told by the callback of the write; without a listener it would end the program.
  target.on('error', () => undefined);
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      target.write(text, (error) => (error === null || error === undefined ? resolve() : reject(cannotWrite(error))));
    });
  try {
    for (const file of await traceFilesIn(files)) {
      try {
        for (const part of partsOf(replay(await readTrace(file), options))) await write(part);
      } catch (error) {
        if (!(error instanceof TraceError)) throw error;
        say(error.message);
        code = 1;
      }
    }
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    say(error.message);
    code = 1;
  }
  return code;
}
