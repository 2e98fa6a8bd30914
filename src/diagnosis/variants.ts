import type { ErrorPattern } from './catalogue/pattern.ts';
import { readCommand } from './commands.ts';

/**
 * The record of an error with the words and fixes of the first of its variants that holds: the same answer of a server is another
 * matter where a package manager asked.
 * @param lines the line of the error, in each form it was read in
 */
export const withVariant = (
  pattern: ErrorPattern,
  lines: readonly string[],
  commandLine: string | null,
): ErrorPattern => {
  const ran = readCommand(commandLine);
  const holding = pattern.variants.find(
    ({ line, command, unless }) =>
      (command?.test(ran) === true || lines.some((each) => line.test(each))) &&
      !lines.some((each) => unless?.test(each) === true),
  );
  return holding === undefined ? pattern : { ...pattern, ...holding.instead };
};
