import type { ProcessTarget } from '../../model/fix.ts';
import { type Measured, ownSample } from '../../model/own-limit.ts';
import type { CountReading } from '../../model/sample.ts';
import { bytesText, percentText, shortName } from '../format.ts';
import { poll } from '../waiting.ts';
import { cannotTell, didNotWork, type FixResult, type FixRun, worked } from './fix.ts';

/** Looks at the samples afterwards, one a second. */
const looks = 20;
/** A fall smaller than this share of the limit may be chance. */
const leastFall = 0.05;

/** What is compared before and after a process was ended. */
interface Use {
  /** The reading it was taken from: while that is the same, nothing new was read. */
  readonly from: object;
  readonly used: number;
  readonly limit: number | null;
  readonly text: string;
}

interface Measure {
  /** For people. */
  readonly name: string;
  readonly check: string;
  readonly useIn: (view: Measured) => Use | null;
}

const withShare = (text: string, used: number, limit: number | null): string =>
  limit === null || limit <= 0 ? text : `${text} (${percentText(used / limit)})`;

const memory: Measure = {
  name: 'memory',
  check: 'The memory of the sandbox is',
  useIn: (view) => {
    const from = ownSample(view)?.memory;
    if (from === undefined) return null;
    const { workingSetBytes: used, limitBytes: limit } = from;
    return { from, used, limit, text: withShare(bytesText(used), used, limit) };
  },
};

const ofLimit = ({ used, limit }: CountReading): string => (limit === null ? `${used}` : `${used} of ${limit}`);

const pids: Measure = {
  name: 'the number of processes',
  check: 'The number of processes is',
  useIn: ({ sample }) => {
    const from = sample?.pids;
    if (from === undefined) return null;
    return { from, used: from.used, limit: from.limit, text: withShare(ofLimit(from), from.used, from.limit) };
  },
};

/** Each process has its own limit, so shares are compared: another process is the nearest to its limit afterwards. */
const fds: Measure = {
  name: 'the most open files of a process',
  check: 'The open files of the process that is nearest to its limit are',
  useIn: ({ sample }) => {
    const from = sample?.fds;
    if (from === undefined || from.limit === null || from.limit <= 0) return null;
    return { from, used: from.used / from.limit, limit: 1, text: withShare(ofLimit(from), from.used, from.limit) };
  },
};

const measureOf = ({ against }: ProcessTarget): Measure =>
  against === 'pids' ? pids : against === 'fds' ? fds : memory;

/** How it is checked that ending this process helps, for people. */
export const pressureCheck = (target: ProcessTarget): string =>
  `${measureOf(target).check} compared with that before for about ${looks} s.`;

/** What was measured last, before the process is ended. */
export interface PressureBefore {
  readonly measure: Measure;
  readonly use: Use | null;
  /** What ending it must free at least, in the unit of the use. */
  readonly fall: number;
  /** Why a fall that is not seen means nothing, for people; null when it does. */
  readonly tooLittle: string | null;
}

/** @param rssBytes of the process, or null when it is not known. */
export const pressureBefore = (view: Measured, target: ProcessTarget, rssBytes: number | null): PressureBefore => {
  const measure = measureOf(target);
  const use = measure.useIn(view);
  const least = leastFall * (use?.limit ?? use?.used ?? 0);
  if (measure !== memory) {
    const spawner = measure === pids ? view.sample?.pids?.spawner : undefined;
    const own = spawner?.pid === target.pid ? spawner.count : 0;
    return { measure, use, fall: Math.max(least, own / 2), tooLittle: null };
  }
  const isMeant = target.against === 'memory' || target.against === 'swap';
  const isSmall = rssBytes === null ? !isMeant : rssBytes / 2 < least;
  const held =
    rssBytes === null
      ? 'how much of it this process held is not known'
      : `it held ${bytesText(rssBytes)}, too little to be seen in that`;
  return { measure, use, fall: Math.max(least, (rssBytes ?? 0) / 2), tooLittle: isSmall ? held : null };
};

/** Compares what is read now with that before, for about 20 s, now that the process has ended. */
export const checkPressure = async (run: FixRun, target: ProcessTarget, before: PressureBefore): Promise<FixResult> => {
  const { measure, use, fall, tooLittle } = before;
  const ended = `${shortName(target.name)} (pid ${target.pid}) has ended`;
  if (use === null) return cannotTell(`${ended}; there were no numbers before to compare with.`);
  const from = [use.from, measure.useIn(run.view())?.from];
  const seen: Use[] = [];
  const fallen = await poll(run.clock, run.signal, 1000, looks, () => {
    const now = measure.useIn(run.view());
    if (now === null || from.includes(now.from)) return null;
    seen.push(now);
    return use.used - now.used >= fall ? now : null;
  });
  const newest = seen.at(-1);
  const of = measure === memory && use.limit !== null ? ` of ${bytesText(use.limit)}` : '';
  if (fallen !== null) return worked(`${ended}: ${measure.name} fell from ${use.text} to ${fallen.text}${of}.`);
  if (newest === undefined) {
    return cannotTell(`${ended}, but no sample came within ${looks} s to compare with ${use.text}.`);
  }
  const after = `after ${looks} s ${measure.name} is ${newest.text}${of}; it was ${use.text}`;
  return tooLittle === null
    ? didNotWork(`${ended}, but ${after}.`)
    : cannotTell(`${ended}, and ${after}: ${tooLittle}.`);
};
