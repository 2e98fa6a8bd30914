import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { FixId } from '../model/fix.ts';
import type { AppView, SandboxView } from '../model/view.ts';
import type { CommandId } from './command-ids.ts';
import type { CommandHandler } from './commands.ts';
import { manageSnapshots } from './manage-snapshots.ts';
import { showInformation } from './messages.ts';
import { exportHistory, exportMetrics, forgetEverything, forgetSandbox } from './past.ts';
import { askForSandbox, processOf, sandboxesOf, sandboxOf } from './pick-sandbox.ts';
import { renameSandbox } from './rename.ts';
import type { Workbench } from './workbench.ts';

/** What the commands need beyond the workbench. */
export interface HandlerOptions {
  readonly supervisor: Supervisor;
  readonly workbench: Workbench;
  readonly now: () => number;
  readonly connect: () => Promise<void>;
  readonly setApiKey: () => Promise<void>;
  readonly tryDemo: () => void;
  readonly remember: (sandboxId: string) => Thenable<void>;
  readonly showLog: () => void;
}

const nothingToDo = 'Nothing to do: nothing threatens this sandbox.';

/** The meaning of every command. */
export function createHandlers(options: HandlerOptions): Readonly<Record<CommandId, CommandHandler>> {
  const { supervisor, workbench } = options;
  const view = (): AppView => supervisor.view;

  /** The sandbox meant; asks when that is open. */
  const target = async (argument: unknown): Promise<SandboxView | null> => {
    const found = sandboxOf(argument, view());
    if (found) return found;
    if (view().servers.length === 0) {
      await options.connect();
      return null;
    }
    const id = await askForSandbox(view());
    return view().sandboxes.find(({ sandbox }) => sandbox.id === id) ?? null;
  };
  const fix =
    (id: FixId): CommandHandler =>
    async (argument, selected) => {
      const sandbox = await target(argument);
      if (!sandbox) return;
      // Ending a process is aimed at one; everything else may be meant for several rows at once.
      const meant = id === 'endProcess' ? [sandbox] : sandboxesOf(selected, sandbox, view());
      const able = meant.filter(({ actions }) => actions.includes(id));
      const unable = meant.filter((each) => !able.includes(each));
      if (unable.length > 0) {
        const names = unable.map(({ sandbox: { name, rawState } }) => `${name} (${rawState})`).join(', ');
        await showInformation(`This can not be done now for ${names}.`);
      }
      await workbench.fixes.run(able, id, id === 'endProcess' ? processOf(argument, sandbox) : null);
    };

  return {
    connect: options.connect,
    tryDemo: options.tryDemo,
    setApiKey: options.setApiKey,
    showLog: options.showLog,
    refresh: () => supervisor.refresh(),
    selectSandbox: async (argument) => {
      const id =
        argument === undefined ? await askForSandbox(view()) : (sandboxOf(argument, view())?.sandbox.id ?? null);
      if (id === null) return;
      supervisor.choose(id);
      await options.remember(id);
    },
    filter: async () => {
      const text = await vscode.window.showInputBox({
        title: 'Filter sandboxes',
        prompt: 'Part of a name, id, state or metadata value. Empty shows all.',
      });
      if (text !== undefined) workbench.tree.setFilter(text, options.now());
    },
    openTerminal: async (argument) => {
      const sandbox = await target(argument);
      if (sandbox) workbench.terminals.open(sandbox);
    },
    showDetails: async (argument) => {
      const sandbox = await target(argument);
      if (sandbox) await workbench.details.show(sandbox.sandbox.id);
    },
    whatCanIDo: async (argument) => {
      const sandbox = await target(argument);
      if (!sandbox) return;
      const { name } = sandbox.sandbox;
      const picked = await vscode.window.showQuickPick(
        sandbox.fixes.map((offer) => ({ label: offer.title, detail: offer.reason, offer })),
        {
          title: `What can I do for ${name}?`,
          placeHolder: sandbox.leading?.evidence ?? (sandbox.fixes.length === 0 ? nothingToDo : 'Best first'),
        },
      );
      if (!picked) return;
      if (picked.offer.id === 'openTerminal') workbench.terminals.open(sandbox);
      else if (picked.offer.id === 'showDetails') await workbench.details.show(sandbox.sandbox.id);
      else await workbench.fixes.run([sandbox], picked.offer.id, picked.offer.target);
    },
    rename: async (argument) => {
      const sandbox = await target(argument);
      if (sandbox) await renameSandbox(supervisor, sandbox);
    },
    manageSnapshots: () => manageSnapshots(supervisor),
    forgetSandbox: async (argument) => {
      const sandbox = await target(argument);
      if (sandbox) await forgetSandbox(supervisor, sandbox);
    },
    forgetEverything: () => forgetEverything(supervisor),
    exportHistory: () => exportHistory(supervisor),
    exportMetrics: () => exportMetrics(supervisor),
    allowWatching: async (argument) => {
      const sandbox = await target(argument);
      if (sandbox) await workbench.questions.askConsent(sandbox.sandbox.id, sandbox.sandbox.name);
    },
    extend: fix('extend'),
    pause: fix('pause'),
    resume: fix('resume'),
    snapshot: fix('snapshot'),
    endProcess: fix('endProcess'),
    recreateLarger: fix('recreateLarger'),
    delete: fix('delete'),
  };
}
