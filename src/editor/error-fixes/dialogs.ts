import * as vscode from 'vscode';
import type { FixHands, Supervisor } from '../../app/contracts.ts';
import type { RecognisedError } from '../../model/error-event.ts';
import type { FixRisk, RankedFix } from '../../model/fix.ts';
import { ownLimit } from '../../model/own-limit.ts';
import { isProblem } from '../../model/problem.ts';
import type { SandboxView } from '../../model/view.ts';
import type { FixDialogs } from '../fixes.ts';
import { confirm, showInformation, showWarning, tell, warn, withCancellableProgress } from '../messages.ts';
import type { Terminals } from '../terminals.ts';
import { fixRow, recurrenceText, shortLine, typeable } from '../text/error-text.ts';
import { outcomesText, planText } from '../text/fix-text.ts';
import { withFolder } from './fix-folder.ts';
import { editedText, openForFix } from './open-place.ts';
import { applicable } from './propose-edit.ts';
import { runHere } from './run-here.ts';

/** The question stands behind the bell after some seconds: the progress says what it waits for. */
const handsWith = (progress: (text: string) => void): FixHands => ({
  ask: async (question, yes) => {
    progress('Waiting for your answer: run the failed command again?');
    return (await showInformation(question, yes)) === yes;
  },
  runHere,
});

const riskWords: Record<FixRisk, string> = {
  safe: 'none known, it only looks or runs again what you ran',
  confirm: 'it changes something',
  destructive: 'something is lost by it',
};

export interface ErrorFixDialogsOptions {
  readonly supervisor: Supervisor;
  readonly fixes: FixDialogs;
  readonly terminals: Terminals;
  readonly showDetails: (sandboxId: string) => Promise<void>;
}

/** Offers and runs what helps against a recognised error. */
export class ErrorFixDialogs {
  private readonly options: ErrorFixDialogsOptions;

  constructor(options: ErrorFixDialogsOptions) {
    this.options = options;
  }

  /** @returns what helps, best first. */
  async fixesFor(view: SandboxView, error: RecognisedError): Promise<readonly RankedFix[]> {
    const known = await this.options.supervisor.errorFixes(view.sandbox.id, error.fingerprint);
    return applicable(known, ownLimit(view));
  }

  /** Lists what helps against one error and does what is picked. */
  async pick(view: SandboxView, error: RecognisedError): Promise<void> {
    const fixes = await this.fixesFor(view, error);
    if (fixes.length === 0) {
      const remember = 'Remember a Fix…';
      const chosen = await showInformation(`Nothing is known that helps against: ${error.title}`, remember);
      if (chosen === remember) {
        const argument = { sandboxId: view.sandbox.id, fingerprint: error.fingerprint };
        await vscode.commands.executeCommand('sandboxForesight.rememberFix', argument);
      }
      return;
    }
    const picked = await vscode.window.showQuickPick(
      fixes.map((fix) => ({ ...fixRow(fix), fix })),
      { title: error.title, placeHolder: recurrenceText(error.recurrence) ?? error.cause ?? 'Best first' },
    );
    if (picked) await this.run(view, picked.fix);
  }

  /** Does one of them. What runs a command shows first what, where and how it is checked. */
  async run(view: SandboxView, fix: RankedFix): Promise<void> {
    const { fixes, terminals, showDetails } = this.options;
    switch (fix.does) {
      case 'action':
        if (fix.action === null) return;
        if (fix.action === 'openTerminal') terminals.open(view);
        else if (fix.action === 'showDetails') await showDetails(view.sandbox.id);
        else await fixes.run([view], fix.action, null, fix.fingerprint);
        return;
      case 'link':
        if (fix.text.startsWith('https://')) await vscode.env.openExternal(vscode.Uri.parse(fix.text, true));
        return;
      case 'words':
        tell(`${fix.title}: ${fix.text}.`);
        return;
      case 'editor':
        await this.edit(view, fix);
        return;
      case 'command':
        await (fix.where === 'terminal' ? this.type(view, fix) : this.command(view, fix));
        return;
    }
  }

  /** What is changed in a file helps, or does not, when the failed command is run again. */
  private async edit(view: SandboxView, fix: RankedFix): Promise<void> {
    const edited = await openForFix(fix, ownLimit(view));
    if (edited === null) return;
    const { again } = fix;
    const known = await this.options.supervisor.errorFixes(view.sandbox.id, fix.fingerprint);
    const command = known.find(({ does }) => does === 'command');
    if (again === null || command === undefined) {
      tell(`${editedText(edited)}${fix.check === null ? '' : ` To see whether it helped: ${fix.check}.`}`);
      return;
    }
    const runAgain = 'Run Again…';
    const question = `${editedText(edited)} Run ${shortLine(again.text)} again to see whether that helped?`;
    if ((await showInformation(question, runAgain)) !== runAgain) return;
    // Under the id of the edit, so that the history learns whether the edit helped.
    await this.run(view, {
      ...fix,
      ...again,
      does: 'command',
      risk: 'confirm',
      where: command.where,
      repeats: true,
      check: 'exit code 0',
      checkArgv: null,
    });
  }

  /** Puts a command into a terminal of the sandbox; sending it is the person's. */
  private async type(view: SandboxView, fix: RankedFix): Promise<void> {
    const text = typeable(fix.text);
    if (text === null) {
      warn(`${fix.title}: this command has several lines and cannot be put into a terminal.`);
      return;
    }
    this.options.terminals.open(view).sendText(text, false);
  }

  private async command(view: SandboxView, meant: RankedFix): Promise<void> {
    const { supervisor } = this.options;
    const { id, name } = view.sandbox;
    const fix = await withFolder(meant);
    if (fix === null) return;
    try {
      const plan = await supervisor.planErrorFix(id, fix);
      const { question, detail } = planText([{ plan, name }]);
      if (
        !(await confirm(
          question,
          `${detail}\nRisk: ${riskWords[fix.risk]}.`,
          fix.risk === 'destructive' ? fix.title : 'Run',
        ))
      )
        return;
      const outcome = await withCancellableProgress(plan.title, (signal, progress) =>
        supervisor.runFix(plan, { signal, progress, hands: handsWith(progress) }),
      );
      const { text, good } = outcomesText(plan.title, [outcome]);
      if (text === '') return;
      if (fix.where === 'here') {
        if (good) tell(text);
        else warn(text);
        return;
      }
      const openLog = 'Open Log';
      const chosen = await (good ? showInformation(text, openLog) : showWarning(text, openLog));
      if (chosen === openLog) await vscode.commands.executeCommand('sandboxForesight.showLog');
    } catch (error) {
      if (!isProblem(error)) throw error;
      warn([`${name}: ${error.message}`, error.nextStep ?? ''].join(' ').trim());
    }
  }
}
