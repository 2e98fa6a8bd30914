import { describe, expect, it } from 'vitest';
import { KernelMemory } from '../../../src/model/kernel-memory.ts';

const mebibyte = 1024 ** 2;

/** One reading: MiB of the group's kernel memory, MiB of the machine's slabs that can go, and files it remembers. */
type Step = readonly [kernel: number, slab: number, files: number];

/** What is held after each step, MiB. */
const heldOver = (steps: readonly Step[]): readonly number[] => {
  const memory = new KernelMemory();
  return steps.map(([kernel, slab, files]) => {
    const held = memory.held('a', {
      usedBytes: kernel * mebibyte,
      machineSlabBytes: slab * mebibyte,
      machineDentries: files,
      machineInodes: files,
    });
    return Math.round(held / mebibyte);
  });
};

describe('memory of the kernel whose parts are not told', () => {
  it('is none of it while a build touches files, as measured with 60,000 files in a container of 256 MiB', () => {
    // Linux 6.18, overlay on ext4; the last steps are at the limit, where they are dropped again.
    const measured: readonly Step[] = [
      [17.9, 473, 270_000],
      [111.9, 571.9, 358_000],
      [143.6, 606.5, 393_000],
      [143.3, 606.5, 393_000],
      [142.2, 607.1, 393_000],
      [142.1, 607.1, 393_000],
    ];
    expect(heldOver(measured)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('is all that socket buffers grow by, which nobody reads', () => {
    const measured: readonly Step[] = [
      [1.5, 473, 270_000],
      [12.9, 472.9, 270_150],
      [24.3, 473, 270_220],
      [35.6, 473, 270_290],
      [218.7, 473, 273_000],
    ];
    expect(heldOver(measured)).toEqual([0, 11, 22, 34, 213]);
  });

  it('is not what is new here while as much is dropped elsewhere', () => {
    expect(
      heldOver([
        [20, 900, 500_000],
        [60, 700, 400_000],
        [70, 700, 400_000],
      ]),
    ).toEqual([0, 0, 10]);
    // Slabs as they were: their holes are filled.
    expect(
      heldOver([
        [20, 900, 500_000],
        [60, 900, 540_000],
      ]),
    ).toEqual([0, 0]);
  });

  it('stays when the files are dropped, and goes when it is given back', () => {
    const leak: readonly Step[] = [
      [20, 900, 500_000],
      [60, 940, 540_000],
      [100, 940, 540_000],
    ];
    expect(heldOver([...leak, [60, 900, 500_000]])).toEqual([0, 0, 40, 40]);
    expect(heldOver([...leak, [60, 940, 540_000]])).toEqual([0, 0, 40, 0]);
    expect(heldOver([...leak, [30, 900, 500_000]])).toEqual([0, 0, 40, 10]);
    expect(heldOver([...leak, [5, 840, 440_000]]).at(-1)).toBe(5);
  });

  it('does not add up what comes and goes', () => {
    const busy = Array.from({ length: 200 }, (_, i): Step => {
      const up = i % 2;
      return [30 + 8 * up, 500 + 3 * up, 300_000 + 2000 * up];
    });
    expect(Math.max(...heldOver(busy))).toBeLessThanOrEqual(8);
  });

  it('begins anew with another group', () => {
    const memory = new KernelMemory();
    const reading = { usedBytes: 50, machineSlabBytes: 900, machineDentries: 5, machineInodes: 5 };
    memory.held('a', { ...reading, usedBytes: 10 });
    expect(memory.held('a', reading)).toBe(40);
    expect([memory.held('a', null), memory.held('b', null)]).toEqual([40, 0]);
    expect(memory.held('b', reading)).toBe(0);
  });
});
