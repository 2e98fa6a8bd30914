import { describe, expect, it } from 'vitest';
import { Announcer, type Standing } from '../../../src/app/announcer.ts';
import type { Notice } from '../../../src/app/contracts.ts';
import type { FixId, FixOffer } from '../../../src/model/fix.ts';
import type { Mute } from '../../../src/model/mute.ts';
import type { Phase } from '../../../src/model/sandbox.ts';
import type { Warning } from '../../../src/model/warning.ts';
import type { WarningChange } from '../../../src/monitor/monitor-types.ts';
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

const anOffer = (id: FixId): FixOffer => ({ id, title: id, risk: 'safe', reason: '', target: null });

const setUp = async (standing: Record<string, Standing> = {}) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const bench = await startedBench(names.map((name) => aSandbox(name)));
  const notices: Notice[] = [];
  const clock = { nowMs: 1_000 };
  const muting: { list: readonly Mute[] } = { list: [] };
  const mute = (...sandboxIds: readonly string[]): void => {
    muting.list = sandboxIds.map((sandboxId) => ({ sandboxId, signal: 'memory' }));
  };
  const counts = { standings: 0 };
  const announcer = new Announcer({
    now: () => clock.nowMs,
    formatTime: utcTime,
    viewOf: (id) => (names.includes(id) ? bench.view(id) : null),
    fixesAgainst: (_, signal) => (signal === 'expiry' ? [anOffer('extend')] : [anOffer('endProcess')]),
    standing: (id) => {
      counts.standings += 1;
      return standing[id] ?? 'current';
    },
    standingsKey: () => JSON.stringify(standing),
    muted: () => muting.list,
    notice: (notice) => notices.push(notice),
  });
  const warn = (change: WarningChange, warning: Warning): void =>
    announcer.record({ kind: 'warning', change, warning });
  /** Lets time pass, second by second, as the application does. */
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) {
      clock.nowMs += 1_000;
      announcer.passTime();
      if (announcer.due) announcer.speak();
    }
  };
  /** Of an error that is in no view (any more). */
  const rise = (): void =>
    announcer.rise('a', {
      id: 'r',
      error: {
        fingerprint: 'f',
        pattern: 'port-in-use',
        title: 'The port is taken',
        cause: null,
        source: 'execd',
        exitCode: 1,
        count: 3,
        firstSeenAtMs: 0,
        lastSeenAtMs: 1,
      },
      count: 3,
      before: 0,
      atMs: 1,
    });
  /** Brings a sandbox into another phase. */
  const turn = async (phase: Phase, id = 'a'): Promise<void> => {
    bench.provider.put(aSandbox(id, { phase, rawState: phase }));
    await bench.show();
  };
  return { announcer, notices, warn, pass, rise, turn, mute, standing, counts };
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

  it('offers what helps against the signal that is warned of', async () => {
    const { announcer, notices, warn } = await setUp();
    warn('warned', aWarning({ id: 'w1', signal: 'expiry', forecast: aForecast({ signal: 'expiry' }) }));
    warn('warned', aWarning({ id: 'w2' }));
    announcer.speak();
    expect(notices.map(({ signal, fixes }) => [signal, fixes.map(({ id }) => id)])).toEqual([
      ['expiry', ['extend']],
      ['memory', ['endProcess']],
    ]);
  });

  it('does not say what is over within the turn', async () => {
    const { announcer, notices, warn } = await setUp();
    warn('warned', aWarning({ id: 'w1' }));
    warn('recovered', aWarning({ id: 'w1', outcome: 'recovered', endedAtMs: 2 }));
    warn('warned', aWarning({ id: 'w2' }));
    warn('broke', aWarning({ id: 'w2', outcome: 'broke', endedAtMs: 2 }));
    announcer.speak();
    expect(notices).toEqual([]);
  });

  it('reminds of what rests in a paused sandbox only once it runs again', async () => {
    const { announcer, notices, warn, pass, turn } = await setUp();
    warn('warned', aWarning());
    announcer.speak();
    announcer.snooze('w', 10_000);
    await turn('paused');
    pass(60);
    expect(notices).toHaveLength(1);
    await turn('running');
    pass(1);
    expect(notices).toHaveLength(2);
  });

  it('does not remind of what was muted while the sandbox was paused', async () => {
    const { announcer, notices, warn, pass, turn, mute } = await setUp();
    warn('warned', aWarning());
    announcer.speak();
    announcer.snooze('w', 10_000);
    await turn('paused');
    pass(60);
    mute('a');
    await turn('running');
    pass(1);
    expect(notices).toHaveLength(1);
  });

  it('does not remind of what ran out while the sandbox was paused', async () => {
    const { announcer, notices, warn, pass, turn } = await setUp();
    warn('warned', aWarning());
    announcer.speak();
    announcer.snooze('w', 10_000);
    await turn('paused');
    pass(60);
    warn('recovered', aWarning({ outcome: 'recovered', endedAtMs: 2 }));
    await turn('running');
    pass(1);
    expect(notices).toHaveLength(1);
    expect(announcer.due).toBe(false);
  });
});

