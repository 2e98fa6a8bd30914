import { howOften, triedText, whoText } from '../../app/post-mortem/recurrence-text.ts';
import { spanText } from '../../app/post-mortem/words.ts';
import type { IncidentPage } from '../../model/dashboard/incident-page.ts';
import type { Badge, Mark, Tone } from '../../model/dashboard/parts.ts';
import { capital, formatMoment } from '../../model/format.ts';
import type { CommandRun } from '../../model/history.ts';
import type { IncidentCause } from '../../model/incident.ts';
import type { PostMortem, PostMortemEvent } from '../../model/post-mortem.ts';
import { causeWords, phaseAndRaw, signalWords } from '../text/words.ts';
import { shownCourse } from './course.ts';
import { lifecycleMarks, runEndText } from './marks.ts';
import type { Offered } from './page-actions.ts';

/** The courses of an incident reach back this far at most. */
const shownMs = 15 * 60_000;
const leastShownMs = 30_000;

const causeIcons: Record<IncidentCause, string> = {
  expired: 'clock',
  deleted: 'ended',
  exited: 'ended',
  crashed: 'failed',
  'out-of-memory': 'flame',
  'out-of-memory-child': 'flame',
  'start-failed': 'failed',
  'agent-down': 'question',
};

const quiet: readonly IncidentCause[] = ['expired', 'deleted', 'exited'];

const eventTones: Record<PostMortemEvent['kind'], Tone> = {
  lifecycle: 'muted',
  command: 'plain',
  error: 'bad',
  warning: 'warn',
  fix: 'good',
  break: 'bad',
};

const eventWords: Record<PostMortemEvent['kind'], string> = {
  lifecycle: 'lifecycle',
  command: 'command',
  error: 'error',
  warning: 'warning',
  fix: 'fix',
  break: 'the end',
};

/** A command is known by its name, a warning by what it was about; the text of the others is too long for a mark. */
const wordOf = ({ kind, signal, text }: PostMortemEvent): string =>
  kind === 'command' ? text : signal === undefined ? eventWords[kind] : signalWords[signal];

/** Lifecycle comes from the timeline, whose steps know how long they lasted. */
const eventMarks = (events: readonly PostMortemEvent[]): readonly Mark[] =>
  events.flatMap((event, index) =>
    event.kind === 'lifecycle'
      ? []
      : [
          {
            id: `${event.kind}/${event.atMs}/${index}`,
            kind: event.kind,
            atMs: event.atMs,
            endedAtMs: event.endedAtMs,
            open: false,
            word: wordOf(event),
            text: event.text,
            tone: eventTones[event.kind],
          },
        ],
  );

const runResult = (run: CommandRun, atMs: number): Badge => ({
  word: runEndText(run, atMs),
  icon: run.exitCode === null ? 'question' : run.exitCode === 0 ? 'check' : 'failed',
  tone: run.exitCode === null ? 'muted' : run.exitCode === 0 ? 'good' : 'bad',
});

/**
 * The page of one incident, from its post-mortem. Pure.
 * @param offers what can still be done, for each piece of advice
 */
export function incidentPage(
  told: PostMortem,
  sandboxKnown: boolean,
  offers: readonly (readonly Offered[])[] = [],
): IncidentPage {
  const { incident } = told;
  const probably = incident.certainty === 'probable' ? 'probably ' : '';
  const firstMs = Math.min(
    ...told.courses.map(({ timesMs }) => timesMs[0] ?? incident.atMs),
    incident.atMs - leastShownMs,
  );
  const fromMs = Math.max(firstMs, incident.atMs - shownMs);
  const facts = [
    { label: 'When', text: formatMoment(incident.atMs) },
    { label: 'Sandbox', text: `${incident.sandboxName} (${incident.sandboxId})` },
    { label: 'Provider', text: incident.provider },
    { label: 'Workspace', text: incident.workspace ?? 'not known' },
    {
      label: 'Warned',
      text: incident.leadMs === null ? 'not before it' : `${spanText(incident.leadMs)} before`,
    },
  ];
  if (incident.exitCode !== null) facts.push({ label: 'Exit code', text: String(incident.exitCode) });
  const last = told.timeline.at(-1);
  if (last !== undefined) {
    const reason = last.reason === null ? '' : ` (${last.reason})`;
    facts.push({ label: 'Last state', text: `${phaseAndRaw(last)}${reason}` });
  }
  return {
    incidentId: incident.id,
    sandboxId: incident.sandboxId,
    sandboxName: incident.sandboxName,
    provider: incident.provider,
    atMs: incident.atMs,
    title: capital(`${probably}${causeWords[told.cause]}`),
    cause: {
      word: incident.certainty === 'certain' ? 'cause certain' : 'cause probable',
      icon: causeIcons[told.cause],
      tone: quiet.includes(told.cause) ? 'muted' : 'bad',
    },
    certainty: incident.certainty === 'certain' ? '' : 'The facts allow another reading.',
    verdict: told.verdict,
    warningText: told.warningText,
    sandboxKnown,
    facts,
    fromMs,
    // A little room, so that the end is not the edge.
    toMs: incident.atMs + Math.max(5_000, (incident.atMs - fromMs) * 0.04),
    courses: told.courses.map(shownCourse),
    marks: [...lifecycleMarks(told.timeline), ...eventMarks(told.events)],
    advice: told.advice.map((text, index) => ({ text, actions: (offers[index] ?? []).map(({ button }) => button) })),
    recurrences: told.recurrences.map((one) => ({
      title: one.title,
      kind: one.kind === 'cause' ? 'the same kind of end' : 'the same error',
      often: howOften(one),
      who: whoText(one),
      firstAtMs: one.firstAtMs,
      perDay: [...one.perDay],
      here:
        one.here === null || one.here.count === one.count
          ? null
          : { workspace: one.here.workspace, perDay: [...one.here.perDay] },
      helped: one.helped.map(triedText),
    })),
    commands: told.commands.map((run) => ({
      id: run.commandId,
      commandKey: run.commandKey,
      startedAtMs: run.startedAtMs,
      endedAtMs: run.endedAtMs,
      result: runResult(run, incident.atMs),
      attempt: run.attempt,
      peakBytes: run.peakBytes,
    })),
    diagnostics: told.diagnostics,
  };
}
