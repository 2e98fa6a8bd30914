import { ranUntilMs } from '../../model/command-run.ts';
import type {
  CommandRun,
  DiagnosticsNote,
  ErrorCount,
  FixRecord,
  HistoryStore,
  RememberedSandbox,
} from '../../model/history.ts';
import type { Incident, LifecycleTransition } from '../../model/incident.ts';
import { ownerOf } from '../../model/owner.ts';
import type { Sample } from '../../model/sample.ts';
import type { Warning } from '../../model/warning.ts';
import { workspaceOf } from '../../model/workspace.ts';
import { type ErrorPast, errorPasts } from './error-past.ts';

/** How far back the story of an end reaches. */
export const lookBackMs = 10 * 60_000;
/** What is told shortly after an end belongs to it: diagnostics are read then, and terminals notice late. */
const afterMs = 60_000;
const mostIncidents = 1_000;
const mostCommands = 500;
const mostErrors = 200;
const mostFixes = 50;
/** Of so many sandboxes, those seen last, is looked up whose they are. */
const mostSandboxes = 1_000;

/** Whose a sandbox is. */
export interface Place {
  readonly workspace: string | null;
  readonly owner: string | null;
}

/** All that is remembered around one incident, and of its kind. */
export interface Material {
  /** Without samples. */
  readonly incident: Incident;
  /** It happened in a place the editor itself worked in (`SandboxProvider.isHere`). */
  readonly isHere: boolean;
  /** In which it happened, or null when nobody knows. */
  readonly workspace: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** Oldest first. */
  readonly samples: readonly Sample[];
  readonly sandbox: RememberedSandbox | null;
  /** Oldest first, up to the incident. */
  readonly timeline: readonly LifecycleTransition[];
  /** Those that were open in the last minutes, oldest first. */
  readonly warnings: readonly Warning[];
  /** Seen in the last minutes, the one nearest to the end first; the counts are those of this sandbox. */
  readonly errors: readonly ErrorCount[];
  /** By fingerprint, the command an error of this sandbox came from last; those of which it is not known are missing. */
  readonly errorCommands: ReadonlyMap<string, string>;
  /** Under way in the last minutes, oldest first. */
  readonly commands: readonly CommandRun[];
  readonly diagnostics: DiagnosticsNote | null;
  /** Every incident of every sandbox up to this one, newest first, this one included. */
  readonly incidents: readonly Incident[];
  /** What else is known of `errors`, in the same order; only of the first few. */
  readonly errorPasts: readonly ErrorPast[];
  /** Everything ever tried, in all sandboxes, and what was tried in the workspace of the incident. */
  readonly fixes: readonly FixRecord[];
  readonly fixesHere: readonly FixRecord[];
  /** By sandbox. */
  readonly places: ReadonlyMap<string, Place>;
}

/** Several windows see one step at slightly different times. */
const sameStepMs = 60_000;

const joined = (
  own: readonly LifecycleTransition[],
  kept: readonly LifecycleTransition[],
): readonly LifecycleTransition[] => {
  const isKnown = (step: LifecycleTransition): boolean =>
    own.some(
      ({ atMs, phase, rawState }) =>
        phase === step.phase && rawState === step.rawState && Math.abs(atMs - step.atMs) <= sameStepMs,
    );
  return [...own, ...kept.filter((step) => !isKnown(step))].toSorted((a, b) => a.atMs - b.atMs);
};

const placeOf = ({ workspace, metadata }: RememberedSandbox): Place => ({
  workspace: workspace ?? workspaceOf(metadata),
  owner: ownerOf(metadata),
});

/** What another window, or this one when it was written down, knew of where it happened. */
const workspaceIn = (incident: Incident, incidents: readonly Incident[], place: Place | undefined): string | null => {
  const same = incidents.find(
    ({ id, sandboxId, endsSandbox, workspace }) =>
      workspace !== undefined &&
      (id === incident.id || (endsSandbox && incident.endsSandbox && sandboxId === incident.sandboxId)),
  );
  return incident.workspace ?? same?.workspace ?? place?.workspace ?? null;
};

