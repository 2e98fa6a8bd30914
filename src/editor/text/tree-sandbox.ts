import { pathText } from '../../app/format.ts';
import { spanText } from '../../app/post-mortem/words.ts';
import type { Forecast } from '../../model/forecast.ts';
import { isFull } from '../../model/full.ts';
import { isEnded } from '../../model/sandbox.ts';
import type { Health, SandboxView } from '../../model/view.ts';
import type { WarningLevel } from '../../model/warning.ts';
import { errorDescription, errorTooltip } from './error-text.ts';
import { capital, formatBytes, formatClock, formatEstimate, formatWhen, pressureBar } from './format.ts';
import { heapText } from './process-text.ts';
import { briefUseText, comingText, isMeasured, peaksText, reasonText, useText } from './signal-text.ts';
import { timeLeftMs } from './time-left.ts';
import { node, spoken, type TreeNode } from './tree-node.ts';
import {
  causeWords,
  endingWords,
  isAgentDown,
  isOfMachine,
  isOld,
  isSameWord,
  levelWords,
  phaseIcons,
  phaseText,
  signalIcons,
  signalWords,
} from './words.ts';

/** Whose number it is. Of several disks only the fullest is told of: which one that is. */
function placeOf(view: SandboxView, { signal, place }: Forecast): string {
  const disk = place ?? (signal === 'disk' ? view.sample?.disk?.place : undefined);
  if (disk !== undefined) return `of ${disk}`;
  return isOfMachine(view, signal) ? '(machine)' : '';
}

/** The shortest form of "how full", marked as in the status bar where it is the last that is known: `~71%`. */
const markedUse = (view: SandboxView, forecast: Forecast, nowMs: number): string =>
  `${isOld(view) && isMeasured(forecast) ? '~' : ''}${briefUseText(forecast, nowMs)}`;

/** `71% of /tmp`, `38% (machine)`, `/tmp is full`. */
function shortUse(view: SandboxView, forecast: Forecast, nowMs: number): string {
  const use = markedUse(view, forecast, nowMs);
  if (isFull(forecast)) return forecast.place === undefined ? use : `${forecast.place} is ${use}`;
  return `${use} ${placeOf(view, forecast)}`.trim();
}

/** What is full looks as what is warned of, also where it was so before it was watched and nobody is told. */
function signalSign(level: WarningLevel, forecast: Forecast): Pick<TreeNode, 'icon' | 'iconColor'> {
  if (level === 'critical') return { icon: 'flame', iconColor: 'list.errorForeground' };
  if (level === 'warn' || isFull(forecast)) return { icon: 'warning', iconColor: 'list.warningForeground' };
  return { icon: signalIcons[forecast.signal], iconColor: null };
}

function signalNodes(view: SandboxView, nowMs: number): TreeNode[] {
  return view.forecasts.map((forecast) => {
    const coming = comingText(forecast, nowMs);
    const level = view.signalLevels[forecast.signal] ?? 'calm';
    const word = level === 'warn' || level === 'critical' ? levelWords[level] : '';
    const left = forecast.signal === 'expiry' || !coming ? null : timeLeftMs(forecast, nowMs);
    const use = `${useText(forecast, nowMs)} ${placeOf(view, forecast)}`.trim();
    const sign = signalSign(level, forecast);
    const old = isOld(view) && isMeasured(forecast) ? 'no fresh data' : '';
    // A side bar is narrow and cuts the end of a line: what matters most comes first, the picture last.
    const description = [
      shortUse(view, forecast, nowMs),
      left === null ? peaksText(forecast) : `${formatEstimate(left)} left`,
      word,
      forecast.pressure === null || forecast.signal === 'expiry' ? '' : pressureBar(forecast.pressure),
    ];
    return node({
      id: `${view.sandbox.id}/signal/${forecast.signal}`,
      kind: 'signal',
      label: signalWords[forecast.signal],
      description: description.filter((part) => part !== '').join(' · '),
      ...sign,
      contextValue: `signal.${forecast.signal}${view.isHere ? '.here' : ''}`,
      tooltip: [`${signalWords[forecast.signal]}: ${use}`, coming ?? '', reasonText(forecast) ?? '', capital(old)]
        .filter((line) => line !== '')
        .join('\n'),
      accessibleLabel: `${signalWords[forecast.signal]}, ${word === '' ? '' : `${word}, `}${use}${coming ? `, ${coming}` : ''}${old === '' ? '' : `, ${old}`}`,
      sandboxId: view.sandbox.id,
    });
  });
}

