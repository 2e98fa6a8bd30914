import type { ActivationBench } from './activation.ts';
import type { BundleBench } from './bundle.ts';
import type { ForecastBench } from './forecast.ts';
import type { HistoryCost } from './history.ts';
import type { Few, Timing } from './measure.ts';
import type { ProbeBench } from './probe.ts';
import type { PathBench } from './whole-path.ts';

/** Everything `npm run bench` measures; what could not be measured is null and named in `missing`. */
export interface BenchReport {
  readonly atMs: number;
  readonly machine: { readonly node: string; readonly platform: string; readonly cpu: string; readonly cpus: number };
  readonly forecast: ForecastBench | null;
  readonly path: PathBench | null;
  readonly probe: readonly ProbeBench[] | null;
  readonly bundle: BundleBench | null;
  readonly activation: ActivationBench | null;
  readonly history: HistoryCost | null;
  /** One sentence for each thing that could not be measured. */
  readonly missing: readonly string[];
}

type Row = readonly [what: string, median: string, worst: string, runs: string];

const digits = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const micros = (ns: number): string => `${digits(ns / 1000)} µs`;
const millis = (ms: number): string => `${digits(ms)} ms`;
const kibibytes = (bytes: number): string => (bytes < 1024 ? `${Math.round(bytes)} B` : `${digits(bytes / 1024)} KiB`);

const timed = (what: string, { medianNs, p99Ns, runs }: Timing): Row => [
  what,
  micros(medianNs),
  `${micros(p99Ns)} (p99)`,
  String(runs),
];

const afew = (what: string, { median, worst, runs }: Few, unit: (value: number) => string, each = ''): Row => [
  what,
  unit(median),
  `${unit(worst)} (worst)`,
  `${runs}${each}`,
];

function rowsOf({ forecast, path, probe, bundle, activation, history }: BenchReport): Row[] {
  const rows: Row[] = [];
  if (forecast) {
    rows.push(timed('sample: forecaster observes, 6 signals', forecast.observe));
    rows.push(timed('sample: forecaster observes and forecasts', forecast.observeAndForecast));
  }
  if (path) {
    rows.push(timed('sample: probe line to sample', path.parseLine));
    rows.push(timed('sample: probe line to status text and tree', path.wholePath));
  }
  if (forecast) rows.push(afew('state per signal', forecast.stateBytesPerSignal, kibibytes));
  if (path) rows.push(afew('state per watched sandbox', path.stateBytesPerSandbox, kibibytes));
  for (const one of probe ?? []) {
    const name = `probe CPU per line, ${one.shell}`;
    rows.push(afew(`${name}, no pause`, one.fastCpuMsPerLine, millis, ` × ${one.fastLines}`));
    rows.push([`${name}, one a second`, millis(one.realCpuMsPerLine), '', `1 × ${one.realLines}`]);
  }
  if (bundle) {
    rows.push(['bundle, minified', kibibytes(bundle.bundleBytes), '', '']);
    rows.push(['bundle, minified and gzipped', kibibytes(bundle.bundleGzipBytes), '', '']);
    rows.push(['VSIX', kibibytes(bundle.vsixBytes), '', '']);
    rows.push(afew('bundle loads in a fresh Node.js', bundle.loadMs, millis));
  }
  if (activation) {
    const { vscode } = activation;
    rows.push(afew(`bundle loads in VS Code ${vscode}`, activation.loadMs, millis));
    rows.push(afew(`activate() in VS Code ${vscode}`, activation.activateMs, millis));
  }
  if (history) {
    const name = `history of ${history.sandboxes} sandboxes`;
    const megabytes = (value: number): string => `${digits(value)} MiB`;
    rows.push([`${name}: file (bound)`, megabytes(history.fileMegabytes), megabytes(history.boundMegabytes), '']);
    rows.push([`${name}: opening call`, millis(history.openCallMs), '', '1']);
    rows.push([`${name}: to the first answer`, millis(history.firstAnswerMs), '', '1']);
    rows.push(afew('history: one second of 200 sandboxes, to disk', history.writeSecondMs, millis));
    rows.push(afew("history: of that on the editor's thread", history.recordCallsMs, millis));
    rows.push(afew('history: ask for sandboxes', history.ask.sandboxesMs, millis));
    rows.push(afew('history: ask for incidents', history.ask.incidentsMs, millis));
    rows.push(afew('history: ask for one incident', history.ask.oneIncidentMs, millis));
    rows.push(afew('history: ask for an hour of samples', history.ask.hourOfSamplesMs, millis));
    rows.push(afew('history: ask for errors', history.ask.errorsMs, millis));
    rows.push(afew("history: longest block of the editor's thread", history.longestBlockMs, millis));
    rows.push(afew('the same with nothing to do', history.idleBlockMs, millis));
  }
  return rows;
}

/** @returns the report as a table for people. */
export function tableOf(report: BenchReport): string {
  const { node, platform, cpu, cpus } = report.machine;
  const rows: Row[] = [['what', 'median', 'at worst', 'runs'], ...rowsOf(report)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const [head = rows[0], ...body] = rows.map(line);
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [
    `Node.js ${node} on ${platform}, ${cpus} × ${cpu}`,
    '',
    head,
    rule,
    ...body,
    ...(report.missing.length === 0 ? [] : ['', ...report.missing.map((each) => `Not measured: ${each}`)]),
  ].join('\n');
}
