import type { Badge } from '../../model/dashboard/parts.ts';
import type { FixButton, SandboxPage, SignalState } from '../../model/dashboard/sandbox-page.ts';
import type { FixOffer, RankedFix } from '../../model/fix.ts';
import { fixTitle } from '../../model/fix-title.ts';
import type { Forecast } from '../../model/forecast.ts';
import { capital, formatClock, formatDuration, formatMoment } from '../../model/format.ts';
import { isFull } from '../../model/full.ts';
import type { CommandRun, FixRecord } from '../../model/history.ts';
import { ownerOf } from '../../model/owner.ts';
import { isEnded, isLive } from '../../model/sandbox.ts';
import type { SandboxView } from '../../model/view.ts';
import type { Warning } from '../../model/warning.ts';
import { heapText } from '../text/process-text.ts';
import { comingText, reasonText, spokenUse, useText, whyText } from '../text/signal-text.ts';
import { timeLeftMs } from '../text/time-left.ts';
import {
  askWords,
  causeWords,
  endingWords,
  expiryWords,
  isAgentDown,
  levelWords,
  phaseText,
  signalWords,
  sourceWords,
} from '../text/words.ts';
import { levelBadge, phaseBadge, resultBadge } from './badges.ts';
import { commandMarks, errorMarks, fixMarks, incidentMarks, lifecycleMarks, warningMarks } from './marks.ts';
import { shownErrors } from './page-actions.ts';

/** What is known of a sandbox besides its view. */
export interface SandboxPast {
  readonly runs: readonly CommandRun[];
  /** Of this sandbox, newest first. */
  readonly warnings: readonly Warning[];
  /** How fixes went, over all sandboxes. */
  readonly fixes: readonly FixRecord[];
  /** What helps against its errors, best first, by fingerprint. */
  readonly errorFixes: ReadonlyMap<string, readonly RankedFix[]>;
}

export const noPast: SandboxPast = { runs: [], warnings: [], fixes: [], errorFixes: new Map() };

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

function signalState(view: SandboxView, forecast: Forecast, nowMs: number): SignalState {
  const { signal, unit, atMs, used, limit, pressure, evidence, timeToLimitMs } = forecast;
  const leads = view.leading?.signal === signal;
  return {
    signal,
    word: signalWords[signal],
    unit,
    atMs,
    used,
    limit,
    pressure,
    useText: spokenUse(forecast),
    comingText: comingText(forecast, nowMs),
    evidence,
    leads,
    level: levelBadge(view.signalLevels[signal] ?? 'calm'),
    fan:
      timeToLimitMs === null || !Number.isFinite(timeToLimitMs.p50)
        ? null
        : {
            p10: finiteOrNull(timeToLimitMs.p10),
            p50: finiteOrNull(timeToLimitMs.p50),
            p90: finiteOrNull(timeToLimitMs.p90),
          },
  };
}

/** What ends it first, and when; or how it ended. */
function headlineOf(view: SandboxView, nowMs: number): string {
  const { sandbox, leading } = view;
  if (isEnded(sandbox.phase)) {
    const ending = endingWords(view);
    return ending === null ? 'It is over; what ended it is not known.' : capital(`${ending}.`);
  }
  if (isAgentDown(view)) {
    // Of what was measured, nothing is known any more; the clock goes on.
    const ends = leading?.signal === 'expiry' ? ` ${whyText(leading, nowMs)}.` : '';
    return `It runs, but its agent does not answer.${ends}`;
  }
  if (leading === null) {
    if (view.sample === null) return 'Not measured.';
    const isFailing = view.errors.some(({ solvedAtMs }) => solvedAtMs === undefined);
    return isFailing ? 'No limit is in sight; see its errors.' : 'Nothing threatens it.';
  }
  const word = signalWords[leading.signal];
  if (leading.signal === 'expiry') return `${whyText(leading, nowMs)}.`;
  const coming = comingText(leading, nowMs);
  return coming === null ? `${word} is at ${useText(leading, nowMs)}.` : `${word} is ${coming}.`;
}

/** The time left, in steps that a listener can bear: ` within a minute`, ` in about 4 minutes`; of half an hour and more in tens. */
function spokenTimeLeft(leftMs: number): string {
  const minutes = Math.round(leftMs / 60_000);
  if (minutes < 1) return ' within a minute';
  if (minutes === 1) return ' in about a minute';
  return ` in about ${minutes < 30 ? minutes : Math.round(minutes / 10) * 10} minutes`;
}

