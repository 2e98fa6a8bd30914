import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Few, few } from './measure.ts';

const rounds = 5;

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('this Node.js gives no access to its garbage collector');
  return () => void collect();
}

/** @returns the heap and the array buffers that one of what `make` makes keeps, in bytes, each time over `count` of them. */
export function heldBytes(make: () => unknown, count: number): Few {
  const collect = collector();
  const held = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const perOne: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const kept: unknown[] = [];
    const before = held();
    for (let i = 0; i < count; i++) kept.push(make());
    const bytes = (held() - before) / kept.length;
    // The first round also compiles.
    if (round >= 0) perOne.push(bytes);
  }
  return few(perOne);
}
