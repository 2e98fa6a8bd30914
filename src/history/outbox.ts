import { randomBytes } from 'node:crypto';
import { dayOf } from '../model/day.ts';
import type { RecognisedError } from '../model/error-event.ts';
import type { Clock, Log, Timer } from '../model/ports.ts';
import type { Sample } from '../model/sample.ts';
import { createBreath } from './breath.ts';
import { type CountedError, encodeError, encodeSamples } from './encode.ts';
import { type Entry, otherErrors } from './entries.ts';
import type { Redactor } from './redactor.ts';

/** What is told waits this long for more, so that many small things become one write. */
const gatherMs = 400;
/** One write is at most about this long, in characters. */
const batchLength = 512 * 1024;
/** Different errors told apart within one write; the others are counted together. */
const mostErrors = 500;
const mostSamplesPerSandbox = 1_200;
const mostSandboxes = 500;
const mostOthers = 5_000;

const otherError = (error: RecognisedError): RecognisedError => {
  const { commandKey: _, ...rest } = error;
  return { ...rest, fingerprint: otherErrors, pattern: null, title: 'Other errors' };
};

export interface OutboxOptions {
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes one batch; resolves when the next one may come. */
  readonly send: (entries: readonly Entry[]) => Promise<void>;
  /** Told how many things were left out in all, when it grew. */
  readonly dropped: (count: number) => void;
}

/** Gathers what is told, and turns it into entries a little at a time. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #window = randomBytes(6).toString('hex');
  #samples = new Map<string, Sample[]>();
  #errors = new Map<string, CountedError>();
  #others: (() => Iterable<Entry>)[] = [];
  /** What was added before each seal whose turn has not come, oldest first. */
  readonly #sealed: (() => Iterable<Entry>)[][] = [];
  #timer: Timer | null = null;
  #drained: Promise<void> = Promise.resolve();
  #droppedCount = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  addSample(sample: Sample): void {
    // Times within a pack are differences; one that is no number would take the others with it.
    if (!Number.isSafeInteger(Math.round(sample.atMs))) return;
    const samples = this.#samples.get(sample.sandboxId);
    if (samples === undefined) {
      if (this.#samples.size >= mostSandboxes) this.#drop(1);
      else this.#samples.set(sample.sandboxId, [sample]);
    } else {
      samples.push(sample);
      if (samples.length > mostSamplesPerSandbox) this.#drop(samples.splice(0, mostSamplesPerSandbox / 2).length);
    }
    this.#schedule();
  }

  addError(sandboxId: string, error: RecognisedError, workspace: string | null = null): void {
    const atMs = error.lastSeenAtMs;
    const keyOf = ({ fingerprint, commandKey }: RecognisedError): string =>
      JSON.stringify([sandboxId, fingerprint, dayOf(atMs), workspace, commandKey ?? null]);
    const told = !this.#errors.has(keyOf(error)) && this.#errors.size >= mostErrors ? otherError(error) : error;
    const key = keyOf(told);
    const known = this.#errors.get(key);
    if (known === undefined && this.#errors.size >= 2 * mostErrors) this.#drop(1);
    else {
      this.#errors.set(key, {
        sandboxId,
        workspace,
        error: told,
        count: (known?.count ?? 0) + 1,
        firstMs: Math.min(known?.firstMs ?? atMs, atMs),
        lastMs: Math.max(known?.lastMs ?? atMs, atMs),
      });
    }
    this.#schedule();
  }

  /** @param entries made when their turn comes. */
  add(entries: () => Iterable<Entry>): void {
    this.#others.push(entries);
    if (this.#others.length > mostOthers) this.#drop(this.#others.splice(0, mostOthers / 10).length);
    this.#schedule();
  }

  /** Resolves when all that was added before has been sent; it goes with what comes until its turn, so that the caps hold. */
  drain(): Promise<void> {
    return this.#inTurn(() => this.#sealed[0]?.splice(0) ?? this.#take());
  }

  /** Resolves when all that was added before has been sent, and nothing that was added after. */
  seal(): Promise<void> {
    const own = [...this.#take()];
    this.#sealed.push(own);
    return this.#inTurn(() => {
      this.#sealed.shift();
      return own;
    });
  }

  #inTurn(take: () => readonly (() => Iterable<Entry>)[]): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    this.#drained = this.#drained.then(() => this.#sendAll(take()));
    return this.#drained;
  }

  #schedule(): void {
    this.#timer ??= this.#options.clock.after(gatherMs, () => {
      this.#timer = null;
      // It does not reject: whatever fails is logged.
      void this.drain();
    });
  }

  #drop(count: number): void {
    this.#droppedCount += count;
    this.#options.dropped(this.#droppedCount);
  }

  /** Everything that waits, as things to be turned into entries. */
  #take(): readonly (() => Iterable<Entry>)[] {
    const { redactor } = this.#options;
    const samples = [...this.#samples].map(
      ([sandboxId, each]) =>
        () =>
          encodeSamples(redactor, sandboxId, null, each),
    );
    const errors = [...this.#errors.values()].map((each) => () => [encodeError(redactor, each, this.#window)]);
    const all = [...this.#others, ...errors, ...samples];
    this.#others = [];
    this.#errors = new Map();
    this.#samples = new Map();
    return all;
  }

  async #sendAll(all: readonly (() => Iterable<Entry>)[]): Promise<void> {
    const breath = createBreath();
    let batch: Entry[] = [];
    let length = 0;
    const send = async (): Promise<void> => {
      const entries = batch;
      batch = [];
      length = 0;
      if (entries.length > 0) await this.#options.send(entries);
    };
    for (const entries of all) {
      const own: Entry[] = [];
      try {
        for (const entry of entries()) {
          own.push(entry);
          await breath();
        }
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        this.#options.log.error(`history: could not be written down: ${text}`);
      }
      // What belongs together, an incident and its samples, is never sent in two.
      for (const entry of own) {
        batch.push(entry);
        length += 'data' in entry ? entry.data.length : 0;
      }
      if (length >= batchLength) await send();
    }
    await send();
  }
}
