import { parseArgs } from 'node:util';
import { say } from './toolchain.mjs';

/**
 * Reads what a task was given. Ends the process with 2, after one sentence, when that makes no sense.
 * @param options as parseArgs takes them
 * @returns values and positionals
 */
export function readOptions(options, { allowPositionals = false } = {}) {
  try {
    return parseArgs({ options, allowPositionals });
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
