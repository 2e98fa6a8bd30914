import { describe, expect, it } from 'vitest';
import { mayEnd } from '../../../src/diagnosis/offer-against.ts';
import { actionsFor, type FixSituation, offerFixes } from '../../../src/diagnosis/offer-fixes.ts';
import { type FixId, type FixSuccess, fixIds, type Removable } from '../../../src/model/fix.ts';
import { fixRisks } from '../../../src/model/fix-risk.ts';
import type { Incident, IncidentCause } from '../../../src/model/incident.ts';
import type { HeapLimit, ProcessReading, Sample } from '../../../src/model/sample.ts';
import { signalNames } from '../../../src/model/signal.ts';
import { memoryForecast, nowMs, sandbox } from '../../helpers/views.ts';

const expiry = {
  clock: 'absolute',
  expiresAtMs: nowMs + 60_000,
  action: 'delete',
  extendedBy: 'call',
  certainty: 'known',
} as const;

const process = (pid: number, name: string, rssBytes: number): ProcessReading => ({
  pid,
  parentPid: 1,
  name,
  rssBytes,
  ageMs: null,
  heapLimit: null,
});

const situation = (part: Partial<FixSituation> = {}): FixSituation => ({
  sandbox: sandbox({ expiry }),
  leading: memoryForecast(),
  level: 'warn',
  processes: [],
  supports: fixIds,
  incidents: [],
  sample: null,
  isHere: false,
  removable: null,
  successOf: () => null,
  ...part,
});

const mebibyte = 1024 ** 2;
/** A sample of a sandbox of 512 MiB. */
const sampleWith = (part: Partial<Sample> = {}): Sample => ({
  kind: 'sample',
  sandboxId: 's',
  atMs: nowMs,
  source: 'cgroup',
  cadenceMs: 1000,
  caveat: null,
  memory: {
    usedBytes: 400 * mebibyte,
    workingSetBytes: 400 * mebibyte,
    limitBytes: 512 * mebibyte,
    anonBytes: null,
    oomKillCount: 0,
    limitHitCount: 0,
    stalledPercent: null,
  },
  ...part,
});
/** What the place the editor works in supports. */
const local: readonly FixId[] = [
  'endProcess',
  'setHeapLimit',
  'lowerParallelism',
  'clearCaches',
  'shortenLogs',
  'showLargestFolders',
  'openTerminal',
  'showDetails',
];
const buttons = (part: Partial<FixSituation>): readonly string[] =>
  offerFixes(situation(part))
    .slice(0, 2)
    .map((each) => each.title);

const ids = (part: Partial<FixSituation>): readonly string[] => offerFixes(situation(part)).map((each) => each.id);

const incident = (cause: IncidentCause): Incident => ({
  id: 'i',
  sandboxId: 's',
  sandboxName: 'x',
  provider: 'openSandbox',
  atMs: 0,
  cause,
  certainty: 'certain',
  endsSandbox: true,
  exitCode: null,
  text: '',
  warning: null,
  leadMs: null,
  timeline: [],
  samples: [],
  fixes: [],
});

