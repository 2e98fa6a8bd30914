import { describe, expect, it } from 'vitest';
import { noPast, sandboxPage } from '../../../src/editor/dashboard/sandbox-state.ts';
import { detailsMarkdown } from '../../../src/editor/text/details-markdown.ts';
import { treeModel } from '../../../src/editor/text/tree-model.ts';
import type { TreeNode } from '../../../src/editor/text/tree-node.ts';
import type { SandboxView } from '../../../src/model/view.ts';
import { appView, memoryForecast, nowMs, sandbox, sandboxView } from '../../helpers/views.ts';

const link = {
  state: 'waiting',
  problem: 'agent-down',
  text: 'The agent in the sandbox does not answer, although the sandbox runs.',
  nextStep: 'Save the work by other means.',
  retryAtMs: null,
} as const;
const expiry = memoryForecast({
  signal: 'expiry',
  unit: 'milliseconds',
  limit: nowMs + 3_600_000,
  timeToLimitMs: { p10: 3_600_000, p50: 3_600_000, p90: 3_600_000 },
  evidence: 'ends by the clock in 60 min',
});
const calm = { level: 'calm', signalLevels: {}, leading: null } as const;
const dead = { ...calm, link, health: { state: 'degraded', errorsPerMinute: 0 } } as const;

