import { fixTitle } from '../../model/fix-title.ts';
import { sparkline } from '../../model/format.ts';
import type { PostMortem, Recurrence, SignalCourse } from '../../model/post-mortem.ts';
import { percentText } from '../format.ts';
import { pressuresOf } from './courses.ts';
import { runText } from './events.ts';
import { fenced, issueSentence, issueText, list, oneLine, table, utcText } from './markdown-parts.ts';
import { helpedText, howOften, overTimeText, triedText, whoText } from './recurrence-text.ts';
import { causeTitles, signalTitles, spanText, timesText, valueText } from './words.ts';

/**
 * Bytes of each part, in UTF-8, headings aside. Together they stay below 60 KB: issue trackers take 65,536 characters, and the person wants
 * to write something too.
 */
const room = {
  sentence: 1_500,
  facts: 3_000,
  advice: 6_000,
  recurrences: 5_000,
  signals: 4_000,
  events: 14_000,
  timeline: 4_000,
  errors: 5_000,
  commands: 5_000,
  fixes: 4_000,
  diagnostics: 5_000,
} as const;

const columns = 30;

/** The highest value of each of some equal times, as a share of the limit, or of the highest where there is none. */
const courseBars = ({ timesMs, used, limit }: SignalCourse): string => {
  const first = timesMs[0] ?? 0;
  const widthMs = Math.max(1, ((timesMs.at(-1) ?? first) - first + 1) / columns);
  const highest = used.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const values: (number | null)[] = new Array<null>(columns).fill(null);
  for (const [i, atMs] of timesMs.entries()) {
    const value = used[i] ?? null;
    const scale = limit[i] ?? highest;
    if (value === null || scale <= 0) continue;
    const column = Math.min(columns - 1, Math.floor((atMs - first) / widthMs));
    values[column] = Math.max(values[column] ?? 0, value / scale);
  }
  return sparkline(values);
};

const signalRow = (course: SignalCourse): readonly string[] => {
  const known = course.used.filter((value) => value !== null);
  const text = (value: number | undefined): string => (value === undefined ? '–' : valueText(value, course.unit));
  const limit = course.limit.findLast((value) => value !== null);
  const last = pressuresOf(course).at(-1);
  return [
    signalTitles[course.signal],
    courseBars(course),
    text(known[0]),
    text(known.reduce<number | undefined>((most, value) => Math.max(most ?? value, value), undefined)),
    `${text(known.at(-1))}${last === undefined ? '' : ` (${percentText(last.pressure)})`}`,
    limit == null ? 'none' : valueText(limit, course.unit),
  ];
};

/** Where an event lies on the axis that ends with the break. */
const offsetText = (atMs: number, breakMs: number): string => {
  if (atMs === breakMs) return '0 s';
  return atMs < breakMs ? `−${spanText(breakMs - atMs)}` : `+${spanText(atMs - breakMs)}`;
};

const recurrenceRow = (recurrence: Recurrence): readonly string[] => {
  const { title, firstAtMs, lastAtMs, perDay, here } = recurrence;
  const who = whoText(recurrence);
  return [
    issueText(`${title}${who === '' ? '' : `, ${who}`}`),
    issueText(howOften(recurrence)),
    utcText(firstAtMs),
    utcText(lastAtMs),
    here === null ? 'not known' : overTimeText(here.perDay),
    overTimeText(perDay),
    issueText(helpedText(recurrence)),
  ];
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`## ${title}`, '', ...lines];

const facts = ({ incident, cause }: PostMortem): readonly (readonly string[])[] => [
  ['Sandbox', `${issueText(incident.sandboxName, 120)} (${issueText(incident.sandboxId, 120)})`],
  ['Provider', issueText(incident.provider, 80)],
  ['Workspace', issueText(incident.workspace ?? 'not known', 120)],
  ['When', `${utcText(incident.atMs)} UTC`],
  ['What', `${incident.certainty === 'probable' ? 'probably ' : ''}${causeTitles[cause]}`],
  ['The sandbox', incident.endsSandbox ? 'is over' : 'lives on'],
  ...(incident.exitCode === null ? [] : [['Exit code', String(incident.exitCode)]]),
  ['Warning', incident.leadMs === null ? 'none' : `${spanText(incident.leadMs)} before`],
];

/**
 * The post-mortem as Markdown, fit to be pasted into an issue: all text of others is escaped, all times are UTC, and it is shorter than
 * 60 KB. Pure.
 */
