import type { Forecast, RisingPeaks } from '../model/forecast.ts';
import type { SignalName } from '../model/signal.ts';
import { unitOf } from '../model/signal.ts';
import type { Expectation } from './commands.ts';
import type { EarlierLives } from './lives.ts';
import type { Outlook } from './outlook.ts';
import { type SignalTrack, warmUpMs } from './track.ts';

/** What is below this share of the limit is not worth a word. */
const worthSaying = 0.01;
/** A change below this share of the limit a minute is called level. */
const levelPerMinute = 0.01;

/** Digits in threes, from five on: inodes come in millions. */
const grouped = (value: number): string =>
  Math.abs(value) < 10_000 ? String(value) : String(value).replace(/\B(?=(\d{3})+$)/g, ',');

function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return grouped(Math.round(value));
  return size >= 10 ? value.toFixed(1).replace(/\.0$/, '') : String(Number(value.toPrecision(2)));
}

/** The pid in words; 0 stands for a process that no list names. */
export const pidInWords = (pid: number): string => (pid === 0 ? '' : ` (pid ${pid})`);

/** Bytes in the largest binary unit that leaves at least one, e.g. `4.2 MiB`. */
function bytesInWords(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  let value = bytes;
  let i = 0;
  // What is rounded to 1024 of a unit is one of the next: a slope around 1 MiB/s is not to change its unit to and fro.
  for (; Math.abs(value) >= 1023.5 && i < names.length - 1; i++) value /= 1024;
  return `${short(value)} ${names[i] ?? 'TiB'}`;
}

/** @returns a duration as people say it: `90 s`, `4 min`, `3 h`. */
export function durationInWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** A time of less than a minute, to a tenth of a second. */
export const secondsInWords = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(1)} s`;

const amount = (signal: SignalName, value: number): string =>
  unitOf(signal) === 'bytes' ? bytesInWords(value) : short(value);

function noteInWords(signal: SignalName, track: SignalTrack): string | null {
  const note = track.note;
  if (note === null) return null;
  if (note.kind === 'limit') return `limit changed from ${amount(signal, note.from)} to ${amount(signal, note.to)}`;
  const by = durationInWords(note.byMs);
  const why = {
    'clock-back': `the clock went back ${by}`,
    hole: `no reading for ${by}`,
    source: 'the source changed',
    kill: 'after an out-of-memory kill',
    'other-process': 'another process is the largest',
  }[note.why];
  return `${why}, trend began anew`;
}

/** What the track says about the course of the signal, without limit and remarks. */
function course(signal: SignalName, track: SignalTrack, outlook: Outlook, grower: Forecast['grower']): string[] {
  const limit = track.limit ?? 0;
  const slope = outlook.slopePerSecond;
  if (track.warmingUp || slope === null) {
    const seen = durationInWords(track.lastAtMs - track.sinceMs);
    return [`watched for ${seen}, a trend needs ${track.warmingUp ? durationInWords(warmUpMs) : 'more readings'}`];
  }
  const parts: string[] = [];
  const seen = durationInWords(outlook.seenForMs);
  if (outlook.rising) {
    const who = grower === null ? '' : ` (${grower.name}${grower.pid === 0 ? '' : `, pid ${grower.pid}`})`;
    parts.push(`floor rises ${amount(signal, slope)}/s for ${seen}${who}`);
  } else if (Math.abs(slope) * 60 < levelPerMinute * limit) parts.push(`level for ${seen}`);
  else parts.push(slope < 0 ? `falls ${amount(signal, -slope)}/s for ${seen}` : `no steady rise in ${seen}`);
  if (outlook.slowing) parts.push('slowing down');
  return parts;
}

const peaksInWords = ({ shares, intervalMs }: RisingPeaks): string =>
  `peaks rise: ${shares.map((share) => Math.round(100 * share)).join(', ')} % of the limit, every ${durationInWords(intervalMs)}`;

const earlierOnes = (count: number): string => `${count} earlier sandbox${count === 1 ? '' : 'es'} of this kind`;

/** What became of those that came as far as this one. */
function livesInWords(signal: SignalName, earlier: EarlierLives): string | null {
  const { reached, stopped, highestStop, usualAgeMs } = earlier;
  const when = usualAgeMs === null ? '' : ` about ${durationInWords(usualAgeMs)} after creation`;
  const went = `${earlierOnes(reached)} reached the limit${when}`;
  if (stopped === 0) return reached === 0 ? null : went;
  const where = `stopped at about ${amount(signal, highestStop)}${stopped === 1 ? '' : ' at most'}`;
  return reached === 0 ? `${earlierOnes(stopped)} ${where}` : `${went}, ${stopped} ${where}`;
}

/** Everything the sentence is made of. */
export interface EvidenceInput {
  readonly signal: SignalName;
  readonly track: SignalTrack;
  readonly outlook: Outlook;
  readonly grower: Forecast['grower'];
  /** Who counted the numbers, or what, where it is not memory as the system counts it; else null. */
  readonly counted: string | null;
  /** The kernel slows processes down at a line below the limit. */
  readonly slowed: boolean;
  /** What earlier runs of the running command took, or null. */
  readonly command: Expectation | null;
  /** What earlier sandboxes of the same kind did, or null. */
  readonly earlier: EarlierLives | null;
  /** Excursions that went higher each time, where they say something of the next minutes; else null. */
  readonly risingPeaks: RisingPeaks | null;
  /** Why there is no forecast although there are numbers, or null. */
  readonly noForecast: string | null;
  /** Age of the last reading where it is worth saying, milliseconds; else null. */
  readonly staleMs: number | null;
}

/** @returns one line: what the signal does, what is left, how it swings, and what was unusual in the input. */
export function evidenceOf({
  signal,
  track,
  outlook,
  grower,
  counted,
  slowed,
  command,
  earlier,
  risingPeaks,
  noForecast,
  staleMs,
}: EvidenceInput): string {
  const parts: string[] = [];
  if (noForecast !== null) parts.push(noForecast);
  else if (track.limit === null) parts.push(`no limit known, uses ${amount(signal, track.used)}`);
  else {
    parts.push(...course(signal, track, outlook, grower));
    const left = track.limit - track.used + track.reclaimable;
    const after =
      track.reclaimable > worthSaying * track.limit
        ? ` once ${amount(signal, track.reclaimable)} of cache is given back`
        : '';
    parts.push(left > 0 ? `${amount(signal, left)} left${after}` : 'at the limit');
    if (outlook.swing > worthSaying * track.limit) parts.push(`swings ${amount(signal, outlook.swing)}`);
  }
  if (risingPeaks !== null) {
    const words = peaksInWords(risingPeaks);
    // Between two runs they are the only reason.
    if (outlook.rising) parts.push(words);
    else parts.unshift(words);
  }
  if (counted !== null) parts.push(counted);
  if (slowed) parts.push('slowed down at memory.high');
  if (command !== null) {
    const before = command.runs === 1 ? 'the last time' : `the last ${command.runs} times`;
    parts.push(`${command.key} took ${amount(signal, command.usualBytes)} ${before}`);
  }
  const lives = earlier === null ? null : livesInWords(signal, earlier);
  if (lives !== null) parts.push(lives);
  const note = noteInWords(signal, track);
  if (note !== null) parts.push(note);
  if (track.ignored > 0) parts.push(`${track.ignored} unusable reading${track.ignored === 1 ? '' : 's'} ignored`);
  if (staleMs !== null) parts.push(`last reading ${durationInWords(staleMs)} ago`);
  return parts.join('; ');
}
