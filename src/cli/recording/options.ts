import { parseArgs } from 'node:util';
import { messageOf } from '../message-of.ts';

/** What one recording is asked for. */
export interface RecordOptions {
  readonly memoryBytes: number;
  readonly cpuCores: number;
  readonly pids: number;
  readonly openFiles: number;
  /** Size of the workload's own disk; null when it works where the recorder was started. */
  readonly diskBytes: number | null;
  readonly id: string;
  readonly family: string;
  readonly workload: string;
  readonly intended: string;
  readonly language: string;
  readonly seed: number | null;
  readonly notes: string;
  readonly outFolder: string;
  readonly replaces: boolean;
  /** The recording ends after this long, when nothing ends it before. */
  readonly seconds: number;
  readonly sessionFile: string | null;
  readonly words: readonly string[];
}

/** The command line is not understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `Records a command in a limited cgroup as a trace: ID.csv and ID.json.

  npm run record -- [options] -- COMMAND [ARGUMENT…]     a single COMMAND word is run by the shell
  npm run record -- [options] --session FILE             one shell command a line; "sleep 20" is a pause, "# …" a comment, "… &" runs beside
  npm run record -- --all [--only PATTERN] [--jobs N]    the whole set in test/replay/cases.mjs

  --mem 512m       memory limit            --cpus 1        CPU quota in cores
  --pids 256       most tasks              --nofile 4096   most open files of one process
  --disk 200m      a disk of its own (ext4; it is the current folder and $TMPDIR)
  --seconds 600    longest time            --out DIR       where the files go (test/replay/traces/own)
  --id NAME        name of the trace       --family NAME   kind of workload
  --workload TEXT  --intended KIND  --language NAME  --seed N  --notes TEXT    further words for the JSON
  --replace        overwrite a trace of this name

$PROJECT names the folder the recorder was started in. A workload that touches the file $HB_FILE every second has a heartbeat.`;

const units: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** @returns bytes of a size like `512m`, `1.5g` or `200MiB`; one unit is 1024 of the smaller. @throws UsageError */
export function parseSize(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  const unit = match === null ? undefined : units[(match[2] ?? '').toLowerCase()];
  if (match === null || unit === undefined) throw new UsageError(`${flag} takes a size like 512m, not "${text}".`);
  const bytes = Math.round(Number(match[1]) * unit);
  if (!Number.isSafeInteger(bytes)) throw new UsageError(`${flag}: ${text} is more than any machine has.`);
  return bytes;
}

function parseNumber(text: string, flag: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
    throw new UsageError(`${flag} takes a number from ${least} to ${most}, not "${text}".`);
  return value;
}

function parseName(text: string, flag: string): string {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(text))
    throw new UsageError(`${flag} takes letters, digits, ".", "_" and "-", not "${text}".`);
  return text;
}

const specification = {
  mem: { type: 'string', default: '512m' },
  cpus: { type: 'string', default: '1' },
  pids: { type: 'string', default: '256' },
  nofile: { type: 'string', default: '4096' },
  disk: { type: 'string' },
  id: { type: 'string' },
  family: { type: 'string', default: 'other' },
  workload: { type: 'string', default: '' },
  intended: { type: 'string', default: '' },
  language: { type: 'string', default: '' },
  seed: { type: 'string' },
  notes: { type: 'string', default: '' },
  out: { type: 'string', default: 'test/replay/traces/own' },
  seconds: { type: 'string', default: '600' },
  session: { type: 'string' },
  replace: { type: 'boolean', default: false },
} as const;

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: specification, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

const mebibyte = 2 ** 20;

/**
 * Reads the command line.
 * @param nowMs gives a recording without `--id` its name
 * @throws UsageError
 */
export function parseOptions(args: readonly string[], nowMs: number): RecordOptions {
  const { values, positionals } = readFlags(args);
  if (values.session === undefined && positionals.length === 0)
    throw new UsageError('There is no command: write it after "--".');
  if (values.session !== undefined && positionals.length > 0)
    throw new UsageError('Either --session or a command, not both.');
  const family = parseName(values.family, '--family');
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const memoryBytes = parseSize(values.mem, '--mem');
  if (memoryBytes < 8 * mebibyte) throw new UsageError('--mem is at least 8m.');
  const diskBytes = values.disk === undefined ? null : parseSize(values.disk, '--disk');
  if (diskBytes !== null && diskBytes < 8 * mebibyte) throw new UsageError('--disk is at least 8m.');
  return {
    memoryBytes,
    cpuCores: parseNumber(values.cpus, '--cpus', 0.05, 1_024),
    pids: Math.round(parseNumber(values.pids, '--pids', 4, 4_000_000)),
    openFiles: Math.round(parseNumber(values.nofile, '--nofile', 16, 1_000_000)),
    diskBytes,
    id: parseName(values.id ?? `${stamp}-${family}`, '--id'),
    family,
    workload: values.workload,
    intended: values.intended,
    language: values.language,
    seed: values.seed === undefined ? null : parseNumber(values.seed, '--seed', 0, 2 ** 53),
    notes: values.notes,
    outFolder: values.out,
    replaces: values.replace,
    seconds: parseNumber(values.seconds, '--seconds', 1, 86_400),
    sessionFile: values.session ?? null,
    words: positionals,
  };
}
