import * as vscode from 'vscode';
import { plainName } from '../../app/format.ts';
import type { FromPage, Place } from '../../model/dashboard/messages.ts';
import { readState } from '../../model/dashboard/state.ts';
import { workspaceName } from '../../model/workspace.ts';
import { applicable, canPropose } from '../error-fixes/propose-edit.ts';
import { FleetFeed } from './fleet-feed.ts';
import { IncidentFeed } from './incident-feed.ts';
import { DashboardPanel } from './panel.ts';
import type { DashboardSources, Feed } from './ports.ts';
import { runAction } from './run-action.ts';
import { SandboxFeed } from './sandbox-feed.ts';

const viewType = 'sandboxForesight.dashboard';

const isOpen = (workspace: string): boolean =>
  (vscode.workspace.workspaceFolders ?? []).some(
    ({ name, uri }) => workspaceName(name) === workspace || workspaceName(uri.path) === workspace,
  );

const keyOf = (place: Place): string => (place.page === 'fleet' ? 'fleet' : `${place.page} ${place.id}`);

/** The tabs of the dashboard: one for all sandboxes, one for each sandbox and each incident that is looked at. */
export class Dashboards implements vscode.Disposable {
  readonly #sources: DashboardSources;
  /** Where the built page lies. */
  readonly #folder: vscode.Uri;
  readonly #icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri };
  readonly #panels = new Map<string, DashboardPanel>();
  readonly #serializer: vscode.Disposable;

  constructor(sources: DashboardSources, extension: vscode.Uri) {
    this.#sources = sources;
    this.#folder = vscode.Uri.joinPath(extension, 'dist');
    const icon = (theme: string) => vscode.Uri.joinPath(extension, 'media', `tab-${theme}.svg`);
    this.#icon = { light: icon('light'), dark: icon('dark') };
    this.#serializer = vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: (panel, state: unknown) => {
        this.#restore(panel, readState(state)?.place ?? { page: 'fleet' });
        return Promise.resolve();
      },
    });
  }

  /** Opens the tab of a place, or shows the one that is open. */
  open(place: Place): void {
    const open = this.#panels.get(keyOf(place));
    if (open !== undefined) {
      open.panel.reveal();
      return;
    }
    const options = { enableScripts: true, enableFindWidget: true, localResourceRoots: [this.#folder] };
    this.#adopt(
      vscode.window.createWebviewPanel(viewType, 'Sandbox Foresight', vscode.ViewColumn.Active, options),
      place,
    );
  }

  /**
   * A tab of before a reload. The editor gives it back when it is looked at first; the same place may have been opened in another tab until
   * then, which goes on: it may be zoomed, or scrolled.
   */
  #restore(panel: vscode.WebviewPanel, place: Place): void {
    const open = this.#panels.get(keyOf(place));
    if (open === undefined) {
      this.#adopt(panel, place);
      return;
    }
    panel.dispose();
    open.panel.reveal();
  }

  #adopt(panel: vscode.WebviewPanel, place: Place): void {
    const key = keyOf(place);
    panel.iconPath = this.#icon;
    const { log, clock } = this.#sources;
    const feed = this.#feedOf(place);
    this.#panels.set(
      key,
      new DashboardPanel(panel, {
        feed,
        folder: this.#folder,
        log,
        opening: () => ({ kind: 'open', place, nowMs: clock.now() }),
        handle: (message) => this.#handle(place, feed, message),
        closed: () => this.#panels.delete(key),
      }),
    );
  }

  #feedOf(place: Place): Feed {
    const edits = { applicable, canPropose, isOpen };
    if (place.page === 'sandbox') return new SandboxFeed(place.id, this.#sources, edits);
    if (place.page === 'incident') return new IncidentFeed(place.id, this.#sources, edits);
    return new FleetFeed(this.#sources);
  }

  async #handle(place: Place, feed: Feed, message: Exclude<FromPage, { kind: 'ready' | 'failure' }>): Promise<void> {
    if (message.kind === 'command') {
      const { command, target } = message;
      await vscode.commands.executeCommand(`sandboxForesight.${command}`, ...(target === null ? [] : [target]));
      return;
    }
    if (message.kind === 'action') {
      const action = feed.action(message.id);
      // Old by now, or made up: nothing is guessed.
      if (action === null)
        this.#sources.log.warn(`The dashboard asked for what is not offered: ${plainName(message.id, 120)}`);
      else await runAction(action, this.#sources);
      return;
    }
    const { fixId, pid } = message;
    const sandboxId = place.page === 'sandbox' ? place.id : null;
    const view = this.#sources.app.view.sandboxes.find(({ sandbox }) => sandbox.id === sandboxId);
    const offer = view?.fixes.find((each) => each.id === fixId && (each.target?.pid ?? null) === pid);
    if (view === undefined || offer === undefined) {
      this.#sources.log.warn(`The dashboard asked for a fix that is not offered: ${fixId}`);
      return;
    }
    await vscode.commands.executeCommand(`sandboxForesight.${fixId}`, { sandboxId, pid });
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const panel of [...this.#panels.values()]) panel.dispose();
  }
}
