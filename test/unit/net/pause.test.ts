import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { pause } from '../../../src/net/pause.ts';
import { ManualClock, problemOf } from './support.ts';

describe('pause', () => {
  it('ends with its time and leaves nothing behind', async () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    const waiting = pause(100, signal, clock);
    clock.advance(100);
    await waiting;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('ends with aborted, at once if the signal is aborted already', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const waiting = problemOf(pause(100, controller.signal, clock));
    controller.abort();
    expect((await waiting).kind).toBe('aborted');
    expect((await problemOf(pause(100, controller.signal, clock))).kind).toBe('aborted');
    expect(clock.waiting).toBe(0);
  });
});
