import { describe, expect, it } from 'vitest';
import { adviceOf } from '../../../../src/app/post-mortem/advice.ts';
import type { Material } from '../../../../src/app/post-mortem/material.ts';
import { type IncidentHelp, incidentOffers } from '../../../../src/editor/dashboard/incident-actions.ts';
import type { PostMortem, PostMortemError, SignalCourse } from '../../../../src/model/post-mortem.ts';
import type { SandboxView } from '../../../../src/model/view.ts';
import { patternFacts } from '../../../../src/monitor/pattern-facts.ts';
import { nowMs, sandbox, sandboxView } from '../../../helpers/views.ts';
import { aFix, anError, incident, mebibyte, memorySample, postMortem, run } from './support.ts';

const course = (signal: SignalCourse['signal'], used: number, limit: number): SignalCourse => ({
  signal,
  unit: 'bytes',
  timesMs: [nowMs],
  used: [used * mebibyte],
  limit: [limit * mebibyte],
});
const metError = (part: Partial<PostMortemError> = {}): PostMortemError => ({
  fingerprint: anError().fingerprint,
  title: anError().title,
  cause: null,
  count: 1,
  firstSeenAtMs: nowMs,
  lastSeenAtMs: nowMs,
  ...part,
});
const memory = course('memory', 500, 512);
const atEnd = (commandKey: string) => [
  run({ commandKey, endedAtMs: nowMs, startedAtMs: nowMs - 5_000, exitCode: 137 }),
];

const told = (advice: readonly string[], part: Partial<PostMortem> = {}): PostMortem =>
  postMortem({ advice, courses: [memory], commands: atEnd('npm run build'), errors: [], ...part });

const help = (part: Partial<IncidentHelp> = {}, possible = true): IncidentHelp => ({
  view: null,
  records: [],
  errorFixes: () => Promise.resolve([]),
  canPropose: () => Promise.resolve(possible),
  ...part,
});

const idsOf = async (story: PostMortem, with_: IncidentHelp): Promise<readonly (readonly string[])[]> =>
  (await incidentOffers(story, with_)).map((offers) => offers.map(({ button }) => button.id));

const still = (part: Partial<SandboxView> = {}): SandboxView =>
  sandboxView({
    actions: ['recreateLarger', 'setHeapLimit', 'lowerParallelism', 'snapshot', 'extend', 'clearCaches'],
    ...part,
  });

const more = 'Give it at least 640 MiB of memory (its limit was 512 MiB …).';
const cap =
  "Cap the heap of node below the sandbox's limit, for example with NODE_OPTIONS=--max-old-space-size=384: it then …";
const less = 'Run npm test with less at a time (fewer jobs or workers, smaller pieces): it was running when it broke.';

