import type * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { AppView } from '../model/view.ts';
import { showInformation } from './messages.ts';
import { askForSandbox } from './pick-sandbox.ts';

/** Asks what only the person can answer; each question once in a session. */
export class Questions implements vscode.Disposable {
  private readonly supervisor: Supervisor;
  private readonly remember: (sandboxId: string) => Thenable<void>;
  private readonly failed: (error: unknown) => void;
  private readonly asked = new Set<string>();

  constructor(
    supervisor: Supervisor,
    options: { readonly remember: (sandboxId: string) => Thenable<void>; readonly failed: (error: unknown) => void },
  ) {
    this.supervisor = supervisor;
    this.remember = options.remember;
    this.failed = options.failed;
  }

  /** Asks what `view` leaves open and was not asked before. */
  update(view: AppView): void {
    if (view.ambiguous && this.once('which')) this.askWhich(view).catch(this.failed);
    for (const { sandbox, link } of view.sandboxes) {
      const mine = sandbox.id === view.currentId;
      if (mine && link.state === 'needs-consent' && this.once(`consent/${sandbox.id}`)) {
        this.askConsent(sandbox.id, sandbox.name, true).catch(this.failed);
      }
    }
  }

  /**
   * Asks whether watching may move the deadline of a sandbox.
   * @param needed it is known that there is no other way
   */
  async askConsent(sandboxId: string, name: string, needed: boolean): Promise<void> {
    const yes = 'Watch Anyway';
    const no = "Don't Watch";
    const chosen = await showInformation(
      needed
        ? `${name} can only be measured through the server or a gateway, and each request there may extend its life or keep it awake. Watch it all the same?`
        : `Where ${name} can only be measured through the server or a gateway, each request there may extend its life or keep it awake. Watch it then all the same?`,
      yes,
      no,
    );
    if (chosen !== undefined) this.supervisor.consent(sandboxId, chosen === yes);
  }

  private async askWhich(view: AppView): Promise<void> {
    const id = await askForSandbox(view);
    if (id === null) return;
    this.supervisor.choose(id);
    await this.remember(id);
  }

  private once(question: string): boolean {
    if (this.asked.has(question)) return false;
    this.asked.add(question);
    return true;
  }

  dispose(): void {
    this.asked.clear();
  }
}