const isDuring = (startedAtMs: number, endedAtMs: number | null, fromMs: number, toMs: number): boolean =>
  startedAtMs <= toMs && (endedAtMs ?? Number.POSITIVE_INFINITY) >= fromMs;

const errorCommands = async (
  history: HistoryStore,
  sandboxId: string,
  sinceMs: number,
): Promise<ReadonlyMap<string, string>> => {
  const days = await history.errorDays({ sandboxId, sinceMs, limit: mostErrors });
  // The one seen last stands first, and is to be the one that stays.
  return new Map(
    days
      .toReversed()
      .flatMap(({ fingerprint, commandKey }) => (commandKey === null ? [] : [[fingerprint, commandKey]])),
  );
};

/**
 * Asks the history for everything that belongs to an incident. What is not remembered is missing from the answer.
 * @param incident with its samples where they are at hand; else they are asked for.
 */
export const gather = async (
  history: HistoryStore,
  incident: Incident,
  nowMs: number,
): Promise<Omit<Material, 'isHere'>> => {
  const { sandboxId, atMs } = incident;
  const fromMs = atMs - lookBackMs;
  const toMs = atMs + afterMs;
  // One after the other: each answer is read in slices, and slices of several would come in one turn.
  const samples = incident.samples.length > 0 ? incident.samples : await history.samples(sandboxId, fromMs, toMs);
  const [sandbox = null] = await history.sandboxes({ sandboxId, limit: 1 });
  const transitions = await history.transitions({ sandboxId, limit: 200 });
  const warnings = await history.warnings({ sandboxId, limit: 100 });
  const errors = await history.errors({ sandboxId, sinceMs: fromMs, limit: mostErrors }, nowMs);
  const commands = await history.commands({ sandboxId, limit: mostCommands });
  const notes = await history.diagnostics({ sandboxId, limit: 10 });
  const incidents = await history.incidents({ limit: mostIncidents, withoutSamples: true });
  const sandboxes = await history.sandboxes({ limit: mostSandboxes });
  const places = new Map(
    [...sandboxes, ...(sandbox === null ? [] : [sandbox])].map((each) => [each.sandboxId, placeOf(each)]),
  );
  const workspace = workspaceIn(incident, incidents, places.get(sandboxId));
  const fixes = await history.fixes({ limit: mostFixes });
  const fixesHere = workspace === null ? [] : await history.fixes({ workspace, limit: mostFixes });
  const near = errors
    .filter((each) => each.firstSeenAtMs <= toMs)
    .toSorted((a, b) => Math.abs(atMs - a.lastSeenAtMs) - Math.abs(atMs - b.lastSeenAtMs));
  const earlier = incidents.filter((each) => each.atMs <= atMs && each.id !== incident.id);
  return {
    incident: { ...incident, ...(workspace === null ? {} : { workspace }), samples: [] },
    workspace,
    fromMs,
    toMs,
    samples,
    sandbox,
    timeline: joined(
      incident.timeline,
      transitions.filter((each) => each.atMs <= toMs).map(({ sandboxId: _, ...step }) => step),
    ),
    warnings: warnings
      .filter(({ startedAtMs, endedAtMs }) => isDuring(startedAtMs, endedAtMs, fromMs, toMs))
      .toSorted((a, b) => a.startedAtMs - b.startedAtMs),
    errors: near,
    commands: commands
      .filter((run) => isDuring(run.startedAtMs, ranUntilMs(run), fromMs, atMs))
      .toSorted((a, b) => a.startedAtMs - b.startedAtMs),
    // The one read nearest to the end, be it just before the deletion or just after the end.
    diagnostics: notes.toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs))[0] ?? null,
    incidents: [{ ...incident, samples: [] }, ...earlier],
    errorPasts: await errorPasts(history, near, workspace, { atMs, nowMs }),
    fixes,
    fixesHere,
    places,
    errorCommands: await errorCommands(history, sandboxId, fromMs),
  };
};
