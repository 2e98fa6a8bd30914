import { describe, expect, it } from 'vitest';
import { treeModel } from '../../../src/editor/text/tree-model.ts';
import type { TreeNode } from '../../../src/editor/text/tree-node.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import type { SandboxView } from '../../../src/model/view.ts';
import { appView, memoryForecast, nowMs, sandbox, sandboxView, server } from '../../helpers/views.ts';
import { incident } from './dashboard/support.ts';

const all = (nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap((node) => [node, ...all(node.children)]);
const view = appView([
  sandboxView({
    processes: [{ pid: 412, parentPid: 1, name: 'node', rssBytes: 2 ** 28, ageMs: 1000, heapLimit: null }],
    timeline: [{ atMs: nowMs, phase: 'running', rawState: 'Running', reason: null }],
    errors: [
      {
        fingerprint: 'f1',
        pattern: null,
        title: 'EADDRINUSE',
        cause: null,
        source: 'terminal',
        exitCode: 1,
        count: 3,
        firstSeenAtMs: nowMs,
        lastSeenAtMs: nowMs,
      },
    ],
  }),
  sandboxView({ sandbox: sandbox({ id: 'second', name: 'worker' }), level: 'calm', leading: null }),
]);

describe('the row of a sandbox', () => {
  const calm = { level: 'calm', leading: null, forecasts: [], incidents: [incident()] } as const;
  const dayMs = 24 * 3_600_000;
  const rowOf = (one: SandboxView, atMs: number, currentId: string | null = null): TreeNode | undefined =>
    treeModel(appView([one], { currentId }), '', atMs).find(({ kind }) => kind === 'sandbox');

  it('is the same one as long as it can not look different', () => {
    const ended = sandboxView({ ...calm, sandbox: sandbox({ phase: 'terminated' }) });
    const row = rowOf(ended, nowMs);
    expect(rowOf(ended, nowMs + 1_000)).toBe(row);
    expect(rowOf({ ...ended, level: 'warn' }, nowMs)).not.toBe(row);
    const open = rowOf(ended, nowMs, ended.sandbox.id);
    expect([row?.expanded, open?.expanded]).toEqual([false, true]);
    const [today, later] = [nowMs, nowMs + dayMs].map((atMs) =>
      all([rowOf(ended, atMs) as TreeNode]).map((each) => each.description),
    );
    expect(later).not.toEqual(today);
  });

  it('is another one while time runs in it', () => {
    const running = sandboxView({ forecasts: [memoryForecast()] });
    expect(rowOf(running, nowMs + 60_000)?.description).not.toBe(rowOf(running, nowMs)?.description);
    const leading = sandboxView({ ...calm, leading: memoryForecast() });
    expect(rowOf(leading, nowMs + 60_000)?.description).not.toBe(rowOf(leading, nowMs)?.description);
  });
});

describe('treeModel', () => {
  it('puts servers first, then sandboxes in the order of the view, the current one open', () => {
    const [first, current, other] = treeModel(view, '', nowMs);
    expect(first?.kind).toBe('server');
    expect(current).toMatchObject({ label: 'api-tests', expanded: true, contextValue: 'sandbox.running' });
    expect(current?.description).toContain('current');
    expect(current?.description).toContain('warning');
    expect(other).toMatchObject({ label: 'worker', expanded: false });
  });

  it('says of a server that it is healthy, or in its place what the server says of itself, whichever it is', () => {
    const rowOf = (text: string | null) => treeModel(appView([], { servers: [server({ text })] }), '', nowMs)[0];
    expect(rowOf(null)?.description).toBe('healthy · 127.0.0.1:8080');
    expect(rowOf('playing a recording')?.description).toBe('playing a recording · 127.0.0.1:8080');
  });

  it('tells a server from the place the editor works in, which has no key', () => {
    const kinds = [server(), server({ provider: 'local', state: 'down' })];
    const rows = treeModel(appView([], { servers: kinds }), '', nowMs);
    expect(rows.map(({ contextValue }) => contextValue)).toEqual(['server.healthy', 'place.down']);
  });

  it('gives signals, errors and processes the context values that menus rely on', () => {
    const values = all(treeModel(view, '', nowMs)).map(({ contextValue }) => contextValue);
    expect(values).toEqual(expect.arrayContaining(['signal.memory', 'error', 'process', 'lifecycle']));
  });

  it('shows a process as what it is, and nothing as an alarm that is none', () => {
    const [calm] = [sandboxView({ ...view.sandboxes[0], leading: null })];
    const icons = (one: SandboxView) =>
      all(treeModel(appView([one]), '', nowMs)).flatMap(({ kind, icon }) => (kind === 'process' ? [icon] : []));
    expect(icons(calm as SandboxView)).toEqual(['server-process']);
    expect(icons(view.sandboxes[0] as SandboxView)).toEqual(['arrow-up']);
  });

  it('says in the row of the leading signal what its colour says', () => {
    const memory = all(treeModel(view, '', nowMs)).find(({ id }) => id.endsWith('/signal/memory'));
    expect(memory?.description).toContain('warning');
    expect(memory?.description).toBe('71% · ~4 min left · warning · ▰▰▰▰▰▰▰▱▱▱');
    expect(memory?.tooltip).toContain('71% of 512 MiB');
    expect(memory?.tooltip).toContain('floor rises');
    expect(memory?.accessibleLabel).not.toContain('▰');
  });

  it('says in words what a number alone would not say', () => {
    const late = memoryForecast({
      signal: 'responsiveness',
      unit: 'milliseconds',
      used: 2_400,
      limit: null,
      pressure: null,
      timeToLimitMs: null,
      evidence: 'answers take 2.4 s, usually 0.1 s',
    });
    const nodes = all(treeModel(appView([sandboxView({ forecasts: [late] })]), '', nowMs));
    expect(nodes.find(({ contextValue }) => contextValue === 'signal.responsiveness')).toMatchObject({
      description: 'answers take 2.4 s',
      accessibleLabel: 'Responsiveness, answers take 2.4 s, usually 0.1 s',
    });
  });

  it('says for the ear what its icons and signs say', () => {
    const labels = all(
      treeModel(
        appView(view.sandboxes, {
          servers: [
            server({ state: 'down', problem: 'unauthorized', text: 'It was refused.', nextStep: 'Set the key.' }),
          ],
          historyProblem: 'The disk is full.',
        }),
        '',
        nowMs,
      ),
    ).map(({ accessibleLabel }) => accessibleLabel.replace(/\d\d:\d\d/, 'hh:mm'));
    expect(labels).toEqual(
      expect.arrayContaining([
        'OpenSandbox on 127.0.0.1:8080, key refused, Set the key. It was refused.',
        'History, warning: The disk is full.',
        'Sandbox api-tests, memory 71%, about 4 min left, warning, running, current',
        'Memory, warning, 71% of 512 MiB, full at about hh:mm (in 2–5 min)',
        'Process node, pid 412, 256 MiB, growing',
        'Error: EADDRINUSE, 3 times, last hh:mm',
      ]),
    );
    for (const label of labels) expect(label).not.toMatch(/[·▰▱~]/);
  });

  it('keeps the words beside a long name in sight, and all of the name for the ear and the tooltip', () => {
    const name = 'feature-branch-2026-11-with-a-very-long-name-0137';
    const [, row] = treeModel(appView([sandboxView({ sandbox: sandbox({ name }) })]), '', nowMs);
    expect(row?.label).toBe('feature-bra…ame-0137');
    expect(row?.tooltip).toContain(name);
    expect(row?.accessibleLabel).toContain(name);
  });

  it('tells the lead of a warning once, and of another day the date', () => {
    const warned = incident({ atMs: nowMs - 1_000, leadMs: 54_400, text: 'It died. The warning came 54 s before.' });
    const older = incident({ id: 'older', atMs: nowMs - 86_400_000, leadMs: null, text: 'It died.' });
    const rows = all(treeModel(appView([sandboxView({ incidents: [warned, older] })]), '', nowMs));
    const [first, second] = rows.filter(({ kind }) => kind === 'incident');
    expect(first?.accessibleLabel).toBe('Incident: It died. The warning came 54 s before.');
    expect(first?.description).toMatch(/^\d\d:\d\d:\d\d · warned 54 s before$/);
    expect(second?.accessibleLabel).toBe('Incident: It died. There was no warning before it.');
    expect(second?.description).toMatch(/^2026-11-20 \d\d:\d\d:\d\d · no warning before it$/);
  });

  it('tells a step of life by its phase, the word of the server where that is another one, and why it came', () => {
    const step = { atMs: nowMs, phase: 'running', rawState: 'Running', reason: 'CONTAINER_RUNNING' } as const;
    const timeline = [{ ...step, phase: 'creating', rawState: 'Pending', reason: null } as const, step];
    const rows = all(treeModel(appView([sandboxView({ timeline })]), '', nowMs));
    const told = rows.filter(({ contextValue }) => contextValue === 'transition');
    expect(told.map(({ label, description }) => `${label} · ${description.slice(11)}`)).toEqual([
      'creating · Pending',
      'running · CONTAINER_RUNNING',
    ]);
  });

  it("says whose numbers they are where only the machine's can be read", () => {
    const rows = all(treeModel(appView([sandboxView({ sampleSource: 'machine', level: 'calm' })]), '', nowMs));
    const memory = rows.find(({ label }) => label === 'Memory');
    expect(memory?.description).toMatch(/^71% \(machine\) · /);
    expect(memory?.accessibleLabel).toMatch(/^Memory, 71% of 512 MiB \(machine\)/);
    expect(memory?.tooltip).toMatch(/^Memory: 71% of 512 MiB \(machine\)/);
  });

  it('says of what is full that it is, by word and sign, also where nobody is warned', () => {
    const MiB = 2 ** 20;
    const disk = memoryForecast({
      ...{ signal: 'disk', used: 100 * MiB, limit: 100 * MiB, pressure: 1, grower: null },
      timeToLimitMs: { p10: 0, p50: 2_000, p90: 9_000 },
    });
    const rows = (forecast: Forecast, part: Partial<SandboxView> = {}) => {
      const full = sandboxView({ level: 'calm', leading: forecast, forecasts: [forecast], signalLevels: {}, ...part });
      const nodes = all(treeModel(appView([full]), '', nowMs));
      return { row: nodes.find(({ kind }) => kind === 'sandbox'), signal: nodes.find(({ kind }) => kind === 'signal') };
    };
    const sign = { icon: 'warning', iconColor: 'list.warningForeground' };
    expect(rows(disk)).toMatchObject({
      row: { description: 'disk full · running · current', ...sign },
      signal: {
        description: 'full · ▰▰▰▰▰▰▰▰▰▰',
        accessibleLabel: 'Disk, 100% of 100 MiB, full: nothing more can be written',
        ...sign,
      },
    });
    expect(rows({ ...disk, place: '/tmp' }).signal).toMatchObject({
      description: '/tmp is full · ▰▰▰▰▰▰▰▰▰▰',
      tooltip: expect.stringContaining('Disk: 100% of 100 MiB of /tmp\nfull: nothing more can be written to /tmp\n'),
    });
    const stale = { state: 'stale', problem: null, text: null, nextStep: null, retryAtMs: null } as const;
    expect(rows(disk, { link: stale }).row).toMatchObject({
      description: 'disk ~full · running · current',
      accessibleLabel: 'Sandbox api-tests, disk last full, running, current',
    });
  });

  it('says which disk the number of files is of', () => {
    const inodes = memoryForecast({ signal: 'inodes', unit: 'count', place: '/tmp', timeToLimitMs: null });
    const nodes = all(treeModel(appView([sandboxView({ leading: null, forecasts: [inodes] })]), '', nowMs));
    expect(nodes.find(({ kind }) => kind === 'signal')?.description).toContain('71% of /tmp');
  });

  it('has unique ids', () => {
    const ids = all(treeModel(view, '', nowMs)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('filters by name, id, state and metadata', () => {
    const names = (filter: string): string[] => treeModel(view, filter, nowMs).map(({ label }) => label);
    expect(names('WORK')).toEqual(['OpenSandbox', 'worker']);
    expect(names('no such thing')).toEqual(['OpenSandbox']);
  });

  it('shows what is wrong with a server and what to do', () => {
    const rows = treeModel(
      appView([], {
        servers: [
          server({ state: 'down', problem: 'unauthorized', text: 'The key was refused.', nextStep: 'Set the key.' }),
        ],
      }),
      '',
      nowMs,
    );
    expect(rows[0]).toMatchObject({
      contextValue: 'server.down',
      description: 'key refused · Set the key. · The key was refused. · 127.0.0.1:8080',
    });
  });
});

describe('what a person wants no warnings of', () => {
  const mutes = [
    { sandboxId: 'second', signal: 'memory' },
    { sandboxId: 'gone', signal: 'disk' },
    { sandboxId: 'second', signal: 'expiry' },
  ] as const;

  it('stands below the sandbox, where it can be taken back, and below no other one', () => {
    const muted = all(treeModel(view, '', nowMs, mutes)).filter(({ contextValue }) => contextValue === 'muted');
    expect(muted).toHaveLength(1);
    expect(muted[0]).toMatchObject({
      ...{ id: 'second/muted', label: 'Warnings muted', description: 'Memory, Time', sandboxId: 'second' },
      tooltip: expect.stringContaining('“Warn Again About This Sandbox” takes it back.'),
    });
    expect(all(treeModel(view, '', nowMs)).some(({ contextValue }) => contextValue === 'muted')).toBe(false);
  });

  it('is not told of a sandbox that has ended', () => {
    const over = appView([sandboxView({ sandbox: sandbox({ id: 'second', phase: 'terminated' }) })]);
    expect(all(treeModel(over, '', nowMs, mutes)).some(({ contextValue }) => contextValue === 'muted')).toBe(false);
  });

  it('leaves a row as it is that can not look different', () => {
    const calm = { level: 'calm', leading: null, forecasts: [] } as const;
    const quiet = appView([sandboxView({ ...calm, sandbox: sandbox({ id: 'quiet', phase: 'terminated' }) })]);
    const [, first] = treeModel(quiet, '', nowMs, mutes);
    expect(treeModel(quiet, '', nowMs + 1_000, mutes)[1]).toBe(first);
  });
});
