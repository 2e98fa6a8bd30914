import { type Forecast, isBetweenPeaks } from '../model/forecast.ts';
import { countedEach } from '../model/format.ts';
import { isFull } from '../model/full.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { SignalName } from '../model/signal.ts';
import { unitOf } from '../model/signal.ts';
import { bytesText, durationText, intervalText, percentText, shortName } from './format.ts';

const happens: Record<SignalName, string> = {
  memory: 'runs out of memory',
  heap: 'runs out of heap memory',
  swap: 'runs out of swap space',
  disk: 'runs out of disk space',
  inodes: 'runs out of files on its disk (inodes)',
  pids: 'reaches its limit of processes',
  fds: 'reaches its limit of open files',
  expiry: 'ends',
  cpu: 'is slowed by its CPU limit',
  responsiveness: 'stops answering',
  restarts: 'keeps restarting',
};

/** What will happen, and on which disk where there are several. */
const happening = ({ signal, place }: Forecast): string => {
  if (place === undefined) return happens[signal];
  return `${signal === 'inodes' ? 'runs out of files (inodes)' : happens[signal]} in ${shortName(place)}`;
};

const refusals: Partial<Record<SignalName, string>> = {
  disk: 'nothing more can be written',
  inodes: 'no file more can be made',
  pids: 'no process more can be started',
  fds: 'no file more can be opened',
};

/** @returns what does not go any more with what is full (see `isFull`), and where: "nothing more can be written to /tmp". */
export const refusalText = ({ signal, place }: Forecast): string => {
  const where = place === undefined ? '' : ` ${signal === 'disk' ? 'to' : 'in'} ${shortName(place)}`;
  return `${refusals[signal] ?? ''}${where}`;
};

/** @returns the sentence on what is full (see `isFull`), without its full stop: "/tmp is full: nothing more can be written". */
export const fullText = ({ signal, place }: Forecast, seen = ''): string => {
  const disk = place === undefined ? 'the disk' : shortName(place);
  const what =
    signal === 'disk'
      ? `${disk} is full`
      : signal === 'inodes'
        ? `${disk} is out of inodes`
        : `the limit of ${signal === 'pids' ? 'processes' : 'open files'} is reached`;
  return `${what}${seen}: ${refusals[signal] ?? ''}`;
};

const endings: Record<NonNullable<Sandbox['expiry']>['action'], string> = {
  delete: 'it is deleted',
  stop: 'it is stopped',
  pause: 'it is paused',
  hibernate: 'it is hibernated',
  archive: 'it is archived',
};

const amount = (value: number, signal: SignalName): string =>
  unitOf(signal) === 'bytes' ? bytesText(value) : String(Math.round(value * 100) / 100);

/** Null for what is too slow to be worth a word. */
const pace = (perSecond: number, signal: SignalName): string | null => {
  if (unitOf(signal) === 'bytes') return `${bytesText(perSecond)}/s`;
  const rate = countedEach(perSecond);
  return rate === null ? null : `${Math.round(rate.count * 10) / 10} per ${rate.each}`;
};

/** "71 % of 512 MiB", or nothing without a limit. */
const filling = (forecast: Forecast): string | null =>
  forecast.limit === null || forecast.pressure === null
    ? null
    : `${percentText(forecast.pressure)} of ${amount(forecast.limit, forecast.signal)}`;

const shownPeaks = 3;

/** "its peaks rise, the last ones were at 61, 71 and 80 % of the limit", of what comes and goes; else null. */
const risingText = (forecast: Forecast): string | null => {
  if (!isBetweenPeaks(forecast)) return null;
  const shown = forecast.risingPeaks?.shares.slice(-shownPeaks).map((share) => String(Math.round(100 * share))) ?? [];
  return `its peaks rise, the last ones were at ${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''} % of the limit`;
};

const growth = (forecast: Forecast): string | null => {
  const { grower, slopePerSecond, signal } = forecast;
  if (grower !== null && grower.bytesPerSecond > 0) {
    return `${shortName(grower.name)} (pid ${grower.pid}) grows ${bytesText(grower.bytesPerSecond)}/s`;
  }
  const rate = slopePerSecond === null ? null : pace(slopePerSecond, signal);
  return slopePerSecond !== null && slopePerSecond > 0 && rate !== null ? `it grows ${rate}` : null;
};

