import { fixTitle } from '../../model/fix-title.ts';
import { ownSample } from '../../model/own-limit.ts';
import type { SignalCourse } from '../../model/post-mortem.ts';
import type { SignalName } from '../../model/signal.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import { bytesText, percentText, shortName } from '../format.ts';
import { ownMemoryOf, pressuresOf } from './courses.ts';
import { lifetimeMs, runningAtEnd } from './events.ts';
import { growerOf } from './growth.ts';
import type { Material } from './material.ts';
import { signalOf } from './warning-text.ts';
import { signalTitles, spanText } from './words.ts';

const mib = 1024 * 1024;
const mostAdvice = 8;
/** Of so many errors the catalogue's fix is named. */
const mostErrors = 3;
/** Beyond what was ever used, so that the next run has room. */
const headroom = 1.2;
const fullAt = 0.9;

/** What the pieces of advice are made from. */
interface Facts {
  readonly material: Material;
  readonly courses: readonly SignalCourse[];
  readonly patterns: PatternBook;
}

const roundUp = (bytes: number): number => {
  const step = bytes < 2048 * mib ? 64 * mib : 256 * mib;
  return Math.ceil(bytes / step) * step;
};

const endOf = (courses: readonly SignalCourse[], signal: SignalName) =>
  pressuresOf(courses.find((course) => course.signal === signal));

const isMachines = ({ samples, isHere }: Material): boolean =>
  samples.length > 0 && samples.every((sample) => ownSample({ sample, isHere }) === null);

const ownMemory = ({ material, courses }: Facts) => ownMemoryOf(courses, material);

const raiseLimit = (facts: Facts): string | null => {
  const points = ownMemory(facts);
  const limit = points.at(-1)?.limit;
  if (limit === undefined) return null;
  const peak = Math.max(...points.map(({ used }) => used));
  const wanted = roundUp(Math.max(peak, limit) * headroom);
  return `Give it at least ${bytesText(wanted)} of memory (its limit was ${bytesText(limit)}, the highest use seen ${bytesText(peak)}, and 20 % on top); what it really needs is not known, because it was cut off.`;
};

const runtimes: readonly { readonly name: RegExp; readonly how: (limitMiB: number) => string }[] = [
  {
    name: /^(?:node|npm|npx|yarn|pnpm|vite|webpack|tsc|jest|vitest|next)/i,
    how: (limit) => `NODE_OPTIONS=--max-old-space-size=${limit}`,
  },
  { name: /^(?:java|gradle|mvn|kotlin|sbt)/i, how: (limit) => `JAVA_TOOL_OPTIONS=-Xmx${limit}m` },
  { name: /^go$/i, how: (limit) => `GOMEMLIMIT=${limit}MiB` },
];

const capHeap = (facts: Facts): string | null => {
  const grower = growerOf(facts.material.samples);
  const limit = ownMemory(facts).at(-1)?.limit;
  if (grower === null || limit === undefined) return null;
  const capMiB = Math.max(16, Math.floor((limit * 0.75) / mib / 16) * 16);
  const name = shortName(grower.name);
  const { heapLimit } = grower;
  const how = runtimes.find((runtime) => runtime.name.test(name))?.how(capMiB) ?? null;
  if (heapLimit !== null && heapLimit.limitBytes > limit * 0.85) {
    return `Lower the heap limit of ${name} (${bytesText(heapLimit.limitBytes)}), which leaves no room below the sandbox's ${bytesText(limit)}${how === null ? '' : `, for example with ${how}`}: it then fails with an error that names the place instead of being killed.`;
  }
  if (how === null || heapLimit !== null) return null;
  return `Cap the heap of ${name} below the sandbox's limit, for example with ${how}: it then collects harder, and fails with an error that names the place instead of being killed.`;
};

const growing = ({ material }: Facts): string | null => {
  const grower = growerOf(material.samples);
  if (grower === null || grower.toBytes <= grower.fromBytes * 1.1) return null;
  return `Look for what ${shortName(grower.name)} (pid ${grower.pid}) kept: it grew from ${bytesText(grower.fromBytes)} to ${bytesText(grower.toBytes)} in the minutes before.`;
};

