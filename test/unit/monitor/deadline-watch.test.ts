import { describe, expect, it } from 'vitest';
import { Alarms } from '../../../src/monitor/alarms.ts';
import { alertPolicy } from '../../../src/monitor/alert-policy.ts';
import { DeadlineWatch } from '../../../src/monitor/deadline-watch.ts';
import { sandbox } from '../../helpers/views.ts';
import { expiryAt, id, outcome, scene, t0 } from './scene.ts';

describe('the deadline', () => {
  it('that comes near is warned of, and an extension by the person ends the episode', () => {
    const each = scene({ expiry: expiryAt(t0 + 600_000) });
    for (let second = 1; second <= 460; second++) each.tick(second);
    expect(each.told()).toEqual(['expiry started', 'expiry warned']);
    expect(each.monitor.view(t0 + 460_000)).toMatchObject({
      level: 'warn',
      leading: { signal: 'expiry' },
      fixes: [{ id: 'extend' }, { id: 'snapshot' }, { id: 'showDetails' }],
    });
    each.monitor.lifecycle(sandbox({ createdAtMs: t0, expiry: expiryAt(t0 + 1_200_000) }), t0 + 461_000);
    each.monitor.fixDone(outcome('extend', 461));
    expect(each.told()).toEqual(['expiry recovered', 'fix extend']);
    expect(each.monitor.view(t0 + 461_000)).toMatchObject({ level: 'calm', outcomes: [{ fixId: 'extend' }] });
  });

  it('is told to the model', () => {
    const each = scene({ expiry: expiryAt(t0 + 600_000) });
    expect(each.forecaster.events).toMatchObject([{ kind: 'limit-changed', signal: 'expiry', limit: t0 + 600_000 }]);
  });
});

describe('a move of the deadline', () => {
  /** Whose doing the moves were, as the alarms are told. */
  const watched = (expiresWhilePaused = true) => {
    const told: string[] = [];
    const alarms = new Alarms(id, alertPolicy('balanced'));
    alarms.deadline = (_deadlineMs, _grantedAtMs, byPerson) => void told.push(byPerson ? 'person' : 'other');
    alarms.extendedByPerson = () => void told.push('person after all');
    const watch = new DeadlineWatch({
      sandboxId: id,
      expiresWhilePaused,
      forecaster: { observe: (event) => void told.push(event.kind) },
      alarms,
    });
    return { watch, told };
  };
  const moved = { kind: 'limit-changed', sandboxId: id, signal: 'expiry', limit: t0 + 900_000 } as const;

  it('is the person’s when the fix is done just before it, once', () => {
    const { watch, told } = watched();
    watch.fixDone(outcome('extend', 10));
    watch.move(t0 + 900_000, t0 + 12_000);
    watch.move(t0 + 990_000, t0 + 14_000);
    expect(told).toEqual(['limit-changed', 'person', 'limit-changed', 'other']);
  });

  it('is the person’s when the fix is done just after it', () => {
    const { watch, told } = watched();
    watch.move(t0 + 900_000, t0 + 9_800);
    watch.fixDone(outcome('extend', 10));
    expect(told).toEqual(['limit-changed', 'other', 'person after all']);
  });

  it('is somebody else’s long after the fix, after one that failed, and after another one', () => {
    for (const fix of [outcome('extend', 0), outcome('extend', 19, 'failed'), outcome('snapshot', 19)]) {
      const { watch, told } = watched();
      watch.fixDone(fix);
      watch.move(t0 + 900_000, t0 + 20_000);
      expect(told).toEqual(['limit-changed', 'other']);
    }
  });

  it('that an event tells of is not told to the model again', () => {
    const { watch, told } = watched();
    watch.fixDone(outcome('extend', 10));
    watch.moved({ ...moved, atMs: t0 + 11_000 });
    expect(told).toEqual(['person']);
  });

  it('comes nearer in a pause only where the system says so', () => {
    expect([watched(true), watched(false)].map(({ watch }) => watch.runsIn('paused'))).toEqual([true, false]);
    expect(watched(false).watch.runsIn('running')).toBe(true);
  });
});
