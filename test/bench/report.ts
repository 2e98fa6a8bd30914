import type { ActivationBench } from './activation.ts';
import type { BundleBench } from './bundle.ts';
import type { DashboardBench } from './dashboard.ts';
import type { DiagnosisBench } from './diagnosis.ts';
import type { FleetStatsCost } from './fleet-stats.ts';
import type { ForecastBench } from './forecast.ts';
import type { HistoryCost } from './history.ts';
import type { LocalBench } from './local.ts';
import type { ProbeBench } from './probe.ts';
import { afew, digits, kibibytes, millis, type Row, timed } from './report-cells.ts';
import { dashboardRows, diagnosisRows, fleetRows } from './report-rows.ts';
import type { PathBench } from './whole-path.ts';

/** Everything `npm run bench` measures; what could not be measured is null and named in `missing`. */
export interface BenchReport {
  readonly atMs: number;
  readonly machine: { readonly node: string; readonly platform: string; readonly cpu: string; readonly cpus: number };
  readonly forecast: ForecastBench | null;
  readonly path: PathBench | null;
  readonly probe: readonly ProbeBench[] | null;
  readonly local: LocalBench | null;
  readonly bundle: BundleBench | null;
  readonly activation: ActivationBench | null;
  readonly history: HistoryCost | null;
  readonly diagnosis: DiagnosisBench | null;
  readonly fleet: FleetStatsCost | null;
  readonly dashboard: DashboardBench | null;
  /** One sentence for each thing that could not be measured. */
  readonly missing: readonly string[];
}

function rowsOf(report: BenchReport): Row[] {
  const { forecast, path, probe, local, bundle, activation, history } = report;
  const rows: Row[] = [];
  if (forecast) {
    rows.push(timed('sample: forecaster observes, 6 signals', forecast.observe));
    rows.push(timed('sample: forecaster observes and forecasts', forecast.observeAndForecast));
    rows.push(timed('sample: the same, ten earlier sandboxes of its kind', forecast.withEarlierLives));
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
  if (local) {
    const name = 'own place at a reading a second';
    rows.push(
      afew(`${name}: share of a core (goal: 0.3 %)`, local.corePercent, (share) => `${digits(share)} %`, ' × 10 s'),
    );
    rows.push(afew(`${name}: CPU of one reading`, local.cpuMsPerReading, millis, ' × 10 s'));
    rows.push([`${name}: longest block of the editor's thread`, millis(local.longestBlockMs), '', '10 s']);
    rows.push([`${name}: to the first sample`, millis(local.firstSampleMs), '', '1']);
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
    rows.push(afew('history: ask for the days of one error', history.ask.errorDaysMs, millis));
    rows.push(afew("history: longest block of the editor's thread", history.longestBlockMs, millis));
    rows.push(afew('the same with nothing to do', history.idleBlockMs, millis));
  }
  if (report.fleet) rows.push(...fleetRows(report.fleet));
  if (report.diagnosis) rows.push(...diagnosisRows(report.diagnosis));
  if (report.dashboard) rows.push(...dashboardRows(report.dashboard));
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