const lessAtOnce = ({ material }: Facts): string | null => {
  const [run] = runningAtEnd(material).toSorted((a, b) => (b.peakBytes ?? 0) - (a.peakBytes ?? 0));
  if (run === undefined) return null;
  const took = run.peakBytes === null ? '' : ` took ${bytesText(run.peakBytes)} on top of what was in use and`;
  return `Run ${run.commandKey} with less at a time (fewer jobs or workers, smaller pieces): it${took} was running when it broke.`;
};

const unusedWarning = ({ material }: Facts): string | null => {
  const { warning, leadMs, fixes } = material.incident;
  if (warning === null || leadMs === null || leadMs < 10_000) return null;
  const during = fixes.filter(({ endedAtMs }) => endedAtMs >= (warning.warnedAtMs ?? warning.startedAtMs));
  const [failed] = during.filter(({ result }) => result === 'did-not-work' || result === 'failed');
  if (failed !== undefined) {
    return `Have a second plan: "${fixTitle(failed)}" was tried after the warning and did not help (${failed.text.replace(/\.$/, '')}).`;
  }
  if (during.some(({ result }) => result !== 'cancelled')) return null;
  const how =
    warning.signal === 'expiry'
      ? 'extending its time would have been enough'
      : warning.forecast.grower === null
        ? 'Recreate Larger or a snapshot would have been in time'
        : `ending ${shortName(warning.forecast.grower.name)} (pid ${warning.forecast.grower.pid}) or recreating it larger would have been in time`;
  return `Act on the warning: it came ${spanText(leadMs)} before, nothing was tried, and ${how}.`;
};

const beMeasured = ({ material }: Facts): string | null => {
  const { samples, incident } = material;
  if (signalOf(incident) === 'expiry') return null;
  if (samples.length === 0 && incident.cause !== 'start-failed') {
    return 'Have it watched: make it the current sandbox, or raise sandboxForesight.watch.maximumSandboxes; without measurements nothing can be foreseen or explained.';
  }
  return isMachines(material)
    ? "Make its own cgroup readable (a shell in the image is enough): only the machine's numbers could be read, which say nothing of its limit."
    : null;
};

const snapshotFirst = ({ material }: Facts): string | null =>
  material.incident.endsSandbox
    ? 'Take a snapshot before long or risky work: the files are then kept beyond the end.'
    : null;

const extend = ({ material }: Facts): string | null => {
  const run = runningAtEnd(material).at(-1);
  const lived = lifetimeMs(material);
  const work = run === undefined ? '' : `; ${run.commandKey} was still running`;
  return `Extend its time before the deadline, or ask for a longer one when it is created${lived === null ? '' : ` (it lived ${spanText(lived)})`}${work}.`;
};

const idle = ({ material }: Facts): string | null =>
  material.incident.warning === null && (material.sandbox?.expiresAtMs ?? null) === null
    ? 'Find out which deadline it had: the system did not tell one, so nothing could warn of it.'
    : null;

const askWho = (): string =>
  'Find out who or what deletes sandboxes here (a person, a script, a quota, a restart of the server): it was not its time, and no limit was reached.';

const keepMain = (): string =>
  'Start it with a main process that does not end, for example a shell or `sleep infinity`, if it was meant to stay.';

const crash = ({ material }: Facts): string | null => {
  switch (material.incident.exitCode) {
    case 139:
      return 'Look at native code: a segmentation fault comes from a native module or library that does not fit this image or processor.';
    case 132:
      return 'Build for this processor: an illegal instruction comes from a program made for a newer one.';
    case 133:
    case 134:
      return 'Look at the last lines of its log: an abort is what V8 and native programs do at their own heap limit or at a failed check.';
    case 126:
    case 127:
      return 'Check the start command: the program is missing in the image or may not be run.';
    case 137:
    case 143:
      return 'Find out what stopped it from outside: a stop, an eviction, or a kill for memory that could not be seen.';
    default:
      return material.diagnostics === null
        ? 'Keep the log of its main process outside of it: it was not read before it was gone, and so the reason is not known.'
        : 'Read the last lines of the diagnostics: its main process says there why it gave up.';
  }
};

const startFailed = ({ material }: Facts): string | null =>
  `Check its image, its start command and what the server says${material.sandbox?.image == null ? '' : ` (image ${shortName(material.sandbox.image)})`}: it never came to run.`;

const reviveAgent = (): string =>
  'Take a snapshot through the server and recreate it: the sandbox runs, but without its agent it cannot be used.';

