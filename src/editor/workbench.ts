import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { Clock, Log } from '../model/ports.ts';
import type { AppView } from '../model/view.ts';
import { Details } from './details.ts';
import { ErrorFixDialogs } from './error-fixes/dialogs.ts';
import { ErrorDiagnostics } from './error-fixes/error-diagnostics.ts';
import { ErrorOffers } from './error-fixes/error-offers.ts';
import { FixDialogs } from './fixes.ts';
import { KillNotices } from './kill-notices.ts';
import { Notifications } from './notifications.ts';
import { sayUnknown } from './pick-sandbox.ts';
import { Questions } from './questions.ts';
import { StatusBar } from './status-bar.ts';
import { TaskSource } from './task-source.ts';
import { TaskTerminals } from './task-terminals.ts';
import { EditorTerminalEnvironment } from './terminal-environment.ts';
import { TerminalSource } from './terminal-source.ts';
import { Terminals } from './terminals.ts';
import { SandboxTree } from './tree.ts';
import { warnAgain } from './warn-again.ts';

const redrawMs = 1_000;
/** By then the servers are known; "no sandbox" said before would be wrong for most. */
const firstDrawMs = 500;

/** Everything the person sees, bound to one supervisor. */
export interface Workbench extends vscode.Disposable {
  readonly tree: SandboxTree;
  readonly details: Details;
  readonly fixes: FixDialogs;
  readonly errorFixes: ErrorFixDialogs;
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
  /** Whether a fix is offered when a command failed. */
  readonly offersEnabled: () => boolean;
  readonly remember: (sandboxId: string) => Thenable<void>;
  /** The editor works on another computer than the one the extension runs on. */
  readonly remote: () => boolean;
  /** Environment of new terminals. */
  readonly environment: vscode.GlobalEnvironmentVariableCollection;
}): Workbench {
  const { supervisor, clock, log } = options;
  const now = (): number => clock.now();
  const failed = (error: unknown): void =>
    log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const statusBar = new StatusBar();
  const tree = new SandboxTree();
  const details = new Details(supervisor, { now, redact: options.redact, log });
  const terminals = new Terminals(supervisor, (sandboxId) => terminalSource.listener(sandboxId));
  const fixes = new FixDialogs(supervisor, {
    remember: options.remember,
    terminals: new EditorTerminalEnvironment(options.environment),
    openIn: (view, folder) => terminals.openIn(view, folder),
    remote: options.remote,
  });
  const errorFixes = new ErrorFixDialogs({
    supervisor,
    fixes,
    terminals,
    showDetails: (sandboxId) => details.show(sandboxId),
  });
  const errorDiagnostics = new ErrorDiagnostics(errorFixes, failed);
  const errorOffers = new ErrorOffers(errorFixes, { enabled: options.offersEnabled, now, failed });
  const notifications = new Notifications(
    supervisor,
    {
      showDetails: (sandboxId) => details.show(sandboxId),
      help: async (sandboxId) => {
        await vscode.commands.executeCommand('sandboxForesight.whatCanIDo', sandboxId);
      },
      openFleet: async () => {
        await vscode.commands.executeCommand('sandboxForesight.openFleet');
      },
      warnAgain: (sandboxId) => warnAgain(supervisor, sandboxId),
      runFix: async (sandboxId, offer) => {
        const view = supervisor.view.sandboxes.find(({ sandbox }) => sandbox.id === sandboxId);
        if (!view) sayUnknown(supervisor.view);
        else if (offer.id === 'openTerminal') terminals.open(view);
        else if (offer.id === 'showDetails') await details.show(sandboxId);
        else await fixes.run([view], offer.id, offer.target);
      },
    },
    { enabled: options.notificationsEnabled, failed },
  );
  const killNotices = new KillNotices(supervisor, {
    enabled: options.notificationsEnabled,
    clock,
    showDetails: (sandboxId) => details.show(sandboxId),
    help: async (sandboxId) => {
      await vscode.commands.executeCommand('sandboxForesight.whatCanIDo', sandboxId);
    },
    failed,
  });
  const questions = new Questions(supervisor, { remember: options.remember, failed });
  const taskSource = new TaskSource({
    sandboxId: () => (supervisor.view.currentInside ? supervisor.view.currentId : null),
    clock,
    failed,
  });
  const taskTerminals = new TaskTerminals(clock);
  const terminalSource = new TerminalSource({
    sandboxOf: (terminal) => terminals.sandboxOf(terminal),
    ownerOf: (terminal) => taskTerminals.ownerOf(terminal),
    ofTask: (task, told) => taskSource.told(task, told),
    now,
    failed,
  });
  const removeSources = [supervisor.addErrorSource(terminalSource), supervisor.addErrorSource(taskSource)];

  const draw = (view: AppView): void => {
    const nowMs = now();
    statusBar.update(view, nowMs);
    tree.update(view, nowMs, supervisor.mutes);
    questions.update(view);
    errorDiagnostics.update(view, nowMs);
    errorOffers.update(view);
  };
  const unsubscribe = supervisor.onChange(draw);
  const first = clock.after(firstDrawMs, () => draw(supervisor.view));
  let timer = clock.after(redrawMs, tick);
  function tick(): void {
    if (vscode.window.state.focused) draw(supervisor.view);
    timer = clock.after(redrawMs, tick);
  }

  return {
    tree,
    details,
    fixes,
    errorFixes,
    terminals,
    questions,
    dispose: () => {
      first.cancel();
      timer.cancel();
      unsubscribe();
      for (const remove of removeSources) remove();
      for (const part of [
        errorDiagnostics,
        notifications,
        killNotices,
        questions,
        terminalSource,
        taskSource,
        taskTerminals,
        terminals,
        details,
        tree,
        statusBar,
      ])
        part.dispose();
    },
  };
}
