// npm run diagnose -- FILE.jsonl: recognises each error of a file, `{"id","text","exitCode"?,"command"?,"context"?}` per line, and
// prints one answer per line in the same order. A line that cannot be read is told of on standard error; the others go on.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { diagnoseLine } from '../../src/cli/diagnose.ts';
import { say } from '../toolchain.mjs';

async function run(file) {
  if (file === undefined) {
    say('Which file? npm run diagnose -- FILE.jsonl (or - for standard input)');
    return 2;
  }
  const input = file === '-' ? process.stdin : createReadStream(file, 'utf8');
  let number = 0;
  let broken = 0;
  try {
    // Only \n ends a line of JSON Lines; readline also takes \r\n for one end.
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (line.trim() === '') continue;
      const result = diagnoseLine(line.replace(/^\ufeff/, ''));
      if ('problem' in result) {
        broken += 1;
        say(`Line ${number}: ${result.problem}`);
      } else if (!process.stdout.write(`${JSON.stringify(result.diagnosis)}\n`)) {
        await once(process.stdout, 'drain');
      }
    }
  } catch (error) {
    say(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  return broken === 0 ? 0 : 1;
}

process.exitCode = await run(process.argv[2]);