describe('what would have helped, as something to do', () => {
  it('is for a sandbox that is gone only what is in the files of the workspace', async () => {
    const story = told([more, cap, less], { commands: atEnd('npm test') });
    expect(await idsOf(story, help())).toEqual([
      [],
      ['edit pattern/v8-heap-oom/keep-heap-setting'],
      ['edit pattern/test-worker-killed/keep-fewer-workers'],
    ]);
  });

  it('is nothing where the workspace has no such file, or is another project', async () => {
    expect(await idsOf(told([more, cap, less]), help({}, false))).toEqual([[], [], []]);
  });

  it('is for a sandbox that is still there also what its server can do', async () => {
    const expire = 'Extend its time before the deadline, or ask for a longer one when it is created.';
    expect(await idsOf(told([more, cap, less, expire]), help({ view: still() }, false))).toEqual([
      ['fix recreateLarger'],
      ['fix setHeapLimit'],
      ['fix lowerParallelism'],
      ['fix extend'],
    ]);
    expect(await idsOf(told([more, expire]), help({ view: still({ actions: [] }) }, false))).toEqual([[], []]);
  });

  it('is aimed at the sandbox of the incident and at no other', async () => {
    const view = still({ sandbox: sandbox({ id: 'mine' }) });
    const [first] = await incidentOffers(told([more]), help({ view }));
    expect(first?.map(({ action }) => action)).toEqual([{ kind: 'fix', sandboxId: 'mine', fixId: 'recreateLarger' }]);
  });

  it('never runs anything for an error of a sandbox that is gone: no command of the history is kept in it', async () => {
    const error = metError({ fingerprint: 'v1/v8-heap-oom/0123456789ab', title: 'Node.js ran out of heap' });
    const advice = 'Against "Node.js ran out of heap": Run it again with a larger heap.';
    const [offers] = await incidentOffers(told([advice], { errors: [error] }), help());
    expect(offers?.map(({ button }) => [button.id, button.note])).toEqual([
      ['edit pattern/v8-heap-oom/keep-heap-setting', 'shows the edit first'],
    ]);
    const action = offers?.[0]?.action;
    expect(action?.kind === 'edit' ? [action.fix.argv, action.fix.again] : null).toEqual([
      null,
      { argv: [], text: 'npm run build' },
    ]);
    expect(action?.kind === 'edit' ? action.limitBytes : null).toBe(512 * mebibyte);
  });

  it('is for an error of a sandbox that lives what its own page offers', async () => {
    const error = anError();
    const advice = `Against "${error.title}": Find the process on the port.`;
    const story = told([advice], { errors: [metError()] });
    const known = { errorFixes: () => Promise.resolve([aFix('find'), aFix('words', { does: 'words' }), aFix('free')]) };
    const view = still({ errors: [error] });
    expect(await idsOf(story, help({ view, ...known }))).toEqual([
      [`error ${error.fingerprint} pattern/port-in-use/find`, `error ${error.fingerprint} pattern/port-in-use/free`],
    ]);
    const solved = still({ errors: [{ ...error, solvedAtMs: nowMs }] });
    expect(await idsOf(story, help({ view: solved, ...known }))).toEqual([[]]);
    expect(await idsOf(story, help({ view: null, ...known }))).toEqual([[]]);
  });

  it('leads to a setting', async () => {
    const advice =
      'Have it watched: make it the current sandbox, or raise sandboxForesight.watch.maximumSandboxes; without …';
    expect(await idsOf(told([advice]), help())).toEqual([['setting sandboxForesight.watch.maximumSandboxes']]);
  });

  it('writes no limit by the memory of the machine below the sandbox', async () => {
    const limits: (number | null)[] = [];
    const canPropose = (_fix: unknown, limitBytes: number | null): Promise<boolean> => {
      limits.push(limitBytes);
      return Promise.resolve(true);
    };
    const own = memorySample(nowMs, 500);
    for (const view of [null, still({ sample: null }), still({ sample: own })]) {
      for (const ownLimitBytes of [512 * mebibyte, null]) {
        await incidentOffers(told([cap], { ownLimitBytes }), help({ view, canPropose }));
      }
    }
    expect(limits).toEqual([0, 1, 2].flatMap(() => [512 * mebibyte, null]));
  });

  it('does not write a lower limit where a higher one is advised', async () => {
    const raise =
      "Raise the heap limit above 384 MiB, and stay below the sandbox's 512 MiB: the process stood at 99 %.";
    const low = told([raise], { courses: [memory, course('heap', 250, 256)] });
    const high = told([raise], { courses: [memory, course('heap', 380, 384)] });
    expect(await idsOf(low, help())).toEqual([['edit pattern/v8-heap-oom/keep-heap-setting']]);
    expect(await idsOf(high, help())).toEqual([[]]);
  });

  it('is said once, where it helps first', async () => {
    const error = metError({ fingerprint: 'v1/v8-heap-oom/0123456789ab', title: 'Out of heap' });
    const story = told([cap, 'Against "Out of heap": Run it again with a larger heap.'], { errors: [error] });
    expect(await idsOf(story, help())).toEqual([['edit pattern/v8-heap-oom/keep-heap-setting'], []]);
  });
});

describe('the sentences of the real advice', () => {
  const process = { pid: 412, parentPid: 1, name: 'node', rssBytes: 0, heapLimit: null, ageMs: null };
  const sampleAt = (second: number, rssMib: number): Material['samples'][number] => ({
    ...memorySample(nowMs - 60_000 + second * 1_000, rssMib),
    processes: [{ ...process, rssBytes: rssMib * mebibyte }],
  });

  it('are understood', async () => {
    const base = postMortem();
    const material = {
      incident: incident(),
      sandbox: null,
      timeline: [],
      isHere: false,
      samples: [sampleAt(0, 100), sampleAt(30, 300), sampleAt(59, 480)],
      commands: atEnd('npm test'),
      errors: [],
      diagnostics: null,
    } as unknown as Material;
    const advice = adviceOf(material, [memory, course('disk', 99, 100)], patternFacts);
    const offers = await idsOf(
      { ...base, advice, courses: [memory], commands: atEnd('npm test') },
      help({ view: still() }),
    );
    const all = new Set(offers.flat());
    for (const id of ['fix recreateLarger', 'fix lowerParallelism', 'fix snapshot', 'fix clearCaches']) {
      expect(all, advice.join('\n')).toContain(id);
    }
    expect(all, advice.join('\n')).toContain('edit pattern/v8-heap-oom/keep-heap-setting');
    const unseen = adviceOf({ ...material, samples: [] }, [], patternFacts);
    expect((await idsOf({ ...base, advice: unseen }, help())).flat()).toContain(
      'setting sandboxForesight.watch.maximumSandboxes',
    );
    const late = adviceOf({ ...material, incident: incident({ cause: 'expired' }) }, [], patternFacts);
    expect((await idsOf({ ...base, advice: late }, help({ view: still() }))).flat()).toContain('fix extend');
    const dead = adviceOf({ ...material, incident: incident({ cause: 'agent-down' }) }, [], patternFacts);
    expect((await idsOf({ ...base, advice: dead }, help({ view: still() }))).flat()).toContain('fix snapshot');
  });
});