describe('fixes', () => {
  it('against memory: end what grows, then a larger sandbox, a snapshot, a terminal', () => {
    expect(ids({})).toEqual([
      'endProcess',
      'recreateLarger',
      'setHeapLimit',
      'snapshot',
      'lowerParallelism',
      'openTerminal',
      'showDetails',
    ]);
    expect(offerFixes(situation())[0]).toMatchObject({
      title: 'End node (pid 412)',
      risk: 'confirm',
      target: { pid: 412, name: 'node' },
      reason: 'It grew by 4.2 MiB a second in the last half minute.',
    });
  });

  it('name the largest process when none is seen to grow, if it is worth it', () => {
    const leading = memoryForecast({ grower: null });
    const big = process(7, 'a-very-long-process-name', 0.6 * leading.used);
    expect(offerFixes(situation({ leading, processes: [process(1, 'sh', 9e9), big] }))[0]).toMatchObject({
      id: 'endProcess',
      title: 'End a-very-long-p… (pid 7)',
      target: { pid: 7, name: 'a-very-long-process-name' },
      reason: expect.stringMatching(/^It holds /),
    });
    expect(offerFixes(situation({ leading, processes: [process(1, 'sh', 1e6), big] }))[0]?.reason).toMatch(
      /^It is the largest process, with /,
    );
    expect(ids({ leading, processes: [process(7, 'x', 0.1 * leading.used)] })).not.toContain('endProcess');
  });

  it('do not begin with another process when the one that grows can not be ended, and say that this gains time only', () => {
    const leading = memoryForecast({ grower: { pid: 1, name: 'python3', bytesPerSecond: 1e6 } });
    const processes = [process(1, 'python3', 0.6 * leading.used), process(9, 'node', 0.35 * leading.used)];
    const [first, second] = offerFixes(situation({ leading, processes }));
    expect(first?.id).toBe('recreateLarger');
    expect(second).toMatchObject({ title: 'End node (pid 9)', target: { pid: 9 } });
    expect(second?.reason).toMatch(
      /^It holds .+\. That gains time: python3 \(pid 1\) grows on, and ending that would end the sandbox\.$/,
    );
  });

  it('never end the first process or what holds the sandbox together', () => {
    expect(mayEnd({ pid: 1, name: 'node' })).toBe(false);
    expect(mayEnd({ pid: 9, name: 'execd' })).toBe(false);
    expect(ids({ leading: memoryForecast({ grower: { pid: 1, name: 'node', bytesPerSecond: 1 } }) })).not.toContain(
      'endProcess',
    );
  });

  it('against a disk that is full, also where it was so before anybody could be warned', () => {
    const leading = memoryForecast({ signal: 'disk', used: 2 ** 30, limit: 2 ** 30, pressure: 1 });
    expect(ids({ leading, level: 'calm' })).toContain('openTerminal');
    expect(ids({ leading: { ...leading, pressure: 0.9, used: 0.9 * 2 ** 30 }, level: 'calm' })).not.toContain(
      'openTerminal',
    );
  });

  it('against the clock: extend, then a snapshot', () => {
    expect(ids({ leading: memoryForecast({ signal: 'expiry' }) })).toEqual(['extend', 'snapshot', 'showDetails']);
  });

  it('against a heap of its own limit: not a larger sandbox', () => {
    expect(ids({ leading: memoryForecast({ signal: 'heap' }) })).not.toContain('recreateLarger');
  });

  it.each(['cpu', 'disk', 'inodes', 'responsiveness', 'restarts'] as const)('against %s nothing is ended', (signal) => {
    const found = ids({ leading: memoryForecast({ signal }) });
    expect(found).toContain('openTerminal');
    expect(found).not.toContain('endProcess');
    expect(found).not.toContain('recreateLarger');
  });

  it('are few while all is calm', () => {
    expect(ids({ level: 'calm' })).toEqual(['showDetails']);
  });

  it('for a paused sandbox begin with resume', () => {
    expect(ids({ sandbox: sandbox({ expiry, phase: 'paused' }), level: 'calm' })).toEqual(['resume', 'showDetails']);
  });

  it('for a paused sandbox whose time is nearly over begin with more time', () => {
    const leading = memoryForecast({ signal: 'expiry' });
    expect(buttons({ sandbox: sandbox({ expiry, phase: 'paused' }), leading })).toEqual(['Extend the time', 'Resume']);
  });

  it('after an incident fit what happened', () => {
    expect(ids({ level: 'calm', incidents: [incident('out-of-memory-child')] })).toEqual([
      'recreateLarger',
      'openTerminal',
      'showDetails',
    ]);
    expect(ids({ level: 'calm', incidents: [incident('agent-down')] })).toEqual([
      'snapshot',
      'recreateLarger',
      'delete',
      'showDetails',
    ]);
    expect(
      ids({ sandbox: sandbox({ phase: 'failed' }), leading: null, level: 'calm', incidents: [incident('crashed')] }),
    ).toEqual(['delete', 'showDetails']);
    expect(ids({ level: 'calm', incidents: [incident('expired')] })).toEqual(['showDetails']);
  });

  it('are only what is supported, with titles that fit on a button', () => {
    for (const signal of signalNames) {
      for (const supports of [[], ['showDetails'], ['extend', 'snapshot'], fixIds] as const) {
        const found = offerFixes(situation({ leading: memoryForecast({ signal }), supports }));
        for (const each of found) {
          expect(supports).toContain(each.id);
          expect(each.title.length).toBeLessThanOrEqual(32);
          expect(each.risk).toBe(fixRisks[each.id]);
          expect(each.reason.endsWith('.')).toBe(true);
        }
        expect(new Set(found.map((each) => each.id)).size).toBe(found.length);
      }
    }
  });
});

