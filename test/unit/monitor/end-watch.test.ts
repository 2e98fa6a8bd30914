import { describe, expect, it } from 'vitest';
import { createSandboxMonitor } from '../../../src/monitor/sandbox-monitor.ts';
import { sandbox } from '../../helpers/views.ts';
import {
  allFixes,
  docker,
  errorEvent,
  expiryAt,
  feed,
  memoryReading,
  outcome,
  risky,
  sampleAt,
  scene,
  t0,
} from './scene.ts';

describe('an end', () => {
  const gone = (prepare: (each: ReturnType<typeof scene>) => void) => {
    const each = scene();
    prepare(each);
    each.monitor.gone(t0 + 20_000);
    return each;
  };

  it('by our own deletion is certain, also when the answer comes after the sandbox is gone', () => {
    const before = gone((each) => each.monitor.fixDone(outcome('delete', 19)));
    expect(before.monitor.view(t0).incidents).toMatchObject([{ cause: 'deleted', certainty: 'certain' }]);
    const after = gone(() => undefined);
    expect(after.told()).toEqual(['to terminated', 'incident deleted probable']);
    after.monitor.fixDone(outcome('delete', 20.2));
    expect(after.told()).toEqual(['fix delete', 'incident deleted certain']);
  });

  describe('by our own deletion while memory runs out and is warned of', () => {
    const full = () => {
      const each = scene();
      feed(each, 0, 19, risky(0.9), 0.93);
      each.told();
      return each;
    };

    it('is not taken for want of memory, as it may be seen before the answer comes', () => {
      const each = full();
      each.monitor.deletionBegins(t0 + 19_500);
      each.monitor.gone(t0 + 20_000);
      expect(each.told()).toEqual(['to terminated', 'incident deleted certain', 'memory recovered']);
      each.monitor.fixDone(outcome('delete', 20.2));
      expect(each.told()).toEqual(['fix delete']);
      expect(each.monitor.view(t0).incidents).toMatchObject([{ cause: 'deleted', warning: null, leadMs: null }]);
    });

    it.each(['failed', 'cancelled'] as const)('is none when the deletion %s before', (result) => {
      const each = full();
      each.monitor.deletionBegins(t0 + 18_000);
      each.monitor.fixDone(outcome('delete', 19, result));
      each.monitor.gone(t0 + 20_000);
      expect(each.monitor.view(t0).incidents).toMatchObject([
        { cause: 'out-of-memory', warning: { outcome: 'broke' } },
      ]);
    });

    it('and takes back that the warning came true, where it was thought so first', () => {
      const each = full();
      each.monitor.gone(t0 + 20_000);
      expect(each.told()).toEqual(['to terminated', 'incident out-of-memory probable', 'memory broke']);
      each.monitor.fixDone(outcome('delete', 20.2));
      expect(each.told()).toEqual(['fix delete', 'incident deleted certain', 'memory recovered']);
      expect(each.monitor.view(t0)).toMatchObject({
        incidents: [{ cause: 'deleted', warning: null, leadMs: null, text: 'api-tests was deleted from here.' }],
        warning: { outcome: 'recovered' },
      });
    });
  });

  it('that turns out to be the one that was warned of says how long before', () => {
    const each = scene();
    feed(each, 0, 10, risky(0.9), 0.7);
    each.monitor.lifecycle(
      sandbox({ phase: 'failed', rawState: 'Failed', message: 'exited with code 137' }),
      t0 + 11_000,
    );
    expect(each.monitor.view(t0).incidents).toMatchObject([{ cause: 'crashed', warning: null }]);
    each.monitor.error(errorEvent({ source: 'diagnostics', exitCode: null, text: 'OOMKilled', atMs: t0 + 12_000 }));
    expect(each.monitor.view(t0).incidents).toMatchObject([
      { cause: 'out-of-memory', leadMs: 10_000, warning: { signal: 'memory', outcome: 'broke' } },
    ]);
  });

  it('is explained by diagnostics that come later', () => {
    const each = scene();
    each.monitor.lifecycle(
      sandbox({ phase: 'failed', rawState: 'Failed', message: 'Sandbox container exited with code 137.' }),
      t0 + 1000,
    );
    expect(each.told()).toEqual(['to failed', 'incident crashed probable']);
    each.monitor.error(
      errorEvent({
        source: 'diagnostics',
        exitCode: null,
        text: 'Event:      OOMKilled - container was killed due to out-of-memory',
      }),
    );
    expect(each.told()).toEqual(['incident out-of-memory certain', 'error oom-killed']);
    expect(each.monitor.view(t0).incidents).toHaveLength(1);
  });

  describe('of a main process that failed of what was warned of', () => {
    const full = errorEvent({ text: 'write failed: No space left on device', atMs: t0 + 9_500 });
    const warnedOf = () => {
      const each = scene();
      const disk = { usedBytes: 7e8, limitBytes: 1e9 };
      for (let s = 0; s < 6; s++) each.feed(sampleAt(s, 0.3, { disk }), risky(0.9, { signal: 'disk' }));
      each.told();
      return each;
    };
    const fails = (each: ReturnType<typeof scene>, seconds: number) =>
      each.monitor.lifecycle(
        sandbox({ phase: 'failed', rawState: 'Failed', message: 'Sandbox container exited with code 1.' }),
        t0 + seconds * 1000,
      );

    it('tells how long before it was warned of, when the error was read first', () => {
      const each = warnedOf();
      each.monitor.error(full);
      fails(each, 10);
      expect(each.monitor.view(t0).incidents).toMatchObject([
        { cause: 'crashed', leadMs: 9_000, warning: { signal: 'disk', outcome: 'broke' } },
      ]);
      expect(each.monitor.view(t0).incidents[0]?.text).toContain('The warning came 9 s before.');
    });

    it('and when it was read afterwards, as the same incident', () => {
      const each = warnedOf();
      fails(each, 10);
      expect(each.monitor.view(t0).incidents).toMatchObject([{ cause: 'crashed', leadMs: null, warning: null }]);
      each.monitor.error({ ...full, atMs: t0 + 12_000 });
      expect(each.monitor.view(t0).incidents).toMatchObject([
        { cause: 'crashed', leadMs: 9_000, warning: { signal: 'disk', outcome: 'broke' } },
      ]);
      expect(each.told().filter((word) => word.startsWith('incident'))).toHaveLength(2);
    });

    it('but not minutes later, and not of an end of another kind', () => {
      const later = warnedOf();
      later.monitor.error(full);
      fails(later, 90);
      expect(later.monitor.view(t0).incidents).toMatchObject([{ cause: 'crashed', warning: null }]);
      const removed = warnedOf();
      removed.monitor.error(full);
      removed.monitor.gone(t0 + 10_000);
      expect(removed.monitor.view(t0).incidents[0]).toMatchObject({ warning: null });
    });
  });

  it('counts a kill that was seen while the list that tells of the end was on its way', () => {
    const each = scene();
    each.monitor.observe(sampleAt(1));
    each.monitor.observe(sampleAt(3, 0.5, { memory: memoryReading(0.5, { oomKillCount: 1 }) }));
    each.monitor.lifecycle(
      sandbox({ phase: 'failed', rawState: 'Failed', message: 'Sandbox container exited with code 137.' }),
      t0 + 2500,
    );
    expect(each.monitor.view(t0).incidents).toMatchObject([{ cause: 'out-of-memory', certainty: 'certain' }]);
  });

  describe('of one in which a child was killed for memory before', () => {
    const said = (code: number): string => `Status: exited\nOOMKilled:      True\nExit Code:      ${code}`;
    /** The child is killed at second 5; readings come until `lastSecond`, with `share` of the memory in use. */
    const after = (lastSecond: number, code: number, endSecond = lastSecond + 1, share = 0.3) => {
      const each = scene();
      for (let second = 1; second <= lastSecond; second += 1) {
        const memory = memoryReading(second === 4 ? 0.97 : share, { oomKillCount: second < 5 ? 0 : 1 });
        each.feed(sampleAt(second, share, { memory }), risky(0));
      }
      const atMs = t0 + endSecond * 1000;
      const message = `Sandbox container exited with code ${code}.`;
      each.monitor.lifecycle(sandbox({ phase: 'failed', rawState: 'Failed', message }), atMs);
      const verdict = each.monitor.view(atMs).incidents[0];
      each.monitor.error(errorEvent({ source: 'diagnostics', exitCode: null, text: said(code), atMs: atMs + 500 }));
      const { incidents, errors } = each.monitor.view(atMs + 1000);
      return { verdict, incidents, errors };
    };

    it('is not told as memory when it is killed from outside later', () => {
      const { incidents } = after(19, 137);
      expect(incidents.map(({ cause, certainty }) => [cause, certainty])).toEqual([
        ['crashed', 'probable'],
        ['out-of-memory-child', 'certain'],
      ]);
    });

    it('is probably memory when nobody watched, or it followed within seconds; and surely when memory was full again', () => {
      expect(after(19, 137, 600).incidents[0]).toMatchObject({ cause: 'out-of-memory', certainty: 'probable' });
      expect(after(9, 137).incidents).toMatchObject([
        { cause: 'out-of-memory', certainty: 'probable', endsSandbox: true },
      ]);
      expect(after(19, 137, 20, 0.97).incidents[0]).toMatchObject({ cause: 'out-of-memory', certainty: 'certain' });
    });

    it('stays one story with the kill that its main process ended with', () => {
      expect(after(6, 137).incidents).toMatchObject([
        { cause: 'out-of-memory', certainty: 'certain', endsSandbox: true },
      ]);
    });

    it('keeps its own end with another code, and lists no kill with it', () => {
      const { verdict, incidents, errors } = after(19, 1);
      expect(verdict).toMatchObject({ cause: 'crashed', certainty: 'certain', exitCode: 1 });
      expect(incidents[0]).toEqual(verdict);
      expect(errors.map(({ pattern }) => pattern)).toEqual([]);
    });

    it('says more of a certain end when the diagnostics tell of a kill that nobody saw', () => {
      const each = scene();
      feed(each, 0, 5, risky(0), 0.3);
      const message = 'Sandbox container exited with code 1.';
      each.monitor.lifecycle(sandbox({ phase: 'failed', rawState: 'Failed', message }), t0 + 6000);
      each.told();
      const read = { source: 'diagnostics', exitCode: null } as const;
      each.monitor.error(errorEvent({ ...read, text: said(1), atMs: t0 + 6500 }));
      each.monitor.error(errorEvent({ ...read, text: said(1), atMs: t0 + 7000 }));
      expect(each.told()).toEqual(['incident crashed certain']);
      expect(each.monitor.view(t0 + 8000).incidents[0]?.text).toContain('The kernel had killed a process in it');
    });
  });

  it('that was a mistake takes back that the warning came true', () => {
    const each = scene();
    feed(each, 0, 19, risky(0.9), 0.93);
    each.monitor.gone(t0 + 20_000);
    expect(each.told()).toContain('memory broke');
    each.monitor.lifecycle(sandbox(), t0 + 25_000);
    expect(each.told()).toEqual(['to running', 'incident withdrawn', 'memory recovered']);
  });

  it('that was a mistake is taken back', () => {
    const each = gone(() => undefined);
    each.told();
    each.monitor.lifecycle(sandbox(), t0 + 25_000);
    expect(each.told()).toEqual(['to running', 'incident withdrawn']);
    expect(each.monitor.view(t0)).toMatchObject({
      incidents: [],
      sandbox: { phase: 'running' },
      link: { state: 'idle' },
    });
  });

  it('takes no samples any more', () => {
    const each = gone(() => undefined);
    each.told();
    const view = each.monitor.view(t0 + 20_000);
    feed(each, 21, 40, risky(0.99));
    expect(each.told()).toEqual([]);
    expect(each.monitor.view(t0 + 40_000)).toBe(view);
  });

  it('that is found after it happened keeps one id over restarts', () => {
    const dead = sandbox({ phase: 'failed', rawState: 'Failed', message: 'Sandbox container exited with code 3.' });
    const ids = [t0, t0 + 5000].map((nowMs) => {
      const monitor = createSandboxMonitor({ sandbox: dead, supports: allFixes, capabilities: docker, nowMs });
      return monitor.view(nowMs).incidents[0]?.id;
    });
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toContain('crashed');
  });
});

