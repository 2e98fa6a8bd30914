import type { ProcessExited } from '../model/events.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { childKilled, type EndFinding } from './ends.ts';
import type { IncidentDesk } from './incident-desk.ts';

/** What happens within this time of a kill is one break with it. */
export const sameBreakMs = 10_000;
const keptCommands = 5;

interface Kill {
  readonly incidentId: string;
  readonly atMs: number;
  readonly kills: number;
  /** By what it is called: a process says more than the command it belonged to. */
  named: 'no' | 'command' | 'process';
}

/**
 * The last time the kernel killed processes in one sandbox that lived on. The kernel does not tell which: a process that is missing
 * or a command that ended so gives the kill its probable name, before or after.
 */
export class KilledChild {
  readonly #incidents: IncidentDesk;
  #kill: Kill | null = null;
  /** Commands that a terminal or task said were killed. */
  #commands: readonly { readonly key: string; readonly atMs: number }[] = [];

  constructor(incidents: IncidentDesk) {
    this.#incidents = incidents;
  }

  /** The kernel's count rose by `kills`. */
  killed(sandbox: Sandbox, atMs: number, kills: number): void {
    const incident = this.#incidents.open(childKilled(sandbox.name, kills, null), { sandbox, atMs });
    this.#kill = { incidentId: incident.id, atMs, kills, named: 'no' };
    this.#nameByCommand(sandbox);
  }

  /** Processes that ended when the kernel killed as many: they are the probable ones. */
  missing(sandbox: Sandbox, exited: readonly ProcessExited[]): void {
    const kill = this.#kill;
    const [first] = exited;
    if (kill === null || kill.named === 'process' || first === undefined) return;
    if (!this.#isNear(kill, first.atMs)) return;
    kill.named = 'process';
    const names = exited.map(({ name, pid }) => `${name} (pid ${pid})`).join(' and ');
    this.#incidents.correct(kill.incidentId, childKilled(sandbox.name, kill.kills, names));
  }

  /** A command ended with the exit code of a kill. @param key the command without what may be secret in it. */
  command(sandbox: Sandbox, key: string, atMs: number): void {
    this.#commands = [...this.#commands, { key, atMs }].slice(-keptCommands);
    this.#nameByCommand(sandbox);
  }

  /** While no process is known to be missing, the one command that was killed in those seconds says at least where it was. */
  #nameByCommand(sandbox: Sandbox): void {
    const kill = this.#kill;
    if (kill === null || kill.named !== 'no') return;
    const near = this.#commands.filter(({ atMs }) => this.#isNear(kill, atMs));
    const [only] = near;
    if (only === undefined || near.length > 1) return;
    kill.named = 'command';
    const name = `of the command ${only.key}, which ended with 137`;
    this.#incidents.correct(kill.incidentId, childKilled(sandbox.name, kill.kills, name));
  }

  /** @returns the incident of the kill with which this break began, so that both are one; null when it began otherwise. */
  beganWith(finding: EndFinding, atMs: number): string | null {
    const kill = this.#kill;
    return finding.cause === 'out-of-memory' && kill !== null && this.#isNear(kill, atMs) ? kill.incidentId : null;
  }

  forget(): void {
    this.#kill = null;
  }

  #isNear(kill: Kill, atMs: number): boolean {
    return Math.abs(atMs - kill.atMs) <= sameBreakMs;
  }
}
