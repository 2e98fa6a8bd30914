import { writeSync } from 'node:fs';
import { openHistory } from '../../../src/history/open-history.ts';
import { anError, aSample, aWarning } from './makers.ts';

/*
 * A window of its own process: `node writer.ts <folder> <engine> <name> <count> <worker>`. Writes numbered entries and says of each, once it was
 * recorded, `<number> <time>`. Ends after `count`, or never when that is 0.
 */

const [folder = '', engine = 'auto', name = 'w', count = '0', workerFile = ''] = process.argv.slice(2);
if (engine !== 'sqlite' && engine !== 'json-lines') throw new Error(`no such engine: ${engine}`);
const say = (text: string): void => void writeSync(1, `${text}\n`);

const history = openHistory({
  folder,
  engine,
  bounds: { maximumAgeMs: 400 * 86_400_000, maximumBytes: 500 * 1024 * 1024 },
  redact: (text) => text,
  workerFile,
  clock: {
    now: () => Date.now(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  },
  log: { debug: () => undefined, info: () => undefined, warn: say, error: say },
  // So that a kill meets the pruning too.
  pruneEveryMs: 150,
});

await history.flush();
say('open');
const most = Number(count) || Number.POSITIVE_INFINITY;
for (let no = 0; no < most; no += 1) {
  history.recordWarning(aWarning(`${name}-${no}`, { sandboxId: name, startedAtMs: Date.now() }));
  history.recordError(name, anError('f-1', { lastSeenAtMs: Date.now() }));
  history.recordSample(aSample(name, 0, { atMs: Date.now() }));
  history.peaks.record('npm ci', 1e8, Date.now());
  say(`${no} ${Date.now()}`);
  await new Promise((resolve) => setTimeout(resolve, 4));
}
await history.dispose();
say('closed');
