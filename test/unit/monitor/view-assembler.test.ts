import { describe, expect, it } from 'vitest';
import { expiryAt, risky, sampleAt, scene, t0 } from './scene.ts';

/** Memory runs out in less than a minute, the clock in twenty seconds. */
const both = () => {
  const each = scene({ expiry: expiryAt(t0 + 240_000) });
  const grower = { pid: 412, name: 'node', bytesPerSecond: 1e6 };
  for (let second = 1; second <= 10; second += 1) each.feed(sampleAt(second, 0.9), risky(0.9, { grower }));
  each.tick(100);
  for (let second = 101; second <= 220; second += 1) {
    each.feed(sampleAt(second, 0.9), risky(0.9, { grower }));
    each.tick(second);
  }
  return each.monitor;
};

describe('two signals that are warned of at the same time', () => {
  it('have a level each, the highest of which is that of the sandbox', () => {
    const view = both().view(t0 + 220_000);
    expect(view.leading?.signal).toBe('expiry');
    expect(view.signalLevels).toEqual({ memory: 'warn', expiry: 'critical' });
    expect(view.level).toBe('critical');
  });

  it('have fixes of their own, whichever comes first', () => {
    const monitor = both();
    const ids = (signal: 'memory' | 'expiry' | 'disk') => monitor.fixesAgainst(signal).map(({ id }) => id);
    expect(ids('expiry').slice(0, 2)).toEqual(['extend', 'snapshot']);
    expect(monitor.fixesAgainst('expiry')).toEqual(monitor.view(t0 + 220_000).fixes);
    expect(ids('memory')).toContain('recreateLarger');
    expect(ids('memory')).not.toContain('extend');
    expect(ids('disk')).toEqual(['showDetails']);
  });

  it('have none when it is over', () => {
    const monitor = both();
    monitor.gone(t0 + 221_000);
    expect(monitor.fixesAgainst('memory').map(({ id }) => id)).toEqual(['showDetails']);
    expect(monitor.view(t0 + 221_000).signalLevels).toEqual({});
  });
});
