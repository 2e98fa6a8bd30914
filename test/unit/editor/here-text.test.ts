import { describe, expect, it } from 'vitest';
import { killText } from '../../../src/editor/text/kill-text.ts';
import { heapChoices, parallelismChoices } from '../../../src/editor/text/limit-choices.ts';
import { statusText } from '../../../src/editor/text/status-text.ts';
import { tooltipMarkdown } from '../../../src/editor/text/tooltip.ts';
import { treeModel } from '../../../src/editor/text/tree-model.ts';
import type { TreeNode } from '../../../src/editor/text/tree-node.ts';
import type { Incident } from '../../../src/model/incident.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { aForecast } from '../../helpers/a-forecast.ts';
import { appView, nowMs, sandboxView } from '../../helpers/views.ts';

const mebibyte = 1024 ** 2;

const sampleWith = (pid: number, startedIn?: string): Sample => ({
  kind: 'sample',
  sandboxId: 'local-x',
  atMs: nowMs,
  source: 'cgroup',
  cadenceMs: 1000,
  caveat: null,
  disk: { usedBytes: 50, limitBytes: 100, place: '/tmp' },
  processes: [
    {
      pid,
      parentPid: 1,
      name: 'node',
      rssBytes: mebibyte,
      ageMs: null,
      heapLimit: null,
      ...(startedIn === undefined ? {} : { startedIn }),
    },
  ],
});

const incident = (leadMs: number | null, samples: readonly Sample[]): Incident => ({
  id: 'i',
  sandboxId: 'local-x',
  sandboxName: 'this container',
  provider: 'local',
  atMs: nowMs,
  cause: 'out-of-memory-child',
  certainty: 'certain',
  endsSandbox: false,
  exitCode: null,
  text: 'The kernel killed node (pid 412).',
  warning: null,
  leadMs,
  timeline: [],
  samples,
  fixes: [],
});

describe('what is said of a kill', () => {
  it('names the terminal, and that there was no warning', () => {
    expect(killText(incident(null, [sampleWith(412, 'the task “build”'), sampleWith(7)]))).toBe(
      'The kernel killed node (pid 412). It was started in the task “build”. No warning came before it.',
    );
  });

  it('leaves out what is not known, and a warning that the text names already', () => {
    expect(killText(incident(40_000, [sampleWith(7, 'the terminal “bash”')]))).toBe(
      'The kernel killed node (pid 412).',
    );
    expect(killText(incident(40_000, []))).toBe('The kernel killed node (pid 412).');
  });
});

describe('limits for new terminals', () => {
  it('stay below the limit of memory, for each runtime in its own words', () => {
    const choices = heapChoices(1024 * mebibyte);
    expect(choices.map(({ label }) => label).slice(0, 3)).toEqual([
      'Node.js: at most 768 MiB',
      'Node.js: at most 614 MiB',
      'Node.js: at most 409 MiB',
    ]);
    expect(choices.flatMap(({ variables }) => variables).filter((_each, index) => index % 3 === 0)).toEqual([
      { name: 'NODE_OPTIONS', value: ' --max-old-space-size=768', appended: true },
      { name: 'JAVA_TOOL_OPTIONS', value: ' -Xmx768m', appended: true },
      { name: 'GOMEMLIMIT', value: '768MiB', appended: false },
    ]);
    expect(heapChoices(1)[0]?.variables[0]?.value).toBe(' --max-old-space-size=64');
  });

  it('halve the jobs, down to one', () => {
    expect(parallelismChoices(8).map(({ label }) => label)).toEqual(['4 jobs at a time', 'One job at a time']);
    expect(parallelismChoices(0.5).map(({ label }) => label)).toEqual(['One job at a time']);
    const [half] = parallelismChoices(8);
    expect(half?.variables.find(({ name }) => name === 'MAKEFLAGS')?.value).toBe('-j4');
    expect(half?.variables.find(({ name }) => name === 'CARGO_BUILD_JOBS')?.value).toBe('4');
  });
});

describe('the place the editor works in', () => {
  const base = sandboxView();
  const sandbox = {
    ...base.sandbox,
    id: 'local-x',
    provider: 'local',
    name: 'this container',
    phase: 'running',
  } as const;
  const view = sandboxView({
    sandbox,
    sample: sampleWith(412),
    sampleSource: 'machine',
    processes: sampleWith(412, 'the terminal “bash”').processes ?? [],
    leading: null,
    forecasts: [aForecast({ signal: 'disk', used: 50, limit: 100, pressure: 0.5 })],
  });
  const server = {
    provider: 'local',
    label: 'This computer',
    state: 'healthy',
    answered: true,
    problem: null,
    text: 'Docker container: /.dockerenv is there',
    nextStep: null,
    retryAtMs: null,
  } as const;
  const app = appView([view], { servers: [server], currentHow: 'the editor works in it' });
  const flat = (nodes: readonly TreeNode[]): readonly TreeNode[] =>
    nodes.flatMap((node) => [node, ...flat(node.children)]);

  it('has rows of its own kind, so that no menu offers what it can not do', () => {
    const rows = flat(treeModel(app, '', nowMs));
    expect(rows.find(({ kind }) => kind === 'sandbox')?.contextValue).toBe('sandbox.here');
    expect(rows.find(({ kind }) => kind === 'signal')?.contextValue).toBe('signal.disk.here');
    expect(rows.find(({ kind }) => kind === 'signal')?.description).toContain('of /tmp');
    expect(rows.find(({ kind }) => kind === 'process')?.description).toContain('the terminal “bash”');
    expect(rows[0]).toMatchObject({ label: 'This computer', description: 'Docker container: /.dockerenv is there' });
  });

  it('is called "the whole machine" without blame', () => {
    expect(tooltipMarkdown(app, nowMs)).toContain('Data: the whole machine,');
    expect(tooltipMarkdown(app, nowMs)).not.toContain('not this sandbox');
  });

  it('that can not be read says in the status bar what to do instead', () => {
    const link = {
      ...base.link,
      state: 'unavailable',
      problem: 'unavailable-here',
      text: 'No.',
      nextStep: null,
    } as const;
    const closed = sandboxView({ sandbox, link, lastSampleAtMs: null, sample: null });
    expect(statusText({ ...app, sandboxes: [closed] }, nowMs).text).toContain('open a folder to watch it');
  });
});
