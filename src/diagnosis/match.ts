import { catalogue } from './catalogue/catalogue.ts';
import { type ErrorPattern, type PatternSignal, recognisedFrom } from './catalogue/pattern.ts';
import { type Errno, errnosOf } from './errno.ts';
import { requiredWords } from './literals.ts';
import { type Report, withoutNamedTexts, withoutValues } from './source-findings.ts';
import { strerrors } from './strerror.ts';
import { Trigrams } from './trigrams.ts';

/** What the texts say. */
export interface TextMatch {
  readonly pattern: ErrorPattern;
  /** The strongest signal that was found. */
  readonly weight: number;
  /** How much more spoke for it: further signals and a fitting exit code. */
  readonly extra: number;
  /** The line of the strongest signal. */
  readonly line: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
  /** What other lines name that fit it too. */
  readonly further: Readonly<Record<string, string | undefined>>;
  /** Further lines that say the same, in their order: of a chain of causes one names the host, another the port. */
  readonly also: readonly string[];
}

interface Prepared {
  readonly signal: PatternSignal;
  /** One of these must be in the text, in lower case; null when nothing is known. */
  readonly words: readonly string[] | null;
}

interface PreparedPattern {
  readonly pattern: ErrorPattern;
  /** Whether a finding about a source may say it. */
  readonly ofSource: boolean;
  readonly signals: readonly Prepared[];
}

const slugs: ReadonlyMap<string, ErrorPattern> = new Map(catalogue.map((pattern) => [pattern.slug, pattern]));

/** @returns the record of a slug. */
export const bySlug = (slug: string): ErrorPattern | undefined => slugs.get(slug);

let prepared: readonly PreparedPattern[] | null = null;

/** Compilers and linters find these in a source; every other error they only find named there. */
const aboutSource: ReadonlySet<string> = new Set([
  'modules',
  'native',
  'build',
  'package-manager',
  'runtime',
  'git',
  'browser',
]);

const prepare = (pattern: ErrorPattern): PreparedPattern => ({
  pattern,
  ofSource: aboutSource.has(pattern.category),
  signals: pattern.signals.map((signal) => ({
    signal,
    words: signal.text === null ? null : requiredWords(signal.text),
  })),
});

/** The most important first: what cannot beat a match any more is not even tried. */
const ordered = (): readonly ErrorPattern[] => catalogue.toSorted((a, b) => b.priority - a.priority);

/** Made at the first error at the latest, not at the start of the editor. */
const preparedCatalogue = (): readonly PreparedPattern[] => {
  prepared ??= ordered().map(prepare);
  return prepared;
};

const preparedAtOnce = 12;

/** Prepares the catalogue piece by piece, so that nobody stands still for it at the first error. Yields after each piece. */
export function* preparing(): Generator<undefined, void> {
  const made: PreparedPattern[] = [];
  for (const pattern of ordered()) {
    if (prepared !== null) return;
    made.push(prepare(pattern));
    if (made.length % preparedAtOnce === 0) yield;
  }
  prepared = made;
}

/** Of more lines than this, only the first and the last are looked at closely. */
const mostLines = 400;

/** The same line said many times says it once. */
const distinct = (lines: readonly string[]): readonly string[] => {
  const all = [...new Set(lines)];
  return all.length <= mostLines ? all : [...all.slice(0, mostLines / 4), ...all.slice((-mostLines * 3) / 4)];
};

interface Seen {
  readonly line: string;
  readonly errnos: ReadonlySet<Errno>;
}

const noReport: Report = { findings: new Set(), isTests: false, quotesValues: false, isChecker: false };
const noErrnos: ReadonlySet<Errno> = new Set();

interface Hit {
  readonly weight: number;
  readonly line: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

class Heard {
  readonly lines: readonly string[];
  /** The same lines as they are looked at: without the values that a checker or a test quotes. */
  readonly #said: readonly string[];
  readonly #findings: ReadonlySet<string>;
  readonly #isChecker: boolean;
  readonly #lowerLines: readonly string[];
  readonly #words: Trigrams;
  readonly exitCode: number | null;
  #errnoLines: readonly Seen[] | null = null;

  constructor(lines: readonly string[], exitCode: number | null, { findings, quotesValues, isChecker }: Report) {
    this.lines = distinct(lines);
    this.#findings = findings;
    this.#said = this.lines.map((line) =>
      quotesValues || this.#findings.has(line) ? withoutValues(line) : withoutNamedTexts(line),
    );
    this.#lowerLines = this.#said.map((line) => line.toLowerCase());
    this.#words = new Trigrams(this.#lowerLines.join('\n'));
    this.exitCode = exitCode;
    this.#isChecker = isChecker;
  }

  get errnoLines(): readonly Seen[] {
    this.#errnoLines ??= this.#lookForErrnos();
    return this.#errnoLines;
  }

  #lookForErrnos(): readonly Seen[] {
    const phrases = strerrors.filter(([phrase]) => this.#words.holds(phrase));
    return this.lines
      .map((line, index) => ({
        line,
        errnos: this.#findings.has(line) ? noErrnos : errnosOf(this.#said[index] ?? line, phrases, !this.#isChecker),
      }))
      .filter((seen) => seen.errnos.size > 0);
  }

  fits(form: RegExp): boolean {
    return this.#said.some((line) => form.test(line));
  }