export const postMortemMarkdown = (story: PostMortem): string => {
  const { incident, courses, events, commands, timeline, recurrences, advice, errors = [], diagnostics } = story;
  const lines = [
    `# Post-mortem of ${issueText(incident.sandboxName, 120)}: ${causeTitles[story.cause]}`,
    '',
    issueText(story.verdict, room.sentence / 3),
    '',
    issueText(story.warningText, room.sentence / 3),
    '',
    ...table(['fact', ''], facts(story), room.facts),
    ...section(
      'What would have helped',
      list(
        advice.map((each) => issueSentence(each, 500)),
        room.advice,
      ),
    ),
    ...section(
      'This happened before',
      table(
        ['what', 'how often', 'first (UTC)', 'last (UTC)', 'in this workspace', 'in all', 'what was tried'],
        recurrences.map(recurrenceRow),
        room.recurrences,
      ),
    ),
    ...section(
      'The last minutes of every signal',
      table(['signal', 'course', 'first', 'highest', 'last', 'limit'], courses.map(signalRow), room.signals),
    ),
    ...section(
      'What happened',
      table(
        ['when (UTC)', 'from the break', 'kind', 'what'],
        // Read from the break backwards, so that of too many the earliest are left out.
        events
          .toReversed()
          .map(({ atMs, kind, text }) => [utcText(atMs), offsetText(atMs, incident.atMs), kind, issueText(text)]),
        room.events,
      ),
    ),
    ...section(
      'Lifecycle',
      table(
        ['when (UTC)', 'phase', 'state', 'reason'],
        timeline
          .toReversed()
          .map(({ atMs, phase, rawState, reason }) => [
            utcText(atMs),
            phase,
            issueText(rawState, 80),
            issueText(reason ?? ''),
          ]),
        room.timeline,
      ),
    ),
    ...section(
      'Errors',
      table(
        ['error', 'command', 'how often', 'last (UTC)', 'why'],
        errors.map(({ title, commandKey, count, lastSeenAtMs, cause }) => [
          issueText(title),
          issueText(commandKey ?? 'not known', 120),
          timesText(count),
          utcText(lastSeenAtMs),
          issueText(cause ?? 'not known', 400),
        ]),
        room.errors,
      ),
    ),
    ...section(
      'Commands',
      table(
        ['command', 'began (UTC)', 'how it went', 'attempt', 'memory on top'],
        commands
          .toReversed()
          .map((run) => [
            issueText(run.commandKey),
            utcText(run.startedAtMs),
            runText(run, incident.atMs),
            String(run.attempt),
            run.peakBytes === null ? '–' : valueText(run.peakBytes, 'bytes'),
          ]),
        room.commands,
      ),
    ),
    ...section(
      'Fixes tried',
      table(
        ['when (UTC)', 'fix', 'result', 'what was seen'],
        incident.fixes.map((fix) => [
          utcText(fix.startedAtMs),
          issueText(fixTitle(fix)),
          fix.result.replaceAll('-', ' '),
          issueText(fix.text),
        ]),
        room.fixes,
      ),
    ),
    ...(diagnostics === null || diagnostics.trim() === ''
      ? []
      : section('Diagnostics of the server', fenced(diagnostics, room.diagnostics))),
    'Written by Sandbox Foresight from what it remembers. Secrets it recognised were taken out; look through the text before you share it.',
    '',
  ];
  return lines.join('\n');
};

const longestSummary = 990;

/**
 * What the owner of a sandbox is to know: cause, warning, remedy and how often, in under 1,000 characters of plain text. Pure.
 */
export const ownerSummary = ({ incident, verdict, warningText, advice, recurrences }: PostMortem): string => {
  const again = recurrences.find(({ kind }) => kind === 'cause') ?? recurrences[0];
  const parts = [
    `${oneLine(incident.sandboxName, 80)} (${oneLine(incident.provider, 40)}), ${utcText(incident.atMs)} UTC: ${oneLine(verdict, 300)}`,
    oneLine(warningText, 180),
    ...advice.slice(0, 2).map((each, i) => `${i === 0 ? 'What helps: ' : ''}${oneLine(each, 180)}`),
    ...(again === undefined
      ? []
      : [
          `It happened (${oneLine(again.title, 80)}) ${howOften(again)}. In all, ${overTimeText(again.perDay)}.`,
          ...again.helped.slice(0, 1).map((each) => `What was tried: ${oneLine(triedText(each), 120)}.`),
        ]),
  ];
  let text = '';
  for (const part of parts) {
    const longer = text === '' ? part : `${text}\n${part}`;
    if (longer.length <= longestSummary) text = longer;
  }
  return text;
};
