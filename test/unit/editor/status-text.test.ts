import { describe, expect, it } from 'vitest';
import { statusText } from '../../../src/editor/text/status-text.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import type { Incident } from '../../../src/model/incident.ts';
import type { Link, SandboxView } from '../../../src/model/view.ts';
import { appView, memoryForecast, nowMs, sandbox, sandboxView, server } from '../../helpers/views.ts';

const link = (part: Partial<Link>): Link => ({
  state: 'live',
  problem: null,
  text: null,
  nextStep: null,
  retryAtMs: null,
  ...part,
});

describe('the status bar names what ends the sandbox first', () => {
  it('names signal, pressure and time left, with a warning background and the word "warning"', () => {
    const { text, background, label } = statusText(appView([sandboxView()]), nowMs);
    expect(text).toBe('$(warning) api-tests  mem 71% · ~4 min');
    expect(background).toBe('warning');
    expect(label).toContain('warning');
    expect(label).toContain('Memory');
  });

  it('counts the time left down between two samples', () => {
    expect(statusText(appView([sandboxView()]), nowMs + 60_000).text).toContain('~3 min');
  });

  it('counts no seconds at the very end, where an estimate is off by as many', () => {
    const { text, label } = statusText(appView([sandboxView()]), nowMs + 236_000);
    expect(text).toBe('$(warning) api-tests  mem 71% · <10 s');
    expect(label).toBe('Sandbox api-tests: warning, Memory 71%, at its limit in less than 10 s');
  });

  it('names the height of the last peak where only the peaks tell of the limit', () => {
    const between = memoryForecast({
      pressure: 0.04,
      timeToLimitMs: null,
      risingPeaks: { shares: [0.51, 0.59, 0.67], intervalMs: 15_000 },
    });
    const view = sandboxView({ leading: between, forecasts: [between] });
    expect(statusText(appView([view]), nowMs)).toMatchObject({
      text: '$(warning) api-tests  mem \u20074% · peaks 67%',
      label: 'Sandbox api-tests: warning, Memory 4%, full at one of its next peaks: they rise, the last one was at 67%',
    });
  });

  it('pads the number for the eye alone', () => {
    const low = memoryForecast({ pressure: 0.04, timeToLimitMs: null });
    const view = sandboxView({ level: 'calm', leading: null, forecasts: [low] });
    expect(statusText(appView([view]), nowMs)).toMatchObject({
      text: '$(pulse) api-tests  mem \u20074%',
      label: 'Sandbox api-tests: Memory 4%',
    });
  });

  it('turns to error only when critical', () => {
    expect(statusText(appView([sandboxView({ level: 'critical' })]), nowMs).background).toBe('error');
  });

  it('shows the fullest signal when nothing threatens', () => {
    const calm = memoryForecast({ pressure: 0.34, timeToLimitMs: null });
    const view = sandboxView({ level: 'calm', leading: null, forecasts: [calm] });
    expect(statusText(appView([view]), nowMs)).toMatchObject({
      text: '$(pulse) api-tests  mem 34%',
      background: 'none',
    });
  });

  it('but not one whose limit is a guess', () => {
    const memory = memoryForecast({ pressure: 0.34, timeToLimitMs: null });
    const heap = memoryForecast({ signal: 'heap', pressure: 0.9, timeToLimitMs: null, guessed: true });
    const text = (forecasts: readonly Forecast[]) =>
      statusText(appView([sandboxView({ level: 'calm', leading: null, forecasts })]), nowMs).text;
    expect(text([memory, heap])).toBe('$(pulse) api-tests  mem 34%');
    const { guessed: _, ...known } = heap;
    expect(text([memory, known])).toContain('heap 90%');
  });

  it('counts down the clock when time ends it first', () => {
    const expiry = memoryForecast({
      signal: 'expiry',
      timeToLimitMs: { p10: 300_000, p50: 300_000, p90: 300_000 },
    });
    expect(statusText(appView([sandboxView({ leading: expiry })]), nowMs).text).toBe(
      '$(warning) api-tests  ends in 5 min',
    );
  });

  it('says "machine" beside numbers that are not the sandbox\'s own', () => {
    const view = sandboxView({ sampleSource: 'machine', leading: null, level: 'calm' });
    expect(statusText(appView([view]), nowMs).text).toContain('(machine)');
  });

  it('but not beside those that are its own all the same: disks, processes, open files', () => {
    const textOf = (signal: Forecast['signal']) => {
      const leading = memoryForecast({ signal, pressure: 0.38 });
      const view = sandboxView({ sampleSource: 'machine', leading, forecasts: [leading] });
      const { text, label } = statusText(appView([view]), nowMs);
      return text.includes('(machine)') && label.includes('(machine)');
    };
    expect((['disk', 'inodes', 'pids', 'fds'] as const).map(textOf)).toEqual([false, false, false, false]);
    expect((['memory', 'swap', 'cpu'] as const).map(textOf)).toEqual([true, true, true]);
  });

  it('marks data that is not fresh', () => {
    const view = sandboxView({ link: link({ state: 'stale' }), level: 'calm', leading: null });
    expect(statusText(appView([view]), nowMs)).toMatchObject({ text: '$(sync-ignored) api-tests  mem ~71%' });
    expect(statusText(appView([view]), nowMs).label).toContain('no fresh data');
  });

  it('keeps the mark beside a number of one digit, and the width', () => {
    const forecasts = [memoryForecast({ pressure: 0.04 })];
    const part = { link: link({ state: 'stale' }), level: 'calm', leading: null, forecasts } as const;
    expect(statusText(appView([sandboxView(part)]), nowMs)).toMatchObject({
      text: '$(sync-ignored) api-tests  mem \u2007~4%',
      label: 'Sandbox api-tests: Memory last 4%, no fresh data',
    });
  });
});

