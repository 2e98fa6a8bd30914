import type { HistoryStore } from '../../model/history.ts';
import type { Incident } from '../../model/incident.ts';
import type { PostMortem, PostMortemError } from '../../model/post-mortem.ts';
import type { Sample } from '../../model/sample.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import { commandAt } from '../queries/command-at.ts';
import { adviceOf } from './advice.ts';
import { coursesOf, ownMemoryOf } from './courses.ts';
import { eventsOf } from './events.ts';
import { gather, type Material } from './material.ts';
import { recurrencesOf } from './recurrences.ts';
import { redactDeep } from './redact-deep.ts';
import { verdictOf } from './verdict.ts';
import { warningTextOf } from './warning-text.ts';

export interface PostMortemNeeds {
  readonly history: HistoryStore;
  readonly patterns: PatternBook;
  /** Takes secrets out of one text. */
  readonly redact: (text: string) => string;
  readonly nowMs: number;
  /** The place of the incident is, or was, the one the editor itself works in: numbers of the machine are its own. */
  readonly isHere: boolean;
  /** Lets the editor have its turn between two pieces of work. */
  readonly pause: () => Promise<void>;
}

const mostCommands = 50;
const mostErrors = 30;

const errorsOf = ({ errors, errorCommands, commands }: Material, patterns: PatternBook): readonly PostMortemError[] =>
  errors.slice(0, mostErrors).map(({ fingerprint, pattern, title, count, firstSeenAtMs, lastSeenAtMs }) => {
    const commandKey = errorCommands.get(fingerprint) ?? commandAt(commands, lastSeenAtMs);
    return {
      fingerprint,
      title,
      cause: pattern === null ? null : (patterns(pattern)?.cause ?? null),
      ...(commandKey === null ? {} : { commandKey }),
      count,
      firstSeenAtMs,
      lastSeenAtMs,
    };
  });

/** Redacting long diagnostics takes some milliseconds, and what was redacted stays as it is. */
const once = (redact: (text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const after = redact(text);
    known.set(text, after).set(after, after);
    return after;
  };
};

const withCleanNames = (sample: Sample, redact: (text: string) => string): Sample =>
  sample.processes?.some(({ name }) => redact(name) !== name)
    ? { ...sample, processes: sample.processes.map((each) => ({ ...each, name: redact(each.name) })) }
    : sample;

/**
 * Tells the story of a break or an end from all that is remembered of it. Never fails: what is not remembered is missing from the story.
 * @param incident with its samples where they are at hand; else they are asked for.
 */
export const postMortem = async (incident: Incident, needs: PostMortemNeeds): Promise<PostMortem> => {
  const { history, patterns, nowMs, isHere, pause } = needs;
  const redact = once(needs.redact);
  const { samples, incidents, places, errorCommands, errorPasts, ...raw } = await gather(history, incident, nowMs);
  // What is told by this window was not redacted before; words made of two texts are looked at once more in the end. Of other incidents
  // no text is used; names of what happened elsewhere come from the store and are looked at in the end, uncut; and of samples only the
  // names of processes are used: words would cut them before they are looked at.
  await pause();
  const named = samples.map((sample) => withCleanNames(sample, redact));
  const material: Material = {
    ...redactDeep(raw, redact),
    isHere,
    samples: named,
    incidents,
    places,
    errorCommands,
    errorPasts,
  };
  await pause();
  const courses = coursesOf(samples);
  await pause();
  const recurrences = await recurrencesOf(material, pause);
  await pause();
  const told = redactDeep(
    {
      incident: { ...material.incident, timeline: material.timeline },
      cause: incident.cause,
      verdict: verdictOf(material.incident),
      warningText: warningTextOf(material, courses),
      events: eventsOf(material),
      commands: material.commands.slice(-mostCommands),
      timeline: material.timeline,
      advice: adviceOf(material, courses, patterns),
      recurrences,
      errors: errorsOf(material, patterns),
      diagnostics: material.diagnostics?.text ?? null,
    },
    redact,
  );
  return { ...told, courses, ownLimitBytes: ownMemoryOf(courses, material).at(-1)?.limit ?? null };
};
