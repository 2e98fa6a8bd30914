import { isFull } from '../../model/full.ts';
import { isEnded } from '../../model/sandbox.ts';
import type { SandboxView } from '../../model/view.ts';
import { recurrenceText } from './error-text.ts';
import { capital, formatMoment, sparkline } from './format.ts';
import { codeCell, escapeMarkdown } from './markdown.ts';
import { comingText, reasonText, useText, whyText } from './signal-text.ts';
import {
  causeWords,
  endingWords,
  expiryWords,
  isAgentDown,
  levelWords,
  phaseAndRaw,
  phaseText,
  phaseWords,
  resultWords,
  signalWords,
  sourceWords,
} from './words.ts';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0
    ? []
    : [
        `| ${head.join(' | ')} |`,
        `|${' --- |'.repeat(head.length)}`,
        ...rows.map((row) => `| ${row.join(' | ')} |`),
        '',
      ];

/** A heading, where there is anything below it. */
const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`## ${title}`, '', ...lines];

/** How it is, or how it ended, and why. */
function stateLine(view: SandboxView, nowMs: number): string {
  const { sandbox, leading, level } = view;
  if (isEnded(sandbox.phase)) return `**${escapeMarkdown(phaseText(sandbox))}**${wordsAfter(endingWords(view))}`;
  const word = leading === null || leading.signal === 'expiry' ? '' : `${signalWords[leading.signal]}: `;
  const why = leading === null ? null : `${word}${escapeMarkdown(whyText(leading, nowMs))}`;
  const isCalmlyFull = leading !== null && isFull(leading) && level === 'calm';
  if (!isAgentDown(view)) return `**${isCalmlyFull ? 'full' : levelWords[level]}**${wordsAfter(why)}`;
  const alarm = level === 'warn' || level === 'critical' ? `, ${levelWords[level]}` : '';
  return `**agent does not answer${alarm}**${wordsAfter(why)}`;
}

const wordsAfter = (words: string | null): string => (words === null ? '' : ` — ${words}`);

function facts(view: SandboxView): string[] {
  const { sandbox } = view;
  const rows: (readonly string[])[] = [
    ['Phase', escapeMarkdown(phaseAndRaw(sandbox))],
    ['Id', codeCell(sandbox.id)],
    ['Provider', escapeMarkdown(sandbox.provider)],
  ];
  if (sandbox.reason) rows.push(['Reason', escapeMarkdown(sandbox.reason)]);
  if (sandbox.message) rows.push(['Message', escapeMarkdown(sandbox.message)]);
  if (sandbox.image) rows.push(['Image', codeCell(sandbox.image)]);
  if (sandbox.createdAtMs !== null) rows.push(['Created', formatMoment(sandbox.createdAtMs)]);
  if (sandbox.expiry) {
    const certainty = sandbox.expiry.certainty === 'probable' ? ' (probably)' : '';
    rows.push([
      'Ends by the clock',
      `${formatMoment(sandbox.expiry.expiresAtMs)}, then ${expiryWords[sandbox.expiry.action]}${certainty}`,
    ]);
  } else {
    rows.push(['Ends by the clock', 'no deadline']);
  }
  if (view.sampleSource)
    rows.push(['Data', `${sourceWords[view.sampleSource]}${view.caveat ? `; ${escapeMarkdown(view.caveat)}` : ''}`]);
  if (view.link.text && view.link.state !== 'live') {
    rows.push(['Connection', escapeMarkdown([view.link.text, view.link.nextStep].filter(Boolean).join(' '))]);
  }
  return table(['', ''], rows);
}

/**
 * Everything known of one sandbox as a Markdown page. Pure; everything from outside is escaped.
 * @param nowMs epoch milliseconds.
 * @param diagnostics text of the provider, or null when there is none.
 */
export function detailsMarkdown(view: SandboxView, nowMs: number, diagnostics: string | null): string {
  const lines = [
    `# ${escapeMarkdown(view.sandbox.name)}`,
    '',
    stateLine(view, nowMs),
    '',
    ...facts(view),
    ...section(
      'Signals',
      table(
        ['signal', 'recent', 'now', 'limit reached', 'why'],
        view.forecasts.map((forecast) => [
          signalWords[forecast.signal],
          sparkline(view.history.find(({ signal }) => signal === forecast.signal)?.values ?? []),
          useText(forecast, nowMs),
          escapeMarkdown(comingText(forecast, nowMs) ?? '—'),
          escapeMarkdown(reasonText(forecast) ?? '—'),
        ]),
      ),
    ),
    ...section(
      'Lifecycle',
      table(
        ['when', 'phase', 'state'],
        view.timeline.map((step) => [
          formatMoment(step.atMs),
          phaseWords[step.phase],
          escapeMarkdown([step.rawState, step.reason ?? ''].filter(Boolean).join(', ')),
        ]),
      ),
    ),
  ];
  if (view.incidents.length > 0) {
    lines.push('## What happened', '');
    for (const incident of view.incidents) {
      // With a warning, the text says itself how long before it came.
      const lead = incident.leadMs === null ? ' There was no warning before it.' : '';
      lines.push(
        `- **${capital(`${incident.certainty === 'probable' ? 'probably ' : ''}${causeWords[incident.cause]}`)}**, ${formatMoment(incident.atMs)}: ${escapeMarkdown(incident.text)}${lead}`,
      );
    }
    lines.push('');
  }
  if (view.errors.length > 0) {
    lines.push('## Errors', '');
    lines.push(
      ...table(
        ['error', 'times', 'last', 'why', 'how often'],
        view.errors.map((error) => [
          [...new Set([error.title, error.line ?? error.title])].map(codeCell).join(' '),
          String(error.count),
          `${formatMoment(error.lastSeenAtMs)}${error.solvedAtMs === undefined ? '' : ', solved since'}`,
          escapeMarkdown(error.cause ?? 'not known'),
          escapeMarkdown((recurrenceText(error.recurrence) ?? 'once').replaceAll('`', '')),
        ]),
      ),
    );
  }
  if (view.outcomes.length > 0) {
    lines.push('## Fixes tried', '');
    for (const outcome of view.outcomes) {
      lines.push(
        `- ${formatMoment(outcome.startedAtMs)} ${escapeMarkdown(outcome.title ?? outcome.fixId)}: ${resultWords[outcome.result]} — ${escapeMarkdown(outcome.text)}`,
      );
    }
    lines.push('');
  }
  if (diagnostics !== null) {
    const longest = Math.max(2, ...[...diagnostics.matchAll(/`+/g)].map((run) => run[0].length));
    const fence = '`'.repeat(longest + 1);
    lines.push('## Diagnostics of the server', '', fence, diagnostics.trimEnd(), fence, '');
  }
  return lines.join('\n');
}
