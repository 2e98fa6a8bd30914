const MARK = '[redacted]';

/** Words that make a name the name of a secret. */
const secretWords = new Set(
  'secret secrets token password passwd passphrase apikey accesskey privatekey authtoken credential credentials'.split(
    ' ',
  ),
);
/** Words that do so only in a longer name or before `=`: alone they are ordinary words (`PWD=/home`, `pass: 12`). */
const weakWords = new Set('pass pwd auth sig signature'.split(' '));
/** What a `…_KEY` may be called without being a secret. */
const openKeys = new Set('primary foreign cache partition sort public registry hot foreground command'.split(' '));
/** A name ending in one of these tells about a secret without being one, e.g. `token_type`, `PASSWORD_FILE`. */
const harmlessEndings = new Set(
  'name path file dir url uri type count limit length size ttl expires expiry policy version format enabled required'.split(
    ' ',
  ),
);

const isSecretName = (name: string, separator: string): boolean => {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_.-]+/)
    .filter((word) => word !== '');
  const last = words.at(-1);
  const first = words[0];
  if (last === undefined || first === undefined || harmlessEndings.has(last)) return false;
  // Also run together with what it belongs to: `PGPASSWORD`, `dbpassword`.
  if (words.some((word) => secretWords.has(word) || word.endsWith('password'))) return true;
  if (words.some((word, i) => word === 'key' && /^(?:api|access|private|secret)$/.test(words[i - 1] ?? '')))
    return true;
  const several = words.length > 1;
  if (several && last === 'key' && !openKeys.has(first)) return true;
  return weakWords.has(last) && (several || (separator.includes('=') && last !== 'pwd'));
};

// Every pattern below starts where a name, scheme or token starts (the look-behind) or has bounded repeats, so the time
// taken grows with the length of the text and not with its square.
const header = /(?<![\w-])((?:proxy-)?authorization|(?:set-)?cookie)(\\?["']?\s{0,2}[:=]\s{0,2}\\?["']?)[^\r\n"'\\]+/gi;
const assignment = /(?<![\w.-])([\w.-]+)(\\?["']?\s{0,2}[:=]\s{0,2})/g;
const flag = /(?<![\w-])--([A-Za-z][A-Za-z0-9-]*)(\s{1,2})(?!-)/g;
/** A value in quotes on one line, or up to what usually ends one. */
const value = /"(?:[^"\\\r\n]|\\.){0,4096}"|'(?:[^'\\\r\n]|\\.){0,4096}'|\\?["']?[^\s"'\\&;,]+/y;
const bearer = /(?<!\w)(bearer|basic)(\s{1,3})([\w.~+/=-]{8,})/gi;
const userInfo = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/"'?#]{1,1024})@/gi;
const tokenShapes = new RegExp(
  `(?<![A-Za-z0-9_-])(?:${[
    'gh[pousr]_[A-Za-z0-9]{16,}',
    'github_pat_\\w{16,}',
    'gl(?:pat|dt|rt|cbt)-[\\w-]{16,}',
    'sk-[\\w-]{16,}',
    '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}',
    'A(?:KIA|SIA|GPA|ROA)[A-Z0-9]{16}',
    'xox[abeoprs]-[A-Za-z0-9-]{10,}',
    'xapp-[A-Za-z0-9-]{10,}',
    'AIza[\\w-]{30,}',
    'ya29\\.[\\w-]{16,}',
    'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
    'npm_[A-Za-z0-9]{30,}',
    'pypi-[\\w-]{16,}',
    'hf_[A-Za-z0-9]{20,}',
    'dckr_(?:pat|oat)_[\\w-]{16,}',
    'e2b_[A-Za-z0-9]{16,}',
    'csb_v1_[\\w-]{16,}',
    'sntry[su]_[\\w+/=-]{16,}',
    'eyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)?',
  ].join('|')})`,
  'g',
);

const redactPrivateKeys = (text: string): string => {
  const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----/g;
  const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----/g;
  let kept = '';
  let from = 0;
  for (let opening = begin.exec(text); opening !== null; opening = begin.exec(text)) {
    kept += text.slice(from, opening.index) + MARK;
    end.lastIndex = opening.index;
    // A block without an end was cut off: nothing after its beginning is shown.
    if (end.exec(text) === null) return kept;
    from = end.lastIndex;
    begin.lastIndex = from;
  }
  return kept + text.slice(from);
};

/** Puts the mark in place of a value and keeps the quotes around it. */
const marked = (quoted: string): string => {
  const opening = /^\\?["']/.exec(quoted)?.[0] ?? '';
  const closes = opening.length === 1 && quoted.length > 1 && quoted.endsWith(opening);
  return `${opening}${MARK}${closes ? opening : ''}`;
};

/**
 * Hides the values behind the names that `naming` finds and that are names of secrets. What follows other names is
 * searched again, as it may hold another name: `error: TOKEN=…`.
 */
const redactValues = (text: string, naming: RegExp): string => {
  let kept = '';
  let from = 0;
  for (const found of text.matchAll(naming)) {
    const [whole, name = '', separator = ''] = found;
    if (found.index < from || !isSecretName(name, separator)) continue;
    value.lastIndex = found.index + whole.length;
    const quoted = value.exec(text)?.[0];
    if (quoted === undefined) continue;
    kept += text.slice(from, found.index) + whole + marked(quoted);
    from = found.index + whole.length + quoted.length;
  }
  return kept + text.slice(from);
};

const redactHeaders = (text: string): string =>
  text.replace(header, (_, name: string, separator: string) => `${name}${separator}${MARK}`);

const redactUserInfo = (text: string): string =>
  text.replace(userInfo, (whole, scheme: string, user: string) => {
    const colon = user.indexOf(':');
    if (colon >= 0) return `${scheme}${user.slice(0, colon)}:${MARK}@`;
    return user.length < 16 ? whole : `${scheme}${MARK}@`;
  });

const redactBearers = (text: string): string =>
  text.replace(bearer, (whole, scheme: string, gap: string, token: string) =>
    /\d/.test(token) ? `${scheme}${gap}${MARK}` : whole,
  );

/**
 * `text` without the secrets that can be recognised: keys, tokens and passwords in headers, URLs, flags, JSON and
 * `NAME=value` forms, bearer tokens, private keys, and tokens with a well-known shape. For everything that is logged,
 * kept or shown. It rather hides too much than too little, takes linear time, and doing it twice changes nothing.
 */
export const redactSecrets = (text: string): string => {
  const withoutHeaders = redactHeaders(redactUserInfo(redactPrivateKeys(text)));
  const withoutValues = redactValues(redactValues(withoutHeaders, assignment), flag);
  return redactBearers(withoutValues).replace(tokenShapes, MARK);
};
