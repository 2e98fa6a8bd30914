import type { ErrorEvent } from '../model/error-event.ts';
import type { ErrorPattern } from './catalogue/pattern.ts';
import { isReadersOwn, readersOnly } from './commands.ts';
import { endsWell } from './ends-well.ts';
import { errorLine, shapeOf, speaksOfError } from './error-line.ts';
import { slugOfExitCode } from './exit-codes.ts';
import { fingerprintOfTrace, normalise } from './fingerprint.ts';
import { inEnglish } from './in-english.ts';
import { unwrapped } from './log-line.ts';
import { bySlug, matchCatalogue, type TextMatch } from './match.ts';
import { type Parameters, parametersOf, toolParameter } from './parameters.ts';
import { triedInVain, withoutQuotations } from './quotations.ts';
import { type Report, reportOf, withoutValues } from './source-findings.ts';
import { speaksOfKill, structuredFinding } from './structured.ts';
import { bareMessage, visibleLines, withoutPrefix, withoutSharedIndent } from './text.ts';
import { toolOfWords } from './tools.ts';
import { withVariant } from './variants.ts';

/** What is known around an error besides its text. Everything may be missing. */
export interface ErrorContext {
  /** Processes that the kernel killed for memory while the command ran; null when the counter could not be read. */
  readonly oomKillDelta: number | null;
  /** Whether the sandbox had as many processes as it may have. */
  readonly pidsAtLimit?: boolean | null;
  readonly diskFreeBytes?: number | null;
  readonly inodesFree?: number | null;
  /** What the provider says of the sandbox, as it says it. */
  readonly lifecycle?: {
    readonly state?: string | null;
    readonly reason?: string | null;
    readonly message?: string | null;
  } | null;
}

/** What an error was recognised as. */
export interface Recognition {
  readonly fingerprint: string;
  readonly pattern: string | null;
  readonly title: string;
  readonly cause: string | null;
  /** The catalogue's record, or null for an unknown error. */
  readonly record: ErrorPattern | null;
  /** 0..1: a field or a counter .98, a text of this error alone .9, an error of the system .75, a bare exit code .5; 0 for an unknown error. */
  readonly confidence: number;
  /** What the text names, to be put into fixes as arguments. */
  readonly parameters: Parameters;
}

/** Ended by the person. */
const interruptedByPerson = 130;
/** Less free space than this is none. */
const fullBelowBytes = 1024 ** 2;
/** Fewer free inodes than this are none: an installation needs many at once. */
const fewInodes = 64;
/** A program that could not write and does not say why. */
const writeFailed =
  /\bI\/O error\b|\bBus error\b|\b(?:write|writing|flush|save|saving)\b.{0,60}\b(?:error|failed|failure)\b|\b(?:error|failed|failure|could not|cannot|can't|couldn't|unable)\b.{0,30}\b(?:writ|flush|sav|append|extend)|\bshort write\b/i;
/** Lines around that of the error in which its fields are looked for. */
const linesAround = 25;

/** Of a long output its beginning, its end, and between them what speaks of an error. */
const headLines = 40;
const tailLines = 160;
const tellingLines = 80;

const selected = (lines: readonly string[]): readonly string[] => {
  if (lines.length <= headLines + tailLines + tellingLines) return lines;
  const telling = lines.slice(headLines, -tailLines).filter(speaksOfError);
  // The same warning about every file must not hide the one line that is another.
  const between = [...new Map(telling.map((line) => [shapeOf(line), line])).values()];
  return [
    ...lines.slice(0, headLines),
    ...between.slice(0, tellingLines / 2),
    ...between.slice(tellingLines / 2).slice(-tellingLines / 2),
    ...lines.slice(-tailLines),
  ];
};

const confidenceOf = (match: TextMatch): number =>
  Math.min(0.97, match.weight >= 4 ? 0.9 + match.extra * 0.02 : 0.75 + match.extra * 0.05);

interface Finding {
  readonly slug: string;
  readonly confidence: number;
  readonly line: string | null;
  readonly groups: Readonly<Record<string, string | undefined>>;
  readonly further: Readonly<Record<string, string | undefined>>;
  readonly also: readonly string[];
}

