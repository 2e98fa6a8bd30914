import { expect, it } from 'vitest';
import { coursesOf } from '../../../../src/app/post-mortem/courses.ts';
import type { ProcessReading } from '../../../../src/model/sample.ts';
import { MiB, memoryAt } from './scene.ts';

const process = (pid: number, rssMiB: number, more: Partial<ProcessReading> = {}): ProcessReading => ({
  pid,
  parentPid: 1,
  name: 'java',
  rssBytes: rssMiB * MiB,
  ageMs: null,
  heapLimit: { limitBytes: 128 * MiB, source: '-Xmx' },
  ...more,
});
const heap = (usedMiB: number) => ({ usedBytes: usedMiB * MiB, limitBytes: 120 * MiB });
const heapCourse = (...processes: readonly ProcessReading[]) =>
  coursesOf([memoryAt(0, 200, { processes })]).find(({ signal }) => signal === 'heap');

it('draws of a heap what the runtime tells of it, not resident memory', () => {
  expect(heapCourse(process(7, 160, { heap: heap(60) }))).toMatchObject({ used: [60 * MiB], limit: [120 * MiB] });
});

it('draws the fullest of several that tell, before those of which only resident memory is known', () => {
  const others = [process(7, 160), process(8, 90, { heap: heap(30) })];
  expect(heapCourse(...others, process(9, 50, { heap: heap(40) }))?.used).toEqual([40 * MiB]);
  expect(heapCourse(process(7, 100), process(8, 110))?.used).toEqual([110 * MiB]);
});

it('draws the line of a limit that nobody set where a heap of that size would end, as the forecast says it', () => {
  const guessed = { heapLimit: { limitBytes: 256 * MiB, source: 'default of node' } };
  expect(heapCourse(process(7, 280, guessed))).toMatchObject({
    used: [280 * MiB],
    limit: [Math.round(256 * MiB * 1.02 + 32 * MiB)],
  });
});

it('draws no heap once a process holds more than such a heap could', () => {
  const guessed = { heapLimit: { limitBytes: 256 * MiB, source: 'default of node' } };
  expect(heapCourse(process(7, 300, guessed))).toBeUndefined();
});