const others: Record<string, Standing> = { a: 'current', b: 'other', c: 'other', d: 'other', e: 'other', f: 'other' };

describe('an error that comes more and more often', () => {
  it('is said once, however often it comes within a turn', async () => {
    const bench = await startedBench([aSandbox('a')]);
    for (let time = 0; time < 12; time += 1) {
      bench.provider.error({
        sandboxId: 'a',
        commandId: null,
        commandLine: null,
        source: 'execd',
        text: 'Error: listen EADDRINUSE: address already in use :::3000\n',
        exitCode: 1,
        atMs: bench.clock.now() + time,
      });
    }
    await bench.show();
    expect(bench.notices.map(({ kind }) => kind)).toEqual(['errors']);
  });

  it('is not said any more once it was forgotten', async () => {
    const { announcer, notices, rise } = await setUp();
    rise();
    announcer.speak();
    expect(notices).toEqual([]);
  });
});

describe('the sandboxes of others', () => {
  it('are told of together, once in ten minutes, and the own one at once', async () => {
    const { announcer, notices, warn, pass } = await setUp({ ...others });
    for (const id of ['a', 'b', 'c', 'd', 'e']) warn('warned', aWarning({ id: `w-${id}`, sandboxId: id }));
    announcer.speak();
    expect(notices.map(({ kind, sandboxId }) => [kind, sandboxId])).toEqual([['warn', 'a']]);
    pass(20);
    expect(notices[1]).toMatchObject({ kind: 'others', signal: null, fixes: [] });
    expect(notices[1]?.text).toBe(
      '4 other sandboxes are about to break: b first, at about 00:03; then c, d and 1 more.',
    );
    for (const id of ['b', 'c', 'd', 'e'])
      warn('critical', aWarning({ id: `w-${id}`, sandboxId: id, criticalAtMs: 9 }));
    warn('warned', aWarning({ id: 'w-f', sandboxId: 'f' }));
    pass(9 * 60);
    expect(notices).toHaveLength(2);
    pass(60);
    expect(notices.slice(2).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      expect.stringMatching(/^others Another sandbox: f runs out of memory/),
    ]);
  });

  it('are not told of when it is over by then', async () => {
    const { notices, warn, pass } = await setUp({ ...others });
    warn('warned', aWarning({ id: 'w-b', sandboxId: 'b' }));
    pass(5);
    warn('recovered', aWarning({ id: 'w-b', sandboxId: 'b', outcome: 'recovered', endedAtMs: 5 }));
    pass(700);
    expect(notices).toEqual([]);
  });

  it('are not told of while they are paused', async () => {
    const { notices, warn, pass, turn } = await setUp({ ...others });
    warn('warned', aWarning({ id: 'b', sandboxId: 'b' }));
    warn('warned', aWarning({ id: 'c', sandboxId: 'c' }));
    await turn('paused', 'b');
    pass(20);
    expect(notices.map(({ sandboxId, text }) => [sandboxId, text.startsWith('Another sandbox')])).toEqual([
      ['c', true],
    ]);
  });

  it('are told of by themselves when they turn out to be the own ones', async () => {
    const { notices, warn, pass, standing } = await setUp({ ...others });
    warn('warned', aWarning({ id: 'w-b', sandboxId: 'b' }));
    standing['b'] = 'current';
    pass(2);
    expect(notices.map(({ kind, sandboxId }) => [kind, sandboxId])).toEqual([['warn', 'b']]);
  });

  it('can be snoozed', async () => {
    const { announcer, notices, warn, pass } = await setUp({ ...others });
    announcer.snooze('others', 3_600_000);
    warn('warned', aWarning({ id: 'w-b', sandboxId: 'b' }));
    pass(3_500);
    expect(notices).toEqual([]);
    pass(200);
    expect(notices).toHaveLength(1);
  });

  it('are not told of where the signal was muted, and are again when that is taken back', async () => {
    const { notices, warn, pass, mute } = await setUp({ ...others });
    mute('b');
    warn('warned', aWarning({ id: 'w-b', sandboxId: 'b' }));
    pass(700);
    expect(notices).toEqual([]);
    mute();
    pass(1);
    expect(notices.map(({ id }) => id)).toEqual(['w-b']);
  });

  it('count as well where a person has many of their own', async () => {
    const own = Object.fromEntries(['b', 'c', 'd', 'e', 'f', 'g'].map((id): [string, Standing] => [id, 'own']));
    const { notices, warn, pass } = await setUp({ a: 'current', ...own });
    for (const id of ['b', 'c', 'd', 'e', 'f', 'g']) {
      warn('started', aWarning({ id: `w-${id}`, sandboxId: id, level: 'watch', warnedAtMs: null }));
    }
    for (const id of ['b', 'c', 'd', 'e', 'f', 'g', 'a']) warn('warned', aWarning({ id: `w-${id}`, sandboxId: id }));
    pass(20);
    expect(notices.map(({ kind, sandboxId }) => [kind, sandboxId])).toEqual([
      ['warn', 'b'],
      ['warn', 'c'],
      ['warn', 'd'],
      ['warn', 'a'],
      ['others', 'e'],
    ]);
  });
});

