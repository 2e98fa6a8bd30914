import type { Supervisor } from '../app/contracts.ts';
import type { Incident } from '../model/incident.ts';
import type { AppView } from '../model/view.ts';
import { showWarning } from './messages.ts';
import { killText } from './text/kill-text.ts';

/** An incident older than this when it is first seen belongs to the past. */
const freshMs = 30_000;

/** Says at once when the kernel killed a process in the place the editor works in: the terminal itself says only "Killed". */
export class KillNotices {
  private readonly told = new Set<string>();
  private readonly unsubscribe: () => void;

  constructor(
    supervisor: Supervisor,
    options: {
      readonly enabled: () => boolean;
      readonly now: () => number;
      readonly showDetails: (sandboxId: string) => Promise<void>;
      readonly help: (sandboxId: string) => Promise<void>;
      readonly failed: (error: unknown) => void;
    },
  ) {
    const look = (view: AppView): void => {
      const current = view.sandboxes.find(({ sandbox }) => sandbox.id === view.currentId);
      if (!current || !view.currentInside) return;
      for (const incident of current.incidents) {
        if (incident.cause !== 'out-of-memory-child' || this.told.has(incident.id)) continue;
        this.told.add(incident.id);
        if (!options.enabled() || options.now() - incident.atMs > freshMs) continue;
        this.tell(incident, options).catch(options.failed);
      }
    };
    this.unsubscribe = supervisor.onChange(look);
  }

  private async tell(
    incident: Incident,
    options: {
      readonly showDetails: (sandboxId: string) => Promise<void>;
      readonly help: (sandboxId: string) => Promise<void>;
    },
  ): Promise<void> {
    const details = 'Details';
    const help = 'What Can I Do?';
    const chosen = await showWarning(killText(incident), help, details);
    if (chosen === details) await options.showDetails(incident.sandboxId);
    else if (chosen === help) await options.help(incident.sandboxId);
  }

  dispose(): void {
    this.unsubscribe();
    this.told.clear();
  }
}
