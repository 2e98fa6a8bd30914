import { pastEdits, patternIn } from '../../app/error-fixes/past-edits.ts';
import { shortName } from '../../app/format.ts';
import type { FixId, RankedFix } from '../../model/fix.ts';
import type { FixRecord } from '../../model/history.ts';
import type { PostMortem } from '../../model/post-mortem.ts';
import type { SignalName } from '../../model/signal.ts';
import type { SandboxView } from '../../model/view.ts';
import { editOffer, errorFixOffer, fixOffer, type Offered, settingOffer } from './page-actions.ts';

/** Where it is looked up what can be done. */
export interface IncidentHelp {
  /** The sandbox of the incident, or null when it is not in the list any more. */
  readonly view: SandboxView | null;
  /** How fixes went, over all sandboxes. */
  readonly records: readonly FixRecord[];
  /** What helps against an error of this sandbox while it is known. */
  errorFixes(fingerprint: string): Promise<readonly RankedFix[]>;
  /** Whether there is such an edit in the files of the workspace. */
  canPropose(fix: RankedFix, limitBytes: number | null): Promise<boolean>;
}

const mostEach = 2;
const mebibyte = 1024 ** 2;

/** What a sentence of advice begins with (src/app/post-mortem/advice.ts), and what of it can be done from here. */
interface Rule {
  readonly begins: RegExp;
  /** Actions on the sandbox itself, as far as it is still there. */
  readonly fixes?: readonly FixId[];
  readonly setting?: string;
  /** Edits of the project, as `pattern/<slug>/<fix>`. */
  readonly edits?: readonly EditRule[];
}
interface EditRule {
  readonly fixId: string;
  /** The sentence or the command speaks of this tool. */
  readonly about: RegExp;
}

const node = /\b(?:node|npm|npx|yarn|pnpm|vite|webpack|tsc|jest|vitest|next)\b/i;
const gradle = /\b(?:java|gradlew?|kotlin)\b/i;
const lessGradle: EditRule = { fixId: 'pattern/build-daemon-killed/keep-gradle-heap', about: gradle };

const rules: readonly Rule[] = [
  { begins: /^Give it at least /, fixes: ['recreateLarger'] },
  {
    begins: /^(?:Cap the heap of|Lower the heap limit of) /,
    fixes: ['setHeapLimit'],
    edits: [{ fixId: 'pattern/v8-heap-oom/keep-heap-setting', about: node }, lessGradle],
  },
  {
    begins: /^Raise the heap limit above /,
    fixes: ['setHeapLimit'],
    edits: [
      { fixId: 'pattern/v8-heap-oom/keep-heap-setting', about: node },
      { fixId: 'pattern/jvm-heap-oom/keep-gradle-heap', about: gradle },
    ],
  },
  {
    begins: /^Run .{1,200} with less at a time/,
    fixes: ['lowerParallelism'],
    edits: [
      { fixId: 'pattern/test-worker-killed/keep-fewer-workers', about: /\b(?:test|jest|vitest|pytest)\b/i },
      { fixId: 'pattern/compiler-oom-killed/keep-one-job', about: /\bcargo\b/ },
      lessGradle,
    ],
  },
  { begins: /^Have it watched: /, setting: 'sandboxForesight.watch.maximumSandboxes' },
  { begins: /^Extend its time /, fixes: ['extend'] },
  { begins: /^Take a snapshot through the server and recreate it/, fixes: ['snapshot', 'recreateLarger'] },
  { begins: /^Take a snapshot before /, fixes: ['snapshot'] },
  { begins: /^Mind .{1,40} too, .{1,60}: remove caches/, fixes: ['clearCaches'] },
  { begins: /^Mind .{1,40} too, .{1,60}: remove folders/, fixes: ['showLargestFolders'] },
  { begins: /^Mind .{1,40} too, .{1,60}: give it more memory/, fixes: ['recreateLarger'] },
];

const limitIn = ({ courses }: PostMortem, signal: SignalName): number | null =>
  courses.find((course) => course.signal === signal)?.limit.findLast((limit) => limit !== null) ?? null;