const expiryText = (
  name: string,
  sandbox: Sandbox,
  forecast: Forecast,
  nowMs: number,
  formatTime: (atMs: number) => string,
): string => {
  const expiresAtMs = sandbox.expiry?.expiresAtMs ?? forecast.limit;
  if (expiresAtMs === null) return `${name} ends soon: its time runs out.`;
  const left = durationText(expiresAtMs - nowMs);
  const what = sandbox.expiry === null ? 'it ends' : endings[sandbox.expiry.action];
  const certain = sandbox.expiry?.certainty === 'probable' ? 'probably ' : '';
  return sandbox.expiry?.clock === 'idle'
    ? `${name} ${certain}ends at about ${formatTime(expiresAtMs)} (in ${left}) if nothing happens in it: then ${what}.`
    : `${name} ${certain}ends at ${formatTime(expiresAtMs)} (in ${left}): its time is over then, and ${what}.`;
};

/**
 * The sentence of a notice, for example "api-tests runs out of memory at about 14:32 (in 2–5 min): node (pid 412) grows 4.2 MiB/s,
 * 71 % of 512 MiB." The clock time stays true however long the message stands. Of what is full already it says that: "In api-tests /tmp is full
 * (seen at 14:32): nothing more can be written, 100 % of 2 GiB."
 * @param formatTime local clock time of an epoch millisecond.
 */
export const noticeText = (
  sandbox: Sandbox,
  forecast: Forecast,
  nowMs: number,
  formatTime: (atMs: number) => string,
): string => {
  const name = shortName(sandbox.name);
  if (forecast.signal === 'expiry') return expiryText(name, sandbox, forecast, nowMs, formatTime);
  if (isFull(forecast)) {
    return `In ${name} ${fullText(forecast, ` (seen at ${formatTime(nowMs)})`)}, ${filling(forecast) ?? ''}.`;
  }
  const time = forecast.timeToLimitMs;
  // Between two peaks there is little, and what it does says nothing.
  const rising = risingText(forecast);
  const reasons = rising === null ? [growth(forecast), filling(forecast)].filter((one) => one !== null) : [rising];
  const because = reasons.length === 0 ? forecast.evidence.replace(/\.$/, '') : reasons.join(', ');
  if (time === null || !Number.isFinite(time.p50)) {
    return `${name} may soon reach a limit (seen at ${formatTime(nowMs)}): it ${happening(forecast)} if this goes on: ${because}.`;
  }
  const elapsedMs = Math.max(0, nowMs - forecast.atMs);
  const when = formatTime(forecast.atMs + time.p50);
  const interval = intervalText(time.p10 - elapsedMs, time.p90 - elapsedMs);
  return `${name} ${happening(forecast)} at about ${when} (${interval}): ${because}.`;
};

/** A warning of a sandbox that is told together with others. */
export interface OtherWarning {
  readonly sandbox: Sandbox;
  readonly forecast: Forecast;
}

const namedOthers = 3;

const endsAtMs = ({ sandbox, forecast }: OtherWarning): number => {
  if (forecast.signal === 'expiry') {
    return sandbox.expiry?.expiresAtMs ?? forecast.limit ?? Number.POSITIVE_INFINITY;
  }
  // What has happened comes before what will, and has no time.
  if (isFull(forecast)) return Number.NEGATIVE_INFINITY;
  return forecast.atMs + (forecast.timeToLimitMs?.p50 ?? Number.POSITIVE_INFINITY);
};

/**
 * One sentence on the sandboxes of others, for example "5 other sandboxes are about to break: ci-12 first, at about 14:32; then ci-7, ci-9
 * and 2 more." A single one is told of in full.
 * @param warnings not empty.
 */
export const othersText = (
  warnings: readonly OtherWarning[],
  nowMs: number,
  formatTime: (atMs: number) => string,
): string => {
  const soonest = new Map<string, OtherWarning>();
  for (const one of warnings.toSorted((a, b) => (endsAtMs(a) < endsAtMs(b) ? -1 : 1))) {
    if (!soonest.has(one.sandbox.id)) soonest.set(one.sandbox.id, one);
  }
  const [first, ...rest] = soonest.values();
  if (first === undefined) return '';
  if (rest.length === 0) return `Another sandbox: ${noticeText(first.sandbox, first.forecast, nowMs, formatTime)}`;
  const byClock = [first, ...rest].every(({ forecast }) => forecast.signal === 'expiry');
  const what = byClock ? 'come to the end of their time' : 'are about to break';
  const atMs = endsAtMs(first);
  const when = Number.isFinite(atMs) ? `, at about ${formatTime(atMs)}` : '';
  const named = rest.slice(0, namedOthers - 1).map(({ sandbox }) => shortName(sandbox.name));
  const unnamed = rest.length - named.length;
  const then = [...named, ...(unnamed > 0 ? [`${unnamed} more`] : [])].join(', ').replace(/, ([^,]*)$/, ' and $1');
  return `${soonest.size} other sandboxes ${what}: ${shortName(first.sandbox.name)} first${when}; then ${then}.`;
};
