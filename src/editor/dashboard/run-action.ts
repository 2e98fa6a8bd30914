import * as vscode from 'vscode';
import { editForPast } from '../error-fixes/open-place.ts';
import { tell } from '../messages.ts';
import type { PageAction } from './page-actions.ts';
import type { DashboardSources } from './ports.ts';

/** Does what a button of a page stands for, the way the same fix goes everywhere else: plan, question, run, check. */
export async function runAction(action: PageAction, { app, log }: DashboardSources): Promise<void> {
  switch (action.kind) {
    case 'error-fix': {
      const { sandboxId, fingerprint, fixId } = action;
      const meant = { sandboxId, fingerprint, ...(fixId === null ? {} : { fixId }) };
      await vscode.commands.executeCommand('sandboxForesight.fixLastError', meant);
      return;
    }
    case 'fix': {
      const { sandboxId, fixId } = action;
      const view = app.view.sandboxes.find(({ sandbox }) => sandbox.id === sandboxId);
      // The command would ask which sandbox is meant: one that is gone is none of the others.
      if (view?.actions.includes(fixId) !== true) {
        log.warn(`The dashboard asked for ${fixId}, which cannot be done any more for ${sandboxId}`);
        tell('This cannot be done any more: the sandbox is gone, or in another state.');
        return;
      }
      await vscode.commands.executeCommand(`sandboxForesight.${fixId}`, { sandboxId, pid: null });
      return;
    }
    case 'edit':
      await editForPast(action.fix, action.limitBytes);
      return;
    case 'setting':
      await vscode.commands.executeCommand('workbench.action.openSettings', action.key);
      return;
  }
}
