import { isEnded } from '../../model/sandbox.ts';
import type { SignalName } from '../../model/signal.ts';
import type { AppView, Health, SandboxView, ServerView } from '../../model/view.ts';
import { errorDescription, errorTooltip } from './error-text.ts';
import { formatBytes, formatClock, formatDuration, formatMoment, pressureBar } from './format.ts';
import { briefUseText, comingText, useText } from './signal-text.ts';
import { timeLeftMs } from './time-left.ts';
import { causeWords, levelWords, phaseIcons, phaseText, serverWord, signalIcons, signalWords } from './words.ts';

/** One row of the tree, as plain data; `tree.ts` turns it into what the editor wants. */
export interface TreeNode {
  /** Stable over refreshes, so that expansion and selection are kept. */
  readonly id: string;
  readonly kind: 'server' | 'sandbox' | 'group' | 'signal' | 'process' | 'error' | 'incident' | 'fact';
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** Theme colour of the icon, always beside a word that says the same. */
  readonly iconColor: string | null;
  readonly contextValue: string;
  /** Plain text; shown as text. */
  readonly tooltip: string;
  /** For screen readers. */
  readonly accessibleLabel: string;
  readonly sandboxId: string | null;
  readonly pid: number | null;
  readonly expanded: boolean;
  readonly children: readonly TreeNode[];
}

const node = (
  part: Pick<TreeNode, 'id' | 'kind' | 'label' | 'icon' | 'contextValue'> & Partial<TreeNode>,
): TreeNode => {
  const description = part.description ?? '';
  return {
    description,
    iconColor: null,
    tooltip: description === '' ? part.label : `${part.label}: ${description}`,
    accessibleLabel: description === '' ? part.label : `${part.label}, ${description}`,
    sandboxId: null,
    pid: null,
    expanded: false,
    children: [],
    ...part,
  };
};

/** The place the editor itself works in: it can not be paused, saved or deleted, so its rows have menus of their own. */
const isHere = ({ sandbox }: SandboxView): boolean => sandbox.provider === 'local';

/** Of several disks only the fullest is told of: which one that is. */
const placeOf = (view: SandboxView, signal: SignalName): string =>
  signal === 'disk' && view.sample?.disk?.place !== undefined ? `of ${view.sample.disk.place}` : '';

function signalNodes(view: SandboxView, nowMs: number): TreeNode[] {
  return view.forecasts.map((forecast) => {
    const coming = comingText(forecast, nowMs);
    const leads = view.leading?.signal === forecast.signal;
    const level = leads ? view.level : 'calm';
    const word = level === 'warn' || level === 'critical' ? levelWords[level] : '';
    const left = forecast.signal === 'expiry' || !coming ? null : timeLeftMs(forecast, nowMs);
    // A side bar is narrow and cuts the end of a line: what matters most comes first, the picture last.
    const description = [
      [briefUseText(forecast, nowMs), placeOf(view, forecast.signal)].filter((part) => part !== '').join(' '),
      left === null ? '' : `~${formatDuration(left)} left`,
      word,
      forecast.pressure === null || forecast.signal === 'expiry' ? '' : pressureBar(forecast.pressure),
    ];
    return node({
      id: `${view.sandbox.id}/signal/${forecast.signal}`,
      kind: 'signal',
      label: signalWords[forecast.signal],
      description: description.filter((part) => part !== '').join(' · '),
      icon: level === 'critical' ? 'flame' : level === 'warn' ? 'warning' : signalIcons[forecast.signal],
      iconColor: level === 'critical' ? 'list.errorForeground' : level === 'warn' ? 'list.warningForeground' : null,
      contextValue: `signal.${forecast.signal}${isHere(view) ? '.here' : ''}`,
      tooltip: [
        `${signalWords[forecast.signal]}: ${useText(forecast, nowMs)} ${placeOf(view, forecast.signal)}`.trim(),
        coming ?? '',
        forecast.evidence,
      ]
        .filter((line) => line !== '')
        .join('\n'),
      accessibleLabel: `${signalWords[forecast.signal]}, ${word === '' ? '' : `${word}, `}${useText(forecast, nowMs)}${coming ? `, ${coming}` : ''}`,
      sandboxId: view.sandbox.id,
    });
  });
}