/** As the headline, for the ear. */
function summaryOf(view: SandboxView, nowMs: number): string {
  const { sandbox, leading, level } = view;
  const { name, phase } = sandbox;
  if (isEnded(phase)) return `${name}: ${headlineOf(view, nowMs)}`;
  const left = leading === null ? null : timeLeftMs(leading, nowMs);
  const when = left === null ? '' : spokenTimeLeft(left);
  const ends = leading?.signal === 'expiry' && when !== '' ? `, ends by the clock${when}` : '';
  const alarm = level === 'warn' || level === 'critical' ? `, ${levelWords[level]}` : '';
  // What was measured before says nothing now.
  if (isAgentDown(view)) return `${name}: its agent does not answer${alarm}${ends}`;
  if (!isLive(phase)) return `${name}: ${phaseText(sandbox)}${alarm}${ends}`;
  if (leading === null) return `${name}: ${headlineOf(view, nowMs)}`;
  if (leading.signal === 'expiry') return `${name}: ${levelWords[level]}${ends}`;
  return `${name}: ${levelWords[level]}, ${signalWords[leading.signal]}${when === '' ? '' : `, at its limit${when}`}`;
}

function noticeOf({ link, caveat, sampleSource }: SandboxView): SandboxPage['notice'] {
  // The headline says already that its agent does not answer.
  if (link.problem === 'agent-down' && link.nextStep !== null)
    return { text: link.nextStep, nextStep: null, tone: 'warn' };
  if (link.text !== null && link.state !== 'live' && link.state !== 'ended') {
    const tone = link.state === 'connecting' || link.state === 'idle' ? 'muted' : 'warn';
    return { text: link.text, nextStep: link.nextStep, tone };
  }
  if (sampleSource === 'machine') {
    return {
      text: 'Memory and CPU are those of the whole machine, not of this sandbox.',
      nextStep: null,
      tone: 'watch',
    };
  }
  return caveat === null ? null : { text: `${capital(caveat)}.`, nextStep: null, tone: 'muted' };
}

function factsOf(view: SandboxView): SandboxPage['facts'] {
  const { sandbox } = view;
  const facts = [
    { label: 'State', text: [sandbox.rawState, sandbox.reason ?? ''].filter(Boolean).join(', ') },
    { label: 'Id', text: sandbox.id },
    { label: 'Provider', text: sandbox.provider },
  ];
  const owner = ownerOf(sandbox.metadata) ?? '';
  if (owner !== '') facts.push({ label: 'Owner', text: owner });
  if (sandbox.image !== null) facts.push({ label: 'Image', text: sandbox.image });
  if (sandbox.createdAtMs !== null) facts.push({ label: 'Created', text: formatMoment(sandbox.createdAtMs) });
  if (sandbox.expiry !== null) {
    const { action, certainty, expiresAtMs } = sandbox.expiry;
    facts.push({
      label: 'Time ends',
      text: `${formatMoment(expiresAtMs)}, then ${expiryWords[action]}${certainty === 'probable' ? ' (probably)' : ''}`,
    });
  }
  if (view.sampleSource !== null) facts.push({ label: 'Numbers from', text: sourceWords[view.sampleSource] });
  return facts;
}

/** @returns "worked 3 of 4 times" for fixes that were tried. */
export const recordText = (record: { readonly tried: number; readonly worked: number } | undefined): string | null =>
  record === undefined || record.tried === 0
    ? null
    : `worked ${record.worked} of ${record.tried} ${record.tried === 1 ? 'time' : 'times'}`;

/** What stands where fixes would, when none is offered. */
function noFixText({ sandbox, level, leading, errors }: SandboxView, shown: SandboxPage['errors']): string {
  if (shown.some(({ actions }) => actions.length > 0)) return 'What helps against its errors stands with them.';
  if (isEnded(sandbox.phase)) return 'It is over.';
  const isWell = level === 'calm' && errors.every(({ solvedAtMs }) => solvedAtMs !== undefined);
  if (!isWell || (leading !== null && isFull(leading))) return 'Nothing can be done from here.';
  // Beside a limit in sight the sentence would be read as its opposite.
  return leading === null ? 'Nothing needs to be done.' : 'Nothing needs to be done yet.';
}

const fixButton = (offer: FixOffer, records: readonly FixRecord[]): FixButton => ({
  id: offer.id,
  title: offer.title,
  reason: offer.reason,
  asks: askWords[offer.risk],
  risk: offer.risk,
  pid: offer.target?.pid ?? null,
  record: recordText(records.find(({ fixId }) => fixId === offer.id)),
});

const warningsOf = (view: SandboxView, past: SandboxPast): readonly Warning[] => {
  const shown = view.warning;
  const others = past.warnings.filter(({ id }) => id !== shown?.id);
  return shown === null || shown.warnedAtMs === null ? others : [shown, ...others];
};