describe('the two buttons of a warning', () => {
  const disk = memoryForecast({ signal: 'disk', grower: null });
  const full = sampleWith({ disk: { usedBytes: 9.5 * 1024 ** 3, limitBytes: 10 * 1024 ** 3 } });
  const removable = (cachesMiB: number, logsMiB: number, inMemoryMiB = 0): Removable => ({
    cachesBytes: cachesMiB * mebibyte,
    cachesInMemoryBytes: inMemoryMiB * mebibyte,
    logsBytes: logsMiB * mebibyte,
  });

  it('against a full disk carry the sizes where they are known, and only if it is worth it', () => {
    const against = (known: Removable | null) =>
      buttons({ leading: disk, sample: full, supports: local, removable: known });
    expect(against(removable(1229, 0))).toEqual(['Clear caches (1.2 GiB)', 'Show the largest folders']);
    expect(against(removable(300, 800))).toEqual(['Clear caches (300 MiB)', 'Shorten logs (800 MiB)']);
    expect(against(removable(50, 50))).toEqual(['Show the largest folders', 'Open a terminal']);
    expect(against(null)).toEqual(['Show the largest folders', 'Clear caches']);
  });

  it('against memory are to end what grows, and a heap limit for a program that reads one', () => {
    const grower = (name: string, heapLimit: HeapLimit | null) => ({
      leading: memoryForecast({ grower: { pid: 412, name, bytesPerSecond: 4e6 } }),
      processes: [{ ...process(412, name, 300 * mebibyte), heapLimit }],
      sample: sampleWith(),
      supports: local,
    });
    expect(buttons(grower('node', null))).toEqual(['End node (pid 412)', 'Set a heap limit']);
    const tooHigh = { limitBytes: 2048 * mebibyte, source: '-Xmx' };
    expect(buttons(grower('java', tooHigh))).toEqual(['End java (pid 412)', 'Set a heap limit']);
    const low = { limitBytes: 256 * mebibyte, source: '--max-old-space-size' };
    expect(buttons(grower('node', low))[1]).not.toBe('Set a heap limit');
    expect(buttons(grower('postgres', null))[1]).toBe('Lower the parallelism');
  });

  it('against memory that many jobs fill are to run fewer of them', () => {
    const processes = [1, 2, 3, 4].map((n) => process(100 + n, 'cc1plus', 90 * mebibyte));
    const found = offerFixes(
      situation({ leading: memoryForecast({ grower: null }), processes, sample: sampleWith(), supports: local }),
    );
    expect(found[0]).toMatchObject({
      id: 'lowerParallelism',
      reason: '4 of the largest processes are called cc1plus: fewer at a time need less.',
    });
  });

  it('against memory are to clear caches only where these lie in memory', () => {
    const memory = { sample: sampleWith(), supports: local };
    expect(ids({ ...memory, removable: removable(4000, 4000) })).not.toContain('clearCaches');
    expect(offerFixes(situation({ ...memory, removable: removable(0, 0, 120) }))).toContainEqual(
      expect.objectContaining({ id: 'clearCaches', title: 'Clear caches (120 MiB)' }),
    );
  });

  it('against a heap that is full are to raise its limit, as far as the sandbox has memory', () => {
    const heap = (limitMiB: number) => ({
      leading: memoryForecast({ signal: 'heap', limit: limitMiB * mebibyte }),
      processes: [
        {
          ...process(412, 'node', 200 * mebibyte),
          heapLimit: { limitBytes: limitMiB * mebibyte, source: '--max-old-space-size' },
        },
      ],
      sample: sampleWith(),
    });
    expect(buttons({ ...heap(200), supports: local })).toEqual(['Raise the heap limit', 'End node (pid 412)']);
    expect(buttons(heap(500))).toEqual(['Recreate larger', 'End node (pid 412)']);
  });

  it('about heaps go by the memory of the machine only where the editor itself works on it', () => {
    const machine = (signal: 'heap' | 'memory', limitMiB: number) => ({
      leading: memoryForecast({ signal, limit: limitMiB * mebibyte }),
      processes: [
        { ...process(412, 'node', 200 * mebibyte), heapLimit: { limitBytes: limitMiB * mebibyte, source: 'set' } },
      ],
      sample: sampleWith({ source: 'machine' }),
      supports: local,
    });
    expect(buttons({ ...machine('heap', 200), isHere: true })[0]).toBe('Raise the heap limit');
    expect(ids({ ...machine('heap', 200), isHere: false })).not.toContain('setHeapLimit');
    // One that is low enough for what there is needs no other.
    expect(ids({ ...machine('memory', 200), isHere: true })).not.toContain('setHeapLimit');
    expect(ids({ ...machine('memory', 200), isHere: false })).toContain('setHeapLimit');
  });

  it('against too many files are to clear caches, and no logs: one that is shortened is still a file', () => {
    const inodes = {
      leading: memoryForecast({ signal: 'inodes', grower: null }),
      sample: sampleWith(),
      supports: local,
    };
    expect(ids(inodes)).not.toContain('shortenLogs');
    expect(ids({ ...inodes, removable: removable(0, 900) })).not.toContain('shortenLogs');
    expect(buttons({ ...inodes, removable: removable(40, 900) })).toEqual([
      'Clear caches (40 MiB)',
      'Show the largest folders',
    ]);
    expect(ids({ ...inodes, removable: removable(1, 900) })).not.toContain('clearCaches');
  });

  it.each([
    ['memory', {}],
    ['swap', {}],
    ['heap', {}],
    ['pids', { pids: { used: 400, limit: 500, spawner: { pid: 77, name: 'run-all', count: 310 } } }],
    ['fds', { fds: { used: 900, limit: 1024, pid: 9, name: 'server' } }],
  ] as const)(
    'to end a process say that it is for %s, so that this is what is looked at afterwards',
    (signal, part) => {
      const offers = offerFixes(situation({ leading: memoryForecast({ signal }), sample: sampleWith(part) }));
      expect(offers.find(({ id }) => id === 'endProcess')?.target?.against).toBe(signal);
    },
  );

  it('against too many processes or open files are to end the one that has them', () => {
    const pids = sampleWith({ pids: { used: 400, limit: 500, spawner: { pid: 77, name: 'run-all', count: 310 } } });
    expect(buttons({ leading: memoryForecast({ signal: 'pids', grower: null }), sample: pids })).toEqual([
      'End run-all (pid 77)',
      'Lower the parallelism',
    ]);
    const fds = (pid: number, name?: string) =>
      sampleWith({ fds: { used: 900, limit: 1024, pid, ...(name === undefined ? {} : { name }) } });
    const leading = memoryForecast({ signal: 'fds', grower: null });
    expect(offerFixes(situation({ leading, sample: fds(9, 'server') }))[0]).toMatchObject({
      title: 'End server (pid 9)',
      reason: 'It has 900 of 1024 files open.',
    });
    // A number without a name may be another process by now.
    expect(ids({ leading, sample: fds(9) })).not.toContain('endProcess');
    expect(ids({ leading, sample: fds(9), processes: [process(9, 'server', 1)] })).toContain('endProcess');
    expect(ids({ leading, sample: fds(1, 'init') })).not.toContain('endProcess');
  });

  it('say something for a sandbox that is slowed, although nothing ends', () => {
    const slowed = (throttledRatio: number, usedCores: number) =>
      offerFixes(
        situation({
          leading: null,
          level: 'calm',
          sample: sampleWith({ cpu: { usedCores, limitCores: 2, throttledRatio } }),
        }),
      ).map(({ id, reason }) => `${id}: ${reason}`);
    expect(slowed(0.4, 1)[0]).toBe(
      'lowerParallelism: It is slowed in 40 % of its periods: fewer jobs at a time wait less for each other.',
    );
    expect(slowed(0, 1.95)[0]).toContain('It uses 1.9 of 2 cores');
    expect(slowed(0.1, 1)).toHaveLength(1);
  });
});

