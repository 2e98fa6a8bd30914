import { Worker } from 'node:worker_threads';
import type { Clock, Log } from '../model/ports.ts';
import { Host } from './host.ts';
import { inTime } from './in-time.ts';
import { MemoryEngine } from './memory-engine.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';

/** Memory of the worker's own heap; more than it ever needed, and far less than would hurt the editor. */
const mostHeapMegabytes = 512;
const mostRestarts = 3;
const restartAfterMs = 1_000;
const terminateMs = 500;

export interface LinkOptions {
  readonly settings: () => WorkerSettings;
  /** The worker's file; null for a history in memory, in this thread. */
  readonly workerFile: string | URL | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly receive: (message: FromWorker) => void;
  /** The worker ended without being asked to, and a new one runs or, with `lost`, memory takes its place. */
  readonly restarted: (lost: boolean) => void;
}

/** The way to the history's worker: starts it, starts it again when it dies, and ends it. */
export class Link {
  readonly #options: LinkOptions;
  #worker: Worker | null = null;
  #host: Host | null = null;
  #restarts = 0;
  #waiting: ToWorker[] = [];
  #ended: (() => void)[] = [];
  #closing = false;
  #busy = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Starts the worker; until then, what is posted waits. */
  start(): void {
    if (this.#worker !== null || this.#host !== null || this.#closing) return;
    if (this.#options.workerFile === null || this.#restarts > mostRestarts) this.#startHost();
    else this.#startWorker(this.#options.workerFile);
    if (this.#worker === null && this.#host === null) return;
    for (const message of this.#waiting.splice(0)) this.post(message);
  }

  post(message: ToWorker): void {
    // Answers of the host come later, as those of a worker do.
    if (this.#host !== null) setImmediate((host: Host) => host.receive(message), this.#host);
    else if (this.#worker !== null) this.#worker.postMessage(message);
    else this.#waiting.push(message);
  }

  /** Keeps the process alive until the returned function is called. */
  hold(): () => void {
    this.#busy += 1;
    this.#worker?.ref();
    return () => {
      this.#busy -= 1;
      if (this.#busy === 0) this.#worker?.unref();
    };
  }

  /**
   * Ends it after what is posted until `last` resolves; after `patienceMs` also if it does not answer.
   * @param last does not reject.
   */
  async close(last: Promise<void>, patienceMs: number): Promise<void> {
    const release = this.hold();
    const ended = last.then(() => this.#askToEnd());
    if ((await inTime(ended, patienceMs)) === 'late') {
      this.#options.log.warn('history: the worker did not end in time');
      this.#closing = true;
      // A thread that stands in a call of the system ends with that call only, which may be never.
      if (this.#worker !== null) await inTime(this.#worker.terminate(), terminateMs);
    }
    release();
  }

  /** Resolves when it has ended. */
  #askToEnd(): Promise<void> {
    this.#closing = true;
    if (this.#worker === null && this.#host === null) return Promise.resolve();
    const ended = new Promise<void>((resolve) => {
      this.#ended.push(resolve);
    });
    this.post({ t: 'close' });
    return ended;
  }

  #startHost(): void {
    const { clock, settings, receive, workerFile } = this.#options;
    const { folder, bounds, pruneEveryMs } = settings();
    this.#host = new Host({
      folder,
      bounds,
      pruneEveryMs,
      open: () => ({
        engine: new MemoryEngine(),
        setAside: null,
        // In the place of a worker that was lost, it cannot reach what that one wrote.
        forgetElsewhere: () => workerFile === null,
      }),
      post: receive,
      now: () => clock.now(),
      setNow: () => undefined,
      after: (delayMs, run) => clock.after(delayMs, run),
      closed: () => this.#tellEnded(),
    });
    this.#host.start();
  }

  #startWorker(file: string | URL): void {
    const { log, settings, receive } = this.#options;
    let worker: Worker;
    try {
      worker = new Worker(file, {
        name: 'sandbox-foresight-history',
        workerData: settings(),
        env: {},
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: mostHeapMegabytes },
      });
    } catch (error) {
      log.error(`history: the worker cannot be started: ${error instanceof Error ? error.message : String(error)}`);
      this.#restarts = mostRestarts;
      this.#afterEnd();
      return;
    }
    this.#worker = worker;
    if (this.#busy === 0) worker.unref();
    worker.on('message', receive);
    worker.on('error', (error) => log.error(`history: the worker failed: ${error.message}`));
    worker.on('exit', (code) => {
      if (this.#worker === worker) this.#worker = null;
      if (!this.#closing) log.warn(`history: the worker ended with code ${code}`);
      this.#afterEnd();
    });
  }

  #afterEnd(): void {
    if (this.#closing) {
      this.#tellEnded();
      return;
    }
    this.#restarts += 1;
    const lost = this.#restarts > mostRestarts;
    this.#options.clock.after(lost ? 0 : restartAfterMs * this.#restarts, () => {
      if (this.#closing) return;
      // What had no answer yet is posted again by its owner, in order.
      this.#waiting = [];
      this.#options.restarted(lost);
      this.start();
    });
  }

  #tellEnded(): void {
    for (const tell of this.#ended.splice(0)) tell();
  }
}
