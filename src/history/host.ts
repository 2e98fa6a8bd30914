import type { ForgetOutcome, HistoryBounds } from '../model/history.ts';
import type { Timer } from '../model/ports.ts';
import { AnswerParts } from './answer-parts.ts';
import { answer } from './answers.ts';
import { toEngineError } from './engine.ts';
import { Keeper, type KeeperOptions } from './keeper.ts';
import type { FromWorker, Question, ToWorker } from './protocol.ts';

export type { OpenedEngine } from './keeper.ts';

export interface HostOptions extends Pick<KeeperOptions, 'folder' | 'open' | 'now' | 'after'> {
  readonly bounds: HistoryBounds;
  readonly pruneEveryMs: number;
  readonly post: (message: FromWorker) => void;
  /** Called with the time that the other side says it is. */
  readonly setNow: (nowMs: number) => void;
  /** Called when everything is written and closed. */
  readonly closed: () => void;
}

const firstPruneMs = 30_000;
const peaksEveryMs = 15_000;
/** Pause between two steps of pruning, in which questions are answered and other windows write. */
const betweenStepsMs = 20;

/** Keeps one history: takes messages, answers, prunes. Runs in a worker, or in place with memory only. */
export class Host {
  readonly #options: HostOptions;
  readonly #keeper: Keeper;
  readonly #answers = new AnswerParts();
  readonly #timers = new Set<Timer>();
  #bounds: HistoryBounds;
  /** The newest batch that came. */
  #batch = 0;
  #pruning = false;
  #closed = false;

  constructor(options: HostOptions) {
    const { folder, open, now, after, post } = options;
    this.#options = options;
    this.#bounds = options.bounds;
    this.#keeper = new Keeper({
      ...{ folder, open, now, after },
      tell: (trouble) => post({ t: 'trouble', ...trouble }),
      log: (level, text) => this.#log(level, text),
      changed: () => {
        this.#sendPeaks(true);
        this.#sendStatus();
      },
    });
  }

  /** Opens the engine and begins the background work. */
  start(): void {
    const { pruneEveryMs } = this.#options;
    this.#keeper.start();
    this.#every(Math.min(firstPruneMs, pruneEveryMs), pruneEveryMs, () => {
      this.#keeper.round();
      this.#prune();
    });
    const listenMs = Math.min(peaksEveryMs, pruneEveryMs);
    this.#every(listenMs, listenMs, () => this.#sendPeaks(false));
  }

  receive(message: ToWorker): void {
    if (this.#closed) return;
    switch (message.t) {
      case 'write':
        this.#options.setNow(message.nowMs);
        this.#batch = message.batch;
        this.#keeper.write(message.entries);
        this.#options.post({ t: 'written', batch: message.batch });
        break;
      case 'ask':
        this.#ask(message.id, message.question);
        break;
      case 'next':
        this.#sendPart(message.id);
        break;
      case 'stop':
        this.#answers.stop(message.id);
        break;
      case 'bounds':
        this.#bounds = message.bounds;
        this.#prune();
        break;
      case 'close':
        this.#close();
    }
  }

  #ask(id: number, question: Question): void {
    const none = (): Iterator<string> => [].values();
    if (question.ask === 'flush') {
      this.#keeper.write([]);
      this.#answers.open(id, none());
    } else if (question.ask === 'forget-sandbox' || question.ask === 'forget-everything') {
      const outcome = this.#forget(question.ask === 'forget-sandbox' ? question.sandboxId : null);
      this.#answers.open(id, [outcome].values());
    } else {
      this.#answers.open(id, this.#keeper.use((engine) => answer(engine, question)) ?? none());
    }
    this.#sendPart(id);
  }

  #forget(sandboxId: string | null): ForgetOutcome {
    const outcome = this.#keeper.forget(sandboxId);
    this.#sendPeaks(true);
    this.#sendStatus();
    return outcome;
  }

  #sendPart(id: number): void {
    const part = this.#answers.next(id, (error) => this.#keeper.failed(toEngineError(error)));
    if (part !== null) this.#options.post({ t: 'part', id, ...part });
  }

  #prune(): void {
    if (this.#closed || this.#pruning) return;
    let more = false;
    try {
      more = this.#keeper.engine.pruneStep(this.#options.now(), this.#bounds);
    } catch (error) {
      const failure = toEngineError(error);
      // Pruning can wait; the next write tells of everything that lasts.
      this.#log('info', `pruning: ${failure.message}`);
      if (failure.trouble === 'corrupt') this.#keeper.failed(failure);
    }
    this.#pruning = more;
    if (!more) {
      this.#sendStatus();
      return;
    }
    this.#later(betweenStepsMs, () => {
      this.#pruning = false;
      this.#prune();
    });
  }

  #sendPeaks(always: boolean): void {
    const peaks = this.#keeper.use((engine) => (engine.changedElsewhere() || always ? engine.peaks() : null));
    if (peaks === null) return;
    this.#options.post({ t: 'peaks', batch: this.#batch, peaks: peaks.map(({ key, data }) => [key, data] as const) });
  }

  #sendStatus(): void {
    const { engine } = this.#keeper;
    let sizeBytes = 0;
    try {
      sizeBytes = engine.sizeBytes();
    } catch (error) {
      this.#log('info', `size: ${toEngineError(error).message}`);
    }
    this.#options.post({ t: 'status', engine: engine.name, sizeBytes });
  }

  #log(level: 'info' | 'warn', text: string): void {
    this.#options.post({ t: 'log', level, text: `history: ${text}` });
  }

  #later(delayMs: number, run: () => void): void {
    if (this.#closed) return;
    const timer = this.#options.after(delayMs, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }

  #every(firstMs: number, everyMs: number, run: () => void): void {
    this.#later(firstMs, () => {
      run();
      this.#every(everyMs, everyMs, run);
    });
  }

  #close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#keeper.close();
    this.#options.post({ t: 'closed' });
    this.#options.closed();
  }
}
