import type { RecognisedError } from '../model/error-event.ts';
import type { ForgetOutcome, HistoryBounds, HistoryStatus } from '../model/history.ts';
import type { Timer } from '../model/ports.ts';
import type { Sample } from '../model/sample.ts';
import type { Entry } from './entries.ts';
import { inTime } from './in-time.ts';
import { Link } from './link.ts';
import { Mail } from './mail.ts';
import type { HistoryOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { SharedPeaks } from './peaks.ts';
import type { FromWorker, Question } from './protocol.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import { droppedText, slowText, workerText } from './trouble-text.ts';
import { Troubles } from './troubles.ts';

/** Writes that may be under way before the next one waits. */
const mostUnderWay = 8;
const defaultPatienceMs = 5_000;
const defaultPruneEveryMs = 60_000;

/** Carries entries and questions to the worker, and everything back; what the worker had not confirmed when it died goes again. */
export class Courier {
  readonly redactor: Redactor;
  readonly peaks: SharedPeaks;
  readonly troubles: Troubles;
  readonly #options: HistoryOptions;
  readonly #outbox: Outbox;
  readonly #link: Link;
  readonly #mail: Mail;
  /** Batches that the worker has not confirmed, oldest first. */
  readonly #unconfirmed = new Map<number, readonly Entry[]>();
  readonly #patienceMs: number;
  #bounds: HistoryBounds;
  #batch = 0;
  /** Runs while the oldest of them waits. */
  #watch: { readonly batch: number; readonly timer: Timer } | null = null;
  #roomWanted: (() => void)[] = [];
  #engine: HistoryStatus['engine'];
  #sizeBytes = 0;
  #disposed = false;

  constructor(options: HistoryOptions) {
    const { clock, log, engine = 'auto' } = options;
    this.#options = options;
    this.#bounds = options.bounds;
    this.#patienceMs = options.patienceMs ?? defaultPatienceMs;
    this.#engine = engine === 'auto' ? 'sqlite' : engine;
    this.troubles = new Troubles(log);
    this.redactor = createRedactor(options.redact);
    this.#outbox = new Outbox({
      redactor: this.redactor,
      clock,
      log,
      send: (entries) => this.#send(entries),
      dropped: (count) => this.troubles.set('dropped', droppedText(count)),
    });
    this.#link = new Link({
      settings: () => ({
        folder: options.folder,
        bounds: this.#bounds,
        engine: engine === 'memory' ? 'auto' : engine,
        nowMs: clock.now(),
        pruneEveryMs: options.pruneEveryMs ?? defaultPruneEveryMs,
      }),
      workerFile: engine === 'memory' ? null : options.workerFile,
      clock,
      log,
      receive: (message) => this.#receive(message),
      restarted: (lost) => this.#restarted(lost),
    });
    this.#mail = new Mail((message) => this.#link.post(message));
    this.peaks = new SharedPeaks(
      (commandKey) => this.redactor.name(commandKey),
      (key, peakBytes, atMs, tookMs) => this.add(() => [{ k: 'peak', key, peakBytes, atMs, tookMs }]),
    );
    clock.after(0, () => {
      if (!this.#disposed) this.#link.start();
    });
  }

  get status(): HistoryStatus {
    return { engine: this.#engine, sizeBytes: this.#sizeBytes, problem: this.troubles.text };
  }

  addSample(sample: Sample): void {
    if (!this.#disposed) this.#outbox.addSample(sample);
  }

  addError(sandboxId: string, error: RecognisedError, workspace: string | null): void {
    if (!this.#disposed) this.#outbox.addError(sandboxId, error, workspace);
  }

  /** @param entries made when their turn comes. */
  add(entries: () => Iterable<Entry>): void {
    if (!this.#disposed) this.#outbox.add(entries);
  }

  setBounds(bounds: HistoryBounds): void {
    this.#bounds = bounds;
    this.#link.post({ t: 'bounds', bounds });
  }

  /** The texts of the answer, part by part; everything recorded before is in it. */
  async *ask(question: Question): AsyncGenerator<readonly string[]> {
    if (this.#disposed) return;
    const release = this.#link.hold();
    const forgets = question.ask === 'forget-sandbox' || question.ask === 'forget-everything';
    try {
      this.#link.start();
      // What is told after an order to forget is not meant by it, however long the order waits.
      await (forgets ? this.#outbox.seal() : this.#outbox.drain());
      yield* this.#mail.ask(question);
    } finally {
      release();
    }
  }

  /** Forgets. Where no answer comes for long it is `later`: the question goes on, and is done as soon as the worker comes to it. */
  async forget(question: Question): Promise<ForgetOutcome> {
    const answer = async (): Promise<ForgetOutcome> => {
      let outcome: ForgetOutcome = 'not-here';
      for await (const [text] of this.ask(question)) if (text === 'done' || text === 'later') outcome = text;
      return outcome;
    };
    const outcome = await inTime(answer(), this.#patienceMs);
    return outcome === 'late' ? 'later' : outcome;
  }

  /** Sends what is pending and ends the worker. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    // A window that closes at once after opening has something to write down too.
    this.#link.start();
    await this.#link.close(this.#outbox.drain(), this.#patienceMs);
    this.#watch?.timer.cancel();
    this.#mail.close();
  }

  /** Sends a batch; resolves when there is room for the next one. */
  async #send(entries: readonly Entry[]): Promise<void> {
    this.#batch += 1;
    this.#unconfirmed.set(this.#batch, entries);
    this.peaks.sent(this.#batch);
    this.#link.post({ t: 'write', batch: this.#batch, nowMs: this.#options.clock.now(), entries });
    this.#watchOldest();
    if (this.#unconfirmed.size < mostUnderWay) return;
    await new Promise<void>((resolve) => {
      this.#roomWanted.push(resolve);
    });
  }

  #receive(message: FromWorker): void {
    switch (message.t) {
      case 'written':
        this.#unconfirmed.delete(message.batch);
        // Not with the first one already: a slow disk takes many of them, one after the other.
        if (this.#unconfirmed.size === 0) this.troubles.set('slow', null);
        this.#watchOldest();
        for (const resume of this.#roomWanted.splice(0)) resume();
        break;
      case 'part':
        this.#mail.receive(message);
        break;
      case 'peaks':
        this.peaks.load(message.batch, message.peaks);
        break;
      case 'status':
        this.#engine = message.engine;
        this.#sizeBytes = message.sizeBytes;
        break;
      case 'trouble':
        this.troubles.set(message.trouble, message.text);
        break;
      case 'log':
        this.#options.log[message.level](message.text);
        break;
      case 'closed':
        break;
    }
  }

  /** Says so when a batch is not confirmed for long. */
  #watchOldest(): void {
    const [oldest] = this.#unconfirmed.keys();
    if (oldest === this.#watch?.batch) return;
    this.#watch?.timer.cancel();
    this.#watch = null;
    if (oldest === undefined) return;
    const timer = this.#options.clock.after(this.#patienceMs, () =>
      this.troubles.set('slow', slowText(this.#options.folder)),
    );
    this.#watch = { batch: oldest, timer };
  }

  #restarted(lost: boolean): void {
    // The new worker has its own time for it.
    this.#watch?.timer.cancel();
    this.#watch = null;
    this.#watchOldest();
    if (lost) this.troubles.set('worker', workerText);
    for (const [batch, entries] of this.#unconfirmed) {
      this.#link.post({ t: 'write', batch, nowMs: this.#options.clock.now(), entries });
    }
    this.#mail.again();
  }
}
