import path from 'node:path';
import { type ReplayLine, replay } from '../../../src/cli/replay.ts';
import { readTrace, type TraceFile } from '../../../src/cli/trace-file.ts';
import type { SignalName } from '../../../src/model/signal.ts';
import { isAlarm } from './report.ts';

/** The runs in the picture: what they show, and the signal that is drawn. */
const panels: readonly { readonly file: string; readonly signal: SignalName; readonly title: string }[] = [
  {
    file: 'given/a015-c_leak.csv',
    signal: 'memory',
    title: 'A leak of 2 MiB/s: the fan narrows, the warning comes early',
  },
  { file: 'given/a02x3-disk_fill.csv', signal: 'disk', title: 'A disk that fills in fits and starts' },
  {
    file: 'given/a002-level_off.csv',
    signal: 'memory',
    title: 'A cache that levels off at 84 %: fans, and no warning',
  },
];

const width = 760;
const height = 190;
const left = 46;
const top = 30;
const plotWidth = width - left - 16;
const plotHeight = height - top - 34;
/** A fan is drawn so often, seconds, and at most this far ahead. */
const fanEveryS = 20;
const fanWithinS = 150;

const round = (value: number): string => value.toFixed(1);
const safe = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function panel(trace: TraceFile, lines: readonly ReplayLine[], signal: SignalName, title: string): string {
  const endS = Math.max(...lines.map((line) => line.tMs)) / 1000;
  const breakS = Number.isFinite(trace.endsAtMs) ? trace.endsAtMs / 1000 : null;
  const x = (seconds: number): number => left + (plotWidth * Math.min(seconds, endS + 20)) / (endS + 20);
  const y = (pressure: number): number => top + plotHeight * (1 - pressure / 1.1);
  const course = lines.flatMap((line) => {
    const pressure = line.signals[signal]?.pressure ?? null;
    return pressure === null ? [] : [`${round(x(line.tMs / 1000))},${round(y(pressure))}`];
  });
  const fans = lines
    .filter((_, i) => i % fanEveryS === 0)
    .flatMap((line) => {
      const said = line.signals[signal];
      const times = said?.timeToLimitMs ?? null;
      if (said === undefined || said.pressure === null || times === null || times.p10 > fanWithinS * 1000) return [];
      const at = line.tMs / 1000;
      const points = [
        [at, said.pressure],
        [at + times.p10 / 1000, 1],
        [at + Math.min(times.p90 / 1000, fanWithinS * 2), 1],
      ].map(([seconds = 0, pressure = 0]) => `${round(x(seconds))},${round(y(pressure))}`);
      return [`<polygon class="fan" points="${points.join(' ')}"/>`];
    });
  const alarms = lines.filter(isAlarm);
  const warned = alarms.at(0);
  const marks = [
    ...(warned === undefined
      ? []
      : [
          `<rect class="on" x="${round(x(warned.tMs / 1000))}" y="${top}" width="${round(
            Math.max(1, x((alarms.at(-1)?.tMs ?? 0) / 1000) - x(warned.tMs / 1000)),
          )}" height="${plotHeight}"/>`,
          `<text x="${round(x(warned.tMs / 1000) + 3)}" y="${top + 26}">warned at ${Math.round(warned.tMs / 1000)} s</text>`,
        ]),
    ...(breakS === null
      ? []
      : [
          `<line class="broke" x1="${round(x(breakS))}" x2="${round(x(breakS))}" y1="${top}" y2="${top + plotHeight}"/>`,
          `<text x="${round(x(breakS) - 4)}" y="${top + plotHeight - 4}" text-anchor="end">broke at ${Math.round(breakS)} s</text>`,
        ]),
  ];
  return [
    `<text class="title" x="${left}" y="18">${safe(title)} (${safe(trace.id)})</text>`,
    ...marks.slice(0, 1),
    `<line class="limit" x1="${left}" x2="${left + plotWidth}" y1="${round(y(1))}" y2="${round(y(1))}"/>`,
    ...fans,
    `<polyline class="course" points="${course.join(' ')}"/>`,
    ...marks.slice(1),
    ...[0, 0.5, 1].map(
      (share) => `<text x="${left - 6}" y="${round(y(share) + 4)}" text-anchor="end">${share * 100} %</text>`,
    ),
    ...Array.from({ length: Math.floor(endS / 50) + 1 }, (_, i) => i * 50).map(
      (seconds) => `<text x="${round(x(seconds))}" y="${height - 16}" text-anchor="middle">${seconds} s</text>`,
    ),
  ].join('\n');
}

/** @returns the picture of the documentation: three runs and what was forecast in them, as SVG. */
export async function forecastPicture(tracesFolder: string): Promise<string> {
  const drawn: string[] = [];
  for (const [i, { file, signal, title }] of panels.entries()) {
    const trace = await readTrace(path.join(tracesFolder, file));
    drawn.push(`<g transform="translate(0 ${i * height})">\n${panel(trace, [...replay(trace)], signal, title)}\n</g>`);
  }
  const style =
    'text{font:11px sans-serif;fill:#444}.title{font-weight:bold;font-size:12px}.course{fill:none;stroke:#1a5fb4;stroke-width:1.6}' +
    '.limit{stroke:#c01c28;stroke-dasharray:5 3}.fan{fill:#e5a50a;fill-opacity:.22;stroke:#b58105;stroke-opacity:.5;stroke-width:.6}' +
    '.broke{stroke:#c01c28;stroke-width:1.6}.on{fill:#c01c28;fill-opacity:.08}';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height * panels.length}" role="img">`,
    '<title>Forecast fans on three recorded runs</title>',
    `<style>${style}</style>`,
    `<rect width="${width}" height="${height * panels.length}" fill="#fff"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}
