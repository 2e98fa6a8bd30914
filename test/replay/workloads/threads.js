// Worker threads, each of which holds something. usage: node threads.js --every=8 --mib=12 --most=0 --grow=0 --life=0
import { isMainThread, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const options = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')));
  const number = (name, other) => Number(options[name] ?? other);
  const running = new Set();
  setInterval(() => {
    if (number('most', 0) > 0 && running.size >= number('most', 0)) return;
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { mib: number('mib', 12), grow: number('grow', 0), life: number('life', 0) },
    });
    running.add(worker);
    worker.on('exit', () => running.delete(worker));
  }, 1000 * number('every', 8));
} else {
  const { mib, grow, life } = workerData;
  const held = [];
  for (let i = 0; i < mib * 4; i++) held.push(new Uint8Array(262_144).fill(i));
  setInterval(() => {
    if (grow > 0) held.push(new Uint8Array(grow * 262_144).fill(1));
  }, 250);
  if (life > 0) setTimeout(() => process.exit(0), 1000 * life * (0.6 + 0.8 * Math.random()));
}
