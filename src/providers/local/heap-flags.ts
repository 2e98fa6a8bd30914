import { defaultHeap } from '../../model/heap-defaults.ts';
import type { HeapLimit } from '../../model/sample.ts';

/*
 * Heap limits that a process set itself, found by the names of known flags and variables. Command lines and environments are looked at here
 * and thrown away; only the name of a flag and its number come out. Which program reads which name: Node.js CLI documentation, `java -X` and
 * the JDK_JAVA_OPTIONS page, Go's runtime package, .NET's garbage collector settings.
 */

/** Size of a share: the limit of the sandbox, or the memory of the machine. */
type Whole = number | null;

type Runtime = 'node' | 'java' | 'other' | 'none';

const mebibyte = 1024 ** 2;
const unitBytes: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: mebibyte, g: 1024 ** 3, t: 1024 ** 4 };
const sizeText = /^(\d{1,15})(?:([bkmgt])|([KMGT])iB)?$/i;

/** Bytes of `512m`, `2G`, `512MiB`. */
const size = (text: string): number | null => {
  const match = sizeText.exec(text);
  const unit = unitBytes[(match?.[2] ?? match?.[3] ?? '').toLowerCase()];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
};
const mebibytes = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) * mebibyte : null);
const hexadecimal = (text: string): number | null =>
  /^(?:0x)?[0-9a-f]{1,13}$/i.test(text) ? Number.parseInt(text, 16) : null;
const share = (text: string, whole: Whole): number | null =>
  whole !== null && /^\d{1,3}(?:\.\d{1,6})?$/.test(text) && Number(text) <= 100 ? (whole * Number(text)) / 100 : null;

interface Flag {
  readonly name: string;
  readonly runtime: Runtime;
  readonly pattern: RegExp;
  readonly bytes: (value: string, whole: Whole) => number | null;
  /** Only counts where no flag names a size. */
  readonly isShare?: true;
}

const flags: readonly Flag[] = [
  {
    name: '--max-old-space-size',
    runtime: 'node',
    pattern: /^--max[-_]old[-_]space[-_]size=(.*)$/s,
    bytes: mebibytes,
  },
  {
    name: '--max-old-space-size-percentage',
    runtime: 'node',
    pattern: /^--max[-_]old[-_]space[-_]size[-_]percentage=(.*)$/s,
    bytes: share,
    isShare: true,
  },
  { name: '-Xmx', runtime: 'java', pattern: /^-Xmx(.*)$/s, bytes: size },
  { name: '-XX:MaxHeapSize', runtime: 'java', pattern: /^-XX:MaxHeapSize=(.*)$/s, bytes: size },
  {
    name: '-XX:MaxRAMPercentage',
    runtime: 'java',
    pattern: /^-XX:MaxRAMPercentage=(.*)$/s,
    bytes: share,
    isShare: true,
  },
];

/** Variables that hold flags, in the order in which the program reads them; a later one wins. */
const flagVariables: Readonly<Record<'node' | 'java', readonly string[]>> = {
  node: ['NODE_OPTIONS'],
  java: ['JDK_JAVA_OPTIONS', 'JAVA_TOOL_OPTIONS'],
};
/** Wins over the command line. */
const lateVariable = '_JAVA_OPTIONS';

const limitVariables: readonly Flag[] = [
  { name: 'GOMEMLIMIT', runtime: 'other', pattern: /^GOMEMLIMIT=(.*)$/s, bytes: size },
  { name: 'DOTNET_GCHeapHardLimit', runtime: 'other', pattern: /^DOTNET_GCHeapHardLimit=(.*)$/s, bytes: hexadecimal },
  {
    name: 'DOTNET_GCHeapHardLimitPercent',
    runtime: 'other',
    pattern: /^DOTNET_GCHeapHardLimitPercent=(.*)$/s,
    bytes: (text, whole) => {
      const percent = hexadecimal(text);
      return percent === null ? null : share(String(percent), whole);
    },
    isShare: true,
  },
];

/**
 * A variable is believed only by the kind of program that reads it: children inherit it for nothing. The kernel adds a word to the path of a
 * program whose file was replaced while it runs.
 */
export const runtimeOf = (program: string): Runtime => {
  const name = program.slice(program.lastIndexOf('/') + 1).replace(/ \(deleted\)$/, '');
  if (/^(?:node|electron)/.test(name)) return 'node';
  if (/^(?:java\d*$|jsvc)/.test(name)) return 'java';
  return /^(?:python|ruby|perl|php|deno|bun|busybox)|^(?:ba|da|a|z)?sh$/.test(name) ? 'none' : 'other';
};

/** The programs of these own flags end; what follows belongs to the script. */
const scriptFile = /\.(?:[cm]?js|ts)$/;
const takesValue: readonly string[] = ['-r', '--require', '--import', '--loader', '--experimental-loader'];

/** The part of a command line that the runtime itself reads. */
const ownArguments = (runtime: Runtime, argv: readonly string[]): readonly string[] => {
  const own: string[] = [];
  for (const [index, word] of argv.entries()) {
    if (runtime === 'java' && word === '-jar') break;
    if (runtime === 'node' && scriptFile.test(word) && !takesValue.includes(argv[index - 1] ?? '')) break;
    own.push(word);
  }
  return own;
};

const split = (text: string | null): readonly string[] => text?.split('\0').filter((word) => word !== '') ?? [];

/**
 * The limit that a process set itself.
 * @param program path of the program file; null when it may not be read, and the first word of the command line decides.
 * @param commandLine `/proc/<pid>/cmdline`
 * @param environment `/proc/<pid>/environ`; null when it may not be read.
 * @param wholeBytes what a share is a share of: the limit that the runtime sees.
 */
export const heapLimitOf = (
  program: string | null,
  commandLine: string | null,
  environment: string | null,
  wholeBytes: number | null,
): HeapLimit | null => {
  const argv = split(commandLine);
  const runtime = runtimeOf(program ?? argv[0] ?? '');
  if (runtime === 'none') return null;
  const variables = split(environment);
  let bySize: HeapLimit | null = null;
  let byShare: HeapLimit | null = null;
  const take = (word: string, known: readonly Flag[], via: string | null): void => {
    for (const flag of known) {
      const value = flag.runtime === runtime ? flag.pattern.exec(word)?.[1] : undefined;
      const bytes = value === undefined ? null : flag.bytes(value, wholeBytes);
      if (bytes === null || bytes < 1 || !Number.isSafeInteger(Math.round(bytes))) continue;
      const limit = { limitBytes: Math.round(bytes), source: via === null ? flag.name : `${flag.name} (${via})` };
      if (flag.isShare) byShare = limit;
      else bySize = limit;
    }
  };
  const takeVariable = (name: string): void => {
    const value = variables.findLast((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
    for (const word of value?.split(/\s+/) ?? []) take(word, flags, name);
  };
  if (runtime === 'other') for (const variable of variables) take(variable, limitVariables, null);
  else for (const name of flagVariables[runtime]) takeVariable(name);
  for (const word of ownArguments(runtime, argv.slice(1))) take(word, flags, null);
  if (runtime === 'java') takeVariable(lateVariable);
  return bySize ?? byShare ?? byDefault(runtime, wholeBytes);
};

/** What nobody set, the runtime chooses; of a program that only looks like one of them it is a guess like any other. */
const byDefault = (runtime: Runtime, wholeBytes: number | null): HeapLimit | null =>
  wholeBytes !== null && (runtime === 'node' || runtime === 'java') ? defaultHeap(runtime, wholeBytes) : null;