/** How the provider calls a step, where that is another word than its label, and why it came. */
const providerWords = (step: SandboxView['timeline'][number]): readonly string[] =>
  [isSameWord(step) ? '' : step.rawState, step.reason ?? ''].filter((word) => word !== '');

function lifecycleNode(view: SandboxView, nowMs: number): TreeNode {
  const { sandbox } = view;
  const steps = view.timeline.map((step, index) =>
    node({
      id: `${sandbox.id}/lifecycle/${index}`,
      kind: 'fact',
      label: phaseText(step),
      description: [formatWhen(step.atMs, nowMs), ...providerWords(step)].join(' · '),
      icon: phaseIcons[step.phase].replace('~spin', ''),
      contextValue: 'transition',
      sandboxId: sandbox.id,
    }),
  );
  const expiry = sandbox.expiry;
  const ends = expiry && !isEnded(sandbox.phase) ? `, ends at ${formatClock(expiry.expiresAtMs)}` : '';
  return node({
    id: `${sandbox.id}/lifecycle`,
    kind: 'group',
    label: 'Lifecycle',
    description: `${phaseText(sandbox)}${ends}`,
    icon: 'history',
    contextValue: 'lifecycle',
    sandboxId: sandbox.id,
    children: steps,
  });
}

function processesNode(view: SandboxView): TreeNode[] {
  if (view.processes.length === 0) return [];
  const grower = view.leading?.grower?.pid;
  const children = view.processes.map((process) =>
    node({
      id: `${view.sandbox.id}/process/${process.pid}`,
      kind: 'process',
      label: process.name,
      description: [
        `pid ${process.pid}`,
        formatBytes(process.rssBytes),
        ...(process.heap === undefined ? [] : [heapText(process)]),
        ...(process.pid === grower ? ['growing'] : []),
        ...(process.startedIn === undefined ? [] : [process.startedIn]),
      ].join(' · '),
      icon: process.pid === grower ? 'arrow-up' : 'server-process',
      contextValue: 'process',
      sandboxId: view.sandbox.id,
      pid: process.pid,
    }),
  );
  return [
    node({
      id: `${view.sandbox.id}/processes`,
      kind: 'group',
      label: 'Largest processes',
      description: String(children.length),
      icon: 'list-tree',
      contextValue: 'processes',
      sandboxId: view.sandbox.id,
      children,
    }),
  ];
}

function errorNodes(view: SandboxView, nowMs: number): TreeNode[] {
  if (view.errors.length === 0) return [];
  const children = view.errors.map((error) =>
    node({
      id: `${view.sandbox.id}/error/${error.fingerprint}`,
      kind: 'error',
      label: error.title,
      description: errorDescription(error, nowMs),
      icon: error.solvedAtMs === undefined ? 'bug' : 'check',
      contextValue: 'error',
      tooltip: errorTooltip(error),
      sandboxId: view.sandbox.id,
    }),
  );
  return [
    node({
      id: `${view.sandbox.id}/errors`,
      kind: 'group',
      label: 'Errors',
      description: String(children.length),
      icon: 'bug',
      contextValue: 'errors',
      sandboxId: view.sandbox.id,
      children,
    }),
  ];
}

function incidentNodes(view: SandboxView, nowMs: number): TreeNode[] {
  return view.incidents.map((incident) => {
    const lead = incident.leadMs === null ? 'no warning before it' : `warned ${spanText(incident.leadMs)} before`;
    return node({
      id: `${view.sandbox.id}/incident/${incident.id}`,
      kind: 'incident',
      label: capital(`${incident.certainty === 'probable' ? 'probably ' : ''}${causeWords[incident.cause]}`),
      description: `${formatWhen(incident.atMs, nowMs)} · ${lead}`,
      icon: incident.endsSandbox ? 'circle-slash' : 'flame',
      contextValue: 'incident',
      tooltip: incident.text,
      // With a warning, the text says itself how long before it came.
      accessibleLabel: `Incident: ${incident.text}${incident.leadMs === null ? ' There was no warning before it.' : ''}`,
      sandboxId: view.sandbox.id,
    });
  });
}

function linkNode(view: SandboxView): TreeNode[] {
  const { link, sandbox } = view;
  if (link.state === 'live' || link.state === 'ended' || link.text === null) return [];
  return [
    node({
      id: `${sandbox.id}/link`,
      kind: 'fact',
      label: link.text,
      description: link.nextStep ?? '',
      icon: link.state === 'connecting' ? 'loading~spin' : link.state === 'idle' ? 'eye-closed' : 'debug-disconnect',
      contextValue: `link.${link.state}`,
      sandboxId: sandbox.id,
    }),
  ];
}

