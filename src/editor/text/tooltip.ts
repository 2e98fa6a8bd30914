import type { SampleSource } from '../../model/sample.ts';
import { isEnded } from '../../model/sandbox.ts';
import type { SignalName } from '../../model/signal.ts';
import type { AppView, SandboxView } from '../../model/view.ts';
import { formatDuration, sparkline } from './format.ts';
import { commandLink, escapeMarkdown } from './markdown.ts';
import { comingText, useText, whyText } from './signal-text.ts';
import { levelWords, mayBeAddress, phaseAndRaw, signalWords, sourceWords } from './words.ts';

/** Commands that tooltips may link to; the Markdown is trusted for these and nothing else. */
export const tooltipCommands = [
  'sandboxForesight.whatCanIDo',
  'sandboxForesight.openDashboard',
  'sandboxForesight.showDetails',
  'sandboxForesight.showIncident',
  'sandboxForesight.selectSandbox',
  'sandboxForesight.connect',
  'sandboxForesight.setApiKey',
  'sandboxForesight.refresh',
  'sandboxForesight.showLog',
] as const;

function signalTable(view: SandboxView, nowMs: number): string[] {
  if (view.forecasts.length === 0) return [];
  const rows = view.forecasts.map((forecast) => {
    const values = view.history.find((history) => history.signal === forecast.signal)?.values ?? [];
    const coming = comingText(forecast, nowMs);
    return `| ${signalWords[forecast.signal]} | ${sparkline(values)} | ${useText(forecast, nowMs)}${coming ? `; ${escapeMarkdown(coming)}` : ''} |`;
  });
  return ['| signal | recent | now |', '| --- | --- | --- |', ...rows, ''];
}

/** Age of the data; what is a few seconds old is what there is now. */
function ageText(view: SandboxView, nowMs: number): string {
  if (view.lastSampleAtMs === null) return 'no data yet';
  const age = nowMs - view.lastSampleAtMs;
  return age < 10_000 ? 'fresh' : `${formatDuration(age)} old`;
}

/** Softer words for the own place: a machine without limits is no failing. */
const hereSourceWords = (source: SampleSource): string =>
  source === 'machine' ? 'the whole machine' : 'its own control group';

function sandboxLines(view: SandboxView, how: string | null, nowMs: number): string[] {
  const { sandbox, link } = view;
  const lines = [
    `**${escapeMarkdown(sandbox.name)}** — ${escapeMarkdown(phaseAndRaw(sandbox))}${
      view.level === 'calm' ? '' : `, ${levelWords[view.level]}`
    }`,
    '',
  ];
  if (view.leading) lines.push(`${escapeMarkdown(whyText(view.leading, nowMs))}.`, '');
  lines.push(...signalTable(view, nowMs));
  if (view.sampleSource && !isEnded(sandbox.phase)) {
    lines.push(
      `Data: ${view.isHere ? hereSourceWords(view.sampleSource) : sourceWords[view.sampleSource]}, ${ageText(view, nowMs)}${view.caveat ? `; ${escapeMarkdown(view.caveat)}` : ''}`,
      '',
    );
  }
  if (link.text && link.state !== 'live') lines.push(escapeMarkdown(link.text), '');
  if (link.nextStep && link.state !== 'live') lines.push(escapeMarkdown(link.nextStep), '');
  const ending = view.incidents[0];
  if (ending) lines.push(escapeMarkdown(ending.text), '');
  if (how) lines.push(`This is the current sandbox: ${escapeMarkdown(how)}.`, '');
  return lines;
}

/** Numbers in the tooltip are never older than this. */
const atLatestMs = 30_000;
/** What can wait is not written more often than this. */
const atMostEveryMs = 10_000;
/** A use that moved by less is the same one to a reader. */
const movedPressure = 0.05;

/**
 * What a tooltip says, as far as it decides whether one that is open is written anew: the editor closes it then, under the mouse of whoever
 * reads it, and the numbers change with every sample.
 */
export interface TooltipState {
  readonly atMs: number;
  /** What a person wants to be told of at once. */
  readonly urgent: string;
  /** What can wait a little. */
  readonly other: string;
  readonly pressures: ReadonlyMap<SignalName, number>;
}

