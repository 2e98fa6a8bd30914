import * as vscode from 'vscode';
import { type ProcessTarget, targetOf } from '../model/fix.ts';
import { isEnded } from '../model/sandbox.ts';
import type { AppView, SandboxView, ServerView } from '../model/view.ts';
import { showInformation, showWarning, tell } from './messages.ts';
import { mayBeAddress, phaseWords, serverWord } from './text/words.ts';

/**
 * A command came from a row of the tree that the editor had just let go of, because the tree was drawn anew. Nobody knows which one it was:
 * least of all may it be taken for the current sandbox.
 */
export const lostRow = Symbol('lost row');

/** @returns the id of the sandbox that a tree row, a link or a button names, or null where it names none. */
export function namedId(argument: unknown): string | null {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null || !('sandboxId' in argument)) return null;
  return typeof argument.sandboxId === 'string' ? argument.sandboxId : null;
}

/** The sandbox a command is meant for: of the tree row or link it came from, else the current one; null for a lost row. */
export function sandboxOf(argument: unknown, view: AppView): SandboxView | null {
  if (argument === lostRow) return null;
  const wanted = namedId(argument) ?? view.currentId;
  return view.sandboxes.find(({ sandbox }) => sandbox.id === wanted) ?? null;
}

/** Says why nothing can be done for a sandbox that was named: another one must not be taken for it. */
export function sayUnknown({ servers }: AppView): void {
  tell(
    servers.some(({ state }) => state === 'connecting')
      ? 'This sandbox is not known yet: the list of sandboxes has not come.'
      : 'This sandbox is not known any more.',
  );
}

/** The sandboxes of all selected rows, or `fallback` alone when one row or none is selected. */
export function sandboxesOf(
  selected: readonly unknown[],
  fallback: SandboxView,
  view: AppView,
): readonly SandboxView[] {
  // Rows the editor let go of are missing here; they are none of the others.
  const rows = selected.filter((row) => typeof row === 'object' && row !== null);
  const found = rows.flatMap((row) => sandboxOf(row, view) ?? []);
  return found.length > 1 ? [...new Set(found)] : [fallback];
}

/** The process a tree row stands for, or null. */
export function processOf(argument: unknown, view: SandboxView): ProcessTarget | null {
  if (typeof argument !== 'object' || argument === null || !('pid' in argument)) return null;
  const process = view.processes.find(({ pid }) => pid === argument.pid);
  return process ? targetOf(process) : null;
}

/** What is asked for: the current one, the one a single command is meant for, and the same where a row was lost. */
type Wanted = 'current' | 'once' | 'lost-row';

const hintFor = (wanted: Wanted): string => {
  if (wanted === 'lost-row') return 'The list changed at that moment';
  if (wanted === 'once') return 'Only for this one command';
  return vscode.workspace.isTrusted
    ? 'It is remembered for this workspace'
    : 'Until this window is closed: this workspace is not trusted';
};

/**
 * Asks which sandbox is meant.
 * @returns its id, or null when the question was closed or there is none.
 */
export async function askForSandbox(view: AppView, wanted: Wanted = 'current'): Promise<string | null> {
  const living = view.sandboxes.filter(({ sandbox }) => !isEnded(sandbox.phase));
  if (living.length === 0) {
    await sayWhyNone(view);
    return null;
  }
  const picked = await vscode.window.showQuickPick(
    living.map(({ sandbox }) => ({
      label: sandbox.name,
      description: `${phaseWords[sandbox.phase]}${sandbox.id === view.currentId ? ' · current' : ''}`,
      detail: [sandbox.id, sandbox.image ?? ''].filter(Boolean).join(' · '),
      id: sandbox.id,
    })),
    {
      title: wanted === 'current' ? 'Which is the current sandbox?' : 'Which sandbox is meant?',
      placeHolder: hintFor(wanted),
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  return picked?.id ?? null;
}

/** Nothing can be done before there is something to watch: says so, with both ways to it. */
export async function sayNotConnected(): Promise<void> {
  const server = 'Connect to a Server…';
  const demo = 'Try the Demo';
  const chosen = await showInformation('Nothing is watched yet: no server is connected.', server, demo);
  if (chosen === server) await vscode.commands.executeCommand('sandboxForesight.connect');
  else if (chosen === demo) await vscode.commands.executeCommand('sandboxForesight.tryDemo');
}

/** Where a server does not answer, that is why there is nothing to choose, and what helps is another thing than to start one. */
async function sayWhyNone({ servers, sandboxes }: AppView): Promise<void> {
  if (servers.length === 0) {
    await sayNotConnected();
    return;
  }
  const bad = servers.find(isBad);
  if (bad === undefined) {
    tell(
      servers.some(({ state }) => state === 'connecting')
        ? 'The list of sandboxes has not come yet.'
        : sandboxes.length > 0
          ? 'No sandbox is running. Those that ended are in the view “Sandboxes”.'
          : 'There is no sandbox yet. One that is started appears by itself.',
    );
    return;
  }
  await sayBad(bad);
}

/** Whether a server does not answer as it should. */
export const isBad = ({ state }: ServerView): boolean => state === 'down' || state === 'degraded';

/** Says what is wrong with a server, with what helps. */
export async function sayBad(bad: ServerView): Promise<void> {
  const isKey = bad.problem === 'unauthorized' || bad.problem === 'forbidden';
  const button = isKey ? 'Set API Key…' : 'Try Again';
  const address = 'Change Address…';
  const why = `${bad.label}: ${bad.text ?? serverWord(bad)} ${bad.nextStep ?? ''}`.trim();
  const chosen = await (mayBeAddress(bad) ? showWarning(why, button, address) : showWarning(why, button));
  if (chosen === address) await vscode.commands.executeCommand('sandboxForesight.connect');
  if (chosen !== button) return;
  await vscode.commands.executeCommand(isKey ? 'sandboxForesight.setApiKey' : 'sandboxForesight.refresh');
}
