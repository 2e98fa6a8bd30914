import * as vscode from 'vscode';
import type { Notice, Supervisor } from '../app/contracts.ts';
import type { FixOffer } from '../model/fix.ts';

/** What a warning's buttons lead to. */
export interface NoticeActions {
  runFix(sandboxId: string, offer: FixOffer): Promise<void>;
  showDetails(sandboxId: string): Promise<void>;
}

const snoozeMs = 10 * 60_000;

/**
 * Shows warnings as notifications: the best two fixes, details, and a way to have peace.
 * Which ones are shown, and how often, the supervisor decides.
 */
export class Notifications implements vscode.Disposable {
  private readonly unsubscribe: () => void;
  private readonly supervisor: Supervisor;
  private readonly actions: NoticeActions;
  private readonly enabled: () => boolean;
  private readonly failed: (error: unknown) => void;

  constructor(
    supervisor: Supervisor,
    actions: NoticeActions,
    options: { readonly enabled: () => boolean; readonly failed: (error: unknown) => void },
  ) {
    this.supervisor = supervisor;
    this.actions = actions;
    this.enabled = options.enabled;
    this.failed = options.failed;
    this.unsubscribe = supervisor.onNotice((notice) => {
      this.show(notice).catch(this.failed);
    });
  }

  private async show(notice: Notice): Promise<void> {
    if (!this.enabled()) return;
    const fixes = notice.fixes.slice(0, 2);
    const details = 'Details';
    const later = 'Snooze 10 min';
    const never = "Don't Warn About This Again";
    const buttons = [...fixes.map((fix) => fix.title), details, later, never];
    const show = notice.kind === 'critical' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
    const chosen = await show(notice.text, ...buttons);
    if (chosen === later) {
      this.supervisor.snooze(notice.id, snoozeMs);
      return;
    }
    this.supervisor.answered(notice.id);
    if (chosen === never) this.supervisor.mute(notice.sandboxId, notice.signal);
    else if (chosen === details) await this.actions.showDetails(notice.sandboxId);
    else {
      const fix = fixes.find((offer) => offer.title === chosen);
      if (fix) await this.actions.runFix(notice.sandboxId, fix);
    }
  }

  dispose(): void {
    this.unsubscribe();
  }
}