const found = (slug: string, confidence: number): Finding => ({
  slug,
  confidence,
  line: null,
  groups: {},
  further: {},
  also: [],
});

const fromText = (match: TextMatch | null): Finding | null =>
  match === null
    ? null
    : {
        slug: match.pattern.slug,
        confidence: confidenceOf(match),
        line: match.line,
        groups: match.groups,
        further: match.further,
        also: match.also,
      };

/** A shorter line was not wrapped. */
const narrowestTerminal = 60;

/** Lines a terminal has wrapped at its width: each read as one with the next, with and without a blank between. */
const joined = (lines: readonly string[]): readonly string[] => {
  const last = lines.slice(-tailLines);
  const width = Math.max(0, ...last.map((line) => line.length));
  return last.flatMap((line, index, all) => {
    const next = all[index + 1];
    const isWrapped = line.length >= Math.max(narrowestTerminal, width - 1);
    return next === undefined || !isWrapped || /^\s/.test(next) ? [] : [`${line}${next}`, `${line} ${next}`];
  });
};

const matchWrapped = (heard: readonly string[], exitCode: number | null, report: Report): TextMatch | null => {
  const said = heard.filter((line) => !report.findings.has(line));
  const whole = joined(report.quotesValues ? said.map(withoutValues) : said);
  return whole.length === 0 ? null : matchCatalogue([...heard, ...whole], exitCode, report);
};

/** The messages alone, without the levels and names a log puts before them. */
const matchBare = (heard: readonly string[], exitCode: number | null, report: Report): TextMatch | null => {
  const own = heard.filter((line) => !report.findings.has(line));
  const bare = own.map(bareMessage);
  if (bare.every((line, index) => line === own[index])) return null;
  return matchCatalogue(withoutQuotations(bare, report.isTests), exitCode, report);
};

/** Errors after which a program tried again count when it tried in vain. */
const matchRetried = (lines: readonly string[], exitCode: number | null, report: Report): TextMatch | null =>
  triedInVain(lines) ? matchCatalogue(withoutQuotations(lines, report.isTests, true), exitCode, report) : null;

/** The line of an error with what its tool put before it, and without. */
const formsOf = (line: string, lines: readonly string[], printed: readonly string[]): readonly string[] => [
  printed[lines.indexOf(line)] ?? line,
  line,
];

/** The tool whose words these are. */
const saysIt = (forms: readonly string[]): string | null =>
  forms.map(toolOfWords).find((tool) => tool !== null) ?? null;

/** Counters beat the words of a text where both speak of the same thing. */
const corrected = (
  finding: Finding | null,
  event: ErrorEvent,
  context: ErrorContext,
  heard: readonly string[],
): Finding | null => {
  const slug = finding?.slug ?? null;
  const { exitCode } = event;
  const full = typeof context.diskFreeBytes === 'number' && context.diskFreeBytes < fullBelowBytes;
  if (slug === 'oom-killed' && context.oomKillDelta === 0 && (finding?.confidence ?? 0) < 0.97) {
    const surely = heard.some((line) => /oom-kill|out of memory: kill|OOMKilled/i.test(line));
    return surely ? finding : { ...(finding ?? found('', 0)), slug: 'sigkill-unknown', confidence: 0.6 };
  }
  const killed = exitCode === 137 || exitCode === -9;
  if (
    (context.oomKillDelta ?? 0) > 0 &&
    (slug === null || slug === 'sigkill-unknown' || slug === 'script-failed' || slug === 'test-worker-killed')
  ) {
    if (slug === 'test-worker-killed') return finding;
    if (killed || speaksOfKill(heard)) return { ...(finding ?? found('', 0)), slug: 'oom-killed', confidence: 0.95 };
  }
  if (
    context.inodesFree !== null &&
    context.inodesFree !== undefined &&
    context.inodesFree < fewInodes &&
    !full &&
    slug === 'disk-full'
  ) {
    return { ...(finding ?? found('', 0)), slug: 'inodes-exhausted', confidence: 0.95 };
  }
  if (context.pidsAtLimit === true && (slug === null || slug === 'command-not-found' || slug === 'process-vm-limit')) {
    if (
      heard.some((line) =>
        /\bfork\b|\bspawn\b|Resource temporarily unavailable|Cannot allocate memory|\bthread\b/i.test(line),
      )
    ) {
      return { ...(finding ?? found('', 0)), slug: 'pids-limit', confidence: 0.9 };
    }
  }
  if (full && (slug === null || slug === 'script-failed') && heard.some((line) => writeFailed.test(line))) {
    return { ...(finding ?? found('', 0)), slug: 'disk-full', confidence: 0.9 };
  }
  return finding;
};

