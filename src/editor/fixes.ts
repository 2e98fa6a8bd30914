import * as vscode from 'vscode';
import type { FixChoices, FixPlan, Supervisor } from '../app/contracts.ts';
import type { FixId, FixOutcome, ProcessTarget } from '../model/fix.ts';
import { isProblem } from '../model/problem.ts';
import type { SandboxView } from '../model/view.ts';
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

  /** Asks what has to be asked, then runs the fix. A refusal at any point changes nothing. */
  async run(view: SandboxView, fixId: FixId, target: ProcessTarget | null = null): Promise<void> {
    const choices = await this.choose(view, fixId);
    if (choices === null) return;
    const aim = fixId === 'endProcess' ? (target ?? (await pickProcess(view))) : null;
    if (fixId === 'endProcess' && aim === null) return;
    let plan: FixPlan;
    try {
      plan = await this.supervisor.planFix(view.sandbox.id, fixId, aim, choices);
    } catch (error) {
      if (!isProblem(error)) throw error;
      await vscode.window.showWarningMessage([error.message, error.nextStep].filter(Boolean).join(' '));
      return;
    }
    if (!(await confirmPlan(plan, view.sandbox.name))) return;
    const outcome = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: plan.title, cancellable: true },
      async (progress, token) => {
        const abort = new AbortController();
        const subscription = token.onCancellationRequested(() => abort.abort());
        try {
          return await this.supervisor.runFix(plan, {
            signal: abort.signal,
            progress: (message) => progress.report({ message }),
          });
        } finally {
          subscription.dispose();
        }
      },
    );
    const { currentId } = this.supervisor.view;
    if (fixId === 'recreateLarger' && currentId !== null && currentId !== view.sandbox.id)
      await this.remember(currentId);
    await report(plan, outcome);
  }

  /** @returns null when the person closed a question. */
  private async choose(view: SandboxView, fixId: FixId): Promise<FixChoices | null> {
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
}

async function pickProcess(view: SandboxView): Promise<ProcessTarget | null> {
  const grower = view.leading?.grower?.pid;
  if (view.processes.length === 0) {
    await vscode.window.showWarningMessage(
      `The processes of ${view.sandbox.name} are not known yet. Open a terminal in it to look.`,
    );
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

async function confirmPlan(plan: FixPlan, sandboxName: string): Promise<boolean> {
  if (plan.risk === 'safe') return true;
  const detail = [
    ...plan.steps.map((step, index) => `${index + 1}. ${step}`),
    ...(plan.losses.length === 0 ? [] : ['', 'Lost by this:', ...plan.losses.map((loss) => `• ${loss}`)]),
    '',
    `Check: ${plan.check}`,
  ].join('\n');
  const chosen = await vscode.window.showWarningMessage(
    `${plan.title} in ${sandboxName}?`,
    { modal: true, detail },
    plan.title,
  );
  return chosen === plan.title;
}

async function report(plan: FixPlan, outcome: FixOutcome): Promise<void> {
  if (outcome.result === 'cancelled') return;
  const text = `${plan.title}: ${outcome.text}`;
  if (outcome.result === 'worked' || outcome.result === 'cannot-tell') await vscode.window.showInformationMessage(text);
  else await vscode.window.showWarningMessage(text);
}
