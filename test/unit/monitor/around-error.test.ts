import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/model/sample.ts';
import { aroundError } from '../../../src/monitor/around-error.ts';
import { BlackBox } from '../../../src/monitor/black-box.ts';
import { errorEvent, risky, sampleAt, scene, t0 } from './scene.ts';

const at = (seconds: number): number => t0 + seconds * 1000;
const disk = { usedBytes: 2e9, limitBytes: 20e9 };

const boxOf = (...samples: readonly Sample[]): BlackBox => {
  const box = new BlackBox();
  for (const sample of samples) box.add(sample, []);
  return box;
};

describe('what was counted around an error', () => {
  it('is the newest reading of the disk, which not every sample holds, while it is fresh', () => {
    const box = boxOf(
      sampleAt(0, 0.5, { disk: { usedBytes: 19e9, limitBytes: 20e9 }, inodes: { used: 1, limit: 100 } }),
      sampleAt(10, 0.5, { disk, inodes: { used: 30, limit: 100 } }),
      sampleAt(11),
      sampleAt(12),
    );
    expect(aroundError(box, at(13))).toEqual({ pidsAtLimit: null, diskFreeBytes: 18e9, inodesFree: 70 });
    const unknown = { pidsAtLimit: null, diskFreeBytes: null, inodesFree: null };
    expect(aroundError(box, at(50))).toEqual(unknown);
    expect(aroundError(boxOf(), at(1))).toEqual(unknown);
    expect(aroundError(boxOf(sampleAt(1, 0.5, { disk: { usedBytes: 5, limitBytes: null } })), at(1))).toEqual(unknown);
  });

  it('is a full process limit also when some have ended since', () => {
    const pids = (seconds: number, used: number) => sampleAt(seconds, 0.5, { pids: { used, limit: 512 } });
    const box = boxOf(pids(1, 500), pids(2, 512), pids(3, 400));
    expect(aroundError(box, at(4)).pidsAtLimit).toBe(true);
    expect(aroundError(box, at(18)).pidsAtLimit).toBe(false);
    expect(aroundError(boxOf(pids(1, 500)), at(1)).pidsAtLimit).toBe(false);
    const unlimited = boxOf(sampleAt(1, 0.5, { pids: { used: 7, limit: null } }));
    expect(aroundError(unlimited, at(1)).pidsAtLimit).toBe(false);
  });

  it('is no room for files when hardly any were left and the disk has room for what is in them', () => {
    const left = (usedBytes: number, used = 995_000) =>
      aroundError(
        boxOf(sampleAt(1, 0.5, { disk: { usedBytes, limitBytes: 20e9 }, inodes: { used, limit: 1_000_000 } })),
        at(5),
      ).inodesFree;
    expect(left(2e9)).toBe(0);
    expect(left(19.9e9)).toBe(5_000);
    expect(left(2e9, 980_000)).toBe(20_000);
  });
});

describe('an error about a full disk', () => {
  const text = "npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, mkdir '/w/node_modules/x'";
  const warnedOf = (signal: 'inodes' | 'disk', parts: Partial<Sample>) => {
    const each = scene();
    for (let second = 0; second < 10; second++) each.feed(sampleAt(second, 0.3, parts), risky(0.95, { signal }));
    each.told();
    each.monitor.error(errorEvent({ text, commandLine: 'npm ci', atMs: at(10) }));
    return { told: each.told(), outcome: each.monitor.view(at(10)).warning?.outcome };
  };

  it('is about its files when these are at the limit, and ends the warning about them', () => {
    expect(warnedOf('inodes', { disk, inodes: { used: 1_000_000, limit: 1_000_000 } })).toEqual({
      told: ['error inodes-exhausted', 'inodes broke'],
      outcome: 'broke',
    });
  });

  it('is about its bytes where its files are not at the limit, and says nothing of these', () => {
    const files = { disk, inodes: { used: 900_000, limit: 1_000_000 } };
    expect(warnedOf('inodes', files)).toEqual({ told: ['error disk-full'], outcome: 'open' });
    const bytes = { disk: { usedBytes: 20e9, limitBytes: 20e9 }, inodes: { used: 1_000_000, limit: 1_000_000 } };
    expect(warnedOf('disk', bytes)).toEqual({ told: ['error disk-full', 'disk broke'], outcome: 'broke' });
  });

  it('of a process that cannot be started is about the process limit when that is full', () => {
    const each = scene();
    each.monitor.observe(sampleAt(1, 0.3, { pids: { used: 512, limit: 512 } }));
    const spawn = 'Error: spawn /bin/sh ENOMEM: Cannot allocate memory';
    each.monitor.error(errorEvent({ text: spawn, commandLine: 'make', atMs: at(2) }));
    expect(each.told()).toContain('error pids-limit');
  });
});
