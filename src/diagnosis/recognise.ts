import type { ErrorEvent } from '../model/error-event.ts';
import { catalogue } from './catalogue/catalogue.ts';
import { type ErrorPattern, recognisedFrom } from './catalogue/pattern.ts';
import { commandOnlyReads, isQuotation } from './context.ts';
import { errorLine, speaksOfError } from './error-line.ts';
import { fingerprintOf, normalise } from './fingerprint.ts';
import { visibleLines, withoutPrefix } from './text.ts';

/** What is known around an error besides its text. */
export interface ErrorContext {
  /** Processes that the kernel killed for memory while the command ran; null when the counter could not be read. */
  readonly oomKillDelta: number | null;
}

/** What an error was recognised as. */
export interface Recognition {
  readonly fingerprint: string;
  readonly pattern: string | null;
  readonly title: string;
  readonly cause: string | null;
  /** The catalogue's record, or null for an unknown error. */
  readonly record: ErrorPattern | null;
}

/** Ended by the person. */
const interruptedByPerson = 130;

const bySlug = new Map(catalogue.map((pattern) => [pattern.slug, pattern]));

const scoreOf = (pattern: ErrorPattern, lines: readonly string[], exitCode: number | null): number => {
  if (exitCode === 0 && !pattern.atExitZero) return 0;
  let best = 0;
  let fits = 0;
  for (const { text, weight } of pattern.signals) {
    if (!lines.some((line) => text.test(line))) continue;
    fits += 1;
    best = Math.max(best, weight);
  }
  const fitsExit = exitCode !== null && pattern.exitCodes.includes(exitCode);
  if (pattern.vetoes.some((veto) => lines.some((line) => veto.test(line)))) return 0;
  // A text that speaks of another error knows more than the exit code.
  if (fits === 0) return fitsExit && pattern.byExitCodeAlone && !lines.some(speaksOfError) ? recognisedFrom : 0;
  return best + Math.min(1, fits - 1) + (fitsExit ? 1 : 0);
};

const byText = (lines: readonly string[], exitCode: number | null): ErrorPattern | null => {
  let found: ErrorPattern | null = null;
  let foundScore = 0;
  for (const pattern of catalogue) {
    const score = scoreOf(pattern, lines, exitCode);
    if (score < recognisedFrom) continue;
    if (
      found === null ||
      pattern.priority > found.priority ||
      (pattern.priority === found.priority && score > foundScore)
    ) {
      found = pattern;
      foundScore = score;
    }
  }
  return found;
};

/** State that the system gave as fields beats every text. */
const byState = (event: ErrorEvent, lines: readonly string[], context: ErrorContext): ErrorPattern | null => {
  const killed = event.exitCode === 137 || event.exitCode === -1;
  if (lines.some((line) => /\bOOMKilled"?: {0,10}true\b/i.test(line))) return bySlug.get('oom-killed') ?? null;
  if (killed && (context.oomKillDelta ?? 0) > 0) return bySlug.get('oom-killed') ?? null;
  return null;
};

/** 137 while the kernel's counter did not move was somebody else's kill. */
const corrected = (pattern: ErrorPattern | null, event: ErrorEvent, context: ErrorContext): ErrorPattern | null =>
  pattern?.slug === 'oom-killed' && context.oomKillDelta === 0 && event.exitCode === 137
    ? (bySlug.get('sigkill-unknown') ?? null)
    : pattern;

/**
 * Recognises an error. The layers, in order of trust: the gate by exit code, the state and counters around the command,
 * the gate by command, the texts, and at last the bare exit code.
 * @returns null when there is no error: the command ended well and nothing speaks against it, or the person ended it.
 */
export const recognise = (event: ErrorEvent, context: ErrorContext = { oomKillDelta: null }): Recognition | null => {
  const { exitCode } = event;
  if (exitCode === interruptedByPerson) return null;
  const lines = visibleLines(event.text).map(withoutPrefix);
  const own = lines.filter((line) => !isQuotation(line));
  const heard = commandOnlyReads(event.commandLine) ? own.filter((line) => /^[\w./-]{1,60}: /.test(line)) : own;
  const pattern = byState(event, lines, context) ?? corrected(byText(heard, exitCode), event, context);
  const line = errorLine(own);
  if (pattern === null) {
    // A description of a state is no failed command: unless it is recognised, it is none of our errors.
    if (exitCode === 0 || event.source === 'diagnostics') return null;
    if (exitCode === null && !speaksOfError(line)) return null;
  }
  if (pattern !== null) {
    return {
      fingerprint: fingerprintOf(pattern.slug, line),
      pattern: pattern.slug,
      title: pattern.title,
      cause: pattern.cause,
      record: pattern,
    };
  }
  const title = line === '' ? `Ended with exit code ${exitCode ?? 'unknown'}` : normalise(line).slice(0, 160);
  return {
    fingerprint: fingerprintOf(null, line === '' ? `exit ${exitCode}` : line),
    pattern: null,
    title,
    cause: null,
    record: null,
  };
};