/** @returns what the tooltip of `view` says at `nowMs` (epoch milliseconds). */
export function tooltipState(view: AppView, nowMs: number): TooltipState {
  const current = view.sandboxes.find((candidate) => candidate.sandbox.id === view.currentId);
  const alarm = current?.level === 'warn' || current?.level === 'critical' ? current.level : null;
  // A sparkline of one value says nothing: it is drawn again when there is something to see.
  const drawn = Math.min(2, Math.floor((current?.history[0]?.values.length ?? 0) / 12));
  const urgent = [
    view.servers.map(({ state, problem, nextStep }) => [state, problem, nextStep]),
    view.currentHow,
    view.ambiguous,
    current && [current.sandbox.name, current.sandbox.rawState, alarm, current.incidents[0]?.id],
    // A connection that is tried again and again is no news each time.
    current && [current.link.state === 'live', current.link.state === 'ended', current.link.state === 'needs-consent'],
  ];
  const other = current && [
    [current.level, current.leading?.signal, current.link.state, current.link.text],
    [ageText(current, nowMs) === 'fresh', drawn, current.forecasts.map(({ signal }) => signal)],
  ];
  const pressures = (current?.forecasts ?? []).flatMap(({ signal, pressure }) =>
    signal === 'expiry' || pressure === null ? [] : [[signal, pressure] as const],
  );
  return { atMs: nowMs, urgent: JSON.stringify(urgent), other: JSON.stringify(other), pressures: new Map(pressures) };
}

/** @returns whether a tooltip that was written when things stood as in `shown` is to be written anew. */
export function isOutdated(shown: TooltipState, now: TooltipState): boolean {
  // A clock that was set back must not hold it up.
  const ageMs = Math.abs(now.atMs - shown.atMs);
  if (now.urgent !== shown.urgent || ageMs > atLatestMs) return true;
  if (ageMs < atMostEveryMs) return false;
  const moved = [...now.pressures].some(
    ([signal, pressure]) => Math.abs(pressure - (shown.pressures.get(signal) ?? pressure)) >= movedPressure,
  );
  return moved || now.other !== shown.other;
}

/** Of what is over, the first question is what happened; of what is not, what can be done. */
function sandboxLinks({ sandbox, incidents }: SandboxView): readonly string[] {
  const ending = isEnded(sandbox.phase) ? incidents.find(({ endsSandbox }) => endsSandbox) : undefined;
  return [
    ending
      ? commandLink('What happened', 'sandboxForesight.showIncident', ending.id)
      : commandLink('What can I do?', 'sandboxForesight.whatCanIDo', sandbox.id),
    commandLink('Dashboard', 'sandboxForesight.openDashboard', sandbox.id),
    commandLink('Details', 'sandboxForesight.showDetails', sandbox.id),
  ];
}

/** What helps where a server does not do its part. */
function serverLinks({ servers }: AppView): readonly string[] {
  const isKey = servers.some(({ problem }) => problem === 'unauthorized' || problem === 'forbidden');
  const isDown = servers.some(({ state }) => state === 'down' || state === 'degraded');
  return [
    ...(isKey ? [commandLink('Set API key', 'sandboxForesight.setApiKey')] : []),
    ...(isDown ? [commandLink('Try again', 'sandboxForesight.refresh')] : []),
    ...(servers.some(mayBeAddress) ? [commandLink('Change address', 'sandboxForesight.connect')] : []),
  ];
}

/**
 * The Markdown tooltip of the status bar item. Pure.
 * @param nowMs epoch milliseconds.
 */
export function tooltipMarkdown(view: AppView, nowMs: number): string {
  const current = view.sandboxes.find((candidate) => candidate.sandbox.id === view.currentId);
  const lines: string[] = [];
  if (current) lines.push(...sandboxLines(current, view.currentHow, nowMs));
  for (const server of view.servers) {
    if (server.state === 'healthy') continue;
    lines.push(`${escapeMarkdown(server.label)}: ${escapeMarkdown(server.text ?? server.state)}`, '');
    // What helps against both the server and the sandbox it does not show stands there once.
    const nextStep = escapeMarkdown(server.nextStep ?? '');
    if (nextStep !== '' && !lines.includes(nextStep)) lines.push(nextStep, '');
  }
  if (view.servers.length === 0) lines.push('Not connected to any sandbox server.', '');
  else if (!current && view.ambiguous) lines.push('Several sandboxes run. Choose the one to watch.', '');
  else if (!current && view.servers.every(({ state }) => state === 'healthy')) lines.push('No sandbox is running.', '');
  const links =
    view.servers.length === 0
      ? [commandLink('Connect to a server', 'sandboxForesight.connect')]
      : [
          ...(current ? sandboxLinks(current) : []),
          ...serverLinks(view),
          ...(view.sandboxes.some(({ sandbox }) => !isEnded(sandbox.phase))
            ? [commandLink('Choose sandbox', 'sandboxForesight.selectSandbox')]
            : []),
          commandLink('Log', 'sandboxForesight.showLog'),
        ];
  lines.push(links.join(' · '));
  return lines.join('\n');
}
