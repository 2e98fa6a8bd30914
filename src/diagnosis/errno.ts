import { strerrors } from './strerror.ts';

/** The errors of the operating system that patterns know, by their names in C; `EAI` is every failure of name resolution. */
export const errnoNames = [
  'EPERM',
  'EIO',
  'E2BIG',
  'ENOEXEC',
  'EAGAIN',
  'ENOMEM',
  'EACCES',
  'EBUSY',
  'EXDEV',
  'ENFILE',
  'EMFILE',
  'ENOTTY',
  'ETXTBSY',
  'EFBIG',
  'ENOSPC',
  'EROFS',
  'EPIPE',
  'ENAMETOOLONG',
  'ENOTEMPTY',
  'ELOOP',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'ENETUNREACH',
  'ECONNRESET',
  'ETIMEDOUT',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EDQUOT',
  'EAI',
] as const;

export type Errno = (typeof errnoNames)[number];

const known: ReadonlySet<string> = new Set(errnoNames);

/** Linux numbers. Those that mean too many things (ENOENT, EEXIST, EIO …) are left out on purpose. */
const byNumber: ReadonlyMap<number, Errno> = new Map([
  [1, 'EPERM'],
  [7, 'E2BIG'],
  [8, 'ENOEXEC'],
  [11, 'EAGAIN'],
  [12, 'ENOMEM'],
  [13, 'EACCES'],
  [16, 'EBUSY'],
  [18, 'EXDEV'],
  [23, 'ENFILE'],
  [24, 'EMFILE'],
  [25, 'ENOTTY'],
  [26, 'ETXTBSY'],
  [27, 'EFBIG'],
  [28, 'ENOSPC'],
  [30, 'EROFS'],
  [32, 'EPIPE'],
  [36, 'ENAMETOOLONG'],
  [39, 'ENOTEMPTY'],
  [40, 'ELOOP'],
  [98, 'EADDRINUSE'],
  [99, 'EADDRNOTAVAIL'],
  [101, 'ENETUNREACH'],
  [104, 'ECONNRESET'],
  [110, 'ETIMEDOUT'],
  [111, 'ECONNREFUSED'],
  [113, 'EHOSTUNREACH'],
  [122, 'EDQUOT'],
]);

/** Names that libraries and languages use instead of those of C. */
const aliases: ReadonlyMap<string, Errno> = new Map([
  ['EWOULDBLOCK', 'EAGAIN'],
  ['EAI_AGAIN', 'EAI'],
  ['EAI_NONAME', 'EAI'],
  ['EAI_FAIL', 'EAI'],
  ['EAI_NODATA', 'EAI'],
  ['ENOTFOUND', 'EAI'],
  ['EAIAGAIN', 'EAI'],
  // Rust and Zig.
  ['AddrInUse', 'EADDRINUSE'],
  ['AddressInUse', 'EADDRINUSE'],
  ['AddrNotAvailable', 'EADDRNOTAVAIL'],
  ['ConnectionRefused', 'ECONNREFUSED'],
  ['ConnectionReset', 'ECONNRESET'],
  ['ConnectionResetByPeer', 'ECONNRESET'],
  ['ConnectionTimedOut', 'ETIMEDOUT'],
  ['PermissionDenied', 'EACCES'],
  ['StorageFull', 'ENOSPC'],
  ['NoSpaceLeft', 'ENOSPC'],
  ['ReadOnlyFilesystem', 'EROFS'],
  ['ReadOnlyFileSystem', 'EROFS'],
  ['QuotaExceeded', 'EDQUOT'],
  ['DiskQuota', 'EDQUOT'],
  ['FilesystemQuotaExceeded', 'EDQUOT'],
  ['ExecutableFileBusy', 'ETXTBSY'],
  ['CrossesDevices', 'EXDEV'],
  ['FilesystemLoop', 'ELOOP'],
  ['SymLinkLoop', 'ELOOP'],
  ['HostUnreachable', 'EHOSTUNREACH'],
  ['NetworkUnreachable', 'ENETUNREACH'],
  ['ResourceBusy', 'EBUSY'],
  ['FileTooLarge', 'EFBIG'],
  ['FileTooBig', 'EFBIG'],
  ['NameTooLong', 'ENAMETOOLONG'],
  ['ArgumentListTooLong', 'E2BIG'],
  ['ProcessFdQuotaExceeded', 'EMFILE'],
  ['SystemFdQuotaExceeded', 'ENFILE'],
  ['UnknownHostName', 'EAI'],
  ['TemporaryNameServerFailure', 'EAI'],
  ['NameServerFailure', 'EAI'],
  ['DeviceBusy', 'EBUSY'],
  ['RenameAcrossMountPoints', 'EXDEV'],
  // Python and PHP classes, Java exceptions.
  ['ConnectionRefusedError', 'ECONNREFUSED'],
  ['ConnectionResetError', 'ECONNRESET'],
  ['BrokenPipeError', 'EPIPE'],
  ['NoRouteToHostException', 'EHOSTUNREACH'],
  ['UnknownHostException', 'EAI'],
  ['ReadOnlyFileSystemException', 'EROFS'],
  ['FileSystemLoopException', 'ELOOP'],
  ['AddressInUseException', 'EADDRINUSE'],
  ['NameResolutionError', 'EAI'],
  ['gaierror', 'EAI'],
  ['UnresolvedAddressException', 'EAI'],
]);