describe('news of a warning, told by itself or with those of others', () => {
  const own = (...ids: readonly string[]): Record<string, Standing> =>
    Object.fromEntries(ids.map((id): [string, Standing] => [id, 'own']));
  const over = { outcome: 'recovered', endedAtMs: 3_000 } as const;

  it('is heard by both: one that waited with others and is the own one by now is over for both', async () => {
    const { notices, warn, pass, standing } = await setUp({ a: 'other' });
    warn('warned', aWarning());
    pass(3);
    standing['a'] = 'current';
    warn('recovered', aWarning(over));
    pass(20);
    expect(notices).toEqual([]);
  });

  it('ends the reminder of one that was snoozed, also when no more are told singly', async () => {
    const { announcer, notices, warn, pass } = await setUp(own('a', 'b', 'c', 'd'));
    warn('warned', aWarning({ id: 'w1' }));
    pass(1);
    announcer.snooze('w1', 10 * 60_000);
    warn('recovered', aWarning({ id: 'w1', ...over }));
    pass(120);
    warn('warned', aWarning({ id: 'w2' }));
    for (const id of ['b', 'c', 'd']) warn('warned', aWarning({ id: `w-${id}`, sandboxId: id }));
    pass(60);
    expect(notices.map(({ id }) => id)).toEqual(['w1', 'w-b', 'w-c', 'others']);
    warn('recovered', aWarning({ id: 'w2', ...over }));
    pass(11 * 60);
    expect(notices).toHaveLength(4);
  });

  it('is not told with others while it is snoozed', async () => {
    const { announcer, notices, warn, pass } = await setUp(own('a', 'b', 'c'));
    warn('warned', aWarning({ id: 'w1' }));
    pass(1);
    announcer.snooze('w1', 10 * 60_000);
    warn('recovered', aWarning({ id: 'w1', ...over }));
    for (const id of ['b', 'c']) warn('warned', aWarning({ id: `w-${id}`, sandboxId: id }));
    pass(60);
    warn('warned', aWarning({ id: 'w2' }));
    pass(30);
    expect(notices.map(({ id }) => id)).toEqual(['w1', 'w-b', 'w-c']);
    pass(9 * 60);
    expect(notices.map(({ id }) => id)).toEqual(['w1', 'w-b', 'w-c', 'w2']);
  });

  it('is looked through for own sandboxes only when something about them changed', async () => {
    const { announcer, notices, warn, pass, standing, counts } = await setUp({ ...others });
    announcer.snooze('others', 3_600_000);
    for (const id of ['b', 'c', 'd', 'e', 'f']) warn('warned', aWarning({ id: `w-${id}`, sandboxId: id }));
    pass(2);
    counts.standings = 0;
    pass(30);
    expect(counts.standings).toBe(0);
    standing['d'] = 'own';
    pass(1);
    expect(notices.map(({ id }) => id)).toEqual(['w-d']);
  });

  it('is told singly as soon as there is room for one more', async () => {
    const { announcer, notices, warn, pass } = await setUp(own('a', 'b', 'c', 'd'));
    announcer.snooze('others', 3_600_000);
    for (const id of ['a', 'b', 'c', 'd']) warn('warned', aWarning({ id: `w-${id}`, sandboxId: id }));
    pass(590);
    expect(notices).toHaveLength(3);
    pass(20);
    expect(notices.map(({ id }) => id)).toEqual(['w-a', 'w-b', 'w-c', 'w-d']);
  });
});
