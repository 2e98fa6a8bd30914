// npm run bench:forecast [-- DIR] [--json]: the engine and the rules people use today, scored on recorded runs.
// --picture: writes the picture of docs/forecasting.md. --live: runs workloads for real and prints what was warned of and what broke.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root, say } from '../toolchain.mjs';

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, picture: { type: 'boolean' }, live: { type: 'boolean' } },
  allowPositionals: true,
});
const traces = path.resolve(positionals[0] ?? path.join(root, 'test/replay/traces'));

async function picture() {
  const { forecastPicture } = await import('../../test/bench/forecast/picture.ts');
  const file = path.join(root, 'docs/images/forecast-fans.svg');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, await forecastPicture(traces));
  say(`wrote ${path.relative(root, file)}`);
}

async function live() {
  const { liveTable, runLive } = await import('../../test/bench/forecast/live.ts');
  const runs = await runLive(say);
  process.stdout.write(`${values.json ? JSON.stringify(runs) : liveTable(runs)}\n`);
}

async function score() {
  const { runBench } = await import('../../test/bench/forecast/run.ts');
  const { benchTable } = await import('../../test/bench/forecast/table.ts');
  const report = await runBench(traces, say);
  process.stdout.write(`${values.json ? JSON.stringify(report) : benchTable(report)}\n`);
}

if (values.picture) await picture();
else if (values.live) await live();
else await score();
