import { availableParallelism, totalmem } from 'node:os';
import * as vscode from 'vscode';
import type { FixChoices, FixPlan } from '../app/contracts.ts';
import type { FixId } from '../model/fix.ts';
import { ownCores, ownLimit } from '../model/own-limit.ts';
import type { FolderSize } from '../model/ports.ts';
import { heapRuntimeOf } from '../model/terminal-limits.ts';
import type { SandboxView } from '../model/view.ts';
import { staying, tell } from './messages.ts';
import type { EditorTerminalEnvironment } from './terminal-environment.ts';
import { formatBytes, formatDuration } from './text/format.ts';
import { heapChoices, parallelismChoices } from './text/limit-choices.ts';

const minuteMs = 60_000;

/** What limits of new terminals are set in, and worked out from. */
export interface TerminalPlace {
  readonly terminals: EditorTerminalEnvironment;
  /** They run on another computer than the one the extension runs on. */
  readonly remote: () => boolean;
}

/** Asks what has to be known before a fix can be planned for all of `views`. @returns null when the person closed a question. */
export async function chooseBefore(
  views: readonly SandboxView[],
  fixId: FixId,
  place: TerminalPlace,
): Promise<FixChoices | null> {
  const [view] = views;
  if (!view) return {};
  const name = views.length > 1 ? `${views.length} sandboxes` : view.sandbox.name;
  switch (fixId) {
    case 'extend':
      return chooseTime(name);
    case 'recreateLarger':
      return views.length > 1 ? chooseFactor(name) : chooseMemory(view, name);
    case 'setHeapLimit':
      return chooseHeap(view, place);
    case 'lowerParallelism':
      return chooseJobs(view, place);
    default:
      return {};
  }
}

async function chooseTime(name: string): Promise<FixChoices | null> {
  const picked = await vscode.window.showQuickPick(
    [10, 30, 60, 240].map((minutes) => ({ label: `${formatDuration(minutes * minuteMs)} longer`, minutes })),
    { title: `Extend the time of ${name}`, placeHolder: 'How much longer?', ...staying },
  );
  return picked ? { extendByMs: picked.minutes * minuteMs } : null;
}

const factors = [2, 4, 8] as const;

/** Several sandboxes have several limits. */
async function chooseFactor(name: string): Promise<FixChoices | null> {
  const picked = await vscode.window.showQuickPick(
    factors.map((factor) => ({ label: `${factor} × the present limit`, description: 'of each of them', factor })),
    { title: `Recreate ${name} with more memory`, placeHolder: 'How much more?', ...staying },
  );
  return picked ? { memoryFactor: picked.factor } : null;
}

async function chooseMemory(view: SandboxView, name: string): Promise<FixChoices | null> {
  const limit = ownLimit(view);
  if (limit === null) return {};
  const picked = await vscode.window.showQuickPick(
    factors.map((factor) => ({
      label: formatBytes(limit * factor),
      description: `${factor} × the present limit`,
      bytes: limit * factor,
    })),
    { title: `Recreate ${name} with more memory`, placeHolder: `Now ${formatBytes(limit)}`, ...staying },
  );
  return picked ? { memoryBytes: picked.bytes } : null;
}

/**
 * What this very process may use: these fixes are for where the editor runs, and its machine may be larger than the place it was given. On
 * another computer that says nothing of it.
 */
const memoryHere = ({ remote }: TerminalPlace): number | null =>
  remote() ? null : Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

async function chooseHeap(view: SandboxView, place: TerminalPlace): Promise<FixChoices | null> {
  const grower = view.processes.find(({ pid }) => pid === view.leading?.grower?.pid);
  const meant = [...(grower ? [grower] : []), ...view.processes].map(heapRuntimeOf).find((runtime) => runtime !== null);
  const limit = ownLimit(view) ?? memoryHere(place);
  const all = limit === null ? [] : heapChoices(limit);
  // The limits for the program that runs come first.
  const choices = all.toSorted((a, b) => Number(b.heap.runtime === meant) - Number(a.heap.runtime === meant));
  const picked = await pickLimit(choices, place.terminals, {
    title: 'Set a heap limit for new terminals',
    placeHolder: 'The limit of one process',
    unknown: 'The memory of the computer this window works on is not known, so no limit can be worked out from it.',
  });
  return picked && 'heap' in picked ? { heap: picked.heap } : null;
}

async function chooseJobs(view: SandboxView, place: TerminalPlace): Promise<FixChoices | null> {
  const cores = ownCores(view) ?? (place.remote() ? null : availableParallelism());
  const picked = await pickLimit(cores === null ? [] : parallelismChoices(cores), place.terminals, {
    title: 'Lower the parallelism in new terminals',
    placeHolder: 'How many jobs at a time',
    unknown:
      'The processors of the computer this window works on are not known, so no number of jobs can be worked out from them.',
  });
  return picked && 'jobs' in picked ? { jobs: picked.jobs } : null;
}

/** @returns null when it was closed, nothing can be chosen, or what was set before was taken back. */
async function pickLimit<Choice extends vscode.QuickPickItem>(
  choices: readonly Choice[],
  terminals: EditorTerminalEnvironment,
  texts: { readonly title: string; readonly placeHolder: string; readonly unknown: string },
): Promise<Choice | null> {
  const { title, unknown } = texts;
  const placeHolder = choices.length === 0 ? unknown : texts.placeHolder;
  if (choices.length === 0 && !terminals.isSet) {
    tell(unknown);
    return null;
  }
  const back = { label: '$(discard) Take back what was set here', description: '' };
  const offered: (Choice | typeof back)[] = [...choices, ...(terminals.isSet ? [back] : [])];
  const picked = await vscode.window.showQuickPick(offered, { title, placeHolder, ...staying });
  if (!picked) return null;
  const choice = choices.find((one) => one === picked);
  if (choice) return choice;
  terminals.clear();
  tell('New terminals start without limits of this extension again.');
  return null;
}

/**
 * Lets the person pick among what a plan has found.
 * @returns null when it was closed, `all` when there is nothing to pick or everything was, else what to plan with.
 */
export async function chooseAmongFound({ parameters }: FixPlan): Promise<FixChoices | 'all' | null> {
  if (parameters.kind === 'clearCaches') {
    const picked = await pickSome(
      'Clear caches',
      'Each is made again when it is needed',
      parameters.caches,
      ({ tool }) => tool,
    );
    return picked === null || picked === 'all' ? picked : { caches: picked };
  }
  if (parameters.kind === 'shortenLogs') {
    const picked = await pickSome('Shorten large logs', 'The last lines of each stay', parameters.logs, ({ path }) =>
      path.slice(path.lastIndexOf('/') + 1),
    );
    return picked === null || picked === 'all' ? picked : { logs: picked };
  }
  return 'all';
}

async function pickSome<Found extends FolderSize>(
  title: string,
  placeHolder: string,
  found: readonly Found[],
  nameOf: (one: Found) => string,
): Promise<readonly Found[] | 'all' | null> {
  if (found.length < 2) return 'all';
  const rows = found.map((one) => ({
    label: nameOf(one),
    description: formatBytes(one.bytes),
    detail: one.path,
    picked: true,
    one,
  }));
  const picked = await vscode.window.showQuickPick(rows, { title, placeHolder, canPickMany: true, ...staying });
  if (!picked || picked.length === 0) return null;
  return picked.length === found.length ? 'all' : picked.map(({ one }) => one);
}
