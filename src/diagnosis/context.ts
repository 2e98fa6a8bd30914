/** Commands that only show what others have written. */
const readers = new Set([
  'cat',
  'bat',
  'less',
  'more',
  'head',
  'tail',
  'grep',
  'egrep',
  'fgrep',
  'rg',
  'ag',
  'diff',
  'man',
  'echo',
  'printf',
  'ls',
  'tree',
  'find',
  'wc',
  'sort',
  'uniq',
  'jq',
  'history',
]);
const readingGit = new Set(['log', 'diff', 'show', 'blame', 'grep', 'status']);

const readsOnly = (segment: string): boolean => {
  const words = segment
    .trim()
    .split(/\s+/, 8)
    .filter((word) => !/^\w{1,60}=/.test(word) && word !== 'sudo');
  const [name, second] = words;
  if (name === undefined) return true;
  if (name === 'git') return second !== undefined && readingGit.has(second);
  return readers.has(name.slice(name.lastIndexOf('/') + 1));
};

/**
 * Whether every part of a command line only shows texts: an error in its output is then most likely somebody else's.
 * An unknown command line is not taken for one.
 */
export const commandOnlyReads = (commandLine: string | null): boolean => {
  const segments = (commandLine ?? '').slice(0, 4_000).split(/&&|\|\||[;|\n]/);
  return segments.some((segment) => segment.trim() !== '') && segments.every(readsOnly);
};

const quotations = [
  // A compiler shows the source line it means.
  /^\s{0,12}\d{0,6} \| /,
  // Tests that passed, and the name of one that failed.
  /^\s{0,12}(?:[✓✔√]|ok\b|PASS\b|--- PASS|=== RUN|PASSED\b)/,
  /^test .{1,300} \.\.\. ok$/,
  /^(?:FAILED|PASSED|ERROR) \S{1,300}::/,
  /^.{1,300} PASSED\b/,
  // Lists and headings of a text that explains.
  /^\s{0,8}(?:[-*] (?:\*\*|`)|#{1,6} \S)/,
];

/** Whether a line shows a text rather than says it: source excerpts, names of tests. */
export const isQuotation = (line: string): boolean => quotations.some((form) => form.test(line));