/** Names in lower case as Erlang and Elixir print them; words that nothing else uses. */
const atoms =
  /(?<![\w./-])(eaddrinuse|eaddrnotavail|econnrefused|econnreset|etimedout|ehostunreach|enetunreach|nxdomain|enospc|emfile|enfile|erofs|edquot|eacces|etxtbsy|exdev|eloop|enoexec)(?![\w/-])/g;

const words =
  /(?<![A-Za-z0-9_/-])(?:(?<!(?<!\bUnix)\.)(?:E[A-Z0-9_]{3,15}|[A-Z][a-z]{1,20}[A-Z][A-Za-z]{2,30}|gaierror)|(?<=\.)[A-Z][A-Za-z]{3,30}(?:Exception|Error))(?![A-Za-z0-9_])/g;

const codes =
  /(?:\[Errno |\bos error |\berrno[ =:"']{1,4}|\berror=|SocketException \(|Os \{ code: |\bstatus code -|\bErrcode: |\b[Gg]ot error )(-?\d{1,4})\b/g;

/** A name in quotes is a value somebody compares with, unless it is said to be the code of an error. */
const isOnlyQuoted = (line: string, from: number, to: number): boolean => {
  const before = line[from - 1];
  if (before === undefined || !'\'"`'.includes(before) || line[to] !== before) return false;
  return !/(?:code|errno|error|err|kind|type|reason|cause|name)["']?\s{0,3}[:=]\s{0,3}$/i.test(
    line.slice(Math.max(0, from - 20), from - 1),
  );
};

type Phrases = typeof strerrors;

/** A whole message in quotes is quoted, unless something around it says that it was raised. */
const saysRaised = /[Ee]rror|Exception|message|reason|cause|errno|\bmsg|\bdetail|\bfailed/;

/** What stands before the quotation of a message, and not before a word that is meant as such. */
const introduces = /[:=({[,\]>]\s{0,3}$|(?:reason|cause|error|message|msg|exception|with) $/i;

/** Adds the errors whose message of the system stands in the line, unless it is only quoted there. */
const addFromText = (line: string, phrases: Phrases, found: Set<Errno>): void => {
  if (phrases.length === 0) return;
  const lower = line.toLowerCase();
  for (const [phrase, errno] of phrases) {
    const at = lower.indexOf(phrase);
    if (at < 0) continue;
    const quote = line[at - 1];
    const quoted =
      quote !== undefined && '\'"`“‘'.includes(quote) && '\'"`”’'.includes(line[at + phrase.length] ?? ' ');
    if (!quoted || (saysRaised.test(line.slice(0, at)) && introduces.test(line.slice(Math.max(0, at - 16), at - 1)))) {
      found.add(errno);
    }
  }
};

/**
 * @param phrases messages of the system that may be in the line
 * @param names whether the bare name of an error counts as well
 * @returns the errors of the system that `line` reports, whichever tool and language it comes from
 */
export const errnosOf = (line: string, phrases: Phrases = strerrors, names = true): ReadonlySet<Errno> => {
  const found = new Set<Errno>();
  for (const match of names ? line.matchAll(words) : []) {
    const word = match[0];
    if (isOnlyQuoted(line, match.index, match.index + word.length)) continue;
    const errno = known.has(word) ? (word as Errno) : aliases.get(word);
    if (errno !== undefined) found.add(errno);
  }
  for (const match of names ? line.matchAll(atoms) : []) {
    const name = (match[1] ?? '').toUpperCase();
    if (isOnlyQuoted(line, match.index, match.index + name.length)) continue;
    const errno = name === 'NXDOMAIN' ? 'EAI' : name;
    if (known.has(errno)) found.add(errno as Errno);
  }
  for (const match of line.matchAll(codes)) {
    const number = Number(match[1]);
    const errno = byNumber.get(Math.abs(number));
    if ((number <= -2 && number >= -5 && /\[Errno /.test(match[0])) || number === -3001 || number === -3008)
      found.add('EAI');
    else if (errno !== undefined) found.add(errno);
  }
  addFromText(line, phrases, found);
  return found;
};