describe('an end by the clock', () => {
  it('is an expiry with its lead, at the deadline and not when it was noticed', () => {
    const each = scene({ expiry: expiryAt(t0 + 600_000) });
    for (let second = 1; second <= 603; second++) each.tick(second);
    each.monitor.lifecycle(sandbox({ createdAtMs: t0, expiry: expiryAt(t0 + 600_000) }), t0 + 599_000);
    each.told();
    each.monitor.gone(t0 + 603_000);
    expect(each.told()).toEqual(['to terminated', 'incident expired certain', 'expiry broke']);
    const view = each.monitor.view(t0 + 603_000);
    expect(view.incidents[0]).toMatchObject({ atMs: t0 + 600_000, leadMs: 150_000, warning: { signal: 'expiry' } });
    expect(view).toMatchObject({ sandbox: { phase: 'terminated', rawState: 'Running' }, actions: ['showDetails'] });
  });

  it('is not before the last sign of life: a server that was down removes it later', () => {
    const each = scene({ expiry: expiryAt(t0 + 600_000) });
    each.monitor.lifecycle(sandbox({ createdAtMs: t0, expiry: expiryAt(t0 + 600_000) }), t0 + 599_000);
    each.feed(sampleAt(616));
    each.monitor.gone(t0 + 618_000);
    expect(each.monitor.view(t0 + 618_000).incidents[0]).toMatchObject({ cause: 'expired', atMs: t0 + 616_000 });
  });

  it('that first stops it with 137 and then removes it is one incident, certain in the end', () => {
    const each = scene({ expiry: expiryAt(t0 + 600_000) });
    const failed = sandbox({
      createdAtMs: t0,
      expiry: expiryAt(t0 + 600_000),
      phase: 'failed',
      rawState: 'Failed',
      message: 'Sandbox container exited with code 137.',
    });
    each.monitor.lifecycle(sandbox({ createdAtMs: t0, expiry: expiryAt(t0 + 600_000) }), t0 + 599_000);
    each.monitor.lifecycle(failed, t0 + 600_500);
    each.monitor.gone(t0 + 602_000);
    const { incidents } = each.monitor.view(t0 + 602_000);
    expect(incidents).toMatchObject([{ cause: 'expired', certainty: 'certain' }]);
  });
});

describe('a deadline that passed while the computer slept', () => {
  const minute = 60_000;
  const slept = (expiresAtMs: number, told = expiresAtMs) => {
    const each = scene({ expiry: expiryAt(expiresAtMs) });
    for (let second = 10; second <= 60 * 60; second += 10) each.tick(second);
    if (told !== expiresAtMs)
      each.monitor.lifecycle(sandbox({ createdAtMs: t0, expiry: expiryAt(told) }), t0 + 60 * minute);
    // The lid is closed four minutes before it, and opened an hour after it.
    each.monitor.gone(t0 + 124 * minute);
    return each.monitor.view(t0 + 124 * minute).incidents[0];
  };

  it('is the time of the end, and the warning came before that and not before the waking', () => {
    expect(slept(t0 + 64 * minute)).toMatchObject({
      cause: 'expired',
      certainty: 'probable',
      atMs: t0 + 64 * minute,
      leadMs: 5 * minute,
    });
  });

  it('is the first one, where the extension was probably lost', () => {
    expect(slept(t0 + 61 * minute, t0 + 180 * minute)).toMatchObject({
      cause: 'expired',
      certainty: 'probable',
      atMs: t0 + 61 * minute,
    });
  });
});
