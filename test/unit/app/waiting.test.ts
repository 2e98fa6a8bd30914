import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/app/waiting.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';

describe('turns', () => {
  it('let so many run at a time, in order, and go on after one that fails', async () => {
    const clock = new FakeClock();
    const turns = new Turns(2);
    const log: string[] = [];
    const piece = (name: string, ms: number, fails = false): Promise<void> =>
      turns.take(async () => {
        log.push(`${name} begins`);
        await new Promise<void>((resolve) => clock.after(ms, resolve));
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const failing = expect(piece('a', 10, true)).rejects.toThrow('a');
    const others = [piece('b', 30), piece('c', 5), piece('d', 100)];
    await settle();
    expect(log).toEqual(['a begins', 'b begins']);
    await clock.advance(30);
    await failing;
    expect(log.slice(2)).toEqual(['a ends', 'c begins', 'c ends', 'd begins', 'b ends']);
    await clock.advance(100);
    await Promise.all(others);
    expect(await turns.take(() => Promise.resolve('at once'))).toBe('at once');
  });
});