describe('the status bar of a calm sandbox', () => {
  const calm = (disk: number): SandboxView =>
    sandboxView({
      level: 'calm',
      leading: null,
      forecasts: [memoryForecast({ pressure: 0.04 }), memoryForecast({ signal: 'disk', pressure: disk })],
    });
  it('shows memory, even when another signal is a bit fuller', () => {
    expect(statusText(appView([calm(0.15)]), nowMs).text).toContain('mem');
  });
  it('shows another signal that is really full', () => {
    expect(statusText(appView([calm(0.93)]), nowMs).text).toContain('disk 93%');
  });
});

describe('the status bar of what is full', () => {
  const disk = memoryForecast({
    ...{ signal: 'disk', used: 100 * 2 ** 20, limit: 100 * 2 ** 20, pressure: 1, grower: null },
    timeToLimitMs: { p10: 0, p50: 2_000, p90: 9_000 },
  });
  const shown = (leading: Forecast, part: Partial<SandboxView> = {}) =>
    statusText(appView([sandboxView({ level: 'calm', leading, forecasts: [leading], ...part })]), nowMs);

  it('says so, looks like no healthy one, and tells no time', () => {
    expect(shown(disk)).toEqual({
      text: '$(warning) api-tests  disk full',
      background: 'none',
      label: 'Sandbox api-tests: the disk is full: nothing more can be written',
    });
    const counted = { ...disk, unit: 'count', used: 100, limit: 100 } as const;
    expect(shown({ ...counted, signal: 'pids' })).toMatchObject({
      text: '$(warning) api-tests  procs full',
      label: 'Sandbox api-tests: the limit of processes is reached: no process more can be started',
    });
    expect(shown({ ...counted, signal: 'fds' }).text).toBe('$(warning) api-tests  files full');
  });

  it('names the disk where there are several', () => {
    expect(shown({ ...disk, place: '/tmp' })).toMatchObject({
      text: '$(warning) api-tests  /tmp full',
      label: 'Sandbox api-tests: /tmp is full: nothing more can be written',
    });
  });

  it('keeps the signs of a warning, and of numbers that are old', () => {
    expect(shown(disk, { level: 'critical' })).toMatchObject({
      text: '$(flame) api-tests  disk full',
      background: 'error',
      label: 'Sandbox api-tests: critical, the disk is full: nothing more can be written',
    });
    expect(shown(disk, { link: link({ state: 'stale' }) })).toMatchObject({
      text: '$(sync-ignored) api-tests  disk ~full',
      label: 'Sandbox api-tests: the disk is full: nothing more can be written, no fresh data',
    });
  });

  it('leaves memory at its limit a number: the kernel gives some back', () => {
    expect(shown({ ...disk, signal: 'memory' }).text).toBe('$(pulse) api-tests  mem 100% · <10 s');
  });
});

