import { between, number } from '../numbers.ts';
import type { PolicyPart } from '../policy-parts.ts';
import type { Quality } from '../probability.ts';
import type { MethodReport } from '../report.ts';
import { familyRow, qualityLines } from '../table.ts';

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replaceAll(/ {2,}/g, ' ');

/** A table in Markdown; the first column has words, the others numbers. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');

const lead = ({ medianLeadS }: MethodReport): string => (medianLeadS === null ? '–' : `${number(medianLeadS, 0)} s`);

type Column = readonly [head: string, cell: (report: MethodReport) => string];

const recall: Column = ['recall, all that count', ({ recall: of }) => number(of)];
const foreseeable: readonly Column[] = [
  [
    'of the foreseeable',
    ({ sum: { forecastable, forecastableHits }, recallForecastable }) =>
      forecastable === 0 ? '–' : `${number(recallForecastable)} (${forecastableHits}/${forecastable})`,
  ],
  ['95 %', ({ sum, intervals }) => (sum.forecastable === 0 ? '–' : between(intervals.recallForecastable))],
];
const falseAlarms: Column = ['false alarms', ({ sum }) => String(sum.falseAlarms)];
const rate: Column = ['false alarms per hour', ({ falseAlarmsPerHour }) => number(falseAlarmsPerHour)];
const countedRate: Column = [
  'false alarms per hour',
  ({ falseAlarmsPerHour, sum }) => `${number(falseAlarmsPerHour)} (${sum.falseAlarms})`,
];
const rateInterval95: Column = ['95 %', ({ intervals }) => between(intervals.falseAlarmsPerHour, 1)];
const falseMinutes: Column = ['false minutes per hour', ({ falseMinutesPerHour: of }) => number(of, 1)];
const medianLead: Column = ['median lead', lead];

/** A row for each report; `isBold` tells which names stand out. */
const reportsTable = (
  head: string,
  columns: readonly Column[],
  reports: readonly MethodReport[],
  isBold: (name: string) => boolean = () => false,
): string =>
  table(
    [head, ...columns.map(([name]) => name)],
    reports.map((report) => [
      isBold(report.method) ? `**${report.method}**` : report.method,
      ...columns.map(([, cell]) => cell(report)),
    ]),
  );

/** All methods beside each other. */
export const comparison = (reports: readonly MethodReport[], isBold: (name: string) => boolean): string =>
  reportsTable('', [recall, ...foreseeable, countedRate, rateInterval95, falseMinutes, medianLead], reports, isBold);

/** Sets of recordings one by one. */
export const sets = (reports: readonly MethodReport[], isBold: (name: string) => boolean): string =>
  reportsTable(
    'unseen',
    [...foreseeable, falseAlarms, ['per hour outside', rate[1]], rateInterval95, medianLead],
    reports,
    isBold,
  );

/** Sources that report more seldom. */
export const cadences = (reports: readonly MethodReport[]): string =>
  reportsTable('the engine, balanced', [...foreseeable, rate, medianLead], reports);

/** What earlier lives bring. */
export const lives = (reports: readonly MethodReport[]): string =>
  reportsTable('', [recall, ...foreseeable, countedRate, rateInterval95, medianLead], reports);

/** Parts of the alert policy. */
export const policy = (parts: readonly PolicyPart[]): string =>
  table(
    ['', 'of the foreseeable', 'false alarms', 'of them on quiet days', 'median lead, own', 'slow'],
    parts.map(({ name, all, days, own, slow }) => [
      name,
      `${all.sum.forecastableHits}/${all.sum.forecastable}`,
      String(all.sum.falseAlarms),
      String(days.sum.falseAlarms),
      lead(own),
      lead(slow),
    ]),
  );

/** Family by family. */
export const families = (report: MethodReport): string =>
  table(
    [
      'family',
      'runs',
      'warned in time',
      'of the foreseeable',
      '95 %',
      'false alarms',
      'hours outside',
      'per hour, 95 %',
    ],
    Object.entries(report.families).map(familyRow),
  );

/** The probabilities and times in one sentence. */
export const quality = (of: Quality): string =>
  `The probabilities and times, unseen: ${qualityLines(of).replaceAll('\n', ';\n')}.`;
