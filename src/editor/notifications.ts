import * as vscode from 'vscode';
import type { Notice, Supervisor } from '../app/contracts.ts';
import type { FixOffer } from '../model/fix.ts';
import type { SignalName } from '../model/signal.ts';
import { showError, showInformation, showWarning } from './messages.ts';
import { signalWords } from './text/words.ts';

/** What a warning's buttons lead to. */
export interface NoticeActions {
  runFix(sandboxId: string, offer: FixOffer): Promise<void>;
  showDetails(sandboxId: string): Promise<void>;
  /** Lists everything that helps now. */
  help(sandboxId: string): Promise<void>;
  /** Shows all sandboxes. */
  openFleet(): Promise<void>;
  /** Takes back what is muted of a sandbox. */
  warnAgain(sandboxId: string): Promise<void>;
}

const snoozeOthersMs = 60 * 60_000;
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
    if (notice.kind === 'others') {
      await this.showOthers(notice);
      return;
    }
    if (notice.signal === null) {
      await this.showErrors(notice);
      return;
    }
    // Four buttons are what fits beside each other without being cut.
    const fixes = notice.fixes.slice(0, 2);
    const details = 'Details';
    const more = 'More…';
    const show = notice.kind === 'critical' ? showError : showWarning;
    const chosen = await show(notice.text, ...fixes.map((fix) => fix.title), details, more);
    if (chosen === more) {
      await this.askForPeace(notice, notice.signal);
      return;
    }
    this.supervisor.answered(notice.id);
    if (chosen === details) await this.actions.showDetails(notice.sandboxId);
    const fix = fixes.find((offer) => offer.title === chosen);
    if (fix) await this.actions.runFix(notice.sandboxId, fix);
  }

  /** One error comes more and more often. */
  private async showErrors(notice: Notice): Promise<void> {
    const help = 'What Can I Do?';
    const details = 'Details';
    const chosen = await showWarning(notice.text, help, details);
    if (chosen === help) await this.actions.help(notice.sandboxId);
    else if (chosen === details) await this.actions.showDetails(notice.sandboxId);
  }

  /** Sandboxes that are not the person's own, in one message. */
  private async showOthers(notice: Notice): Promise<void> {
    const fleet = 'Show All Sandboxes';
    const peace = 'Snooze for an Hour';
    const chosen = await showWarning(notice.text, fleet, peace);
    if (chosen === fleet) await this.actions.openFleet();
    else if (chosen === peace) this.supervisor.snooze(notice.id, snoozeOthersMs);
  }

  private async askForPeace(notice: Notice, signalName: SignalName): Promise<void> {
    const signal = signalWords[signalName].toLowerCase();
    const picked = await vscode.window.showQuickPick(
      [
        { label: '$(lightbulb) What can I do?', id: 'help' },
        { label: '$(bell-slash) Snooze for 10 minutes', id: 'snooze' },
        { label: `$(mute) Don't warn about the ${signal} of this sandbox again`, id: 'mute' },
      ] as const,
      { title: notice.text },
    );
    if (picked?.id === 'snooze') {
      this.supervisor.snooze(notice.id, snoozeMs);
      return;
    }
    this.supervisor.answered(notice.id);
    if (picked?.id === 'mute') await this.mute(notice, signalName);
    else if (picked?.id === 'help') await this.actions.help(notice.sandboxId);
  }

  /** Silence that nobody told of, and that nobody knows how to end, would be taken for calm. */
  private async mute({ sandboxId, sandboxName }: Notice, signal: SignalName): Promise<void> {
    await this.supervisor.mute(sandboxId, signal);
    const back = 'Warn Again';
    const text = `You are not warned about the ${signalWords[signal].toLowerCase()} of ${sandboxName} again, until you use “Warn Again About This Sandbox”.`;
    if ((await showInformation(text, back)) === back) await this.actions.warnAgain(sandboxId);
  }

  dispose(): void {
    this.unsubscribe();
  }
}