/** A bare exit code speaks only when no line speaks of another error. */
const fromExitCode = (event: ErrorEvent, heard: readonly string[]): Finding | null => {
  if (event.source === 'diagnostics') return null;
  const notMemory = heard.some((line) => /\bOOMKilled"?: {0,14}false\b/i.test(line));
  const slug = slugOfExitCode(event.exitCode, event.commandLine, notMemory);
  if (slug === null || bySlug(slug) === undefined) return null;
  if (notMemory) return found(slug, 0.6);
  return heard.some((line) => speaksOfError(line)) && !speaksOfKill(heard) ? null : found(slug, 0.5);
};

/**
 * Recognises an error. The layers, in order of trust: the gate by exit code, fields and counters, the gate by command, what is
 * only quoted, the texts with the errors of the system among them, and at last the bare exit code.
 * @returns null when there is no error: the command ended well and nothing speaks against it, or the person ended it.
 */
export const recognise = (event: ErrorEvent, context: ErrorContext = { oomKillDelta: null }): Recognition | null => {
  if (event.exitCode === interruptedByPerson) return null;
  const printed = selected(visibleLines(event.text))
    .flatMap(unwrapped)
    .filter((line) => line !== '');
  const lines = inEnglish(withoutSharedIndent(withoutSharedIndent(printed).map(withoutPrefix)));
  const exitCode = event.exitCode ?? (endsWell(lines) ? 0 : null);
  const readers = readersOnly(event.commandLine);
  const report = reportOf(lines, event.commandLine);
  const own = withoutQuotations(lines, report.isTests);
  const heard = readers === null ? own : own.filter((line) => isReadersOwn(line, readers));
  const structured = structuredFinding(exitCode, heard, context);
  const said =
    structured === null
      ? (matchCatalogue(heard, exitCode, report) ??
        (exitCode === 0
          ? null
          : (matchWrapped(heard, exitCode, report) ??
            matchBare(heard, exitCode, report) ??
            matchRetried(lines, exitCode, report))))
      : null;
  const finding = corrected(
    structured === null
      ? (fromText(said) ?? (exitCode === 0 ? null : fromExitCode(event, heard)))
      : found(structured.slug, structured.confidence),
    event,
    context,
    heard,
  );
  const line = finding?.line ?? errorLine(own);
  const pattern = finding === null ? undefined : bySlug(finding.slug);
  if (pattern === undefined) {
    // A description of a state is no failed command: unless it is recognised, it is none of our errors.
    if (exitCode === 0 || event.source === 'diagnostics') return null;
    if (exitCode === null && !speaksOfError(line)) return null;
  }
  const at = Math.max(0, lines.indexOf(line));
  const named = parametersOf(
    [line, ...(finding?.also ?? [])],
    lines.slice(at, at + linesAround),
    finding?.groups ?? {},
    event.commandLine,
    finding?.further ?? {},
  );
  if (pattern !== undefined) {
    const forms = formsOf(line, lines, printed);
    const record = withVariant(pattern, forms, event.commandLine);
    const tool = record.fixes.some(({ byTool }) => byTool !== undefined) ? saysIt(forms) : null;
    return {
      fingerprint: fingerprintOfTrace(pattern.slug, line, lines),
      pattern: pattern.slug,
      title: record.title,
      cause: record.cause,
      record,
      confidence: Math.round((finding?.confidence ?? 0) * 100) / 100,
      parameters: tool === null ? named : { ...named, [toolParameter]: tool },
    };
  }
  const title = line === '' ? `Ended with exit code ${exitCode ?? 'unknown'}` : normalise(line).slice(0, 160);
  return {
    fingerprint: fingerprintOfTrace(null, line === '' ? `exit ${exitCode}` : line, lines),
    pattern: null,
    title,
    cause: null,
    record: null,
    confidence: 0,
    parameters: named,
  };
};
