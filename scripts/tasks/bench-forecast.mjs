// npm run bench:forecast [-- DIR] [--json]: the engine and the rules people use today, scored on recorded runs.
// --picture: writes the picture of docs/forecasting.md. --live [--emulated] [--json]: runs workloads for real, with the product watching, and
// prints what was warned of and what broke; --emulated: without control groups. --lives [--json]: how well runs are foreseen of which the same
// was recorded before. --pages: measures everything and writes it into the pages of docs.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readOptions } from '../options.mjs';
import { root, say } from '../toolchain.mjs';

const { values, positionals } = readOptions(
  {
    json: { type: 'boolean' },
    picture: { type: 'boolean' },
    live: { type: 'boolean' },
    lives: { type: 'boolean' },
    emulated: { type: 'boolean' },
    pages: { type: 'boolean' },
  },
  { allowPositionals: true },
);
const traces = path.resolve(positionals[0] ?? path.join(root, 'test/replay/traces'));
if (!existsSync(traces)) {
  say(`${traces} is not there.`);
  process.exit(2);
}

async function picture() {
  const { forecastPicture } = await import('../../test/bench/forecast/picture.ts');
  const file = path.join(root, 'docs/images/forecast-fans.svg');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, await forecastPicture(traces));
  say(`wrote ${path.relative(root, file)}`);
}

async function pages() {
  const { writePages } = await import('../../test/bench/forecast/pages/pages.ts');
  await writePages(root, traces, say);
}

async function live() {
  const { runLive } = await import('../../test/bench/forecast/live.ts');
  const { liveTable } = await import('../../test/bench/forecast/live-table.ts');
  const report = await runLive(say, values.emulated ? 'emulated' : 'auto');
  if (report === null) {
    say('stopped before the end');
    process.exitCode = 130;
  } else process.stdout.write(`${values.json ? JSON.stringify(report) : liveTable(report)}\n`);
}

async function lives() {
  const { judgeUnseenLives } = await import('../../test/bench/forecast/fit/fit.ts');
  const { livesTable } = await import('../../test/bench/forecast/table.ts');
  const report = await judgeUnseenLives(traces, say);
  process.stdout.write(`${values.json ? JSON.stringify(report) : livesTable(report)}\n`);
}

async function score() {
  const { runBench } = await import('../../test/bench/forecast/run.ts');
  const { benchTable } = await import('../../test/bench/forecast/table.ts');
  const report = await runBench(traces, say);
  process.stdout.write(`${values.json ? JSON.stringify(report) : benchTable(report)}\n`);
}

if (values.picture) await picture();
else if (values.pages) await pages();
else if (values.live) await live();
else if (values.lives) await lives();
else await score();
