import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { FixId } from '../model/fix.ts';
import { fixTitles } from '../model/fix-title.ts';
import { isEnded } from '../model/sandbox.ts';
import type { AppView, SandboxView } from '../model/view.ts';
import type { CommandId } from './command-ids.ts';
import type { CommandHandler } from './commands.ts';
import type { Dashboards } from './dashboard/dashboards.ts';
import { helpRows } from './error-fixes/help-rows.ts';
import { askForError, errorOf, lastError } from './error-fixes/pick-error.ts';
import { forgetFixes, rememberFix } from './error-fixes/remember.ts';
import type { RememberedFixes } from './error-fixes/remembered-fixes.ts';
import { manageSnapshots } from './manage-snapshots.ts';
import { tell } from './messages.ts';
import { exportHistory, exportMetrics, forgetEverything, forgetSandbox } from './past.ts';
import { incidentOf } from './pick-incident.ts';
import {
  askForSandbox,
  lostRow,
  namedId,
  processOf,
  sandboxesOf,
  sandboxOf,
  sayNotConnected,
  sayUnknown,
} from './pick-sandbox.ts';
import type { PlaceActionId, PlaceActions } from './place-actions.ts';
import { copyOwnerSummary, exportPostMortem } from './post-mortem-commands.ts';
import { renameSandbox } from './rename.ts';
import type { ServerAnswers } from './server-answers.ts';
import { moreActions } from './text/more-actions.ts';
import { whyText } from './text/signal-text.ts';
import { warnAgain } from './warn-again.ts';
import type { Workbench } from './workbench.ts';

/** What the commands need beyond the workbench. */
export interface HandlerOptions {
  readonly supervisor: Supervisor;
  readonly workbench: Workbench;
  readonly dashboards: Dashboards;
  readonly placeActions: PlaceActions;
  readonly rememberedFixes: RememberedFixes;
  readonly now: () => number;
  /** @returns whether an address was entered. */
  readonly connect: () => Promise<boolean>;
  /** @returns whether another key was entered for the server. */
  readonly setApiKey: () => Promise<boolean>;
  readonly answers: Pick<ServerAnswers, 'connect' | 'refresh'>;
  readonly tryDemo: () => void;
  readonly remember: (sandboxId: string) => Thenable<void>;
  readonly showLog: () => void;
}

const nothingToDo = 'Nothing to do: nothing threatens this sandbox.';

/** The fix a light bulb was clicked for, or null. */
const fixIdOf = (argument: unknown): unknown =>
  typeof argument === 'object' && argument !== null && 'fixId' in argument ? argument.fixId : null;

