import { availableParallelism, totalmem } from 'node:os';
import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { Housekeeping } from '../model/ports.ts';
import type { SandboxView } from '../model/view.ts';
import { confirm, showInformation, withCancellableProgress } from './messages.ts';
import { formatBytes } from './text/format.ts';
import { heapChoices, type LimitChoice, parallelismChoices } from './text/limit-choices.ts';

export interface PlaceActionsOptions {
  readonly supervisor: Supervisor;
  readonly housekeeping: Housekeeping;
  /** Environment of new terminals. */
  readonly terminals: vscode.GlobalEnvironmentVariableCollection;
  /** Paths of the workspace folders on the computer the extension runs on. */
  readonly folders: () => readonly string[];
  readonly home: string;
  /** The place the editor works in is another computer than the one the extension runs on, whose disks it can not search. */
  readonly remote: () => boolean;
}

/** What one action is called where several are offered. */
export interface PlaceAction {
  readonly id: 'setHeapLimit' | 'lowerParallelism' | 'clearCaches' | 'showLargestFolders';
  readonly title: string;
  readonly reason: string;
}

const memoryActions: readonly PlaceAction[] = [
  {
    id: 'setHeapLimit',
    title: 'Set a heap limit',
    reason: 'A program then collects its garbage, or fails in words, before the kernel kills it.',
  },
  {
    id: 'lowerParallelism',
    title: 'Lower the parallelism',
    reason: 'Fewer jobs at a time need less memory at a time.',
  },
];
const diskActions: readonly PlaceAction[] = [
  {
    id: 'clearCaches',
    title: 'Clear caches',
    reason: 'Shows what the caches of known tools hold, and empties those you pick.',
  },
  { id: 'showLargestFolders', title: 'Show the largest folders', reason: 'What fills the disk, largest first.' },
];

/** @returns what can be done about the place the editor works in, the most fitting first. */
function placeActionsFor(view: SandboxView): readonly PlaceAction[] {
  const signal = view.leading?.signal;
  if (signal === 'disk' || signal === 'inodes') return [...diskActions, ...memoryActions];
  return [...memoryActions, ...diskActions];
}

/** The actions that need no server: they change only new terminals, or what the person picks from a list. */
export class PlaceActions {
  private readonly options: PlaceActionsOptions;

  constructor(options: PlaceActionsOptions) {
    this.options = options;
  }

  /** @returns what is offered for this sandbox, the most fitting first: nothing unless the editor works in it. */
  offers(view: SandboxView): readonly PlaceAction[] {
    if (this.here()?.sandbox.id !== view.sandbox.id) return [];
    const all = placeActionsFor(view);
    return this.options.remote() ? all.filter((action) => !diskActions.includes(action)) : all;
  }

  /** Sets a heap limit for programs that are started in new terminals. */
  async setHeapLimit(): Promise<void> {
    const limitBytes = this.here()?.sample?.memory?.limitBytes ?? totalmem();
    await this.choose('Set a heap limit for new terminals', 'The limit of one process', heapChoices(limitBytes));
  }

  /** Lowers the number of jobs of known tools in new terminals. */
  async lowerParallelism(): Promise<void> {
    const cores = this.here()?.sample?.cpu?.limitCores ?? availableParallelism();
    await this.choose('Lower the parallelism in new terminals', 'How many jobs at a time', parallelismChoices(cores));
  }

  /** Says what to do instead where the disks are those of another computer. */
  private async isElsewhere(): Promise<boolean> {
    if (!this.options.remote()) return false;
    await showInformation(
      'This window works on another computer, whose disks this extension can not search from here. Use a terminal there, e.g. du -xh / | sort -h | tail.',
    );
    return true;
  }

  private here(): SandboxView | undefined {
    const { sandboxes, currentId, currentInside } = this.options.supervisor.view;
    return currentInside ? sandboxes.find(({ sandbox }) => sandbox.id === currentId) : undefined;
  }

  private async choose(title: string, placeHolder: string, choices: readonly LimitChoice[]): Promise<void> {
    const { terminals } = this.options;
    const back = { label: '$(discard) Take back what was set here', description: '', variables: null };
    const isSet = [...terminals].length > 0;
    const picked = await vscode.window.showQuickPick([...choices, ...(isSet ? [back] : [])], { title, placeHolder });
    if (!picked) return;
    if (picked.variables === null) {
      terminals.clear();
      await showInformation('New terminals start without limits of this extension again.');
      return;
    }
    terminals.description = 'Limits set with Sandbox Foresight';
    for (const { name, value, appended } of picked.variables) {
      if (appended) terminals.append(name, value);
      else terminals.replace(name, value);
    }
    const openTerminal = 'New Terminal';
    const chosen = await showInformation(
      `${picked.label} in every new terminal. What runs already goes on as it was: start it again there.`,
      openTerminal,
    );
    if (chosen === openTerminal) vscode.window.createTerminal().show();
  }

  /** Shows the caches of known tools with their sizes and empties those the person picks, after asking. */
  async clearCaches(): Promise<void> {
    if (await this.isElsewhere()) return;
    const { housekeeping, folders } = this.options;
    const caches = await withCancellableProgress('Measuring caches', (signal) =>
      housekeeping.caches(folders(), signal),
    );
    if (caches.length === 0) {
      await showInformation('The caches of the tools known here hold nothing worth clearing.');
      return;
    }
    const picked = await vscode.window.showQuickPick(
      caches.map((cache) => ({ label: cache.tool, description: formatBytes(cache.bytes), detail: cache.path, cache })),
      { title: 'Clear caches', placeHolder: 'Each is made again when it is needed', canPickMany: true },
    );
    if (!picked || picked.length === 0) return;
    const bytes = picked.reduce((sum, { cache }) => sum + cache.bytes, 0);
    const question = `Clear ${picked.length === 1 ? 'this cache' : `these ${picked.length} caches`}, ${formatBytes(bytes)} in all?`;
    const detail = picked.map(({ cache }) => `${cache.path}: ${formatBytes(cache.bytes)}`).join('\n');
    if (!(await confirm(question, detail, 'Clear'))) return;
    const freed = await withCancellableProgress('Clearing caches', async (signal, progress) => {
      let sum = 0;
      for (const { cache } of picked) {
        progress(cache.tool);
        sum += await housekeeping.clear(cache, signal);
      }
      return sum;
    });
    await showInformation(`${formatBytes(freed)} of ${formatBytes(bytes)} are free now.`);
  }

  /** Shows the largest folders of workspace, home and temporary files. */
  async showLargestFolders(): Promise<void> {
    if (await this.isElsewhere()) return;
    const { housekeeping, folders, home } = this.options;
    const roots = [...folders(), home, '/tmp'];
    const { folders: largest, complete } = await withCancellableProgress('Looking for the largest folders', (signal) =>
      housekeeping.largest(roots, signal),
    );
    const picked = await vscode.window.showQuickPick(
      largest.map(({ path, bytes }) => ({ label: formatBytes(bytes), description: path, path })),
      {
        title: 'The largest folders',
        placeHolder: complete ? 'Opens a terminal there' : 'Not everything could be looked at. Opens a terminal there',
        matchOnDescription: true,
      },
    );
    if (picked) vscode.window.createTerminal({ cwd: picked.path }).show();
  }
}
