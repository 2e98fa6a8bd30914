/** Commands that only show what others have written. */
const readers = new Set([
  'cat',
  'zcat',
  'bat',
  'batcat',
  'less',
  'more',
  'head',
  'tail',
  'grep',
  'egrep',
  'fgrep',
  'zgrep',
  'rg',
  'ag',
  'ack',
  'diff',
  'colordiff',
  'cmp',
  'man',
  'tldr',
  'info',
  'apropos',
  'whatis',
  'echo',
  'printf',
  'ls',
  'tree',
  'find',
  'fd',
  'wc',
  'sort',
  'uniq',
  'jq',
  'yq',
  'history',
  'awk',
  'gawk',
  'sed',
  'cut',
  'tr',
  'nl',
  'tac',
  'rev',
  'column',
  'fold',
  'fmt',
  'strings',
  'xxd',
  'od',
  'hexdump',
  'type',
  'which',
  'file',
  'help',
  'glow',
  'mdcat',
  'errno',
]);
/** Commands that say nothing of their own and do not make a line a program. */
const silent = new Set([
  'cd',
  'true',
  'false',
  'sleep',
  'set',
  'export',
  'unset',
  'test',
  '[',
  'exit',
  'clear',
  'pwd',
  ':',
  'mkdir',
  'touch',
  'rm',
  'done',
  'fi',
  'do',
  'then',
]);
const readingGit = new Set([
  'status',
  'log',
  'diff',
  'show',
  'blame',
  'grep',
  'shortlog',
  'reflog',
  'whatchanged',
  'range-diff',
]);
const readingOthers: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['gh', new Set(['issue', 'pr', 'run', 'search', 'release'])],
  ['glab', new Set(['issue', 'mr', 'ci', 'release'])],
  ['svn', new Set(['log', 'diff', 'cat'])],
  ['hg', new Set(['log', 'diff', 'cat'])],
]);
/** Of those, what shows something; `gh pr create` and the like do something. */
const showing = new Set(['view', 'list', 'ls', 'diff', 'checks', 'watch', 'status', 'trace']);
/** What these programs say when they fail themselves, without their name before it. */
const forgesOwn =
  /^(?:error connecting to |check your internet connection|failed to |To get started with GitHub CLI|HTTP \d{3}|GraphQL: |gh: |glab: |fatal: |Try authenticating with|Post "http|Get "http|none of the git remotes|no git remotes found|could not |unknown (?:flag|command))/i;
/** Commands that start another one, and may fail before that. */
const starters = /^(?:sudo|doas|env|timeout|nice|xargs): /;
const shells = /^-?(?:\/\S{0,80}\/)?(?:bash|sh|dash|ash|zsh|ksh|mksh|fish|csh|tcsh|busybox)(?::|\b)/;

/** Of a longer command line only the beginning is read by expressions. */
const mostCommandCharacters = 2_000;

/** @returns what of a command line expressions look at; empty where it is not known. */
export const readCommand = (commandLine: string | null): string => (commandLine ?? '').slice(0, mostCommandCharacters);

/** The words of one command, without what only goes before it: variables, `sudo`, `env`. */
export const wordsOf = (segment: string): readonly string[] =>
  segment
    .trim()
    .split(/\s+/, 12)
    .filter(
      (word) => !/^\w{1,60}=/.test(word) && !['sudo', 'env', 'command', 'time', 'nice', '(', '{', '!'].includes(word),
    );

/** The program that a word names, without its folder. */
export const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** The words of git behind the options that come before its command. */
const gitCommand = (words: readonly string[]): string | undefined => {
  let index = 1;
  while (words[index]?.startsWith('-')) index += words[index] === '-C' || words[index] === '-c' ? 2 : 1;
  return words[index];
};

const reads = (words: readonly string[]): boolean => {
  const name = baseName(words[0] ?? '');
  if (name === 'git') return readingGit.has(gitCommand(words) ?? '');
  if (readingOthers.get(name)?.has(words[1] ?? '') === true)
    return !/^(?:gh|glab)$/.test(name) || words[1] === 'search' || showing.has(words[2] ?? '');
  return readers.has(name);
};

/** Parts of a command line, cut at what joins commands; what stands in quotes is not cut. */
export const segmentsOf = (commandLine: string): readonly string[] => {
  const segments: string[] = [];
  let current = '';
  let quote = '';
  for (const char of commandLine.slice(0, 4_000)) {
    if (quote !== '') {
      if (char === quote) quote = '';
      current += char === '\n' ? ' ' : char;
    } else if (char === '"' || char === "'" || char === '`') {
      quote = char;
      current += char;
    } else if (char === ';' || char === '|' || char === '\n' || char === '&') {
      segments.push(current);
      current = '';
    } else {
      current += char;
    }
  }
  segments.push(current);
  return segments.filter(
    (segment) => segment.trim() !== '' && !/^\s*\d?>/.test(segment) && !/^\s*>?\d{0,2}\s*$/.test(segment),
  );
};

/**
 * The names of the commands in a line of which every part only shows texts: an error in its output is then most likely somebody
 * else's. Null when some part does more, or when nothing is known of it.
 */
export const readersOnly = (commandLine: string | null): readonly string[] | null => {
  const names: string[] = [];
  for (const segment of segmentsOf(commandLine ?? '')) {
    const words = wordsOf(segment);
    const name = baseName(words[0] ?? '');
    if (name === '' || silent.has(name)) continue;
    if (!reads(words)) return null;
    names.push(name);
  }
  return names.length > 0 ? names : null;
};

/** Whether a line was printed by one of these readers or by the shell itself, and not shown by them. */
export const isReadersOwn = (line: string, names: readonly string[]): boolean =>
  shells.test(line) ||
  starters.test(line) ||
  (names.some((name) => name === 'gh' || name === 'glab') && forgesOwn.test(line)) ||
  (names.includes('awk') && /^[gm]awk: /.test(line)) ||
  names.some((name) => line.startsWith(`${name}: `) || line.includes(`/${name}: `)) ||
  (names.includes('git') && /^(?:fatal|error|[Ss]chwerwiegend|[Ff]ehler): /.test(line));
