import type { DashboardBench, FrameBench } from './dashboard.ts';
import type { DiagnosisBench, Recognised } from './diagnosis.ts';
import type { FleetStatsCost } from './fleet-stats.ts';
import { afew, digits, kibibytes, millis, type Row, timed } from './report-cells.ts';

const share = (value: number): string => value.toFixed(3);

const recognised = (name: string, { errors, precision, recall, lookAlikes, falseMatches }: Recognised): Row[] => [
  [`diagnosis of ${name}: right pattern (recall)`, share(recall), '', String(errors)],
  [`diagnosis of ${name}: precision`, share(precision), '', String(errors)],
  [`diagnosis of ${name}: look-alikes matched`, String(falseMatches.length), '', String(lookAlikes)],
];

/** How well errors are recognised, and what that costs. */
export const diagnosisRows = (diagnosis: DiagnosisBench): Row[] => [
  ['patterns in the catalogue', String(diagnosis.patterns), '', ''],
  ...recognised('the real samples', diagnosis.real),
  ...recognised('the written samples', diagnosis.written),
  ...diagnosis.confusion
    .slice(0, 12)
    .map(
      (each): Row => [
        `  taken for another: ${each.expected} as ${each.recognised ?? 'nothing'}`,
        String(each.texts.length),
        '',
        '',
      ],
    ),
  timed('diagnosis: one text', diagnosis.text),
  ['diagnosis: one line', `${digits(diagnosis.lineMicros)} µs`, '', ''],
  ['diagnosis: a log of 10 MB (goal: 50 MB/s)', `${digits(diagnosis.megabytesPerSecond)} MB/s`, '', ''],
  afew('diagnosis: the longest text taken at once', diagnosis.longestMs, millis),
];

/** What the numbers over all sandboxes cost. */
export const fleetRows = (fleet: FleetStatsCost): Row[] => {
  const name = `fleet numbers of ${fleet.sandboxes} sandboxes, ${fleet.commands} commands`;
  return [
    afew(`${name}: last day`, fleet.dayMs, millis),
    afew('fleet numbers: longest block, last day', fleet.dayBlockMs, millis),
    afew('fleet numbers: thirty days', fleet.monthMs, millis),
    afew('fleet numbers: longest block, thirty days', fleet.monthBlockMs, millis),
  ];
};

const frames = (name: string, { frameMs, workMsPerSecond }: FrameBench): Row[] => [
  [
    `${name}: time between pictures`,
    millis(frameMs.median),
    `${millis(frameMs.p99)} (p99)`,
    `${frameMs.frames} pictures`,
  ],
  afew(`${name}: work for a second of news`, workMsPerSecond, millis),
];

/** What the pages of the dashboard cost. */
export const dashboardRows = (dashboard: DashboardBench): Row[] => [
  ['dashboard: script', kibibytes(dashboard.scriptBytes), '', ''],
  ['dashboard: script, gzipped', kibibytes(dashboard.scriptGzipBytes), '', ''],
  ['dashboard: style', kibibytes(dashboard.styleBytes), '', ''],
  ...frames('dashboard, 200 live rows', dashboard.fleet),
  ...frames('dashboard, five charts of ten minutes', dashboard.charts),
  ['dashboard: heap at the start', kibibytes(dashboard.heapStartBytes), '', ''],
  ['dashboard: heap after an hour', kibibytes(dashboard.heapAfterHourBytes), '', ''],
];