const heapHigher = (facts: Facts): string | null => {
  if (signalOf(facts.material.incident) !== 'heap') return null;
  const last = endOf(facts.courses, 'heap').at(-1);
  const memory = ownMemory(facts).at(-1);
  if (last === undefined) return null;
  const room = memory === undefined ? '' : `, and stay below the sandbox's ${bytesText(memory.limit)}`;
  return `Raise the heap limit above ${bytesText(last.limit)}${room}: the process stood at ${percentText(last.pressure)} of its own limit.`;
};

/** Other things that were nearly used up when it ended. */
const fullToo = (facts: Facts): readonly string[] => {
  const { courses, material } = facts;
  const decided = signalOf(material.incident);
  const remedies: Partial<Record<SignalName, string>> = {
    disk: 'remove caches and build output, or ask for a larger disk',
    inodes: 'remove folders of many small files, such as old node_modules',
    pids: 'find what starts processes and does not wait for their end',
    fds: 'find what opens files and does not close them, or raise the limit of open files',
    memory: 'give it more memory, or run less at a time',
  };
  return Object.entries(remedies).flatMap(([name, remedy]) => {
    const course = courses.find(({ signal }) => signal === name);
    // That of the machine below it says nothing of it.
    const last = (course?.signal === 'memory' ? ownMemory(facts) : pressuresOf(course)).at(-1);
    if (course === undefined || course.signal === decided || last === undefined || last.pressure < fullAt) return [];
    return [
      `Mind ${signalTitles[course.signal]} too, at ${percentText(last.pressure)} of the limit in the end: ${remedy}.`,
    ];
  });
};

/** A fix's title may name parameters that are not known here: `Free [ on port {port}]`. */
const plain = (title: string): string | null => {
  const text = title.replace(/\[[^\]]*\{[^\]]*\]/g, '').trim();
  return text.includes('{') ? null : text;
};

/** A fix that only shows something: where nothing runs any more there is nothing to be seen, and it would not have helped. */
const isLook = (title: string): boolean => title.startsWith('Show ');

const againstErrors = ({ material, patterns }: Facts): readonly string[] =>
  material.errors.slice(0, mostErrors).flatMap(({ pattern, title }) => {
    const fixes = (pattern === null ? null : patterns(pattern))?.fixes ?? [];
    const isOver = material.incident.endsSandbox;
    const fix = fixes.map(plain).find((each) => each !== null && !(isOver && isLook(each)));
    return fix == null ? [] : [`Against "${shortName(title)}": ${fix.replace(/\.$/, '')}.`];
  });

type Piece = (facts: Facts) => string | null;

const byCause: Readonly<Record<Material['incident']['cause'], readonly Piece[]>> = {
  'out-of-memory': [unusedWarning, raiseLimit, capHeap, lessAtOnce, growing, beMeasured, snapshotFirst],
  'out-of-memory-child': [unusedWarning, raiseLimit, capHeap, lessAtOnce, growing, beMeasured],
  expired: [extend, unusedWarning, idle, snapshotFirst],
  deleted: [askWho, snapshotFirst],
  exited: [keepMain],
  crashed: [heapHigher, crash, growing, snapshotFirst, beMeasured],
  'start-failed': [startFailed],
  'agent-down': [reviveAgent, raiseLimit, beMeasured],
};

/** The limit of memory has to do with a dead agent only when it was reached. */
const fits = (piece: Piece, facts: Facts): boolean => {
  const { material } = facts;
  if (piece === raiseLimit && material.incident.cause === 'agent-down') {
    return (ownMemory(facts).at(-1)?.pressure ?? 0) >= fullAt;
  }
  // Who deleted it is known when it was done from here.
  return piece !== askWho || material.incident.certainty === 'probable';
};

/** @returns what would have helped, best first. */
export const adviceOf = (
  material: Material,
  courses: readonly SignalCourse[],
  patterns: PatternBook,
): readonly string[] => {
  const facts: Facts = { material, courses, patterns };
  const pieces = byCause[material.incident.cause].filter((piece) => fits(piece, facts));
  const all = [...pieces.map((piece) => piece(facts)), ...againstErrors(facts), ...fullToo(facts)];
  return [...new Set(all.filter((each) => each !== null))].slice(0, mostAdvice);
};
