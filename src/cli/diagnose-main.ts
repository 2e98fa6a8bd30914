import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { diagnoseLine } from './diagnose.ts';
import { messageOf } from './message-of.ts';
import { orSayWhy, type Results, resultsTo } from './results.ts';

const usage = `diagnose FILE.jsonl (or - for standard input)
Recognises each error of a file, {"id","text","exitCode"?,"command"?,"context"?} per line, and prints one answer per line in the same order.`;

/** So many lines that can not be read are told of one by one: a file of another kind has nothing else. */
const mostTold = 20;

/** The file is not there or can not be read. */
class InputError extends Error {
  override readonly name = 'InputError';
}

/**
 * Lines as JSON Lines has them: only a line feed ends one, a carriage return before it is no part of it. (Node's readline also ends them at
 * U+2028, which may stand in a JSON text.)
 * @throws InputError
 */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  // Joined only when its end is there: a line of many pieces would otherwise be copied for each.
  let begun: string[] = [];
  try {
    for await (const piece of input.setEncoding('utf8')) {
      const parts = String(piece).split('\n');
      const last = parts.pop() ?? '';
      for (const part of parts) {
        yield [...begun, part].join('').replace(/\r$/, '');
        begun = [];
      }
      begun.push(last);
    }
  } catch (error) {
    throw new InputError(messageOf(error), { cause: error });
  }
  const last = begun.join('');
  if (last !== '') yield last;
}

async function diagnoseAll(input: Readable, results: Results, say: (text: string) => void): Promise<number> {
  let number = 0;
  let broken = 0;
  for await (const line of linesOf(input)) {
    number += 1;
    const json = number === 1 ? line.replace(/^\uFEFF/, '') : line;
    if (json.trim() === '') continue;
    const result = diagnoseLine(json);
    if ('diagnosis' in result) {
      await results.write(`${JSON.stringify(result.diagnosis)}\n`);
      continue;
    }
    broken += 1;
    // What is wrong may quote the line, and the line may be anything.
    if (broken <= mostTold) say(`Line ${number}: ${result.problem.replaceAll(/\p{Cc}/gu, '·')}`);
  }
  if (broken > mostTold) say(`… and ${broken - mostTold} more lines.`);
  return broken === 0 ? 0 : 1;
}

/**
 * The program behind `npm run diagnose`. Writes the answers to `out`, everything else to `say`.
 * @param stdin what `-` means
 * @returns the exit code: 0 when every line was read, or the reader of the answers wants no more; 1 when a line could not be read (the
 * others were); 2 for arguments that make no sense, a file that can not be read, and answers that can not be written.
 */
export async function diagnoseMain(
  args: readonly string[],
  stdin: Readable,
  out: NodeJS.WritableStream,
  say: (text: string) => void,
): Promise<number> {
  const [file, ...more] = args;
  if (file === '--help') {
    say(usage);
    return 0;
  }
  if (file === undefined || more.length > 0) {
    say(usage);
    return 2;
  }
  const input = file === '-' ? stdin : createReadStream(file);
  try {
    return await orSayWhy(() => diagnoseAll(input, resultsTo(out), say), say);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(`${file}: ${error.message}`);
    return 2;
  } finally {
    input.destroy();
  }
}