describe('what worked before', () => {
  const success = (known: Partial<Record<FixId, FixSuccess>>) => (id: FixId) => known[id] ?? null;
  const leading = memoryForecast({ signal: 'disk', grower: null });
  const order = (known: Partial<Record<FixId, FixSuccess>>) =>
    ids({ leading, supports: local, successOf: success(known) }).slice(0, 3);

  it('comes first among what acts, and what never helped comes last of it', () => {
    expect(order({})).toEqual(['showLargestFolders', 'clearCaches', 'shortenLogs']);
    expect(order({ shortenLogs: { worked: 2, didNotWork: 0 } })).toEqual([
      'showLargestFolders',
      'shortenLogs',
      'clearCaches',
    ]);
    expect(order({ clearCaches: { worked: 0, didNotWork: 2 } })[2]).toBe('clearCaches');
    expect(order({ clearCaches: { worked: 0, didNotWork: 1 } })[1]).toBe('clearCaches');
  });

  it('never lifts what loses something, nor what only saves or looks', () => {
    const often = { worked: 9, didNotWork: 0 };
    const found = ids({
      successOf: success({ recreateLarger: often, snapshot: often, openTerminal: often, lowerParallelism: often }),
    });
    expect(found.indexOf('recreateLarger')).toBeGreaterThan(found.indexOf('endProcess'));
    expect(found.indexOf('snapshot')).toBeGreaterThan(found.indexOf('endProcess'));
    expect(found[0]).toBe('lowerParallelism');
  });
});

describe('actions', () => {
  it.each([
    ['running', fixIds.filter((id) => id !== 'resume')],
    ['paused', ['extend', 'resume', 'delete', 'showDetails']],
    ['creating', ['extend', 'delete', 'showDetails']],
    ['stopping', ['showDetails']],
    ['failed', ['delete', 'showDetails']],
  ] as const)('of a %s sandbox', (phase, expected) => {
    expect(actionsFor(sandbox({ expiry, phase }), fixIds)).toEqual(expected);
  });

  it('offer no extension where there is no clock or nothing moves it', () => {
    expect(actionsFor(sandbox(), ['extend'])).toEqual([]);
    expect(actionsFor(sandbox({ expiry: { ...expiry, extendedBy: 'nothing' } }), ['extend'])).toEqual([]);
  });
});
