import * as vscode from 'vscode';
import type { FixChoices, Supervisor } from '../app/contracts.ts';
import { type FixId, type FixOutcome, type ProcessTarget, targetOf } from '../model/fix.ts';
import type { LargestFolders } from '../model/ports.ts';
import { isProblem } from '../model/problem.ts';
import type { SandboxView } from '../model/view.ts';
import { chooseAmongFound, chooseBefore } from './fix-choices.ts';
import { confirm, staying, tell, warn, withCancellableProgress } from './messages.ts';
import type { EditorTerminalEnvironment } from './terminal-environment.ts';
import { type NamedPlan, outcomesText, planText, titleOf } from './text/fix-text.ts';
import { formatBytes } from './text/format.ts';

/** What the dialogs need of the editor. */
export interface FixDialogsOptions {
  /** Stores the sandbox that took the place of the current one. */
  readonly remember: (sandboxId: string) => Thenable<void>;
  readonly terminals: EditorTerminalEnvironment;
  /** Opens a terminal in a folder of a sandbox. */
  readonly openIn: (view: SandboxView, folder: string) => void;
  /** The terminals of the editor run on another computer than the one the extension runs on. */
  readonly remote: () => boolean;
}

/** Fixes that have to look at the disk before they can say what they would do, with what is said meanwhile. */
const measuring: Partial<Record<FixId, string>> = {
  clearCaches: 'Measuring caches',
  shortenLogs: 'Looking for large logs',
};

/** Runs fixes for the person: choices, plan, consent, progress with cancel, result. */
export class FixDialogs {
  private readonly supervisor: Supervisor;
  private readonly options: FixDialogsOptions;

  constructor(supervisor: Supervisor, options: FixDialogsOptions) {
    this.supervisor = supervisor;
    this.options = options;
  }

  /**
   * Asks what has to be asked, once for all of `views`, then runs the fix on each. A refusal at any point changes nothing.
   * @param target the process to end, for one sandbox; asked for when null.
   * @param fingerprint of the error it is tried against, or null; the history then learns what helps against it.
   */
  async run(
    views: readonly SandboxView[],
    fixId: FixId,
    target: ProcessTarget | null = null,
    fingerprint: string | null = null,
  ): Promise<void> {
    const [first] = views;
    if (!first) return;
    const chosen = await chooseBefore(views, fixId, this.options);
    if (chosen === null) return;
    const choices = fingerprint === null ? chosen : { ...chosen, fingerprint };
    const aim = fixId === 'endProcess' ? (target ?? (await pickProcess(first))) : null;
    if (fixId === 'endProcess' && aim === null) return;
    const found = await this.planAll(views, fixId, aim, choices);
    const plans = await this.narrow(found, choices);
    const [leader] = plans;
    if (!leader) return;
    const title = titleOf(plans);
    const { question, detail } = planText(plans);
    if (leader.plan.risk !== 'safe' && !(await confirm(question, detail, title))) return;
    const shown: LargestFolders[] = [];
    const hands = {
      ask: () => Promise.resolve(false),
      runHere: () => Promise.resolve(null),
      terminals: this.options.terminals,
      showFolders: (folders: LargestFolders) => void shown.push(folders),
    };
    const adopted: string[] = [];
    const outcomes = await withCancellableProgress(title, (signal, progress) =>
      Promise.all(
        plans.map(({ plan, name }) =>
          this.supervisor.runFix(plan, {
            signal,
            hands,
            adopted: (sandboxId) => void adopted.push(sandboxId),
            progress: (text) => progress(plans.length === 1 ? text : `${name}: ${text}`),
          }),
        ),
      ),
    );
    const newest = adopted.at(-1);
    if (newest !== undefined) await this.options.remember(newest);
    const [folders] = shown;
    if (folders && plans.length === 1) await this.pickFolder(first, folders);
    else report(title, outcomes);
  }

  private async planAll(
    views: readonly SandboxView[],
    fixId: FixId,
    aim: ProcessTarget | null,
    choices: FixChoices,
  ): Promise<readonly NamedPlan[]> {
    const plan = async (signal?: AbortSignal): Promise<readonly NamedPlan[]> => {
      const plans: NamedPlan[] = [];
      for (const { sandbox } of views) {
        try {
          const one = await this.supervisor.planFix(sandbox.id, fixId, aim, choices, signal);
          plans.push({ plan: one, name: sandbox.name });
        } catch (error) {
          if (!isProblem(error)) throw error;
          if (signal?.aborted === true) return [];
          warn([`${sandbox.name}: ${error.message}`, error.nextStep ?? ''].join(' ').trim());
        }
      }
      return plans;
    };
    const title = measuring[fixId];
    if (title === undefined) return plan();
    return withCancellableProgress(title, plan);
  }

  /** What was found in one sandbox may be more than the person wants to go. */
  private async narrow(plans: readonly NamedPlan[], choices: FixChoices): Promise<readonly NamedPlan[]> {
    const [only] = plans;
    if (!only || plans.length > 1) return plans;
    const picked = await chooseAmongFound(only.plan);
    if (picked === 'all') return plans;
    if (picked === null) return [];
    const { fixId, sandboxId } = only.plan;
    if (fixId !== 'clearCaches' && fixId !== 'shortenLogs') return plans;
    return [
      { plan: await this.supervisor.planFix(sandboxId, fixId, null, { ...choices, ...picked }), name: only.name },
    ];
  }

  private async pickFolder(view: SandboxView, { folders, complete }: LargestFolders): Promise<void> {
    const picked = await vscode.window.showQuickPick(
      folders.map(({ path, bytes }) => ({ label: formatBytes(bytes), description: path, path })),
      {
        title: 'The largest folders',
        placeHolder: complete ? 'Opens a terminal there' : 'Not everything could be looked at. Opens a terminal there',
        matchOnDescription: true,
        ...staying,
      },
    );
    if (picked) this.options.openIn(view, picked.path);
  }
}

async function pickProcess(view: SandboxView): Promise<ProcessTarget | null> {
  const grower = view.leading?.grower?.pid;
  if (view.processes.length === 0) {
    warn(`The processes of ${view.sandbox.name} are not known yet. Open a terminal in it to look.`);
    return null;
  }
  const picked = await vscode.window.showQuickPick(
    view.processes.map((process) => ({
      label: process.name,
      description: `pid ${process.pid} · ${formatBytes(process.rssBytes)}${process.pid === grower ? ' · growing' : ''}`,
      target: targetOf(process),
    })),
    { title: `End a process of ${view.sandbox.name}`, placeHolder: 'Which one?', ...staying },
  );
  return picked?.target ?? null;
}

function report(title: string, outcomes: readonly FixOutcome[]): void {
  const { text, good } = outcomesText(title, outcomes);
  if (text === '') return;
  if (good) tell(text);
  else warn(text);
}