const isAlarming = ({ level }: SandboxView): boolean => level === 'warn' || level === 'critical';

/** What ends it first, and when. */
function leadingWords(view: SandboxView, nowMs: number): readonly string[] {
  const { leading, level } = view;
  const left = leading === null || leading.signal === 'expiry' ? null : timeLeftMs(leading, nowMs);
  return [
    ...(leading === null ? [] : [`${signalWords[leading.signal].toLowerCase()} ${markedUse(view, leading, nowMs)}`]),
    ...(left === null ? [] : [formatEstimate(left)]),
    ...(isAlarming(view) ? [levelWords[level]] : []),
  ];
}

/** The end of a row is cut: what is wrong now comes before what comes, unless that is warned of. */
function stateWords(view: SandboxView, nowMs: number): readonly string[] {
  const leading = leadingWords(view, nowMs);
  if (isAgentDown(view)) return ['does not answer', ...leading];
  if (view.health.state === 'running') return leading;
  return isAlarming(view) ? [...leading, healthText(view.health)] : [healthText(view.health), ...leading];
}

function summary(view: SandboxView, current: boolean, nowMs: number): readonly string[] {
  const over = isEnded(view.sandbox.phase);
  const ending = over ? endingWords(view) : null;
  return [
    ...(over ? [] : stateWords(view, nowMs)),
    phaseText(view.sandbox),
    ...(ending === null ? [] : [ending]),
    ...(current ? ['current'] : []),
  ];
}

/** Beside the word of its state. A warning is louder than an agent that does not answer. */
function signOf(view: SandboxView): Pick<TreeNode, 'icon' | 'iconColor'> {
  if (view.level === 'critical') return { icon: 'flame', iconColor: 'list.errorForeground' };
  if (view.level === 'warn') return { icon: 'warning', iconColor: 'list.warningForeground' };
  if (isAgentDown(view)) return { icon: 'debug-disconnect', iconColor: 'list.warningForeground' };
  if (view.leading !== null && isFull(view.leading)) return { icon: 'warning', iconColor: 'list.warningForeground' };
  return { icon: phaseIcons[view.sandbox.phase], iconColor: null };
}

const healthText = ({ state, errorsPerMinute }: Health): string =>
  errorsPerMinute >= 0.1 ? `${state}, ${errorsPerMinute.toFixed(1)} errors/min` : state;

/** An estimate is one of the time left; a use that is marked is the last one known. */
const spokenPart = (part: string): string =>
  /^[~<]\d/.test(part) ? `${part} left` : part.replace(/ ~(?=\d|full)/, ' last ');

/** What a narrow side bar shows of a name without hiding the words beside it. */
const longestName = 20;
const keptEnd = 8;

/** Names that begin alike often differ at their end: what is left out is the middle. The tooltip has all of it. */
const shortened = (name: string): string => {
  const letters = [...name];
  return letters.length <= longestName
    ? name
    : `${letters.slice(0, longestName - keptEnd - 1).join('')}…${letters.slice(-keptEnd).join('')}`;
};

/** @returns the row of a sandbox with everything below it. */
export function sandboxNode(view: SandboxView, current: boolean, nowMs: number): TreeNode {
  const { sandbox } = view;
  const parts = summary(view, current, nowMs);
  const raw = `${sandbox.rawState}${sandbox.reason ? `, ${sandbox.reason}` : ''}${sandbox.message ? `: ${sandbox.message}` : ''}`;
  return node({
    id: sandbox.id,
    kind: 'sandbox',
    label: shortened(pathText(sandbox.name)),
    description: parts.join(' · '),
    ...signOf(view),
    // The place the editor works in can not be paused, saved or deleted: its rows have menus of their own.
    contextValue: view.isHere ? 'sandbox.here' : `sandbox.${sandbox.phase}`,
    tooltip: [`${sandbox.name} (${sandbox.id})`, raw, view.health.rising ?? '']
      .filter((line) => line !== '')
      .join('\n'),
    accessibleLabel: `Sandbox ${sandbox.name}, ${spoken(parts.map(spokenPart).join(' · '))}`,
    sandboxId: sandbox.id,
    expanded: current,
    children: [
      ...linkNode(view),
      ...signalNodes(view, nowMs),
      lifecycleNode(view, nowMs),
      ...processesNode(view),
      ...errorNodes(view, nowMs),
      ...incidentNodes(view, nowMs),
    ],
  });
}
