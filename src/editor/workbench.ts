import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { Clock, Log } from '../model/ports.ts';
import type { AppView } from '../model/view.ts';
import { Details } from './details.ts';
import { FixDialogs } from './fixes.ts';
import { Notifications } from './notifications.ts';
import { Questions } from './questions.ts';
import { StatusBar } from './status-bar.ts';
import { TerminalSource } from './terminal-source.ts';
import { Terminals } from './terminals.ts';
import { SandboxTree } from './tree.ts';

const redrawMs = 1_000;

/** Everything the person sees, bound to one supervisor. */
export interface Workbench extends vscode.Disposable {
  readonly tree: SandboxTree;
  readonly details: Details;
  readonly fixes: FixDialogs;
  readonly terminals: Terminals;
  readonly questions: Questions;
}

/**
 * Builds the surfaces and keeps them at the newest view: on every change, and once a second while the window is
 * focused for what changes with time alone ("9 min left").
 */
export function createWorkbench(options: {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: (text: string) => string;
  readonly notificationsEnabled: () => boolean;
  readonly remember: (sandboxId: string) => Thenable<void>;
}): Workbench {
  const { supervisor, clock, log } = options;
  const now = (): number => clock.now();
  const failed = (error: unknown): void =>
    log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const statusBar = new StatusBar();
  const tree = new SandboxTree();
  const details = new Details(supervisor, { now, redact: options.redact, log });
  const fixes = new FixDialogs(supervisor, options.remember);
  const terminals = new Terminals(supervisor, (sandboxId) => terminalSource.listener(sandboxId));
  const notifications = new Notifications(
    supervisor,
    {
      showDetails: (sandboxId) => details.show(sandboxId),
      help: async (sandboxId) => {
        await vscode.commands.executeCommand('sandboxForesight.whatCanIDo', sandboxId);
      },
      runFix: async (sandboxId, offer) => {
        const view = supervisor.view.sandboxes.find(({ sandbox }) => sandbox.id === sandboxId);
        if (!view) return;
        if (offer.id === 'openTerminal') terminals.open(view);
        else if (offer.id === 'showDetails') await details.show(sandboxId);
        else await fixes.run([view], offer.id, offer.target);
      },
    },
    { enabled: options.notificationsEnabled, failed },
  );
  const questions = new Questions(supervisor, { remember: options.remember, failed });
  const terminalSource = new TerminalSource({ sandboxOf: (terminal) => terminals.sandboxOf(terminal), now, failed });
  const removeSource = supervisor.addErrorSource(terminalSource);

  const draw = (view: AppView): void => {
    const nowMs = now();
    statusBar.update(view, nowMs);
    tree.update(view, nowMs);
    questions.update(view);
  };
  const unsubscribe = supervisor.onChange(draw);
  let timer = clock.after(redrawMs, tick);
  function tick(): void {
    if (vscode.window.state.focused) draw(supervisor.view);
    timer = clock.after(redrawMs, tick);
  }
  draw(supervisor.view);

  return {
    tree,
    details,
    fixes,
    terminals,
    questions,
    dispose: () => {
      timer.cancel();
      unsubscribe();
      removeSource();
      for (const part of [notifications, questions, terminalSource, terminals, details, tree, statusBar])
        part.dispose();
    },
  };
}
