/** The key of every command of which nothing safe can be said. */
export const otherCommand = '(other)';

const longest = 120;
const longestRead = 2_000;
const mostWords = 3;

/** One word of a command line. `plain`: written without quotes, escapes or substitutions. */
interface Word {
  readonly text: string;
  readonly plain: boolean;
}

const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\r';

const endOf = (line: string, found: number): number => (found < 0 ? line.length : found);

/** @returns where the bracket that opens at `from` is closed. */
const closing = (line: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '(') depth += 1;
    if (line[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return line.length;
};

/** Splits a line into its simple commands, each a list of words. Understands quotes and escapes, nothing more, and never fails. */
const commandsOf = (line: string): readonly (readonly Word[])[] => {
  const commands: Word[][] = [];
  let words: Word[] = [];
  let text = '';
  let started = false;
  let plain = true;
  let quote = '';
  const endWord = (): void => {
    if (started) words.push({ text, plain });
    text = '';
    started = false;
    plain = true;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && /["\\$`]/.test(line[at + 1] ?? '')) {
        at += 1;
        text += line[at] ?? '';
      } else text += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      started = true;
      plain = false;
    } else if (char === '\\') {
      at += 1;
      started = true;
      plain = false;
      text += line[at] ?? '';
    } else if (char === '`' || (char === '$' && line[at + 1] === '(')) {
      // What another command is to put here is not known.
      started = true;
      plain = false;
      at = char === '`' ? endOf(line, line.indexOf('`', at + 1)) : closing(line, at + 1);
    } else if (isSpace(char)) endWord();
    else if (/[\n;&|()]/.test(char)) endCommand();
    else {
      if (char === '$') plain = false;
      started = true;
      text += char;
    }
  }
  endCommand();
  return commands;
};

const assignment = /^[A-Za-z_]\w*(?:\[\w*\])?\+?=/;

interface Wrapper {
  /** Letters of flags that take no value; after every other flag the next word is taken for its value. */
  readonly bare: string;
  /** Letters of flags that take a value, which may follow without a blank. */
  readonly valued?: string;
  readonly bareLong: readonly string[];
  /** Its own first word, for wrappers like `pnpm dlx`. */
  readonly verb?: string;
}

const noFlags: Wrapper = { bare: '', bareLong: [] };
const digits = '0123456789';

const wrappers: Readonly<Record<string, readonly Wrapper[]>> = {
  sudo: [
    {
      bare: 'AbEeHiKklnPSsVv',
      valued: 'CDghpRrTtUu',
      bareLong: ['background', 'login', 'non-interactive', 'preserve-env', 'set-home', 'shell', 'stdin', 'askpass'],
    },
  ],
  doas: [{ bare: 'Lns', bareLong: [] }],
  env: [{ bare: 'i0v', valued: 'CSu', bareLong: ['ignore-environment', 'null', 'debug'] }],
  time: [{ bare: 'apqv', valued: 'fo', bareLong: ['append', 'portability', 'quiet', 'verbose'] }],
  nice: [{ bare: digits, valued: 'n', bareLong: [] }],
  nohup: [noFlags],
  command: [noFlags],
  exec: [{ bare: 'cl', bareLong: [] }],
  npx: [{ bare: 'yq', bareLong: ['yes', 'no', 'no-install', 'quiet', 'prefer-offline', 'prefer-online'] }],
  bunx: [{ bare: 'y', bareLong: ['bun', 'silent', 'verbose', 'no-install'] }],
  pnpm: [{ bare: 'sc', bareLong: ['silent'], verb: 'dlx' }],
  yarn: [{ bare: 'q', bareLong: ['quiet'], verb: 'dlx' }],
  bun: [{ bare: 'y', bareLong: ['bun', 'silent'], verb: 'x' }],
};

/** Programs whose words are what a person writes and not what decides the size. */
const wordless = new Set(['echo', 'printf', 'print', 'read', 'expect', 'sshpass', 'export', 'set', 'alias', 'unset']);
/** Commands that only prepare the one that is meant. */
const preparing = new Set('cd pushd popd export set unset source true alias for case function test'.split(' '));
/** Words of the shell before a command. */
const shellWords = new Set('! { if then else elif do while until'.split(' '));
/** Programs whose tasks may be named with a colon; elsewhere what follows a colon may be a password. */
const taskRunners = new Set(
  'npm pnpm yarn bun deno node nx turbo task just rake rails php gradle gradlew mvn'.split(' '),
);
/** What comes after such a word may be a secret itself. */
const beforeSecret = /pass|pwd|secret|token|login|auth|key|credential|account|user/i;

