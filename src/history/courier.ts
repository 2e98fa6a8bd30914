import type { RecognisedError } from '../model/error-event.ts';
import type { HistoryBounds, HistoryStatus } from '../model/history.ts';
import type { Sample } from '../model/sample.ts';
import type { Entry } from './entries.ts';
import { Link } from './link.ts';
import { Mail } from './mail.ts';
import type { HistoryOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { SharedPeaks } from './peaks.ts';
import type { FromWorker, Question } from './protocol.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import { droppedText, workerText } from './trouble-text.ts';
import { Troubles } from './troubles.ts';

/** Writes that may be under way before the next one waits. */
const mostUnderWay = 8;
const closePatienceMs = 5_000;
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
  #bounds: HistoryBounds;
  #batch = 0;
  #roomWanted: (() => void)[] = [];
  #engine: HistoryStatus['engine'];
  #sizeBytes = 0;
  #disposed = false;

  constructor(options: HistoryOptions) {
    const { clock, log, engine = 'auto' } = options;
    this.#options = options;
    this.#bounds = options.bounds;
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
    try {
      this.#link.start();
      await this.#outbox.drain();
      yield* this.#mail.ask(question);
    } finally {
      release();
    }
  }

  /** Sends what is pending and ends the worker. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    // A window that closes at once after opening has something to write down too.
    this.#link.start();
    await this.#outbox.drain();
    await this.#link.close(closePatienceMs);
    this.#mail.close();
  }

  /** Sends a batch; resolves when there is room for the next one. */
  async #send(entries: readonly Entry[]): Promise<void> {
    this.#batch += 1;
    this.#unconfirmed.set(this.#batch, entries);
    this.peaks.sent(this.#batch);
    this.#link.post({ t: 'write', batch: this.#batch, nowMs: this.#options.clock.now(), entries });
    if (this.#unconfirmed.size < mostUnderWay) return;
    await new Promise<void>((resolve) => {
      this.#roomWanted.push(resolve);
    });
  }

  #receive(message: FromWorker): void {
    switch (message.t) {
      case 'written':
        this.#unconfirmed.delete(message.batch);
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

  #restarted(lost: boolean): void {
    if (lost) this.troubles.set('worker', workerText);
    for (const [batch, entries] of this.#unconfirmed) {
      this.#link.post({ t: 'write', batch, nowMs: this.#options.clock.now(), entries });
    }
    this.#mail.again();
  }
}
