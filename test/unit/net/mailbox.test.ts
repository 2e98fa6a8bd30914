import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/model/problem.ts';
import { Mailbox } from '../../../src/net/mailbox.ts';
import { problemOf, turn } from './support.ts';

describe('Mailbox', () => {
  it('gives items in order, before and after somebody waits', async () => {
    const box = new Mailbox<number>();
    box.put(1);
    box.put(2);
    expect(await box.take()).toEqual({ item: 1 });
    expect(await box.take()).toEqual({ item: 2 });
    const waiting = box.take();
    box.put(3);
    expect(await waiting).toEqual({ item: 3 });
    for (let n = 0; n < 5_000; n += 1) box.put(n);
    for (let n = 0; n < 5_000; n += 1) expect(await box.take()).toEqual({ item: n });
    expect(box.size).toBe(0);
  });

  it('tells the end after what was put in before it', async () => {
    const box = new Mailbox<number>();
    box.put(1);
    box.close(new Problem('reset', 'cut'));
    box.put(2);
    box.close(null);
    expect(await box.take()).toEqual({ item: 1 });
    expect((await problemOf(box.take())).kind).toBe('reset');
    expect((await problemOf(box.take())).kind).toBe('reset');
  });

  it('wakes a waiting reader at the end, and drops on request', async () => {
    const box = new Mailbox<number>();
    const waiting = box.take();
    box.close(null);
    expect(await waiting).toBeNull();
    const dropped = new Mailbox<number>();
    dropped.put(1);
    dropped.close(new Problem('aborted', 'x'), { drop: true });
    expect((await problemOf(dropped.take())).kind).toBe('aborted');
  });

  it('lets a writer wait for room, and go on at the end', async () => {
    const box = new Mailbox<number>();
    await box.room(1);
    box.put(1);
    box.put(2);
    let free = false;
    const waiting = box.room(2).then(() => {
      free = true;
    });
    await turn();
    expect(free).toBe(false);
    await box.take();
    await waiting;
    expect(free).toBe(true);
    const blocked = box.room(1);
    box.close(null);
    await blocked;
    expect(box.closed).toBe(true);
  });
});
