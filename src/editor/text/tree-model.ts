import type { Mute } from '../../model/mute.ts';
import { isEnded } from '../../model/sandbox.ts';
import type { AppView, SandboxView, ServerView } from '../../model/view.ts';
import { formatDay } from './format.ts';
import { node, spoken, type TreeNode } from './tree-node.ts';
import { sandboxNode } from './tree-sandbox.ts';
import { serverWord, signalWords } from './words.ts';

function serverNode(server: ServerView): TreeNode {
  const healthy = server.state === 'healthy';
  // "OpenSandbox on host:port": the state is worth more than the place where room is short.
  const [name = server.label, place = ''] = server.label.split(' on ');
  const word = serverWord(server);
  // What tells something of itself (what kind of place it is, and how that was found) needs no word for being there.
  const state = healthy && server.text !== null ? '' : word;
  const words = [state, server.nextStep ?? '', server.text ?? ''].filter((part) => part !== '');
  return node({
    id: `server/${server.provider}`,
    kind: 'server',
    label: name,
    description: [...words, place].filter((part) => part !== '').join(' · '),
    icon: healthy ? 'server' : server.state === 'connecting' ? 'loading~spin' : 'debug-disconnect',
    iconColor: server.state === 'down' ? 'list.errorForeground' : null,
    // The place the editor works in has no address and no key.
    contextValue: `${server.provider === 'local' ? 'place' : 'server'}.${server.state}`,
    tooltip: [`${server.label}: ${word}`, server.text ?? '', server.nextStep ?? '']
      .filter((part) => part !== '')
      .join('\n'),
    accessibleLabel: spoken([server.label, ...words].join(' · ')),
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
      accessibleLabel: `History, warning: ${problem}`,
    }),
  ];
}

interface Drawn {
  readonly current: boolean;
  readonly day: string;
  readonly node: TreeNode;
}

/** The rows of sandboxes that look the same all day. A view is another object as soon as anything in it is different. */
const drawn = new WeakMap<SandboxView, Drawn>();

/** Where nothing is foreseen and no clock runs, time says no more than which day it is. */
const isTimeless = ({ forecasts, leading, sandbox }: SandboxView): boolean =>
  forecasts.length === 0 && (leading === null || isEnded(sandbox.phase));

function sandboxNodeOf(view: SandboxView, current: boolean, nowMs: number, day: string): TreeNode {
  if (!isTimeless(view)) return sandboxNode(view, current, nowMs);
  const before = drawn.get(view);
  if (before?.current === current && before.day === day) return before.node;
  const node = sandboxNode(view, current, nowMs);
  drawn.set(view, { current, day, node });
  return node;
}

/** What is muted looks as calm as what is well: the row below the sandbox says it, with the way back. */
function withMutes(row: TreeNode, mutes: readonly Mute[]): TreeNode {
  const muted = mutes.filter(({ sandboxId }) => sandboxId === row.sandboxId);
  if (muted.length === 0) return row;
  const words = muted.map(({ signal }) => signalWords[signal]).join(', ');
  const told = node({
    id: `${row.id}/muted`,
    kind: 'fact',
    label: 'Warnings muted',
    description: words,
    icon: 'bell-slash',
    contextValue: 'muted',
    tooltip: `You are not warned about: ${words}.\n“Warn Again About This Sandbox” takes it back.`,
    sandboxId: row.sandboxId,
  });
  return { ...row, children: [told, ...row.children] };
}

/**
 * The rows of the tree: servers, then sandboxes in the order of the view. Pure; the row of a sandbox is the same
 * object as long as it can not look different.
 * @param filter shows only sandboxes whose name, id, phase or metadata contain it; empty for all.
 * @param mutes what a person wants no warnings of.
 */
export function treeModel(
  view: AppView,
  filter: string,
  nowMs: number,
  mutes: readonly Mute[] = [],
): readonly TreeNode[] {
  // Without a server the view shows the ways in, which the editor draws only while there are no rows.
  if (view.servers.length === 0) return [];
  const day = formatDay(nowMs);
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
    ...shown.map((each) => {
      const row = sandboxNodeOf(each, each.sandbox.id === view.currentId, nowMs, day);
      // Nobody is warned about what has ended.
      return isEnded(each.sandbox.phase) ? row : withMutes(row, mutes);
    }),
  ];
}
