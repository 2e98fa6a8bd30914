import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/model/problem.ts';
import { abortable, aborted, sleep, within } from '../../../src/model/wait.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';

const forever = new Promise<never>(() => undefined);

describe('sleep', () => {
  it('is whole after its time and leaves nothing behind', async () => {
    const clock = new FakeClock();
    const [one, other] = [new AbortController().signal, new AbortController().signal];
    const sleeping = sleep(clock, 100, one, other);
    await clock.advance(100);
    expect(await sleeping).toBe(true);
    for (const signal of [one, other]) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('ends as soon as one of its signals aborts', async () => {
    const clock = new FakeClock();
    const other = new AbortController().signal;
    const controller = new AbortController();
    const sleeping = sleep(clock, 100, other, controller.signal);
    controller.abort();
    expect(await sleeping).toBe(false);
    expect(await sleep(clock, 100, other, controller.signal)).toBe(false);
    expect(clock.pending).toBe(0);
    expect(getEventListeners(other, 'abort')).toHaveLength(0);
  });

  it('needs no signal', async () => {
    const clock = new FakeClock();
    const sleeping = sleep(clock, 5);
    await clock.advance(5);
    expect(await sleeping).toBe(true);
  });
});

describe('aborted', () => {
  it('settles when the signal aborts, also when it has already', async () => {
    const controller = new AbortController();
    let over = false;
    const waiting = aborted(controller.signal).then(() => {
      over = true;
    });
    await settle();
    expect(over).toBe(false);
    controller.abort();
    await waiting;
    await aborted(controller.signal);
  });
});

describe('abortable', () => {
  it('is the promise while the signal holds', async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve(1), signal)).toBe(1);
    await expect(abortable(Promise.reject(new Problem('reset', 'cut')), signal)).rejects.toMatchObject({
      kind: 'reset',
    });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('is aborted with the signal, whatever the promise does', async () => {
    const controller = new AbortController();
    const work = abortable(forever, controller.signal);
    controller.abort();
    await expect(work).rejects.toMatchObject({ kind: 'aborted' });
    await expect(abortable(forever, controller.signal)).rejects.toMatchObject({ kind: 'aborted' });
  });
});

describe('within', () => {
  it('needs no caller that waits, and still has its limit', async () => {
    const clock = new FakeClock();
    expect(await within(clock, 10, null, () => Promise.resolve('ready'))).toBe('ready');
    const work = expect(within(clock, 2_000, null, () => new Promise(() => undefined))).rejects.toMatchObject({
      kind: 'timeout',
    });
    await clock.advance(2_000);
    await work;
    expect(clock.pending).toBe(0);
  });

  it('gives the result and lets the timer go', async () => {
    const clock = new FakeClock();
    expect(await within(clock, 10, new AbortController().signal, () => Promise.resolve('ready'))).toBe('ready');
    expect(clock.pending).toBe(0);
  });

  it('aborts work that takes too long and says so', async () => {
    const clock = new FakeClock();
    let inner = new AbortController().signal;
    const work = within(clock, 2_000, new AbortController().signal, (signal) => {
      inner = signal;
      return forever;
    });
    const ended = expect(work).rejects.toMatchObject({ kind: 'timeout', message: 'No answer within 2 s.' });
    await clock.advance(2_000);
    await ended;
    expect(inner.aborted).toBe(true);
  });

  it('is aborted, not late, when the caller stops it', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const work = within(clock, 2_000, controller.signal, () => forever);
    controller.abort();
    await expect(work).rejects.toMatchObject({ kind: 'aborted' });
    expect(clock.pending).toBe(0);
  });
});
