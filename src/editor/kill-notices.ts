import type { Supervisor } from '../app/contracts.ts';
import type { Incident } from '../model/incident.ts';
import type { Clock, Timer } from '../model/ports.ts';
import type { AppView } from '../model/view.ts';
import { showWarning } from './messages.ts';
import { killText } from './text/kill-text.ts';

/** An incident older than this when it is first seen belongs to the past. */
const freshMs = 30_000;
/** The list of processes, which shows who is missing, comes about every 5 s. A message that is shown can not be changed any more. */
const nameWithinMs = 6_000;

/** Whether kills in this sandbox are said: it is the one in which the editor works. */
export const speaksOfKills = ({ currentId, currentInside }: AppView, sandboxId: string): boolean =>
  currentInside && sandboxId === currentId;

interface KillNoticesOptions {
  readonly enabled: () => boolean;
  readonly clock: Clock;
  readonly showDetails: (sandboxId: string) => Promise<void>;
  readonly help: (sandboxId: string) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/**
 * Says when the kernel killed a process in the place the editor works in: the terminal itself says only "Killed". It waits a moment for
 * the name of the process.
 */
export class KillNotices {
  private readonly options: KillNoticesOptions;
  private readonly told = new Set<string>();
  private readonly waiting = new Map<string, { incident: Incident; readonly timer: Timer }>();
  private readonly unsubscribe: () => void;

  constructor(supervisor: Supervisor, options: KillNoticesOptions) {
    this.options = options;
    this.unsubscribe = supervisor.onChange((view) => this.look(view));
  }

  private look(view: AppView): void {
    const current = view.sandboxes.find(({ sandbox }) => speaksOfKills(view, sandbox.id));
    if (!current) return;
    for (const incident of current.incidents) {
      if (incident.cause === 'out-of-memory-child') this.see(incident);
      else this.stopWaiting(incident.id);
    }
  }

  private see(incident: Incident): void {
    const { id } = incident;
    const { clock, enabled } = this.options;
    if (this.told.has(id)) return;
    const waiting = this.waiting.get(id);
    if (!waiting && (!enabled() || clock.now() - incident.atMs > freshMs)) this.told.add(id);
    else if (/\(pid \d+\)/.test(incident.text)) this.speak(incident);
    else if (waiting) waiting.incident = incident;
    else {
      const timer = clock.after(nameWithinMs, () => this.speak(this.waiting.get(id)?.incident ?? incident));
      this.waiting.set(id, { incident, timer });
    }
  }

  private stopWaiting(incidentId: string): void {
    this.waiting.get(incidentId)?.timer.cancel();
    this.waiting.delete(incidentId);
  }

  private speak(incident: Incident): void {
    this.stopWaiting(incident.id);
    this.told.add(incident.id);
    this.tell(incident).catch(this.options.failed);
  }

  private async tell(incident: Incident): Promise<void> {
    const details = 'Details';
    const help = 'What Can I Do?';
    const chosen = await showWarning(killText(incident), help, details);
    if (chosen === details) await this.options.showDetails(incident.sandboxId);
    else if (chosen === help) await this.options.help(incident.sandboxId);
  }

  dispose(): void {
    this.unsubscribe();
    for (const id of [...this.waiting.keys()]) this.stopWaiting(id);
    this.told.clear();
  }
}
