import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { type Sensitivity, sensitivities } from '../monitor/alert-policy.ts';
import { replay } from './replay.ts';
import { readTrace, TraceError, traceFilesIn } from './trace-file.ts';

const usage = `replay FILE_OR_DIR… [--out results.jsonl] [--sensitivity ${sensitivities.join('|')}]
Replays recorded runs through the forecaster and the alert policy, one row at a time, and prints one JSON line for each row before
the break.`;

const isSensitivity = (text: string): text is Sensitivity => sensitivities.some((each) => each === text);

/**
 * The program behind `npm run replay`. Writes the lines to `out` or to the file named by `--out`, everything else to `say`.
 * @returns the exit code: 0 when every file was replayed, 1 when one could not be read, 2 for arguments that make no sense.
 */
export async function replayMain(
  args: readonly string[],
  out: NodeJS.WritableStream,
  say: (text: string) => void,
): Promise<number> {
  let parsed: { values: { out?: string; sensitivity?: string }; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      options: { out: { type: 'string' }, sensitivity: { type: 'string' } },
      allowPositionals: true,
    });
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const { values, positionals } = parsed;
  const sensitivity = values.sensitivity ?? 'balanced';
  if (positionals.length === 0 || !isSensitivity(sensitivity)) {
    say(usage);
    return 2;
  }
  let code = 0;
  const target = values.out === undefined ? out : createWriteStream(values.out);
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      target.write(text, (error) => (error === null || error === undefined ? resolve() : reject(error)));
    });
  try {
    for (const file of await traceFilesIn(positionals)) {
      try {
        const trace = await readTrace(file);
        const lines: string[] = [];
        for (const line of replay(trace, { sensitivity })) lines.push(`${JSON.stringify(line)}\n`);
        if (lines.length > 0) await write(lines.join(''));
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
  if (target !== out) {
    target.end();
    await finished(target);
  }
  return code;
}