/** Digits and letters in turns, or many of them together: keys and ids look like this, names seldom do. */
const looksLikeToken = (word: string): boolean => {
  if (word.length > 40) return true;
  if (!/\d/.test(word)) return /[A-Z][a-z]+[A-Z].*[A-Z].*[A-Z]/.test(word) && word.length > 16;
  if (/^[0-9a-f]{8,}$/i.test(word)) return true;
  const turns = word.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  const mixedCase = /[a-z]/.test(word) && /[A-Z]/.test(word);
  return word.length > 20 || turns > 2 || (turns > 1 && word.length > 12) || (mixedCase && turns > 0);
};

const baseName = (path: string): string =>
  path
    .replace(/[/\\]+$/, '')
    .split(/[/\\]/)
    .at(-1) ?? '';

const programOf = (word: Word): string => {
  // The scope and the version of a package say nothing of what it needs.
  const name = baseName(word.text)
    .replace(/(?<=.)@.*$/, '')
    .replace(/\.(?:exe|cmd|bat)$/i, '');
  return /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(name) && !looksLikeToken(name) ? name : '';
};

const subcommandOf = (word: Word, program: string): string => {
  if (!word.plain || !/^[\w:.~+/-]+$/.test(word.text) || word.text.includes('//')) return '';
  if (word.text.includes(':') && !taskRunners.has(program)) return '';
  const name = word.text.includes('/') ? baseName(word.text) : word.text;
  return /^[A-Za-z][A-Za-z0-9_:.+-]*$/.test(name) && !looksLikeToken(name) ? name : '';
};

/** @returns whether the word after this flag belongs to the flag, as far as is known. */
const takesNext = (flag: string, { bare, bareLong, valued = '' }: Wrapper): boolean => {
  if (flag === '-') return false;
  if (flag.startsWith('--')) return !flag.includes('=') && !bareLong.includes(flag.slice(2));
  const letters = [...flag.slice(1)];
  const other = letters.findIndex((letter) => !bare.includes(letter));
  if (other < 0) return false;
  const isAttached = valued.includes(letters[other] ?? '') && other < letters.length - 1;
  return !isAttached;
};

/** @returns where the wrapped command begins, or null when `words` do not begin with this wrapper. */
const behind = (words: readonly Word[], wrapper: Wrapper): number | null => {
  let at = 1;
  let verb = wrapper.verb;
  for (; at < words.length; at += 1) {
    const text = words[at]?.text ?? '';
    if (text === '--') {
      at += 1;
      break;
    }
    if (text.startsWith('-')) {
      if (takesNext(text, wrapper)) at += 1;
      continue;
    }
    if (verb === undefined) break;
    if (text !== verb) return null;
    verb = undefined;
  }
  return verb === undefined ? Math.min(at, words.length) : null;
};

/** Takes assignments and wrappers off the front. */
const unwrapped = (command: readonly Word[]): readonly Word[] => {
  let words = command;
  // Every turn takes at least one word off.
  for (;;) {
    const [first] = words;
    if (first === undefined) return words;
    if (assignment.test(first.text) || shellWords.has(first.text)) {
      words = words.slice(1);
      continue;
    }
    const name = baseName(first.text);
    const found = (Object.hasOwn(wrappers, name) ? (wrappers[name] ?? []) : [])
      .map((wrapper) => behind(words, wrapper))
      .find((at) => at !== null);
    if (found === undefined || found === null) return words;
    words = words.slice(found);
  }
};

const wordsOf = (command: readonly Word[]): readonly string[] => {
  const [first, ...rest] = unwrapped(command);
  const program = first === undefined ? '' : programOf(first);
  if (program === '') return [];
  const words = [program];
  if (wordless.has(program)) return words;
  for (const word of rest.slice(0, mostWords)) {
    const name = word.text.startsWith('-') ? '' : subcommandOf(word, program);
    if (name === '') break;
    words.push(name);
    if (beforeSecret.test(name)) break;
  }
  return words;
};

const folderOf = (cwd: string | null): string => {
  const name = cwd === null ? '' : baseName(cwd.slice(-longestRead));
  return /^[\w.][\w. +-]*$/.test(name) && !looksLikeToken(name) ? ` @${name}` : '';
};

/**
 * The name under which runs of the same command are remembered: its program without path, up to three words that follow it
 * (`npm run build`), and the name of the folder it runs in. Of a line with several commands, the first that does more than prepare the
 * others. Nothing that may be a secret goes in: no flags and nothing behind one, no assignments, no quoted words, nothing that looks like
 * a key. At most 120 characters. Never throws.
 */
export const commandKey = (commandLine: string, cwd: string | null): string => {
  const commands = commandsOf(commandLine.slice(0, longestRead)).map(wordsOf);
  const named = commands.filter(([program]) => program !== undefined);
  const meant = named.find(([program]) => program !== undefined && !preparing.has(program)) ?? named[0];
  return meant === undefined ? otherCommand : `${meant.join(' ')}${folderOf(cwd)}`.slice(0, longest).trimEnd();
};
