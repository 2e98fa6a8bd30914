import { speaksOfError } from '../diagnosis/error-line.ts';
import type { Recognition } from '../diagnosis/recognise.ts';
import { dropOldest } from '../model/bounded.ts';
import { commandKey } from '../model/command-key.ts';
import type { ErrorEvent, RecognisedError } from '../model/error-event.ts';
import type { ErrorFix } from '../model/fix.ts';
import { type ErrorClue, errorFixes } from './error-fixes.ts';
import { endedByKill, readExitWords, withoutLogLines } from './exit-words.ts';
import { sameFields } from './freshness.ts';
import { sourcePlaces } from './source-places.ts';
import { shownLine, tellingLine } from './telling-line.ts';

/** Different errors kept for one sandbox; the one not seen for longest goes first. */
const keptErrors = 50;
/** What the system says of one failure may be told in two ways, shortly after another. */
const sameTellingMs = 30_000;

const isToldAgain = (event: ErrorEvent, known: RecognisedError): boolean =>
  event.source === 'diagnostics' &&
  known.source === 'diagnostics' &&
  Math.abs(event.atMs - known.lastSeenAtMs) <= sameTellingMs;

/** How a shell prints a command before it runs it. */
const echo = /^\++ /;
/** Those that begin or end a text: not those that a shell prints for one within it. */
const quotesIn = (line: string): number => line.replace(/\\'|"'"/g, '').split("'").length - 1;

/** @returns the lines with those emptied in which a shell printed its commands: the text of a program names no places of an error. */
const withoutEchoes = (lines: readonly string[]): readonly string[] => {
  let isOpen = false;
  return lines.map((line) => {
    if (!isOpen && !echo.test(line)) return line;
    // In quotes, a command may have more lines.
    if (quotesIn(line) % 2 === 1) isOpen = !isOpen;
    return '';
  });
};

/** Whether the system names a kill for memory although the main process ended otherwise: it was of another process, and earlier. */
const isOfEarlierKill = ({ source, text }: ErrorEvent, pattern: string | null): boolean => {
  if (source !== 'diagnostics' || pattern !== 'oom-killed') return false;
  const { exitCode, outOfMemory } = readExitWords(withoutLogLines(text));
  return outOfMemory === true && !endedByKill(exitCode);
};

/** How much one telling says: its places most, then a line that speaks of the error, then how it ended. */
const worthOf = ({ places, line, exitCode }: RecognisedError): number =>
  (places === undefined ? 0 : 4) + (line !== undefined && speaksOfError(line) ? 2 : 0) + (exitCode === null ? 0 : 1);

/** The errors of one sandbox, counted by fingerprint. */
export class ErrorLedger {
  readonly #redact: (text: string) => string;
  readonly #byFingerprint = new Map<string, RecognisedError>();
  /** Of the newest occurrence of each. */
  readonly #clues = new Map<string, ErrorClue>();
  #list: readonly RecognisedError[] = [];

  /** @param redact takes secrets out of a line that is to be shown. */
  constructor(redact: (text: string) => string = (text) => text) {
    this.#redact = redact;
  }

  /** The errors, the one seen last first; the same array until something changes. */
  get list(): readonly RecognisedError[] {
    return this.#list;
  }

  clear(): void {
    this.#byFingerprint.clear();
    this.#clues.clear();
    this.#list = [];
  }

  /**
   * Counts one more occurrence.
   * @param cwd the folder its command ran in, or null
   * @returns the error as it stands now, or null when it was only told a second time.
   */
  add(event: ErrorEvent, recognition: Recognition, cwd: string | null = null): RecognisedError | null {
    const { fingerprint, pattern } = recognition;
    if (isOfEarlierKill(event, pattern)) return null;
    const known = this.#byFingerprint.get(fingerprint);
    const error = this.#read(event, recognition, cwd, known);
    const told = this.#toldBefore(event, recognition);
    if (told !== null) {
      this.#tellBetter(told, error, recognition, event, cwd);
      return null;
    }
    this.#clues.set(fingerprint, this.#clue(error, recognition, event, cwd));
    // Taken out first, so that the order of the map is the order in which they were seen last.
    this.#byFingerprint.delete(fingerprint);
    this.#byFingerprint.set(fingerprint, error);
    const dropped = dropOldest(this.#byFingerprint, keptErrors);
    if (dropped !== null) this.#clues.delete(dropped);
    this.#list = [...this.#byFingerprint.values()].toReversed();
    return error;
  }

  /** @returns the error that this one tells of in other words, or null. What misses two different things is two errors. */
  #toldBefore(event: ErrorEvent, { fingerprint, pattern, parameters }: Recognition): RecognisedError | null {
    const isSame = (each: RecognisedError): boolean =>
      each.fingerprint === fingerprint ||
      (pattern !== null &&
        each.pattern === pattern &&
        sameFields(this.#clues.get(each.fingerprint)?.parameters ?? {}, parameters));
    return this.#list.find((each) => isSame(each) && isToldAgain(event, each)) ?? null;
  }

  /** The same failure in other words stays under the name it was told by; the better words are shown. */
  #tellBetter(
    told: RecognisedError,
    again: RecognisedError,
    recognition: Recognition,
    event: ErrorEvent,
    cwd: string | null,
  ): void {
    const { fingerprint, count, firstSeenAtMs, lastSeenAtMs } = told;
    const isBetter = worthOf(again) > worthOf(told);
    const [better, other] = isBetter ? [again, told] : [told, again];
    const exitCode = better.exitCode ?? other.exitCode;
    if (!isBetter && exitCode === told.exitCode) return;
    const error = { ...better, fingerprint, exitCode, count, firstSeenAtMs, lastSeenAtMs };
    if (isBetter) this.#clues.set(fingerprint, this.#clue(error, recognition, event, cwd));
    this.#byFingerprint.set(fingerprint, error);
    this.#list = this.#list.map((each) => (each === told ? error : each));
  }

  #clue(
    { fingerprint, places }: RecognisedError,
    { record, parameters }: Recognition,
    { commandLine }: ErrorEvent,
    cwd: string | null,
  ): ErrorClue {
    return { fingerprint, record, parameters, commandLine, cwd, place: places?.[0] ?? null };
  }

  #read(
    event: ErrorEvent,
    recognition: Recognition,
    cwd: string | null,
    known: RecognisedError | undefined,
  ): RecognisedError {
    const { fingerprint, pattern } = recognition;
    const { line, lines, at } = tellingLine(event.text, pattern, fingerprint);
    const shown = shownLine(line, this.#redact);
    const places = sourcePlaces(event.source === 'diagnostics' ? withoutEchoes(lines) : lines, at);
    const { commandLine } = event;
    return {
      fingerprint,
      pattern,
      // The masked form only tells errors apart; a person reads the line as it was written.
      title: pattern === null && shown !== '' ? shown : recognition.title,
      cause: recognition.cause,
      source: event.source,
      exitCode: event.exitCode,
      ...(commandLine === null || commandLine.trim() === '' ? {} : { commandKey: commandKey(commandLine, cwd) }),
      count: (known?.count ?? 0) + 1,
      firstSeenAtMs: Math.min(known?.firstSeenAtMs ?? event.atMs, event.atMs),
      lastSeenAtMs: Math.max(known?.lastSeenAtMs ?? event.atMs, event.atMs),
      ...(shown === '' ? {} : { line: shown }),
      ...(places.length === 0 ? {} : { places }),
    };
  }

  /** @returns what helps against one of them, in the catalogue's order; nothing for one that is not known. */
  fixes(fingerprint: string): readonly ErrorFix[] {
    const clue = this.#clues.get(fingerprint);
    return clue === undefined ? [] : errorFixes(clue);
  }

  /** A command ended well: what it had failed with before is solved. @returns whether anything is different now. */
  commandWorked(commandLine: string, cwd: string | null, atMs: number): boolean {
    const line = commandLine.trim();
    return this.#solve(
      ({ commandLine: failed, cwd: folder }) =>
        failed !== null && failed.trim() === line && (folder === null || cwd === null || folder === cwd),
      atMs,
    );
  }

  /** A fix was seen to work against it. @returns whether anything is different now. */
  fixWorked(fingerprint: string, atMs: number): boolean {
    return this.#solve((clue) => clue.fingerprint === fingerprint, atMs);
  }

  #solve(isMeant: (clue: ErrorClue) => boolean, atMs: number): boolean {
    let changed = false;
    for (const clue of this.#clues.values()) {
      const error = this.#byFingerprint.get(clue.fingerprint);
      if (error === undefined || error.solvedAtMs !== undefined || error.lastSeenAtMs > atMs || !isMeant(clue))
        continue;
      this.#byFingerprint.set(clue.fingerprint, { ...error, solvedAtMs: atMs });
      changed = true;
    }
    if (changed) this.#list = [...this.#byFingerprint.values()].toReversed();
    return changed;
  }
}
