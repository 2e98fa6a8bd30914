import type { SignalCourse } from '../../model/post-mortem.ts';
import type { SignalName } from '../../model/signal.ts';
import type { Warning } from '../../model/warning.ts';
import { intervalText, percentText } from '../format.ts';
import { type PressurePoint, pressuresOf } from './courses.ts';
import type { Material } from './material.ts';
import { signalTitles, spanText } from './words.ts';

/** No person can do anything in less. */
const tooFastMs = 30_000;
/** From here on a signal is close enough to its limit for a single step to reach it. */
const nearLimit = 0.9;
/** Below this nobody would want to be warned. */
const comfortable = 0.7;
/** So near to the highest use it is at the limit: the kernel takes pages back before it kills. */
const atLimitBy = 0.02;
/** A reading this old says nothing of the end. */
const staleMs = 15_000;

const heapExitCodes: readonly (number | null)[] = [133, 134, 3];

/** The signal that decided over this end, or null where none that is measured does. */
export const signalOf = ({ cause, exitCode }: Material['incident']): SignalName | null => {
  if (cause === 'out-of-memory' || cause === 'out-of-memory-child') return 'memory';
  if (cause === 'expired') return 'expiry';
  return cause === 'crashed' && heapExitCodes.includes(exitCode) ? 'heap' : null;
};

const given = (warning: Warning, warnedAtMs: number, leadMs: number, atMs: number): string => {
  const { forecast, criticalAtMs, signal } = warning;
  const time = forecast.timeToLimitMs;
  const said =
    signal === 'expiry' || time === null || !Number.isFinite(time.p50)
      ? ''
      : `; it expected the limit ${intervalText(time.p10, time.p90)}, and it took ${spanText(atMs - warnedAtMs)}`;
  const critical =
    criticalAtMs === null || criticalAtMs <= warnedAtMs || criticalAtMs > atMs
      ? ''
      : `, and became critical ${spanText(atMs - criticalAtMs)} before`;
  return `The warning about ${signalTitles[signal]} came ${spanText(leadMs)} before${critical}${said}.`;
};

/** Why nothing that is measured foretells such an end. */
const unforeseeable: Partial<Record<Material['incident']['cause'], string>> = {
  deleted: 'a deletion is decided elsewhere, and nothing that is measured foretells it',
  exited: 'its main process ended by itself, and nothing that is measured foretells that',
  crashed: 'its main process crashed, and no measured limit was behind it',
  'start-failed': 'it never ran, so there was nothing to measure',
  'agent-down': 'whether the agent answers is known only when it does not',
};

const whyNotExpiry = ({ incident, sandbox, timeline }: Material): string => {
  const firstMs = timeline[0]?.atMs ?? sandbox?.firstSeenAtMs ?? null;
  if (firstMs !== null && firstMs >= incident.atMs) return 'it was over when it was first seen';
  if ((sandbox?.expiresAtMs ?? null) === null) return 'its deadline was not known';
  if (firstMs !== null && incident.atMs - firstMs < 60_000) {
    return `it was first seen only ${spanText(incident.atMs - firstMs)} before its end`;
  }
  return 'the editor was not open when it was due, or such warnings were switched off or put off';
};

/** How a signal came to its limit, when it was measured to. */
const climb = (points: readonly PressurePoint[], last: PressurePoint, title: string): string => {
  const recent = points.filter(({ atMs }) => atMs >= last.atMs - tooFastMs);
  const highest = recent.reduce((most, point) => (point.pressure > most.pressure ? point : most), last);
  const low = points.findLast(({ atMs, pressure }) => atMs < highest.atMs && pressure <= comfortable);
  if (low === undefined) {
    const [first = highest] = points;
    return `${title} had stood above ${percentText(comfortable)} of its limit for all of the ${spanText(highest.atMs - first.atMs)} that were measured, and showed no way on that could be told from the ups and downs before`;
  }
  const peak =
    points.find(({ atMs, pressure }) => atMs > low.atMs && pressure >= highest.pressure - atLimitBy) ?? highest;
  const tookMs = peak.atMs - low.atMs;
  const went = `${title} went from ${percentText(low.pressure)} to the limit in ${spanText(tookMs)}`;
  return tookMs <= tooFastMs ? `${went}, faster than a warning can help` : `${went}, and the forecast did not see it`;
};

const whyNotMeasured = (material: Material, course: SignalCourse | undefined, signal: SignalName): string => {
  const { incident, samples } = material;
  const last = samples.at(-1);
  if (last === undefined) return 'there are no samples: the sandbox was not watched';
  if (samples.every(({ source }) => source === 'machine')) {
    return "only the machine's numbers could be read, and no forecast is made from them";
  }
  const title = signalTitles[signal];
  const points = pressuresOf(course);
  const lastPoint = points.at(-1);
  if (lastPoint === undefined) return `no limit of ${title} was known`;
  const ageMs = Math.max(0, incident.atMs - lastPoint.atMs);
  if (ageMs > Math.max(staleMs, 3 * last.cadenceMs)) {
    return `the measurements had stopped ${spanText(ageMs)} before the end`;
  }
  const highest = Math.max(
    ...points.filter(({ atMs }) => atMs >= lastPoint.atMs - tooFastMs).map(({ pressure }) => pressure),
  );
  if (highest < nearLimit) {
    const within = ageMs < 1_000 ? 'less than a second' : spanText(ageMs);
    return `the last reading, ${within} before, showed ${title} at ${percentText(lastPoint.pressure)}; it filled between two readings`;
  }
  return climb(points, lastPoint, title);
};

const isTakenBack =
  (signal: SignalName) =>
  (warning: Warning): boolean =>
    warning.signal === signal && warning.warnedAtMs !== null && warning.outcome === 'recovered';

/** @returns the warning and its lead time, or why there was none, as far as the data tells. */
export const warningTextOf = (material: Material, courses: readonly SignalCourse[]): string => {
  const { incident, warnings } = material;
  const { warning, leadMs, atMs, cause } = incident;
  if (warning !== null && warning.warnedAtMs !== null) {
    return given(warning, warning.warnedAtMs, leadMs ?? Math.max(0, atMs - warning.warnedAtMs), atMs);
  }
  const signal = signalOf(incident);
  if (signal === null)
    return `There was no warning: ${unforeseeable[cause] ?? 'nothing that is measured foretold it'}.`;
  const why =
    signal === 'expiry'
      ? whyNotExpiry(material)
      : whyNotMeasured(
          material,
          courses.find((course) => course.signal === signal),
          signal,
        );
  const watched =
    warning === null ? '' : ` It had been watched more closely for ${spanText(atMs - warning.startedAtMs)}.`;
  const earlier = warnings.findLast(isTakenBack(signal));
  const takenBack =
    earlier === undefined
      ? ''
      : ` An earlier warning, ${spanText(atMs - (earlier.warnedAtMs ?? atMs))} before, had been taken back because ${signalTitles[signal]} recovered.`;
  return `There was no warning: ${why}.${watched}${takenBack}`;
};