/** @returns when a sandbox ended, as far as it is known; null for one that did not. */
export const endedAtOf = (view: SandboxView): number | null =>
  isEnded(view.sandbox.phase)
    ? (view.incidents.find(({ endsSandbox }) => endsSandbox)?.atMs ?? view.timeline.at(-1)?.atMs ?? view.atMs)
    : null;

/** How it is. A warning is louder than an agent that does not answer, and that is louder than calm numbers of before. */
function stateBadge(view: SandboxView): Badge {
  if (isEnded(view.sandbox.phase)) return phaseBadge(view.sandbox);
  const isAlarming = view.level === 'warn' || view.level === 'critical';
  return isAgentDown(view) && !isAlarming
    ? { word: 'does not answer', icon: 'warning', tone: 'warn' }
    : levelBadge(view.level);
}

/** Everything the page of a sandbox shows besides the courses. Pure; times that count down come from `nowMs`. */
export function sandboxPage(view: SandboxView, current: boolean, past: SandboxPast, nowMs: number): SandboxPage {
  const { sandbox, leading } = view;
  const expiry = isEnded(sandbox.phase) ? null : sandbox.expiry;
  const grower = leading?.grower?.pid;
  const errors = shownErrors(view, past.errorFixes);
  return {
    sandboxId: sandbox.id,
    name: sandbox.name,
    found: true,
    phase: phaseBadge(sandbox),
    level: stateBadge(view),
    current,
    endedAtMs: endedAtOf(view),
    headline: headlineOf(view, nowMs),
    // How one ended stands with its incidents, and that a clock runs in the headline.
    evidence: leading === null ? null : reasonText(leading),
    summary: summaryOf(view, nowMs),
    notice: noticeOf(view),
    facts: factsOf(view),
    signals: view.forecasts.filter(({ signal }) => signal !== 'expiry').map((each) => signalState(view, each, nowMs)),
    expiry:
      expiry === null
        ? null
        : {
            expiresAtMs: expiry.expiresAtMs,
            fromMs: sandbox.createdAtMs,
            text: `${formatClock(expiry.expiresAtMs)}, ${formatDuration(Math.max(0, expiry.expiresAtMs - nowMs))} left, then ${expiryWords[expiry.action]}`,
          },
    noFix: noFixText(view, errors),
    fixes: view.fixes.filter(({ id }) => id !== 'showDetails').map((offer) => fixButton(offer, past.fixes)),
    outcomes: view.outcomes.toReversed().map((outcome) => ({
      id: `${outcome.fixId}/${outcome.startedAtMs}`,
      atMs: outcome.endedAtMs,
      title: fixTitle(outcome),
      text: outcome.text,
      result: resultBadge(outcome.result),
    })),
    errors,
    processes: view.processes.map((process) => ({
      pid: process.pid,
      name: process.name,
      rssBytes: process.rssBytes,
      note: [process.pid === grower ? 'growing' : '', heapText(process), process.startedIn ?? '']
        .filter(Boolean)
        .join(', '),
    })),
    incidents: view.incidents.map((incident) => ({
      id: incident.id,
      atMs: incident.atMs,
      title: capital(`${incident.certainty === 'probable' ? 'probably ' : ''}${causeWords[incident.cause]}`),
      text: incident.text,
    })),
    marks: [
      ...lifecycleMarks(view.timeline),
      ...warningMarks(warningsOf(view, past)),
      // In what has ended nothing runs.
      ...commandMarks(past.runs, isEnded(sandbox.phase) ? Number.POSITIVE_INFINITY : nowMs),
      ...fixMarks(view.outcomes),
      ...errorMarks(view.errors),
      ...incidentMarks(view.incidents),
    ],
  };
}

/**
 * What is shown while nothing is known of a sandbox.
 * @param name as it was last known, else its id.
 */
export const unknownSandboxPage = (sandboxId: string, name: string, looking: boolean): SandboxPage => ({
  sandboxId,
  name,
  found: false,
  phase: { word: 'not known', icon: 'question', tone: 'muted' },
  level: { word: 'not known', icon: 'question', tone: 'muted' },
  current: false,
  endedAtMs: null,
  headline: looking ? 'Looking for this sandbox …' : 'This sandbox is not known any more.',
  evidence: null,
  summary: looking ? 'Looking for this sandbox' : 'This sandbox is not known any more',
  notice: null,
  facts: [{ label: 'Id', text: sandboxId }],
  signals: [],
  expiry: null,
  noFix: '',
  fixes: [],
  outcomes: [],
  errors: [],
  processes: [],
  incidents: [],
  marks: [],
});