describe('the status bar has a word for every state', () => {
  const incident: Incident = {
    id: 'i',
    sandboxId: sandbox().id,
    sandboxName: 'api-tests',
    provider: 'openSandbox',
    atMs: nowMs,
    cause: 'out-of-memory',
    certainty: 'probable',
    endsSandbox: true,
    exitCode: 137,
    text: 'Probably ran out of memory.',
    warning: null,
    leadMs: null,
    timeline: [],
    samples: [],
    fixes: [],
  };
  const down = server({ state: 'down', problem: 'unreachable' });
  it.each([
    ['not connected', appView([], { servers: [] }), '$(pulse) no sandbox'],
    ['connecting', appView([], { servers: [server({ state: 'connecting' })] }), '$(loading~spin) sandboxes'],
    ['nothing runs', appView([]), '$(pulse) no sandbox'],
    ['several run', appView([], { ambiguous: true }), '$(question) which sandbox?'],
    ['server gone', appView([], { servers: [down] }), '$(debug-disconnect) server unreachable'],
    [
      'bad answers',
      appView([], { servers: [server({ state: 'degraded', problem: 'too-large' })] }),
      '$(debug-disconnect) server does not answer well',
    ],
    [
      'wrong key',
      appView([], { servers: [server({ state: 'down', problem: 'unauthorized' })] }),
      '$(debug-disconnect) server key refused',
    ],
    [
      'other server',
      appView([], { servers: [server({ state: 'down', problem: 'unexpected-answer' })] }),
      '$(debug-disconnect) server is not what was expected',
    ],
    [
      'paused',
      appView([sandboxView({ sandbox: sandbox({ phase: 'paused' }), level: 'calm' })]),
      '$(debug-pause) api-tests paused',
    ],
    [
      'ended',
      appView([sandboxView({ sandbox: sandbox({ phase: 'failed' }), incidents: [incident] })]),
      '$(circle-slash) api-tests ended: probably out of memory',
    ],
    [
      'stream connecting',
      appView([sandboxView({ link: link({ state: 'connecting' }), sample: null, forecasts: [], leading: null })]),
      '$(loading~spin) api-tests connecting',
    ],
    [
      'agent dead',
      appView([sandboxView({ link: link({ state: 'waiting', problem: 'agent-down' }) })]),
      '$(debug-disconnect) api-tests agent does not answer',
    ],
    [
      'consent',
      appView([sandboxView({ link: link({ state: 'needs-consent', problem: 'needs-consent' }) })]),
      '$(question) api-tests needs your answer',
    ],
  ])('%s', (_, view, text) => expect(statusText(view, nowMs).text).toBe(text));

  it('keeps a live stream in sight while the lifecycle server is away', () => {
    expect(statusText(appView([sandboxView()], { servers: [down] }), nowMs).text).toContain('mem 71%');
  });

  it('bridges a short break with the last numbers, and a long one not', () => {
    const view = sandboxView({ link: link({ state: 'waiting', problem: 'reset' }), level: 'calm', leading: null });
    expect(statusText(appView([view]), nowMs + 5_000).text).toBe('$(sync-ignored) api-tests  mem ~71%');
    expect(statusText(appView([view]), nowMs + 20_000).text).toBe('$(debug-disconnect) api-tests no data');
  });

  it('never turns a name into an icon', () => {
    const view = sandboxView({ sandbox: sandbox({ name: '$(flame) fire' }) });
    expect(statusText(appView([view]), nowMs).text).not.toContain('$(flame)');
  });

  it('shortens long names', () => {
    const view = sandboxView({ sandbox: sandbox({ name: 'n'.repeat(200) }) });
    expect(statusText(appView([view]), nowMs).text.length).toBeLessThan(80);
  });

  it('cuts no letter in two, and stays one line that is read forwards', () => {
    const textOf = (name: string): string =>
      statusText(appView([sandboxView({ sandbox: sandbox({ name }) })]), nowMs).text;
    const long = textOf(`${'a'.repeat(22)}😀tail`);
    expect([long.isWellFormed(), long.includes('😀…')]).toEqual([true, true]);
    expect(textOf('api\u202etset\nnext')).toContain('apitset next');
  });
});

