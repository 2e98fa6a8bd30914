import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/model/sample.ts';
import { describeConformance } from './conformance.ts';
import { type LocalBed, makeLocalBed } from './local-bed.ts';

describeConformance('The place the editor works in', makeLocalBed, ['lifecycle', 'pause', 'agent', 'server', 'proxy']);

const mebibyte = 1024 ** 2;

describe('a real group with a real limit', () => {
  let bed: LocalBed | null = null;
  afterEach(async () => {
    await bed?.dispose();
    bed = null;
  });

  /** Fills memory by `mebibytes` and stays. */
  const eater = (mebibytes: number): readonly string[] => [
    process.execPath,
    '--max-old-space-size=2048',
    '-e',
    `const held = []; for (let i = 0; i < ${mebibytes}; i += 8) held.push(Buffer.alloc(8 * 1024 * 1024, 1)); console.log('full'); setInterval(() => held, 60000)`,
  ];

  /** Reads samples until one fits. */
  const sampleWhere = async (
    samples: AsyncIterator<Sample>,
    what: string,
    fits: (sample: Sample) => boolean,
  ): Promise<Sample> => {
    for (let count = 0; count < 30; count += 1) {
      const { value, done } = await samples.next();
      if (done === true) throw new Error('the samples ended');
      if (fits(value)) return value;
    }
    throw new Error(`never: ${what}`);
  };

  it('is read to the byte, follows what happens in it, and tells of a kill with its process', async () => {
    const made = await makeLocalBed();
    bed = made;
    // Where the kernel lets nobody make groups there is nothing real to test; the fixture trees still are.
    if (!made.isReal) return;
    made.owners = { ownerOf: () => 'the terminal “bash”' };
    const controller = new AbortController();
    const { provider } = made;
    const id = await made.createSandbox({ memoryBytes: 256 * mebibyte });
    const samples = provider.samples(id, { signal: controller.signal, mayRenew: false })[Symbol.asyncIterator]();
    const errors = provider.errors(id, controller.signal)[Symbol.asyncIterator]();
    const calm = await sampleWhere(samples, 'a first sample', () => true);
    expect(calm).toMatchObject({ source: 'cgroup', memory: { limitBytes: 256 * mebibyte, oomKillCount: 0 } });
    expect(calm.pids).toMatchObject({ limit: 64 });

    const first = made.start(eater(96));
    await once(first.stdout ?? first, 'data');
    const filled = await sampleWhere(samples, 'its process', ({ processes }) =>
      (processes ?? []).some(({ pid }) => pid === first.pid),
    );
    expect(filled.memory?.workingSetBytes).toBeGreaterThan(96 * mebibyte);
    expect(filled.memory?.unreclaimableBytes ?? filled.memory?.anonBytes).toBeGreaterThan(90 * mebibyte);
    expect(filled.processes?.[0]).toMatchObject({
      pid: first.pid,
      name: 'node',
      heapLimit: { limitBytes: 2048 * mebibyte, source: '--max-old-space-size' },
      startedIn: 'the terminal “bash”',
    });

    const second = made.start(eater(400));
    await once(second, 'exit');
    const killed = await sampleWhere(samples, 'the kill', ({ memory }) => (memory?.oomKillCount ?? 0) > 0);
    // It is noticed at once: the same sample has looked who is still there.
    expect(killed.processes).toBeDefined();
    const error = await errors.next();
    expect(error.value).toMatchObject({ source: 'kernel', exitCode: 137 });
    // The kernel chose the other one: who still runs is never named.
    if (first.exitCode === null && first.signalCode === null) {
      expect(killed.ended?.map(({ pid }) => pid)).not.toContain(first.pid);
      expect(error.value?.text).not.toContain(String(first.pid));
    }
    controller.abort();
    expect((await samples.next()).done).toBe(true);
  });

  it('loses and regains its limit without an exception or an alarm', async () => {
    const made = await makeLocalBed();
    bed = made;
    const controller = new AbortController();
    const id = await made.createSandbox({ memoryBytes: 192 * mebibyte });
    const samples = made.provider.samples(id, { signal: controller.signal, mayRenew: false })[Symbol.asyncIterator]();
    await sampleWhere(samples, 'a limit', ({ memory }) => memory?.limitBytes === 192 * mebibyte);
    // The group vanishes with its processes, and another one takes its place.
    await made.createSandbox({ memoryBytes: 320 * mebibyte });
    const other = await sampleWhere(samples, 'the other limit', ({ memory }) => memory?.limitBytes === 320 * mebibyte);
    expect(other.memory?.oomKillCount).toBe(made.isReal ? 0 : 2);
    expect(made.log.join('\n')).toMatch(/control group|memory limit changed/);
    controller.abort();
    await samples.next();
  });
});
