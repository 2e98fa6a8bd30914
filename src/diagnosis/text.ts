/** Only this many characters from the end of an output are looked at; what failed stands there. */
const mostCharacters = 60_000;
const mostLineCharacters = 2_000;

// Escape sequences: OSC up to BEL or ST, CSI, the two-character ones. Every repetition is bounded or ends at a fixed character.
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /\u001b\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)?|[\u001b\u009b][[\]()#;?]{0,4}(?:\d{1,4}(?:[;:]\d{0,4}){0,16})?[\dA-PR-TZcf-nq-uy=><~@`]|\u001b[@-_]/g;

/** Words that tools put in front of the lines of others. */
const prefixes = [
  /^#\d{1,4} (?:\d{1,6}\.\d{1,3} )?/,
  /^[\w.-]{1,60} {1,20}\| /,
  /^\d{1,4}\|[\w.-]{1,60} {1,20}\| /,
  /^E {3}/,
  /^npm (?:error|ERR!) /,
];

/** What is left on a terminal line after a progress bar has written over itself. */
const lastOverwrite = (line: string): string => {
  const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line;
  const from = trimmed.lastIndexOf('\r');
  return from < 0 ? trimmed : trimmed.slice(from + 1);
};

/** @returns `text` without terminal escape sequences and other control characters, line feeds and tabs kept. */
export const stripEscapes = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  text.replace(escapes, '').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u009b]/g, '');

/** @returns `line` without the prefixes of build tools and log collectors. */
export const withoutPrefix = (line: string): string => {
  for (const prefix of prefixes) {
    const found = prefix.exec(line)?.[0];
    if (found !== undefined) return line.slice(found.length);
  }
  return line;
};

/** @returns the visible lines of an output, in order, each capped, empty ones left out. */
export const visibleLines = (output: string): readonly string[] => {
  const cut = output.length > mostCharacters;
  const lines = stripEscapes(output.slice(-mostCharacters)).split('\n');
  // The first line of a cut output is only a part of one.
  return (cut ? lines.slice(1) : lines)
    .map((line) => lastOverwrite(line).slice(0, mostLineCharacters).trimEnd())
    .filter((line) => line.trim() !== '');
};
