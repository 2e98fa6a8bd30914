import { describe, expect, it } from 'vitest';
import { Announcer } from '../../../src/app/announcer.ts';
import type { Notice } from '../../../src/app/contracts.ts';
import type { Warning } from '../../../src/model/warning.ts';
import { aForecast } from '../../helpers/a-forecast.ts';
import { startedBench, utcTime } from '../../helpers/app-bench.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';

const aWarning = (parts: Partial<Warning> = {}): Warning => ({
  id: 'w',
  sandboxId: 'a',
  signal: 'memory',
  level: 'warn',
  startedAtMs: 0,
  warnedAtMs: 1,
  criticalAtMs: null,
  forecast: aForecast({ atMs: 1_000 }),
  endedAtMs: null,
  outcome: 'open',
  ...parts,
});

const setUp = async () => {
  const bench = await startedBench([aSandbox('a')]);
  const notices: Notice[] = [];
  const announcer = new Announcer({
    now: () => 1_000,
    formatTime: utcTime,
    viewOf: (id) => (id === 'a' ? bench.view('a') : null),
    notice: (notice) => notices.push(notice),
  });
  const warn = (change: 'warned' | 'critical', warning: Warning): void =>
    announcer.record({ kind: 'warning', change, warning });
  return { announcer, notices, warn };
};

describe('the announcer', () => {
  it('makes one message of a warning that becomes critical before it was said', async () => {
    const { announcer, notices, warn } = await setUp();
    warn('warned', aWarning());
    warn('critical', aWarning({ level: 'critical', criticalAtMs: 2 }));
    expect(announcer.due).toBe(true);
    announcer.speak();
    announcer.speak();
    expect(notices.map((one) => one.kind)).toEqual(['critical']);
    expect(announcer.due).toBe(false);
  });

  it('falls back on the forecast that raised the warning, and is silent about what has ended', async () => {
    const { announcer, notices, warn } = await setUp();
    warn('warned', aWarning({ id: 'w1' }));
    warn('warned', aWarning({ id: 'w2', sandboxId: 'ended' }));
    announcer.speak();
    expect(notices.map((one) => one.id)).toEqual(['w1']);
    expect(notices[0]?.text).toContain('runs out of memory at about 00:03 (in 2–5 min)');
  });
});