function lifecycleNode(view: SandboxView): TreeNode {
  const { sandbox } = view;
  const steps = view.timeline.map((step, index) =>
    node({
      id: `${sandbox.id}/lifecycle/${index}`,
      kind: 'fact',
      label: phaseText(step),
      description: `${formatMoment(step.atMs)} · ${step.rawState}${step.reason ? ` (${step.reason})` : ''}`,
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
        ...(process.pid === grower ? ['growing'] : []),
        ...(process.startedIn === undefined ? [] : [process.startedIn]),
      ].join(' · '),
      icon: process.pid === grower ? 'arrow-up' : 'symbol-event',
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

function errorNodes(view: SandboxView): TreeNode[] {
  if (view.errors.length === 0) return [];
  const children = view.errors.map((error) =>
    node({
      id: `${view.sandbox.id}/error/${error.fingerprint}`,
      kind: 'error',
      label: error.title,
      description: errorDescription(error),
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

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function incidentNodes(view: SandboxView): TreeNode[] {
  return view.incidents.map((incident) => {
    const lead = incident.leadMs === null ? 'no warning before it' : `warned ${formatDuration(incident.leadMs)} before`;
    return node({
      id: `${view.sandbox.id}/incident/${incident.id}`,
      kind: 'incident',
      label: capital(`${incident.certainty === 'probable' ? 'probably ' : ''}${causeWords[incident.cause]}`),
      description: `${formatMoment(incident.atMs)} · ${lead}`,
      icon: incident.endsSandbox ? 'circle-slash' : 'flame',
      contextValue: 'incident',
      tooltip: incident.text,
      accessibleLabel: `${incident.text} ${lead}`,
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

function summary(view: SandboxView, current: boolean, nowMs: number): string {
  const alarming = view.level === 'warn' || view.level === 'critical';
  const parts: string[] = [];
  if (view.leading && !isEnded(view.sandbox.phase)) {
    const left = timeLeftMs(view.leading, nowMs);
    const word = signalWords[view.leading.signal].toLowerCase();
    parts.push(`${word} ${briefUseText(view.leading, nowMs)}`);
    if (view.leading.signal !== 'expiry' && left !== null) parts.push(`~${formatDuration(left)}`);
  }
  if (alarming) parts.push(levelWords[view.level]);
  if (view.health.state !== 'running' && !isEnded(view.sandbox.phase)) parts.push(healthText(view.health));
  parts.push(phaseText(view.sandbox));
  const ending = view.incidents.find((incident) => incident.endsSandbox);
  if (isEnded(view.sandbox.phase) && ending) {
    parts.push(`${ending.certainty === 'probable' ? 'probably ' : ''}${causeWords[ending.cause]}`);
  }
  if (current) parts.push('current');
  return parts.join(' · ');
}

const healthText = ({ state, errorsPerMinute }: Health): string =>
  errorsPerMinute >= 0.1 ? `${state}, ${errorsPerMinute.toFixed(1)} errors/min` : state;

function sandboxNode(view: SandboxView, current: boolean, nowMs: number): TreeNode {
  const { sandbox } = view;
  const description = summary(view, current, nowMs);
  const raw = `${sandbox.rawState}${sandbox.reason ? `, ${sandbox.reason}` : ''}${sandbox.message ? `: ${sandbox.message}` : ''}`;
  const alarming = view.level === 'warn' || view.level === 'critical';
  return node({
    id: sandbox.id,
    kind: 'sandbox',
    label: sandbox.name,
    description,
    icon: view.level === 'critical' ? 'flame' : view.level === 'warn' ? 'warning' : phaseIcons[sandbox.phase],
    iconColor: alarming ? (view.level === 'critical' ? 'list.errorForeground' : 'list.warningForeground') : null,
    contextValue: isHere(view) ? 'sandbox.here' : `sandbox.${sandbox.phase}`,
    tooltip: [`${sandbox.name} (${sandbox.id})`, raw, view.health.rising ?? '']
      .filter((line) => line !== '')
      .join('\n'),
    accessibleLabel: `Sandbox ${sandbox.name}, ${description}`,
    sandboxId: sandbox.id,
    expanded: current,
    children: [
      ...linkNode(view),
      ...signalNodes(view, nowMs),
      lifecycleNode(view),
      ...processesNode(view),
      ...errorNodes(view),
      ...incidentNodes(view),
    ],
  });
}

function serverNode(server: ServerView): TreeNode {
  const healthy = server.state === 'healthy';
  // "OpenSandbox on host:port": the state is worth more than the place where room is short.
  const [name = server.label, place = ''] = server.label.split(' on ');
  const word = serverWord(server);
  // That the own computer is there needs no word; what kind of place it is, and how that was found, does.
  const state = server.provider === 'local' && healthy && server.text !== null ? '' : word;
  const words = [state, server.nextStep ?? '', server.text ?? ''].filter((part) => part !== '');
  return node({
    id: `server/${server.provider}`,
    kind: 'server',
    label: name,
    description: [...words, place].filter((part) => part !== '').join(' · '),
    icon: healthy ? 'server' : server.state === 'connecting' ? 'loading~spin' : 'debug-disconnect',
    iconColor: server.state === 'down' ? 'list.errorForeground' : null,
    contextValue: `server.${server.state}`,
    tooltip: [`${server.label}: ${word}`, server.text ?? '', server.nextStep ?? '']
      .filter((part) => part !== '')
      .join('\n'),
    accessibleLabel: [server.label, ...words].join(', '),
  });
}

function historyNode(problem: string | null): TreeNode[] {
  if (problem === null) return [];
  return [
    node({
      id: 'history',
      kind: 'fact',
      label: 'History',
      description: problem,
      icon: 'warning',
      contextValue: 'history.problem',
    }),
  ];
}

/**
 * The rows of the tree: servers, then sandboxes in the order of the view. Pure.
 * @param filter shows only sandboxes whose name, id, phase or metadata contain it; empty for all.
 */
export function treeModel(view: AppView, filter: string, nowMs: number): readonly TreeNode[] {
  // Without a server the view shows the ways in, which the editor draws only while there are no rows.
  if (view.servers.length === 0) return [];
  const wanted = filter.trim().toLowerCase();
  const shown = view.sandboxes.filter(({ sandbox }) =>
    wanted === ''
      ? true
      : [sandbox.name, sandbox.id, sandbox.phase, sandbox.rawState, ...Object.values(sandbox.metadata)].some((text) =>
          text.toLowerCase().includes(wanted),
        ),
  );
  return [
    ...view.servers.map(serverNode),
    ...historyNode(view.historyProblem),
    ...shown.map((each) => sandboxNode(each, each.sandbox.id === view.currentId, nowMs)),
  ];
}
