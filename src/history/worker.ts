import { parentPort, workerData } from 'node:worker_threads';
import { Host } from './host.ts';
import { openEngine } from './open-engine.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';

/*
 * The thread in which the history is read and written. SQLite and the file system block; here they block nobody.
 * Both ends come from the same build, so their messages are not checked again.
 */

const port = parentPort;
if (port === null) throw new Error('The history worker runs in a worker thread only.');
const settings: WorkerSettings = workerData;

/** The other side's time, and when it was told. */
let told = { nowMs: settings.nowMs, atMs: performance.now() };
const now = (): number => Math.round(told.nowMs + performance.now() - told.atMs);

const host = new Host({
  folder: settings.folder,
  bounds: settings.bounds,
  pruneEveryMs: settings.pruneEveryMs,
  open: (broken) => openEngine(settings, now, broken),
  post: (message: FromWorker) => port.postMessage(message),
  now,
  setNow: (nowMs) => {
    told = { nowMs, atMs: performance.now() };
  },
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  closed: () => port.close(),
});

port.on('message', (message: ToWorker) => host.receive(message));
host.start();
