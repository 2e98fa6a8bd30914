import type { FixOutcome } from '../model/fix.ts';
import type { Incident, IncidentCause, LifecycleTransition } from '../model/incident.ts';
import type { Sample } from '../model/sample.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { SignalName } from '../model/signal.ts';
import type { Warning } from '../model/warning.ts';
import type { EndFinding } from './ends.ts';

/** Incidents kept in the view; the history keeps more. */
const keptIncidents = 20;

/** What goes into an incident besides the finding. */
export interface IncidentMaterial {
  /** Unique over all sandboxes and restarts. */
  readonly id: string;
  readonly sandbox: Sandbox;
  readonly atMs: number;
  readonly warning: Warning | null;
  readonly timeline: readonly LifecycleTransition[];
  readonly samples: readonly Sample[];
  readonly fixes: readonly FixOutcome[];
  /** Default: what its cause means. */
  readonly endsSandbox?: boolean;
}

const warnedBy: Partial<Record<IncidentCause, readonly SignalName[]>> = {
  'out-of-memory': ['memory', 'swap'],
  'out-of-memory-child': ['memory', 'swap'],
  expired: ['expiry'],
};

/** V8 and the JVM abort when their own heap limit is reached. */
const heapExitCodes: readonly (number | null)[] = [133, 134, 3];

/** @returns the signals whose warning foretold such an end. */
export const signalsBehind = (finding: EndFinding): readonly SignalName[] =>
  warnedBy[finding.cause] ?? (finding.cause === 'crashed' && heapExitCodes.includes(finding.exitCode) ? ['heap'] : []);

/** Errors that say that a limit was reached: what was warned of has happened, although it is no incident of the sandbox. */
const reachedBy: Readonly<Record<string, SignalName>> = {
  'v8-heap-oom': 'heap',
  'jvm-heap-oom': 'heap',
  'disk-full': 'disk',
  'pids-limit': 'pids',
  'too-many-open-files': 'fds',
};

/** @returns the signals whose limit an error of this pattern has reached. */
export const signalsReached = (pattern: string | null): readonly SignalName[] => {
  const signal = pattern === null ? undefined : reachedBy[pattern];
  return signal === undefined ? [] : [signal];
};

/** @returns whether an incident of this cause is the end of the sandbox. */
export const endsSandbox = (cause: IncidentCause): boolean => cause !== 'out-of-memory-child' && cause !== 'agent-down';

const leadOf = (warning: Warning | null, atMs: number): number | null =>
  warning?.warnedAtMs == null ? null : Math.max(0, atMs - warning.warnedAtMs);

const inWords = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
};

const withLead = (text: string, leadMs: number | null): string =>
  leadMs === null ? text : `${text} The warning came ${inWords(leadMs)} before.`;

/** Keeps the incidents of one sandbox, newest first, and corrects them when more becomes known. */
export class IncidentDesk {
  #incidents: readonly Incident[] = [];

  /** Newest first; the same array until something changes. */
  get list(): readonly Incident[] {
    return this.#incidents;
  }

  /** Opens a new incident. */
  open(finding: EndFinding, material: IncidentMaterial): Incident {
    const leadMs = leadOf(material.warning, material.atMs);
    const incident: Incident = {
      id: material.id,
      sandboxId: material.sandbox.id,
      sandboxName: material.sandbox.name,
      provider: material.sandbox.provider,
      atMs: material.atMs,
      cause: finding.cause,
      certainty: finding.certainty,
      endsSandbox: material.endsSandbox ?? endsSandbox(finding.cause),
      exitCode: finding.exitCode,
      text: withLead(finding.text, leadMs),
      warning: material.warning,
      leadMs,
      timeline: material.timeline,
      samples: material.samples,
      fixes: material.fixes,
    };
    this.#incidents = [incident, ...this.#incidents].slice(0, keptIncidents);
    return incident;
  }

  /**
   * Corrects an incident: what is known now replaces what was thought, under the same id.
   * @returns the corrected incident, or null when nothing changed or it is not kept any more.
   */
  correct(id: string, finding: EndFinding, changes: Partial<Incident> = {}): Incident | null {
    const before = this.#incidents.find((each) => each.id === id);
    if (before === undefined) return null;
    const warning = changes.warning === undefined ? before.warning : changes.warning;
    const leadMs = leadOf(warning, before.atMs);
    const after: Incident = {
      ...before,
      endsSandbox: endsSandbox(finding.cause),
      ...changes,
      cause: finding.cause,
      certainty: finding.certainty,
      exitCode: finding.exitCode,
      text: withLead(finding.text, leadMs),
      leadMs,
    };
    const same =
      after.cause === before.cause &&
      after.certainty === before.certainty &&
      after.exitCode === before.exitCode &&
      after.text === before.text &&
      Object.keys(changes).length === 0;
    if (same) return null;
    this.#incidents = this.#incidents.map((each) => (each.id === id ? after : each));
    return after;
  }

  clear(): void {
    this.#incidents = [];
  }

  /** Takes an incident back. @returns whether there was one. */
  withdraw(id: string): boolean {
    const rest = this.#incidents.filter((each) => each.id !== id);
    const found = rest.length < this.#incidents.length;
    if (found) this.#incidents = rest;
    return found;
  }
}