/** The meaning of every command. */
export function createHandlers(options: HandlerOptions): Readonly<Record<CommandId, CommandHandler>> {
  const { supervisor, workbench } = options;
  const view = (): AppView => supervisor.view;
  /** Also where nothing was changed: who connects again wants to know now whether it works by now. */
  const connect = async (): Promise<void> => {
    if (await options.connect()) await options.answers.connect();
  };

  /** The sandbox meant; asks when that is open. */
  const target = async (argument: unknown): Promise<SandboxView | null> => {
    const found = sandboxOf(argument, view());
    if (found) return found;
    if (namedId(argument) !== null) {
      sayUnknown(view());
      return null;
    }
    const id = await askForSandbox(view(), argument === lostRow ? 'lost-row' : 'once');
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
        const names = unable
          // The state of the own place is what kind of place it is.
          .map(({ isHere, sandbox: { name, rawState } }) => (isHere ? name : `${name} (${rawState})`))
          .join(', ');
        tell(`${fixTitles[id]}: not possible ${unable.every(({ isHere }) => isHere) ? '' : 'now '}for ${names}.`);
      }
      await workbench.fixes.run(able, id, id === 'endProcess' ? processOf(argument, sandbox) : null);
    };

  /** From the palette for the place that can do it, from a row or a button for that one. */
  const placeFix =
    (id: PlaceActionId): CommandHandler =>
    (argument, selected) =>
      argument === undefined ? options.placeActions.run(id) : fix(id)(argument, selected);

  return {
    connect,
    tryDemo: options.tryDemo,
    setApiKey: async () => {
      if (await options.setApiKey()) await options.answers.connect();
    },
    showLog: options.showLog,
    refresh: () => (view().servers.length === 0 ? sayNotConnected() : options.answers.refresh()),
    selectSandbox: async (argument) => {
      const id = namedId(argument) ?? (await askForSandbox(view()));
      if (id === null) return;
      // It may have ended while it was asked for.
      const chosen = view().sandboxes.find(({ sandbox }) => sandbox.id === id)?.sandbox;
      if (chosen === undefined) {
        sayUnknown(view());
        return;
      }
      if (isEnded(chosen.phase)) {
        tell(`${chosen.name} is over and cannot be the current sandbox any more: choose one that lives.`);
        return;
      }
      supervisor.choose(id);
      await options.remember(id);
    },
    filter: async () => {
      const text = await vscode.window.showInputBox({
        title: 'Filter sandboxes',
        prompt: 'Part of a name, id, state or metadata value. Empty shows all.',
        value: workbench.tree.wanted,
      });
      if (text !== undefined) workbench.tree.setFilter(text, options.now());
    },
    openTerminal: async (argument) => {
      const sandbox = await target(argument);
      if (sandbox) workbench.terminals.open(sandbox);
    },
    openDashboard: async (argument) => {
      const sandbox = await target(argument);
      if (!sandbox) return;
      supervisor.attend(sandbox.sandbox.id);
      options.dashboards.open({ page: 'sandbox', id: sandbox.sandbox.id });
    },
    openFleet: () => options.dashboards.open({ page: 'fleet' }),
    showIncident: async (argument) => {
      const id = await incidentOf(argument, supervisor);
      if (id !== null) options.dashboards.open({ page: 'incident', id });
    },
    showDetails: async (argument) => {
      const sandbox = await target(argument);
      if (sandbox) await workbench.details.show(sandbox.sandbox.id);
    },
    whatCanIDo: async (argument) => {
      const sandbox = await target(argument);
      if (!sandbox) return;
      const { name } = sandbox.sandbox;
      const against = await helpRows(sandbox, workbench.errorFixes, options.now());
      const fixes = sandbox.fixes.map((offer) => ({ label: offer.title, detail: offer.reason, offer, action: null }));
      const own = moreActions(sandbox).map(({ id, title, reason }) => ({
        label: title,
        detail: reason,
        offer: null,
        action: id,
      }));
      // What only shows more comes last.
      const last = fixes.filter(({ offer }) => offer.id === 'showDetails');
      const helping = [...fixes.filter((fix) => !last.includes(fix)), ...against];
      const isWell = sandbox.level === 'calm' && helping.length === 0;
      const picked = await vscode.window.showQuickPick([...helping, ...own, ...last], {
        title: `What can I do for ${name}?`,
        placeHolder: sandbox.leading
          ? `${whyText(sandbox.leading, options.now())}.`
          : isWell
            ? nothingToDo
            : 'Best first',
      });
      if (!picked) return;
      if ('fix' in picked) await workbench.errorFixes.run(sandbox, picked.fix);
      else if (picked.offer === null) await workbench.fixes.run([sandbox], picked.action);
      else if (picked.offer.id === 'openTerminal') workbench.terminals.open(sandbox);
      else if (picked.offer.id === 'showDetails') await workbench.details.show(sandbox.sandbox.id);
      else await workbench.fixes.run([sandbox], picked.offer.id, picked.offer.target);
    },
    fixLastError: async (argument) => {
      const meant = errorOf(argument, view()) ?? (argument === undefined ? lastError(view()) : null);
      if (meant === null) {
        tell(argument === undefined ? 'No error was seen yet.' : 'This error is not known any more.');
        return;
      }
      const wanted = fixIdOf(argument);
      const fixes = wanted === null ? [] : await workbench.errorFixes.fixesFor(meant.view, meant.error);
      const fix = fixes.find(({ fixId }) => fixId === wanted);
      await (fix === undefined
        ? workbench.errorFixes.pick(meant.view, meant.error)
        : workbench.errorFixes.run(meant.view, fix));
    },
    rememberFix: async (argument) => {
      const meant = errorOf(argument, view()) ?? (await askForError(view()));
      if (meant === null) return;
      if (await rememberFix(meant, options.rememberedFixes, options.now())) supervisor.rememberedFixesChanged();
    },
    forgetFix: async () => {
      if (await forgetFixes(options.rememberedFixes)) supervisor.rememberedFixesChanged();
    },
    setHeapLimit: placeFix('setHeapLimit'),
    lowerParallelism: placeFix('lowerParallelism'),
    clearCaches: placeFix('clearCaches'),
    shortenLogs: placeFix('shortenLogs'),
    showLargestFolders: placeFix('showLargestFolders'),
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
    exportPostMortem: (argument) => exportPostMortem(supervisor, argument),
    copyOwnerSummary: (argument) => copyOwnerSummary(supervisor, argument),
    warnAgain: (argument) => warnAgain(supervisor, namedId(argument)),
    allowWatching: async (argument) => {
      const sandbox = await target(argument);
      if (!sandbox) return;
      const { id, name, phase } = sandbox.sandbox;
      const { state, problem } = sandbox.link;
      if (sandbox.isHere || isEnded(phase)) {
        tell(`There is nothing to answer: watching ${name} does not extend its life.`);
        return;
      }
      await workbench.questions.askConsent(id, name, state === 'needs-consent' || problem === 'needs-consent');
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
