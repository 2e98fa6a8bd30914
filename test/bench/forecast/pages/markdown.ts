import { between, maybe, number } from '../numbers.ts';
import type { PolicyPart } from '../policy-parts.ts';
import type { Quality } from '../probability.ts';
import type { Sum } from '../protocol.ts';
import type { MethodReport } from '../report.ts';
import { rateInterval, shareInterval } from '../small-samples.ts';

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replaceAll(/ {2,}/g, ' ');

/** A table in Markdown; the first column has words, the others numbers. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');

const lead = ({ medianLeadS }: MethodReport): string => (medianLeadS === null ? '–' : `${number(medianLeadS, 0)} s`);
const share = ({ forecastable, forecastableHits }: Sum, of: number): string =>
  forecastable === 0 ? '–' : `${number(of)} (${forecastableHits}/${forecastable})`;
const ofForeseeable = ({ sum, recallForecastable }: MethodReport): string => share(sum, recallForecastable ?? 0);
const interval = ({ sum, intervals }: MethodReport): string =>
  sum.forecastable === 0 ? '–' : between(intervals.recallForecastable);

/** All methods beside each other; `emphasised` tells which names are printed in bold. */
export const comparison = (reports: readonly MethodReport[], emphasised: (name: string) => boolean): string =>
  table(
    [
      '',
      'recall, all that count',
      'of the foreseeable',
      '95 %',
      'false alarms per hour',
      '95 %',
      'false minutes per hour',
      'median lead',
    ],
    reports.map((report) => [
      emphasised(report.method) ? `**${report.method}**` : report.method,
      number(report.recall),
      ofForeseeable(report),
      interval(report),
      `${number(report.falseAlarmsPerHour)} (${report.sum.falseAlarms})`,
      between(report.intervals.falseAlarmsPerHour, 1),
      number(report.falseMinutesPerHour, 1),
      lead(report),
    ]),
  );

/** Sets of recordings one by one. */
export const sets = (reports: readonly MethodReport[], emphasised: (name: string) => boolean): string =>
  table(
    ['unseen', 'of the foreseeable', '95 %', 'false alarms', 'per hour outside', '95 %', 'median lead'],
    reports.map((report) => [
      emphasised(report.method) ? `**${report.method}**` : report.method,
      ofForeseeable(report),
      interval(report),
      String(report.sum.falseAlarms),
      number(report.falseAlarmsPerHour),
      between(report.intervals.falseAlarmsPerHour, 1),
      lead(report),
    ]),
  );

/** Sources that report more seldom. */
export const cadences = (reports: readonly MethodReport[]): string =>
  table(
    ['the engine, balanced', 'of the foreseeable', '95 %', 'false alarms per hour', 'median lead'],
    reports.map((report) => [
      report.method,
      ofForeseeable(report),
      interval(report),
      number(report.falseAlarmsPerHour),
      lead(report),
    ]),
  );

/** What earlier lives bring. */
export const lives = (reports: readonly MethodReport[]): string =>
  table(
    ['', 'recall, all that count', 'of the foreseeable', '95 %', 'false alarms per hour', '95 %', 'median lead'],
    reports.map((report) => [
      report.method,
      number(report.recall),
      ofForeseeable(report),
      interval(report),
      `${number(report.falseAlarmsPerHour)} (${report.sum.falseAlarms})`,
      between(report.intervals.falseAlarmsPerHour, 1),
      lead(report),
    ]),
  );

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
    Object.entries(report.families).map(([name, sum]) => [
      name,
      String(sum.cases),
      `${sum.hits}/${sum.breaks}`,
      `${sum.forecastableHits}/${sum.forecastable}`,
      maybe(shareInterval(sum.forecastableHits, sum.forecastable)),
      String(sum.falseAlarms),
      number(sum.hours),
      maybe(rateInterval(sum.falseAlarms, sum.hours), 1),
    ]),
  );

/** The probabilities and times in one sentence. */
export function quality({ brierSkill60, brierSkill120, ece60, ece120, lnTime, coverage60, coverage }: Quality): string {
  const times = Object.entries(lnTime).map(
    ([before, { median, said, of }]) => `${before} s ${number(median)} (${said} of ${of})`,
  );
  return (
    `The probabilities and times, unseen: Brier skill ${number(brierSkill60)} (60 s), ${number(brierSkill120)} (120 s); calibration error ` +
    `${number(ece60, 3)}, ${number(ece120, 3)};\nmedian |ln(said/true)| before foreseeable breaks: ${times.join(', ')};\n` +
    `true time inside p10..p90: ${number(coverage60)} at 60 s, ${number(coverage)} at 120, 60 and 30 s.`
  );
}
