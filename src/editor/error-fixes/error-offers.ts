import type { RecognisedError } from '../../model/error-event.ts';
import type { AppView, SandboxView } from '../../model/view.ts';
import { speaksOfKills } from '../kill-notices.ts';
import { showInformation } from '../messages.ts';
import { recurrenceText } from '../text/error-text.ts';
import type { ErrorFixDialogs } from './dialogs.ts';
import { OfferState } from './offer-state.ts';

/** An error and a kill that are not farther from each other are one and the same. */
const sameKillMs = 10_000;
const killPatterns: ReadonlySet<string | null> = new Set(['oom-killed', 'sigkill-unknown']);

/** Whether the message about the kill itself tells of it, with the name of the process and with what helps. */
const isToldAsKill = (app: AppView, { sandbox, incidents }: SandboxView, error: RecognisedError): boolean =>
  killPatterns.has(error.pattern) &&
  speaksOfKills(app, sandbox.id) &&
  incidents.some(
    ({ cause, atMs }) => cause === 'out-of-memory-child' && Math.abs(atMs - error.lastSeenAtMs) <= sameKillMs,
  );

/** Offers the best fix once when a command of the person failed with a known error. */
export class ErrorOffers {
  private readonly state = new OfferState();
  private readonly dialogs: ErrorFixDialogs;
  private readonly options: {
    readonly enabled: () => boolean;
    readonly now: () => number;
    readonly failed: (error: unknown) => void;
  };

  constructor(
    dialogs: ErrorFixDialogs,
    options: { readonly enabled: () => boolean; readonly now: () => number; readonly failed: (error: unknown) => void },
  ) {
    this.dialogs = dialogs;
    this.options = options;
  }

  update(app: AppView): void {
    if (!this.options.enabled()) return;
    for (const view of app.sandboxes) {
      if (view.errors.length === 0) continue;
      const errors = view.errors.filter((error) => !isToldAsKill(app, view, error));
      const error = this.state.next(errors, this.options.now());
      if (error !== null) this.offer(app, view.sandbox.id, error.fingerprint).catch(this.options.failed);
    }
  }

  private async offer(app: AppView, sandboxId: string, fingerprint: string): Promise<void> {
    const view = app.sandboxes.find(({ sandbox }) => sandbox.id === sandboxId);
    const error = view?.errors.find((each) => each.fingerprint === fingerprint);
    if (view === undefined || error === undefined) return;
    const [best] = (await this.dialogs.fixesFor(view, error)).filter(({ does }) => does !== 'link' && does !== 'words');
    if (best === undefined) return;
    const more = 'Other Fixes…';
    const often = recurrenceText(error.recurrence);
    const said = error.line === undefined ? '' : ` (${error.line})`;
    const chosen = await showInformation(
      `${error.title}${said}${often === null ? '' : `: ${often}`}`,
      best.title,
      more,
    );
    if (chosen === best.title) await this.dialogs.run(view, best);
    else if (chosen === more) await this.dialogs.pick(view, error);
  }
}
