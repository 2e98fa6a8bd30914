import { describe, expect, it } from 'vitest';
import { type LiveAlarm, liveTable, scoreLive } from '../../bench/forecast/live-table.ts';

type Finding = Parameters<typeof scoreLive>[0];

const alarm = (over: Partial<LiveAlarm> = {}): LiveAlarm => ({
  signal: 'disk',
  fromS: 700,
  toS: null,
  said: 'log-writer runs out of disk space at about 14:32.',
  ...over,
});

const full: Finding = {
  name: 'disk that fills',
  broke: { kind: 'enospc', atS: 750 },
  highest: { signal: 'disk', share: 0.994 },
  afterwards: null,
  recognised: [],
};
const quiet: Finding = {
  name: 'build',
  broke: null,
  highest: { signal: 'heap', share: 1.05 },
  afterwards: null,
  recognised: [],
};

describe('what a live run is worth', () => {
  it('is the time between the warning of what broke and the break', () => {
    const right = alarm();
    expect(scoreLive(full, [right])).toEqual({ ...full, warning: right, leadS: 50, falseAlarms: [] });
  });

  it('counts every warning of a run that did not break as false', () => {
    const alarms = [alarm({ signal: 'memory', fromS: 20, toS: 60 }), alarm()];
    expect(scoreLive(quiet, alarms)).toMatchObject({ warning: null, leadS: null, falseAlarms: alarms });
  });

  it.each<readonly [string, LiveAlarm]>([
    ['of another signal', alarm({ signal: 'memory' })],
    ['that was taken back before the break', alarm({ toS: 749 })],
    ['that began more than ten minutes before it', alarm({ fromS: 149 })],
  ])('counts a warning %s as false', (_what, wrong) => {
    expect(scoreLive(full, [wrong])).toMatchObject({ warning: null, leadS: null, falseAlarms: [wrong] });
    const right = alarm();
    expect(scoreLive(full, [wrong, right])).toMatchObject({ warning: right, falseAlarms: [wrong] });
  });

  it('takes nothing that was said after the break for a warning', () => {
    const late = alarm({ fromS: 750, toS: 751 });
    expect(scoreLive(full, [late])).toMatchObject({ warning: null, leadS: null, falseAlarms: [] });
    expect(scoreLive(full, [alarm({ toS: 750 })])).toMatchObject({ leadS: 50, falseAlarms: [] });
  });

  it('does not take a break of a kind it does not know for foreseen', () => {
    const wrong = alarm();
    const crashed = { ...full, broke: { kind: 'exit 1', atS: 750 } };
    expect(scoreLive(crashed, [wrong])).toMatchObject({ warning: null, falseAlarms: [wrong] });
  });
});

describe('the table of live runs', () => {
  it('has a line for each run, what was said below it, and what was left out', () => {
    const runs = [
      scoreLive({ ...full, afterwards: 'The main process ended.', recognised: ['disk-full'] }, [alarm()]),
      scoreLive(quiet, [alarm({ fromS: 20, toS: 60 })]),
    ];
    const leftOut = [{ name: 'processes', why: 'no limit of processes' }];
    expect(liveTable({ limits: 'kernel-v2', runs, leftOut }).split('\n')).toEqual([
      'Limits: kept by the kernel (control groups v2).',
      'disk that fills                      broke enospc     at 750 s  warned at 700 s of disk    lead  50 s  highest  99 % of disk    false alarms 0',
      '    before: log-writer runs out of disk space at about 14:32.',
      '    after:  The main process ended. Errors found: disk-full.',
      'build                                broke no         at     –  warned at     –            lead     –  highest 105 % of heap    false alarms 1',
      '    false:  disk, 20 s to 60 s: log-writer runs out of disk space at about 14:32.',
      'processes                            left out: no limit of processes',
    ]);
  });

  it('says that limits are emulated', () => {
    expect(liveTable({ limits: 'emulated', runs: [], leftOut: [] })).toMatch(/^Limits: emulated, because/);
  });
});
