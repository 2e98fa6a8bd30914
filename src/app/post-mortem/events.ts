import { ranUntilMs } from '../../model/command-run.ts';
import { fixTitle } from '../../model/fix-title.ts';
import type { CommandRun, ErrorCount } from '../../model/history.ts';
import type { PostMortemEvent } from '../../model/post-mortem.ts';
import { isEnded } from '../../model/sandbox.ts';
import type { Warning } from '../../model/warning.ts';
import { bytesText, percentText } from '../format.ts';
import type { Material } from './material.ts';
import { causeTitles, signalTitles, spanText, timesText } from './words.ts';

const mostEvents = 300;
const sameEpisodeMs = 60_000;

const event = (
  kind: PostMortemEvent['kind'],
  atMs: number,
  text: string,
  endedAtMs: number | null = null,
): PostMortemEvent => ({ kind, atMs, endedAtMs, text });

const results = {
  worked: 'worked',
  'did-not-work': 'did not work',
  'cannot-tell': 'cannot tell whether it worked',
  cancelled: 'cancelled',
  failed: 'failed',
} as const;

/** How a run went, in a few words. */
export const runText = (run: CommandRun, atMs: number): string => {
  const { startedAtMs, endedAtMs, exitCode } = run;
  if (endedAtMs === null && ranUntilMs(run) < atMs - 2_000) return 'its end was not seen';
  if (endedAtMs === null || endedAtMs > atMs + 2_000) return 'was still running';
  const took = spanText(endedAtMs - startedAtMs);
  return exitCode === null ? `ended after ${took}` : `exit code ${exitCode} after ${took}`;
};

const commandEvent = (run: CommandRun, atMs: number): PostMortemEvent => {
  const attempt = run.attempt > 1 ? `, attempt ${run.attempt}` : '';
  const peak = run.peakBytes === null ? '' : `, took up to ${bytesText(run.peakBytes)}`;
  return event('command', run.startedAtMs, `${run.commandKey}: ${runText(run, atMs)}${attempt}${peak}`, run.endedAtMs);
};

const warningEvent = ({ signal, warnedAtMs, startedAtMs, forecast, endedAtMs, outcome }: Warning): PostMortemEvent => {
  const word = warnedAtMs === null ? 'Watching' : 'Warning about';
  const full = forecast.pressure === null || signal === 'expiry' ? '' : ` at ${percentText(forecast.pressure)}`;
  const ended = outcome === 'recovered' ? ', recovered' : '';
  const text = `${word} ${signalTitles[signal]}${full}${ended}`;
  return { ...event('warning', warnedAtMs ?? startedAtMs, text, endedAtMs), signal };
};

/** Several windows see one episode at slightly different times; two that one window saw follow each other. */
const isSameEpisode = (a: Warning, b: Warning): boolean =>
  a.signal === b.signal &&
  Math.abs(a.startedAtMs - b.startedAtMs) <= sameEpisodeMs &&
  a.startedAtMs < (b.endedAtMs ?? Number.POSITIVE_INFINITY) &&
  b.startedAtMs < (a.endedAtMs ?? Number.POSITIVE_INFINITY);

/** Each episode once: as the incident knows it, else as a window that warned does. */
const episodesOf = ({ incident, warnings }: Material): readonly Warning[] => {
  const told = incident.warning === null ? [] : [incident.warning];
  for (const each of warnings.toSorted((a, b) => Number(a.warnedAtMs === null) - Number(b.warnedAtMs === null))) {
    if (!told.some((other) => other.id === each.id || isSameEpisode(other, each))) told.push(each);
  }
  return told;
};

const errorEvent = (
  { title, count, firstSeenAtMs, lastSeenAtMs }: ErrorCount,
  command: string | null,
  fromMs: number,
): PostMortemEvent => {
  const by = command === null ? '' : `${command}: `;
  return count === 1
    ? event('error', lastSeenAtMs, `${by}${title}`)
    : event(
        'error',
        Math.max(firstSeenAtMs, fromMs),
        `${by}${title} (${timesText(count)} in this sandbox)`,
        lastSeenAtMs,
      );
};

/** @returns all that happened in the last minutes, oldest first; of too many those nearest to the end. */
export const eventsOf = (material: Material): readonly PostMortemEvent[] => {
  const { incident, timeline, commands, errors, errorCommands, sandbox, fromMs, toMs } = material;
  const { atMs } = incident;
  const deadlineMs = sandbox?.expiresAtMs ?? null;
  const probably = incident.certainty === 'probable' ? 'probably ' : '';
  const all = [
    ...timeline.map((step) =>
      event(
        'lifecycle',
        step.atMs,
        // Of a state that is not known here, what the system calls it is all there is to say.
        `${step.phase === 'unknown' ? step.rawState : step.phase}${step.reason === null || step.reason === '' ? '' : `: ${step.reason}`}`,
      ),
    ),
    ...(deadlineMs === null ? [] : [event('lifecycle', deadlineMs, 'deadline')]),
    ...commands.map((run) => commandEvent(run, atMs)),
    ...errors.map((error) => errorEvent(error, errorCommands.get(error.fingerprint) ?? null, fromMs)),
    ...episodesOf(material).map(warningEvent),
    ...incident.fixes.map((fix) =>
      event('fix', fix.startedAtMs, `${fixTitle(fix)}: ${results[fix.result]}. ${fix.text}`.trim(), fix.endedAtMs),
    ),
    event('break', atMs, `${probably}${causeTitles[incident.cause]}`),
  ];
  const near = all.filter(
    (each) => each.atMs <= toMs && (each.atMs >= fromMs || (each.endedAtMs !== null && each.endedAtMs >= fromMs)),
  );
  // An end that was told as a state of the sandbox comes before the break at the same time.
  const order = (each: PostMortemEvent): number => (each.kind === 'break' ? 1 : 0);
  return near.toSorted((a, b) => a.atMs - b.atMs || order(a) - order(b)).slice(-mostEvents);
};

/** @returns the commands that were running when it broke. */
export const runningAtEnd = ({ commands, incident }: Material): readonly CommandRun[] =>
  commands.filter((run) => run.startedAtMs <= incident.atMs && ranUntilMs(run) >= incident.atMs - 2_000);

/** @returns how long it lived, or null when that is not known. */
export const lifetimeMs = ({ incident, sandbox, timeline }: Material): number | null => {
  const start = sandbox?.createdAtMs ?? timeline.find(({ phase }) => !isEnded(phase))?.atMs ?? null;
  return start === null || start >= incident.atMs ? null : incident.atMs - start;
};