  hit({ signal, words }: Prepared, ofSource: boolean): Hit | null {
    if (this.exitCode === 0 && !signal.atExitZero) return null;
    if (words !== null && !words.some((word) => this.#words.holds(word))) return null;
    const hit = signal.text === null ? this.#errnoHit(signal) : this.#textHit(signal, signal.text, words, ofSource);
    return hit !== null && signal.near !== null && !this.fits(signal.near) ? null : hit;
  }

  #textHit(signal: PatternSignal, text: RegExp, words: readonly string[] | null, ofSource: boolean): Hit | null {
    for (const [index, line] of this.lines.entries()) {
      if (!ofSource && this.#findings.has(line)) continue;
      const lower = this.#lowerLines[index] ?? '';
      if (words !== null && !words.some((word) => lower.includes(word))) continue;
      const match = text.exec(this.#said[index] ?? line);
      if (match !== null) return { weight: signal.weight, line, groups: match.groups ?? {} };
    }
    return null;
  }

  /** Every line but `line` that one of the signals of a pattern fits. */
  saying({ ofSource, signals }: PreparedPattern, line: string): Pick<TextMatch, 'also' | 'groups' | 'further'> {
    const said = new Set<string>();
    const groups: Record<string, string | undefined> = {};
    const further: Record<string, string | undefined> = {};
    for (const { signal, words } of signals) {
      if (signal.text === null) {
        for (const seen of this.errnoLines) {
          if (signal.errno.some((errno) => seen.errnos.has(errno))) said.add(seen.line);
        }
      } else if (words === null || words.some((word) => this.#words.holds(word))) {
        for (const [index, each] of this.lines.entries()) {
          if (!ofSource && this.#findings.has(each)) continue;
          const match = signal.text.exec(this.#said[index] ?? each);
          if (match === null) continue;
          said.add(each);
          const into = each === line ? groups : further;
          for (const [name, value] of Object.entries(match.groups ?? {})) into[name] ??= value;
        }
      }
    }
    return { groups, further, also: this.lines.filter((each) => each !== line && said.has(each)) };
  }

  #errnoHit(signal: PatternSignal): Hit | null {
    for (const { line, errnos } of this.errnoLines) {
      if (signal.errno.some((errno) => errnos.has(errno))) return { weight: signal.weight, line, groups: {} };
    }
    return null;
  }
}

const matchOf = (heard: Heard, { pattern, ofSource, signals }: PreparedPattern): Omit<TextMatch, 'also'> | null => {
  let best: Hit | null = null;
  let fits = 0;
  for (const signal of signals) {
    const hit = heard.hit(signal, ofSource);
    if (hit === null) continue;
    fits += 1;
    if (best === null || hit.weight > best.weight) best = hit;
  }
  if (best === null) return null;
  const fitsExit = heard.exitCode !== null && pattern.exitCodes.includes(heard.exitCode);
  const extra = Math.min(2, fits - 1) + (fitsExit ? 1 : 0);
  if (best.weight + Math.min(1, extra) < recognisedFrom) return null;
  if (pattern.vetoes.some((veto) => heard.fits(veto))) return null;
  return { pattern, weight: best.weight, extra, line: best.line, groups: best.groups, further: {} };
};

/** Those that were found. */
const named = (groups: Hit['groups']): Hit['groups'] =>
  Object.fromEntries(Object.entries(groups).filter(([, value]) => value !== undefined));

/** Codes that say how the last program ended; 1 and 2 only say that it failed. */
const telling: ReadonlySet<number> = new Set([124, 126, 127, 129, 132, 134, 135, 136, 137, 139, 143]);
/** What the last program says counts for more than what others said before. */
const tellingBonus = 3;

const rankOf = (pattern: ErrorPattern, exitCode: number | null): number =>
  pattern.priority +
  (exitCode !== null && telling.has(exitCode) && pattern.exitCodes.includes(exitCode) ? tellingBonus : 0);

const beats = (one: Omit<TextMatch, 'also'>, other: Omit<TextMatch, 'also'>, exitCode: number | null): boolean => {
  const byPriority = rankOf(one.pattern, exitCode) - rankOf(other.pattern, exitCode);
  if (byPriority !== 0) return byPriority > 0;
  return one.weight + one.extra > other.weight + other.extra;
};

/**
 * Compares texts with the whole catalogue.
 * @param lines what the program itself said, without quotations
 * @param report what is known of the output they come from
 * @returns the best fit, cause before symptom, or null
 */
export const matchCatalogue = (
  lines: readonly string[],
  exitCode: number | null,
  report: Report = noReport,
): TextMatch | null => {
  if (lines.length === 0) return null;
  const heard = new Heard(lines, exitCode, report);
  let best: Omit<TextMatch, 'also'> | null = null;
  let from: PreparedPattern | null = null;
  for (const each of preparedCatalogue()) {
    if (best !== null && rankOf(best.pattern, exitCode) > rankOf(each.pattern, exitCode)) continue;
    const match = matchOf(heard, each);
    if (match !== null && (best === null || beats(match, best, exitCode))) {
      best = match;
      from = each;
    }
  }
  if (best === null || from === null) return null;
  const { also, groups, further } = heard.saying(from, best.line);
  return { ...best, groups: { ...groups, ...named(best.groups) }, further, also };
};
