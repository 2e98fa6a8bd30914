import { describe, expect, it } from 'vitest';
import { isOutdated, tooltipMarkdown, tooltipState } from '../../../src/editor/text/tooltip.ts';
import type { AppView, SandboxView, ServerView } from '../../../src/model/view.ts';
import { appView, memoryForecast, nowMs, sandbox, sandboxView, server } from '../../helpers/views.ts';
import { incident } from './dashboard/support.ts';

describe('the tooltip of a sandbox', () => {
  const text = (...views: Parameters<typeof appView>[0]): string => tooltipMarkdown(appView(views), nowMs);

  it('says the state once, and beside it the word of the server where that is another one', () => {
    expect(text(sandboxView())).toMatch(/^\*\*api\\-tests\*\* — running, warning\n\nnode .* grows .* left\.\n/);
    expect(text(sandboxView({ sandbox: sandbox({ rawState: 'Ready' }) }))).toContain('running \\(Ready\\)');
  });

  it('says what is full before all else', () => {
    const MiB = 2 ** 20;
    const disk = memoryForecast({ signal: 'disk', used: 9 * MiB, limit: 9 * MiB, pressure: 1, place: '/tmp' });
    const full = text(sandboxView({ level: 'calm', leading: disk, forecasts: [disk] }));
    expect(full).toMatch(/running\n\n\/tmp is full\\: nothing more can be written\.\n/);
    expect(full).toContain('100% of 9 MiB; full\\: nothing more can be written to /tmp |');
  });

  it('offers to choose another one, and leads from one that is over to what happened', () => {
    expect(text(sandboxView())).toMatch(/\[What can I do\?\].* · \[Choose sandbox\]/);
    const over = text(
      sandboxView({ sandbox: sandbox({ phase: 'failed', rawState: 'Failed' }), incidents: [incident()] }),
    );
    expect(over).toContain(`[What happened](command:sandboxForesight.showIncident?`);
    expect(over).not.toMatch(/What can I do|Choose sandbox|Data:/);
  });
});

describe('an open tooltip', () => {
  const at = (pressure: number, part: Partial<SandboxView> = {}): AppView =>
    appView([sandboxView({ forecasts: [memoryForecast({ pressure })], ...part })]);
  const shown = tooltipState(at(0.86), nowMs);
  const isWrittenAnew = (view: AppView, afterMs: number): boolean => {
    const sandboxes = view.sandboxes.map((one) => ({ ...one, lastSampleAtMs: nowMs + afterMs }));
    return isOutdated(shown, tooltipState({ ...view, sandboxes }, nowMs + afterMs));
  };

  it('is left alone while what climbs goes up and down', () => {
    const saw = [0.86, 0.88, 0.9, 0.86, 0.87, 0.89, 0.9, 0.85, 0.88, 0.9, 0.86];
    const times = saw.map((pressure, second) => isWrittenAnew(at(pressure), second * 2_500));
    expect(times).toEqual(saw.map(() => false));
  });

  it('is written anew when a use has moved, not more often than every ten seconds', () => {
    expect(isWrittenAnew(at(0.95), 9_000)).toBe(false);
    expect(isWrittenAnew(at(0.95), 11_000)).toBe(true);
    expect(isWrittenAnew(at(0.86, { leading: memoryForecast({ signal: 'heap' }) }), 9_000)).toBe(false);
    expect(isWrittenAnew(at(0.86, { leading: memoryForecast({ signal: 'heap' }) }), 11_000)).toBe(true);
    expect(isWrittenAnew(at(0.86), 31_000)).toBe(true);
    expect(isWrittenAnew(at(0.86), -31_000)).toBe(true);
  });

  it('says at once what must be seen: another level, another sandbox, a lost connection, what happened', () => {
    const lost = { state: 'waiting', problem: 'reset', text: 'Cut.', nextStep: null, retryAtMs: null } as const;
    expect(isWrittenAnew(at(0.86, { level: 'critical' }), 100)).toBe(true);
    expect(isWrittenAnew(at(0.86, { sandbox: sandbox({ name: 'other' }) }), 100)).toBe(true);
    expect(isWrittenAnew(at(0.86, { link: lost }), 100)).toBe(true);
    expect(isWrittenAnew(at(0.86, { incidents: [incident()] }), 100)).toBe(true);
    expect(isWrittenAnew(appView(at(0.86).sandboxes, { servers: [server({ state: 'down' })] }), 100)).toBe(true);
  });

  it('does not close each time a lost connection is tried again', () => {
    const link = { state: 'waiting', problem: 'reset', text: 'Cut.', nextStep: null, retryAtMs: null } as const;
    const lost = tooltipState(at(0.86, { link }), nowMs);
    const tried = at(0.86, { link: { ...link, state: 'connecting', problem: null, text: 'Connecting.' } });
    expect(isOutdated(lost, tooltipState(tried, nowMs + 3_000))).toBe(false);
    expect(isOutdated(lost, tooltipState(tried, nowMs + 12_000))).toBe(true);
  });
});

describe('the tooltip of a sandbox whose server died', () => {
  it('says once what helps', () => {
    const nextStep = 'Make sure that the server runs.';
    const link = { state: 'waiting', problem: 'unreachable', text: 'Lost.', nextStep, retryAtMs: null } as const;
    const servers = [server({ state: 'down', problem: 'unreachable', text: 'It is not there.', nextStep })];
    const text = tooltipMarkdown(appView([sandboxView({ link })], { servers }), nowMs);
    expect(text.match(/Make sure that/g)).toHaveLength(1);
    expect(text).toContain('It is not there');
  });
});

describe('the tooltip without a sandbox', () => {
  const textWith = (...servers: readonly ServerView[]): string => tooltipMarkdown(appView([], { servers }), nowMs);

  it('says that none runs when the servers say so', () => {
    expect(textWith(server())).toContain('No sandbox is running.');
  });

  it('does not say it while a server has not answered', () => {
    expect(textWith(server({ state: 'down', text: 'It can not be reached.' }))).not.toContain('No sandbox is running.');
    expect(textWith(server(), server({ state: 'connecting' }))).not.toContain('No sandbox is running.');
    expect(textWith(server({ state: 'degraded' }))).not.toContain('No sandbox is running.');
  });

  it('leads to what helps where a server does not do its part', () => {
    const again = '[Try again](command:sandboxForesight.refresh)';
    expect(textWith(server({ state: 'down', problem: 'unreachable' }))).toContain(
      `\n${again} · [Change address](command:sandboxForesight.connect) · [Log]`,
    );
    expect(textWith(server({ state: 'down', problem: 'unauthorized' }))).toContain(
      `\n[Set API key](command:sandboxForesight.setApiKey) · ${again} · [Log]`,
    );
  });
});
