import { spanText } from '../../app/post-mortem/words.ts';
import { ranUntilMs } from '../../model/command-run.ts';
import type { Mark } from '../../model/dashboard/parts.ts';
import type { RecognisedError } from '../../model/error-event.ts';
import type { FixOutcome } from '../../model/fix.ts';
import { fixTitle } from '../../model/fix-title.ts';
import { formatClock } from '../../model/format.ts';
import type { CommandRun } from '../../model/history.ts';
import type { Incident, LifecycleTransition } from '../../model/incident.ts';
import { isEnded } from '../../model/sandbox.ts';
import type { Warning } from '../../model/warning.ts';
import { causeWords, levelWords, phaseText, signalWords } from '../text/words.ts';
import { levelBadge, phaseTone, resultBadge } from './badges.ts';

/** What happened to a sandbox as marks on its time axis. Pure. */

export const lifecycleMarks = (timeline: readonly LifecycleTransition[]): readonly Mark[] =>
  timeline.map((step, index) => {
    const next = timeline[index + 1];
    const over = isEnded(step.phase);
    const why = step.reason === null ? '' : ` (${step.reason})`;
    return {
      id: `lifecycle/${step.atMs}/${index}`,
      kind: 'lifecycle',
      atMs: step.atMs,
      endedAtMs: next?.atMs ?? null,
      open: next === undefined,
      word: phaseText(step),
      text: `${formatClock(step.atMs)}: ${phaseText(step)} – ${step.rawState}${why}`,
      tone: over && step.phase !== 'failed' ? 'muted' : phaseTone(step.phase),
    };
  });

export const warningMarks = (warnings: readonly Warning[]): readonly Mark[] =>
  warnings.map((warning) => {
    const word = signalWords[warning.signal];
    const end = warning.outcome === 'open' ? 'still open' : warning.outcome;
    const fromMs = warning.warnedAtMs ?? warning.startedAtMs;
    return {
      id: `warning/${warning.id}`,
      kind: 'warning',
      atMs: fromMs,
      endedAtMs: warning.endedAtMs,
      open: warning.outcome === 'open',
      word,
      text: `${formatClock(fromMs)}: ${word}, ${levelWords[warning.level]}, ${end}. ${warning.forecast.evidence}`,
      tone: levelBadge(warning.level).tone,
    };
  });

/** @returns how a run had ended at `nowMs`: `exit code 1 after 5 s`, `running`, `its end was not seen`. */
export const runEndText = (run: CommandRun, nowMs: number): string => {
  if (run.endedAtMs === null)
    return ranUntilMs(run) < nowMs ? 'its end was not seen' : 'running, or its end was not seen';
  const took = spanText(run.endedAtMs - run.startedAtMs);
  return run.exitCode === null ? `ended after ${took}` : `exit code ${run.exitCode} after ${took}`;
};

export const commandMarks = (runs: readonly CommandRun[], nowMs: number): readonly Mark[] =>
  runs.map((run) => ({
    id: `command/${run.commandId}`,
    kind: 'command',
    atMs: run.startedAtMs,
    endedAtMs: run.endedAtMs ?? (ranUntilMs(run) < nowMs ? (run.lastSeenAtMs ?? null) : null),
    open: run.endedAtMs === null && ranUntilMs(run) >= nowMs,
    word: run.commandKey,
    text: `${formatClock(run.startedAtMs)}: ${run.commandKey}, ${runEndText(run, nowMs)}${run.attempt > 1 ? `, run ${run.attempt}` : ''}`,
    tone: run.exitCode === null || run.exitCode === 0 ? 'plain' : 'bad',
  }));

/** An error is marked where it was seen first and last: what lies between is not known. */
export const errorMarks = (errors: readonly RecognisedError[]): readonly Mark[] =>
  errors.flatMap((error) => {
    const times =
      error.firstSeenAtMs === error.lastSeenAtMs ? [error.lastSeenAtMs] : [error.firstSeenAtMs, error.lastSeenAtMs];
    return times.map(
      (atMs): Mark => ({
        id: `error/${error.fingerprint}/${atMs}`,
        kind: 'error',
        atMs,
        endedAtMs: null,
        open: false,
        word: 'error',
        text: `${formatClock(atMs)}: ${error.title}${error.count > 1 ? ` (${error.count} times so far)` : ''}`,
        tone: 'bad',
      }),
    );
  });

export const fixMarks = (outcomes: readonly FixOutcome[]): readonly Mark[] =>
  outcomes.map((outcome) => ({
    id: `fix/${outcome.fixId}/${outcome.startedAtMs}`,
    kind: 'fix',
    atMs: outcome.startedAtMs,
    endedAtMs: outcome.endedAtMs,
    open: false,
    word: fixTitle(outcome),
    text: `${formatClock(outcome.startedAtMs)}: ${fixTitle(outcome)}, ${resultBadge(outcome.result).word}. ${outcome.text}`,
    tone: resultBadge(outcome.result).tone,
  }));

export const incidentMarks = (incidents: readonly Incident[]): readonly Mark[] =>
  incidents.map((incident) => ({
    id: `break/${incident.id}`,
    kind: 'break',
    atMs: incident.atMs,
    endedAtMs: null,
    open: false,
    word: causeWords[incident.cause],
    text: `${formatClock(incident.atMs)}: ${incident.text}`,
    tone: 'bad',
  }));
