import { sensitivities } from '../../../src/monitor/alert-policy.ts';
import type { LifeReport } from './lives.ts';
import { between, maybe, number } from './numbers.ts';
import type { Quality } from './probability.ts';
import type { Sum } from './protocol.ts';
import type { MethodReport } from './report.ts';
import type { BenchReport } from './run.ts';
import { rateInterval, shareInterval } from './small-samples.ts';

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}

const methodRow = (report: MethodReport): readonly string[] => [
  report.method,
  number(report.recall),
  number(report.recallForecastable),
  between(report.intervals.recallForecastable),
  `${report.sum.forecastableHits}/${report.sum.forecastable}`,
  number(report.falseAlarmsPerHour),
  between(report.intervals.falseAlarmsPerHour, 1),
  String(report.sum.falseAlarms),
  String(report.sum.nearMisses),
  number(report.falseMinutesPerHour, 1),
  number(report.medianLeadS, 0),
];

/** The cells of one family. */
export const familyRow = ([name, sum]: readonly [string, Sum]): readonly string[] => [
  name,
  String(sum.cases),
  `${sum.hits}/${sum.breaks}`,
  `${sum.forecastableHits}/${sum.forecastable}`,
  maybe(shareInterval(sum.forecastableHits, sum.forecastable)),
  String(sum.falseAlarms),
  number(sum.hours, 2),
  maybe(rateInterval(sum.falseAlarms, sum.hours), 1),
];

/** The table of all methods. */
export const methodsTable = (methods: readonly MethodReport[]): string =>
  columns([
    ['', 'recall', 'foreseeable', '95 %', 'hits', 'false/h', '95 %', 'false', 'near', 'false min/h', 'lead s'],
    ...methods.map(methodRow),
  ]);

/** The families of one method. */
export const familiesTable = (report: MethodReport): string =>
  columns([
    [`family (${report.method})`, 'runs', 'hits', 'foreseeable', '95 %', 'false', 'hours', 'false/h 95 %'],
    ...Object.entries(report.families).map(familyRow),
  ]);

/** The probabilities and times in words. */
export function qualityLines(quality: Quality): string {
  const times = Object.entries(quality.lnTime).map(
    ([before, { median, said, of }]) => `${before} s ${number(median)} (${said} of ${of})`,
  );
  return [
    `Brier skill ${number(quality.brierSkill60)} (60 s), ${number(quality.brierSkill120)} (120 s); calibration error ` +
      `${number(quality.ece60, 3)}, ${number(quality.ece120, 3)}`,
    `median |ln(said/true)| before foreseeable breaks: ${times.join(', ')}`,
    `true time inside p10..p90: ${number(quality.coverage60)} at 60 s, ${number(quality.coverage)} at 120, 60 and 30 s`,
  ].join('\n');
}

/** How well second lives are foreseen. */
export const livesTable = ({ methods, sets, balanced }: LifeReport): string =>
  [methodsTable(methods), methodsTable(sets), ...(balanced === null ? [] : [familiesTable(balanced)])].join('\n\n');

/** What was replayed, in words. */
export const runsLine = ({ traces, quietHours, breaks, forecastable, recovered }: BenchReport): string =>
  `${traces} runs, ${number(quietHours)} quiet hours, ${breaks} breaks (${forecastable} foreseeable), ` +
  `${recovered} that came back from 85 % or more`;

/** Everything in words and columns, for a person. */
export function benchTable(report: BenchReport): string {
  const { quality } = report;
  const balanced = report.methods.find(({ method }) => method === 'this engine, balanced');
  return [
    runsLine(report),
    '',
    methodsTable(report.methods),
    '',
    ...(report.sets.length > sensitivities.length ? [methodsTable(report.sets), ''] : []),
    methodsTable(report.cadences),
    '',
    ...(balanced === undefined ? [] : [familiesTable(balanced), '']),
    qualityLines(quality),
  ].join('\n');
}
