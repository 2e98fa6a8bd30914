import type { Incident, IncidentCause } from '../model/incident.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { Warning } from '../model/warning.ts';
import type { Alarms } from './alarms.ts';
import type { BlackBox } from './black-box.ts';
import { signalsBehind } from './broken-signals.ts';
import type { EndFinding } from './ends.ts';
import type { Journal } from './journal.ts';

/** Incidents kept in the view; the history keeps more. */
const keptIncidents = 20;

/** What an incident is made of besides the finding, and where it is told. */
export interface IncidentSources {
  readonly alarms: Pick<Alarms, 'broke' | 'didNotBreak' | 'endAll'>;
  readonly box: Pick<BlackBox, 'copy'>;
  readonly journal: Pick<Journal, 'add' | 'timeline' | 'outcomes'>;
}

/** When and where it happened. */
export interface IncidentScene {
  readonly sandbox: Sandbox;
  readonly atMs: number;
  /** It was in this state when it was first seen, so the time is not known. Default: it was not. */
  readonly found?: boolean;
  /** Default: what its cause means. */
  readonly endsSandbox?: boolean;
  /** It may turn out that nothing broke: what was warned of stays open until then. Default: it did break. */
  readonly isDoubtful?: boolean;
  /** What had been warned of and broke just before, where the cause alone does not tell. */
  readonly reached?: Warning | null;
}

/** @returns whether an incident of this cause is the end of the sandbox. */
const isEnd = (cause: IncidentCause): boolean => cause !== 'out-of-memory-child' && cause !== 'agent-down';

const leadOf = (warning: Warning | null, atMs: number): number | null =>
  warning?.warnedAtMs == null ? null : Math.max(0, atMs - warning.warnedAtMs);

const inWords = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
};

const withLead = (text: string, leadMs: number | null): string =>
  leadMs === null ? text : `${text} The warning came ${inWords(leadMs)} before.`;

/** Keeps the incidents of one sandbox, newest first, corrects them when more becomes known, and tells of each step. */
export class IncidentDesk {
  readonly #sources: IncidentSources;
  #incidents: readonly Incident[] = [];
  #changed = false;

  constructor(sources: IncidentSources) {
    this.#sources = sources;
  }

  /** Newest first; the same array until something changes. */
  get list(): readonly Incident[] {
    return this.#incidents;
  }

  /** @returns the incident, or null when it is not kept any more. */
  find(id: string): Incident | null {
    return this.#incidents.find((each) => each.id === id) ?? null;
  }

  /** @returns whether any changed since the last call. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  /** Opens a new incident. What was warned of has broken with it; with the sandbox every warning is over. */
  open(finding: EndFinding, scene: IncidentScene): Incident {
    const { alarms, box, journal } = this.#sources;
    const {
      sandbox,
      atMs,
      found = false,
      endsSandbox = isEnd(finding.cause),
      reached = null,
      isDoubtful = false,
    } = scene;
    const broken = isDoubtful ? null : alarms.broke(signalsBehind(finding), atMs);
    const warning = broken ?? reached;
    if (endsSandbox) alarms.endAll(atMs);
    const leadMs = leadOf(warning, atMs);
    const incident: Incident = {
      // Found dead again after every start of the editor, it must stay one incident.
      id: `${sandbox.id}/${finding.cause}/${found ? 'found' : atMs}`,
      sandboxId: sandbox.id,
      sandboxName: sandbox.name,
      provider: sandbox.provider,
      atMs,
      cause: finding.cause,
      certainty: finding.certainty,
      endsSandbox,
      exitCode: finding.exitCode,
      text: withLead(finding.text, leadMs),
      warning,
      leadMs,
      timeline: journal.timeline,
      samples: box.copy(),
      fixes: journal.outcomes,
    };
    this.#incidents = [incident, ...this.#incidents].slice(0, keptIncidents);
    this.#tell(incident);
    return incident;
  }

  /** Ends what was warned of by what this finding says. @returns the warning, or null when there was none. */
  breaks(finding: EndFinding, atMs: number): Warning | null {
    return this.#sources.alarms.broke(signalsBehind(finding), atMs);
  }

  /** What an incident tells of did break, as is known only now. */
  confirm(id: string, finding: EndFinding, changes: Partial<Incident> = {}): void {
    const incident = this.find(id);
    if (incident === null || incident.warning !== null) return;
    const warning = this.breaks(finding, incident.atMs);
    // One that came after it was about something else.
    if (warning === null || (warning.warnedAtMs ?? 0) > incident.atMs) return;
    this.correct(id, finding, { ...changes, warning });
  }

  /** Corrects an incident that is still kept: what is known now replaces what was thought, under the same id. */
  correct(id: string, finding: EndFinding, changes: Partial<Incident> = {}, isTold = true): void {
    const before = this.find(id);
    if (before === null) return;
    const warning = changes.warning === undefined ? before.warning : changes.warning;
    const leadMs = leadOf(warning, before.atMs);
    const after: Incident = {
      ...before,
      endsSandbox: isEnd(finding.cause),
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
    if (same) return;
    this.#incidents = this.#incidents.map((each) => (each.id === id ? after : each));
    this.#changed = true;
    if (isTold) this.#tell(after);
  }

  /**
   * What an incident was warned of stands under another finding only if that foretold such an end too; else it did not break.
   * @param explained what an error said was reached, whatever the cause; or null.
   * @returns the warning that stands, or null.
   */
  warningUnder(finding: EndFinding, { warning }: Incident, explained: Warning | null = null): Warning | null {
    if (warning === null || warning.id === explained?.id || signalsBehind(finding).includes(warning.signal)) {
      return warning;
    }
    this.#sources.alarms.didNotBreak(warning.id);
    return null;
  }

  /** Tells of an incident as it is known now. */
  tellAgain(id: string): void {
    const incident = this.find(id);
    if (incident !== null) this.#tell(incident);
  }

  /** It never happened, and what was warned of did not break with it. */
  withdraw(id: string): void {
    const warning = this.find(id)?.warning ?? null;
    if (warning !== null) this.#sources.alarms.didNotBreak(warning.id);
    this.#incidents = this.#incidents.filter((each) => each.id !== id);
    this.#sources.journal.add({ kind: 'incident-withdrawn', incidentId: id });
    this.#changed = true;
  }

  clear(): void {
    this.#incidents = [];
    this.#changed = true;
  }

  #tell(incident: Incident): void {
    this.#sources.journal.add({ kind: 'incident', incident });
    this.#changed = true;
  }
}