describe('a paused sandbox whose clock goes on', () => {
  const ending = memoryForecast({
    signal: 'expiry',
    unit: 'milliseconds',
    limit: nowMs + 60_000,
    timeToLimitMs: { p10: 60_000, p50: 60_000, p90: 60_000 },
  });
  const paused = (part: Partial<SandboxView>): SandboxView =>
    sandboxView({
      sandbox: sandbox({ phase: 'paused', rawState: 'Paused' }),
      link: link({ state: 'idle', problem: 'paused' }),
      forecasts: [ending],
      leading: ending,
      ...part,
    });

  it('keeps level and time left', () => {
    expect(statusText(appView([paused({ level: 'critical' })]), nowMs)).toEqual({
      text: '$(flame) api-tests paused · ends in 60 s',
      background: 'error',
      label: 'Sandbox api-tests: critical, paused, ends in 60 s',
    });
    expect(statusText(appView([paused({ level: 'watch' })]), nowMs)).toMatchObject({
      text: '$(debug-pause) api-tests paused · ends in 60 s',
      background: 'none',
    });
  });

  it('keeps them also where nothing is measured: the clock does not wait for an answer', () => {
    const unmeasured = (part: Partial<Link>): SandboxView =>
      paused({ sandbox: sandbox(), link: link(part), lastSampleAtMs: null, sample: null, level: 'critical' });
    expect(statusText(appView([unmeasured({ state: 'needs-consent' })]), nowMs)).toEqual({
      text: '$(flame) api-tests needs your answer · ends in 60 s',
      background: 'error',
      label: 'Sandbox api-tests: critical, watching needs your answer, ends in 60 s',
    });
    expect(statusText(appView([unmeasured({ state: 'unavailable', text: 'It has no shell.' })]), nowMs)).toEqual({
      text: '$(flame) api-tests no data · ends in 60 s',
      background: 'error',
      label: 'Sandbox api-tests: critical, no data, ends in 60 s. It has no shell.',
    });
  });

  it('is only paused while nothing is near', () => {
    const shown = { text: '$(debug-pause) api-tests paused', label: 'Sandbox api-tests: paused' };
    expect(statusText(appView([paused({ level: 'calm' })]), nowMs)).toMatchObject(shown);
    expect(statusText(appView([paused({ level: 'calm', forecasts: [] })]), nowMs)).toMatchObject(shown);
  });
});

describe('the trouble of another server', () => {
  it('does not take the place of the own sandbox and its warning', () => {
    const view = sandboxView({
      sandbox: sandbox({ provider: 'local', name: 'this container' }),
      level: 'critical',
      link: link({ state: 'stale' }),
    });
    const servers = [server({ provider: 'local' }), server({ state: 'down', problem: 'unreachable' })];
    const shown = statusText(appView([view], { servers }), nowMs);
    expect(shown.text).toContain('this container  mem');
    expect(shown.background).toBe('error');
  });
});
