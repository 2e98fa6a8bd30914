import * as vscode from 'vscode';
import type { FixChoices, FixPlan, Supervisor } from '../app/contracts.ts';
import type { FixId, FixOutcome, ProcessTarget } from '../model/fix.ts';
import { isProblem } from '../model/problem.ts';
import type { SandboxView } from '../model/view.ts';
import { confirm, showInformation, showWarning, withCancellableProgress } from './messages.ts';
import { outcomesText, planText } from './text/fix-text.ts';
import { formatBytes, formatDuration } from './text/format.ts';

const minuteMs = 60_000;

/** Runs fixes for the person: choices, plan, consent, progress with cancel, result. */
export class FixDialogs {
  private readonly supervisor: Supervisor;
  private readonly remember: (sandboxId: string) => Thenable<void>;

  /** @param remember stores the sandbox that took the place of the current one. */
  constructor(supervisor: Supervisor, remember: (sandboxId: string) => Thenable<void>) {
    this.supervisor = supervisor;
    this.remember = remember;
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
    const chosen = await choose(first, fixId);
    if (chosen === null) return;
    const choices = fingerprint === null ? chosen : { ...chosen, fingerprint };
    const aim = fixId === 'endProcess' ? (target ?? (await pickProcess(first))) : null;
    if (fixId === 'endProcess' && aim === null) return;
    const plans: { readonly plan: FixPlan; readonly name: string }[] = [];
    for (const { sandbox } of views) {
      try {
        const plan = await this.supervisor.planFix(sandbox.id, fixId, aim, choices);
        plans.push({ plan, name: sandbox.name });
      } catch (error) {
        if (!isProblem(error)) throw error;
        await showWarning([`${sandbox.name}: ${error.message}`, error.nextStep ?? ''].join(' ').trim());
      }
    }
    const [leader] = plans;
    if (!leader) return;
    const { question, detail } = planText(plans);
    if (leader.plan.risk !== 'safe' && !(await confirm(question, detail, leader.plan.title))) return;
    const outcomes = await withCancellableProgress(leader.plan.title, (signal, progress) =>
      Promise.all(
        plans.map(({ plan, name }) =>
          this.supervisor.runFix(plan, {
            signal,
            progress: (text) => progress(plans.length === 1 ? text : `${name}: ${text}`),
          }),
        ),
      ),
    );
    const { currentId } = this.supervisor.view;
    if (fixId === 'recreateLarger' && currentId !== null && currentId !== first.sandbox.id) {
      await this.remember(currentId);
    }
    await report(leader.plan, outcomes);
  }
}

/** @returns null when the person closed a question. */
async function choose(view: SandboxView, fixId: FixId): Promise<FixChoices | null> {
  if (fixId === 'extend') {
    const picked = await vscode.window.showQuickPick(
      [10, 30, 60, 240].map((minutes) => ({ label: `${formatDuration(minutes * minuteMs)} longer`, minutes })),
      { title: `Extend the time of ${view.sandbox.name}`, placeHolder: 'How much longer?' },
    );
    return picked ? { extendByMs: picked.minutes * minuteMs } : null;
  }
  const limit = view.sample?.memory?.limitBytes;
  if (fixId === 'recreateLarger' && limit) {
    const picked = await vscode.window.showQuickPick(
      [2, 4, 8].map((factor) => ({
        label: formatBytes(limit * factor),
        description: `${factor} × the present limit`,
        bytes: limit * factor,
      })),
      { title: `Recreate ${view.sandbox.name} with more memory`, placeHolder: `Now ${formatBytes(limit)}` },
    );
    return picked ? { memoryBytes: picked.bytes } : null;
  }
  return {};
}

async function pickProcess(view: SandboxView): Promise<ProcessTarget | null> {
  const grower = view.leading?.grower?.pid;
  if (view.processes.length === 0) {
    await showWarning(`The processes of ${view.sandbox.name} are not known yet. Open a terminal in it to look.`);
    return null;
  }
  const picked = await vscode.window.showQuickPick(
    view.processes.map((process) => ({
      label: process.name,
      description: `pid ${process.pid} · ${formatBytes(process.rssBytes)}${process.pid === grower ? ' · growing' : ''}`,
      target: { pid: process.pid, name: process.name },
    })),
    { title: `End a process of ${view.sandbox.name}`, placeHolder: 'Which one?' },
  );
  return picked?.target ?? null;
}

async function report(plan: FixPlan, outcomes: readonly FixOutcome[]): Promise<void> {
  const { text, good } = outcomesText(plan.title, outcomes);
  if (text === '') return;
  await (good ? showInformation(text) : showWarning(text));
}