const flat = (nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap((each) => [each, ...flat(each.children)]);
const rowsOf = (part: Partial<SandboxView>): TreeNode[] =>
  flat(treeModel(appView([sandboxView(part)], { currentId: null }), '', nowMs));
const rowOf = (part: Partial<SandboxView>): TreeNode | undefined => rowsOf(part).find(({ kind }) => kind === 'sandbox');
const pageOf = (part: Partial<SandboxView>) => sandboxPage(sandboxView(part), true, noPast, nowMs);
const details = (part: Partial<SandboxView>): string => detailsMarkdown(sandboxView(part), nowMs, null);

describe('a sandbox whose agent does not answer', () => {
  it('has a sign and a first word of its own in the tree', () => {
    expect(rowOf({ ...dead, leading: expiry, forecasts: [expiry] })).toMatchObject({
      icon: 'debug-disconnect',
      iconColor: 'list.warningForeground',
      description: 'does not answer · time 1 h left · running',
    });
    expect(rowOf({ ...calm })).toMatchObject({ icon: 'vm-running', iconColor: null, description: 'running' });
  });

  it('is not called calm on its page', () => {
    const page = pageOf({ ...dead, leading: expiry });
    expect(page.level).toEqual({ word: 'does not answer', icon: 'warning', tone: 'warn' });
    expect(page.headline).toBe('It runs, but its agent does not answer. Its time is over in 1 h.');
    expect(page.notice).toEqual({ text: link.nextStep, nextStep: null, tone: 'warn' });
    expect(page.summary).toBe('api-tests: its agent does not answer, ends by the clock in about 60 minutes');
    expect(pageOf(dead).headline).toBe('It runs, but its agent does not answer.');
  });

  it('keeps the sign of a warning that is louder', () => {
    expect(rowOf({ link })).toMatchObject({ icon: 'warning' });
    expect(pageOf({ link }).level.word).toBe('warning');
    expect(pageOf({ link }).summary).toBe('api-tests: its agent does not answer, warning');
  });

  it('begins its details with that', () => {
    expect(details(dead)).toContain('\n**agent does not answer**\n');
    expect(details({ link, leading: expiry })).toContain(
      '\n**agent does not answer, warning** — Its time is over in 1 h',
    );
  });

  it('is over like any other when it is over', () => {
    const over = { ...dead, sandbox: sandbox({ phase: 'terminated' }) } as const;
    expect(rowOf(over)).toMatchObject({ icon: 'circle-slash', description: 'ended' });
    expect(pageOf(over).level.word).toBe('ended');
  });
});

describe('numbers that are old', () => {
  const signals = (part: Partial<SandboxView>): TreeNode[] => rowsOf(part).filter(({ kind }) => kind === 'signal');

  it('are marked in the tree as in the status bar, for the ear too', () => {
    const [memory] = signals(dead);
    expect(memory?.description).toMatch(/^~71% · /);
    expect(memory?.tooltip).toMatch(/\nNo fresh data$/);
    expect(memory?.accessibleLabel).toMatch(/^Memory, 71% of 512 MiB, .*, no fresh data$/);
    expect(signals(calm)[0]?.description).toMatch(/^71% · /);
    const led = rowOf({ link });
    expect(led?.description).toBe('does not answer · memory ~71% · ~4 min · warning · running');
    expect(led?.accessibleLabel).toContain('memory last 71%, about 4 min left, warning');
  });

  it('are no clock and no words', () => {
    const silent = memoryForecast({ signal: 'responsiveness', evidence: 'no answer for 75 s, usually one every 1 s' });
    const rows = signals({ ...dead, forecasts: [expiry, silent] });
    expect(rows.map(({ description }) => description)).toEqual([
      '1 h left',
      expect.stringMatching(/^no answer for 75 s/),
    ]);
    expect(rows.map(({ tooltip }) => tooltip).join()).not.toContain('No fresh data');
  });
});

describe('how a sandbox does', () => {
  const health = { state: 'degraded', errorsPerMinute: 0.4 } as const;

  it('comes before what is far away, and after what is warned of', () => {
    expect(rowOf({ ...calm, health, leading: expiry })?.description).toBe(
      'degraded, 0.4 errors/min · time 1 h left · running',
    );
    expect(rowOf({ health })?.description).toBe('memory 71% · ~4 min · warning · degraded, 0.4 errors/min · running');
  });
});

describe('the summary for the ear', () => {
  const summary = (part: Partial<SandboxView>): string => pageOf(part).summary;

  it('says of the clock that it ends it', () => {
    expect(summary({ ...calm, leading: expiry })).toBe('api-tests: calm, ends by the clock in about 60 minutes');
    const soon = { ...expiry, timeToLimitMs: { p10: 50_000, p50: 50_000, p90: 50_000 } };
    expect(summary({ leading: soon })).toBe('api-tests: warning, ends by the clock in about a minute');
  });

  it('is of tens of minutes where the end is far away', () => {
    const far = (minutes: number): string =>
      summary({ leading: { ...expiry, atMs: nowMs - 3_600_000 + minutes * 60_000 } });
    expect(far(47)).toContain('in about 50 minutes');
    expect(far(29)).toContain('in about 29 minutes');
  });

  it('says that it is paused', () => {
    const paused = { ...calm, sandbox: sandbox({ phase: 'paused' }) } as const;
    expect(summary({ ...paused, leading: expiry })).toBe('api-tests: paused, ends by the clock in about 60 minutes');
    expect(summary(paused)).toBe('api-tests: paused');
  });
});

describe('why it ends', () => {
  it('is not said again under a headline that says it', () => {
    expect(pageOf({ leading: expiry }).evidence).toBeNull();
    expect(pageOf({}).evidence).toContain('floor rises');
  });

  it('is, of the clock, how its deadline was moved: on the page, in the details and in the tree', () => {
    const moved = { ...expiry, evidence: 'ends by the clock in 60 min; moved later by 30 min' };
    expect(pageOf({ leading: moved }).evidence).toBe('moved later by 30 min');
    expect(details({ forecasts: [moved] })).toMatch(/1 h left \| — \| moved later by 30 min \|/);
    expect(details({ forecasts: [expiry] })).toMatch(/1 h left \| — \| — \|/);
    const tooltips = (forecast: typeof expiry) =>
      rowsOf({ forecasts: [forecast] })
        .filter(({ kind }) => kind === 'signal')
        .map(({ tooltip }) => tooltip);
    expect(tooltips(moved)).toEqual([expect.stringMatching(/1 h left\nmoved later by 30 min$/)]);
    expect(tooltips(expiry)).toEqual([expect.stringMatching(/1 h left$/)]);
  });
});