/** What ran when it broke. */
const commandsAtEnd = ({ commands, incident }: PostMortem): readonly string[] =>
  commands
    .filter(
      ({ startedAtMs, endedAtMs }) =>
        startedAtMs <= incident.atMs && (endedAtMs ?? incident.atMs) >= incident.atMs - 30_000,
    )
    .map(({ commandKey }) => commandKey);

const editsFor = (
  rule: Rule,
  advice: string,
  told: PostMortem,
  records: readonly FixRecord[],
): readonly RankedFix[] => {
  const commands = commandsAtEnd(told);
  return (rule.edits ?? []).flatMap(({ fixId, about }) => {
    const command = commands.find((each) => about.test(each)) ?? null;
    if (command === null && !about.test(advice)) return [];
    const [, pattern = ''] = fixId.split('/');
    const known = pastEdits(pattern, `v1/${pattern}/advice`, command ?? commands[0] ?? null, records);
    return known.filter((fix) => fix.fixId === fixId);
  });
};

/** A limit that is to be raised and stands higher already than what would be written is none to be written. */
const isLowering = (advice: string, told: PostMortem, limitBytes: number | null): boolean =>
  advice.startsWith('Raise ') && (limitIn(told, 'heap') ?? 0) >= 0.75 * (limitBytes ?? 0) - mebibyte;

const againstError = async (advice: string, told: PostMortem, help: IncidentHelp): Promise<readonly Offered[]> => {
  const error = (told.errors ?? []).find(({ title }) => advice.startsWith(`Against "${shortName(title)}": `));
  if (error === undefined) return [];
  const { view, records, errorFixes, canPropose } = help;
  const { fingerprint } = error;
  const { ownLimitBytes: limitBytes } = told;
  // The sandbox lives and still knows the error: then this is the same as on its own page.
  if (
    view?.sandbox.phase === 'running' &&
    view.errors.some((each) => each.fingerprint === fingerprint && each.solvedAtMs === undefined)
  ) {
    const known = await errorFixes(fingerprint);
    return known
      .filter(
        ({ does, action }) =>
          does === 'command' || does === 'editor' || (action !== null && view.actions.includes(action)),
      )
      .map((fix) => errorFixOffer(view.sandbox.id, fix));
  }
  const pattern = patternIn(fingerprint);
  const own = error.commandKey == null ? [] : [error.commandKey];
  const offers: Offered[] = [];
  for (const command of new Set([...own, ...commandsAtEnd(told).slice(0, 2), null])) {
    for (const fix of pattern === null ? [] : pastEdits(pattern, fingerprint, command, records)) {
      const isKnown = offers.some(({ action }) => action.kind === 'edit' && action.fix.fixId === fix.fixId);
      if (!isKnown && (await canPropose(fix, limitBytes))) offers.push(editOffer(fix, limitBytes));
    }
  }
  return offers;
};

const offersFor = async (advice: string, told: PostMortem, help: IncidentHelp): Promise<readonly Offered[]> => {
  const rule = rules.find(({ begins }) => begins.test(advice));
  if (rule === undefined) return againstError(advice, told, help);
  const { view, records, canPropose } = help;
  const offers: Offered[] = [];
  for (const fixId of rule.fixes ?? []) {
    const offer = view === null ? null : fixOffer(view, fixId);
    if (offer !== null) offers.push(offer);
  }
  if (rule.setting !== undefined) offers.push(settingOffer(rule.setting));
  const { ownLimitBytes: limitBytes } = told;
  for (const fix of isLowering(advice, told, limitBytes) ? [] : editsFor(rule, advice, told, records)) {
    if (await canPropose(fix, limitBytes)) offers.push(editOffer(fix, limitBytes));
  }
  return offers;
};

/**
 * What of the advice of a post-mortem can still be done: on the sandbox of the incident while it is there, and in the files of the
 * workspace. Nothing is ever aimed at another sandbox.
 * @returns for each sentence of `told.advice` at most two
 */
export const incidentOffers = async (
  told: PostMortem,
  help: IncidentHelp,
): Promise<readonly (readonly Offered[])[]> => {
  const all: (readonly Offered[])[] = [];
  const taken = new Set<string>();
  for (const advice of told.advice) {
    const offers = (await offersFor(advice, told, help))
      .filter(({ button }) => !taken.has(button.id))
      .slice(0, mostEach);
    for (const { button } of offers) taken.add(button.id);
    all.push(offers);
  }
  return all;
};
