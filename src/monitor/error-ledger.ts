import type { Recognition } from '../diagnosis/recognise.ts';
import type { ErrorEvent, RecognisedError } from '../model/error-event.ts';

/** Different errors kept for one sandbox; the one not seen for longest goes first. */
const keptErrors = 50;
/** What the system says of one failure may be told in two ways, shortly after another. */
const sameTellingMs = 30_000;

const isToldAgain = (event: ErrorEvent, known: RecognisedError): boolean =>
  event.source === 'diagnostics' &&
  known.source === 'diagnostics' &&
  Math.abs(event.atMs - known.lastSeenAtMs) <= sameTellingMs;

/** The errors of one sandbox, counted by fingerprint. */
export class ErrorLedger {
  readonly #byFingerprint = new Map<string, RecognisedError>();
  #list: readonly RecognisedError[] = [];

  /** The errors, the one seen last first; the same array until something changes. */
  get list(): readonly RecognisedError[] {
    return this.#list;
  }

  clear(): void {
    this.#byFingerprint.clear();
    this.#list = [];
  }

  /** Counts one more occurrence. @returns the error as it stands now, or null when it was only told a second time. */
  add(event: ErrorEvent, recognition: Recognition): RecognisedError | null {
    const known = this.#byFingerprint.get(recognition.fingerprint);
    if (known !== undefined && isToldAgain(event, known)) return null;
    const error: RecognisedError = {
      fingerprint: recognition.fingerprint,
      pattern: recognition.pattern,
      title: recognition.title,
      cause: recognition.cause,
      source: event.source,
      exitCode: event.exitCode,
      count: (known?.count ?? 0) + 1,
      firstSeenAtMs: Math.min(known?.firstSeenAtMs ?? event.atMs, event.atMs),
      lastSeenAtMs: Math.max(known?.lastSeenAtMs ?? event.atMs, event.atMs),
    };
    // Taken out first, so that the order of the map is the order in which they were seen last.
    this.#byFingerprint.delete(recognition.fingerprint);
    this.#byFingerprint.set(recognition.fingerprint, error);
    if (this.#byFingerprint.size > keptErrors) {
      const oldest = this.#byFingerprint.keys().next().value;
      if (oldest !== undefined) this.#byFingerprint.delete(oldest);
    }
    this.#list = [...this.#byFingerprint.values()].toReversed();
    return error;
  }
}
