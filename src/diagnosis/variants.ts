import type { ErrorPattern } from './catalogue/pattern.ts';

/** Of a longer command line only the beginning is read. */
const mostCommandCharacters = 2_000;

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
  const ran = (commandLine ?? '').slice(0, mostCommandCharacters);
  const holding = pattern.variants.find(
    ({ line, command, unless }) =>
      (command?.test(ran) === true || lines.some((each) => line.test(each))) &&
      !lines.some((each) => unless?.test(each) === true),
  );
  return holding === undefined ? pattern : { ...pattern, ...holding.instead };
};
