import { afterEach, describe, expect, it } from 'vitest';
import type { ProviderEvent } from '../../../../src/model/ports.ts';
import { Problem } from '../../../../src/model/problem.ts';
import type { Sandbox } from '../../../../src/model/sandbox.ts';
import { LifecycleClient } from '../../../../src/providers/opensandbox/lifecycle-client.ts';
import { ListWatch } from '../../../../src/providers/opensandbox/watch.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeLog, FakeNetwork, sandboxWith, serverOn } from './fake-server.ts';

/** A watch on a server whose answers a test sets, and everything it told so far. */
const watching = (first: readonly Sandbox[] | Problem) => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const server = {
    answer: first,
    health: 'healthy' as string | Problem,
    key: 'old',
    listed: 0,
    until: null as Promise<void> | null,
  };
  const log = new FakeLog();
  const watch = new ListWatch({
    list: async () => {
      server.listed += 1;
      if (server.until !== null) await server.until;
      if (server.answer instanceof Problem) throw server.answer;
      return server.answer;
    },
    health: () => (server.health instanceof Problem ? Promise.reject(server.health) : Promise.resolve(server.health)),
    apiKey: () => Promise.resolve(server.key),
    clock,
    log,
    random: () => 1,
  });
  const told: ProviderEvent[] = [];
  const ended = (async () => {
    for await (const event of watch.run(stop.signal)) told.push(event);
  })();
  return { clock, stop, server, watch, told, ended, log };
};

let open: ReturnType<typeof watching> | null = null;
const start = (first: readonly Sandbox[] | Problem) => {
  open = watching(first);
  return open;
};
afterEach(async () => {
  open?.stop.abort();
  await open?.ended;
});

describe('ListWatch', () => {
  it('asks every 5 s, and every 2 s for half a minute after a change', async () => {
    const { clock, server } = start([sandboxWith()]);
    await clock.advance(20_000);
    expect(server.listed).toBe(5);
    server.answer = [sandboxWith({ phase: 'paused', rawState: 'Paused' })];
    await clock.advance(5000);
    expect(server.listed).toBe(6);
    await clock.advance(28_000);
    expect(server.listed).toBe(20);
    await clock.advance(20_000);
    expect(server.listed).toBeLessThanOrEqual(25);
  });

  it('looks at once after something was done', async () => {
    const { clock, server, watch } = start([]);
    await clock.advance(100);
    expect(server.listed).toBe(1);
    watch.poke();
    await clock.advance(0);
    expect(server.listed).toBe(2);
    await clock.advance(2000);
    expect(server.listed).toBe(3);
  });

  it('looks once more when something was done while the list was on its way', async () => {
    const { clock, server, watch } = start([]);
    await clock.advance(0);
    const slow = Promise.withResolvers<void>();
    server.until = slow.promise;
    await clock.advance(5000);
    expect(server.listed).toBe(2);
    watch.poke();
    server.until = null;
    slow.resolve();
    await clock.advance(0);
    expect(server.listed).toBe(3);
  });

  it('gives a list the time at which it was asked for', async () => {
    const { clock, server, told } = start([sandboxWith()]);
    await clock.advance(0);
    const slow = Promise.withResolvers<void>();
    server.until = slow.promise;
    await clock.advance(5000);
    const askedAtMs = clock.now();
    await clock.advance(3000);
    slow.resolve();
    await clock.advance(0);
    expect(told.findLast(({ kind }) => kind === 'sandboxes')?.atMs).toBe(askedAtMs);
  });

  it('tries a failing server at once when something was done while it was asked', async () => {
    const { clock, server, watch } = start(new Problem('unreachable', 'nothing listens there'));
    await clock.advance(0);
    const slow = Promise.withResolvers<void>();
    server.until = slow.promise;
    await clock.advance(2000);
    expect(server.listed).toBe(2);
    watch.poke();
    server.until = null;
    slow.resolve();
    await clock.advance(0);
    expect(server.listed).toBe(3);
  });

  it('counts a moved deadline as a change, and another order as none', async () => {
    const a = sandboxWith({ id: 'a' });
    const b = sandboxWith({ id: 'b' });
    const { clock, server } = start([a, b]);
    await clock.advance(0);
    server.answer = [b, a];
    await clock.advance(10_000);
    expect(server.listed).toBe(3);
    const expiry = {
      clock: 'absolute',
      expiresAtMs: 1,
      action: 'delete',
      extendedBy: 'call',
      certainty: 'known',
    } as const;
    server.answer = [b, { ...a, expiry }];
    await clock.advance(5000);
    await clock.advance(4000);
    expect(server.listed).toBe(6);
  });

  it('tells health once, and again after each trouble', async () => {
    const { clock, server, told } = start([]);
    await clock.advance(10_000);
    expect(told.map(({ kind }) => kind)).toEqual(['health', 'sandboxes', 'sandboxes', 'sandboxes']);
    server.answer = new Problem('unreachable', 'nothing listens there');
    await clock.advance(5000);
    expect(told.at(-1)).toMatchObject({ kind: 'health', healthy: false, retryAtMs: clock.now() + 2000 });
    server.answer = [];
    await clock.advance(2000);
    expect(told.slice(-2)).toMatchObject([{ kind: 'health', healthy: true }, { kind: 'sandboxes' }]);
  });

  it('backs off while the server fails, up to half a minute', async () => {
    const { clock, server, told } = start(new Problem('unreachable', 'nothing listens there'));
    await clock.advance(300_000);
    const waits = told.flatMap((event) =>
      event.kind === 'health' && !event.healthy && event.retryAtMs !== null ? [event.retryAtMs - event.atMs] : [],
    );
    expect(waits.slice(0, 6)).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(server.listed).toBe(waits.length);
  });

  it('leaves a server in peace for as long as it asks for, up to two minutes', async () => {
    const busy = (retryAfterMs: number): Problem => new Problem('rate-limited', 'slow down', { retryAfterMs });
    const { clock, server, told } = start(busy(45_000));
    await clock.advance(44_000);
    expect(server.listed).toBe(1);
    server.answer = busy(3_600_000);
    await clock.advance(1000);
    await clock.advance(119_000);
    expect(server.listed).toBe(2);
    server.answer = busy(0);
    await clock.advance(1000);
    const waits = told.flatMap((event) =>
      event.kind === 'health' && !event.healthy && event.retryAtMs !== null ? [event.retryAtMs - event.atMs] : [],
    );
    expect(waits).toEqual([45_000, 120_000, 8000]);
  });

  it('writes each trouble into the log once', async () => {
    const { clock, server, log } = start(new Problem('unreachable', 'Its certificate has expired.'));
    await clock.advance(100_000);
    expect(log.lines).toEqual(['No list of sandboxes: Its certificate has expired.']);
    server.answer = [];
    await clock.advance(30_000);
    server.answer = new Problem('unreachable', 'Its certificate has expired.');
    await clock.advance(10_000);
    expect(log.lines).toHaveLength(2);
  });

  it('asks no more after a refused key, until another key is stored', async () => {
    const { clock, server, told } = start(new Problem('unauthorized', 'wrong key'));
    await clock.advance(600_000);
    expect(server.listed).toBe(1);
    expect(told).toMatchObject([{ kind: 'health', healthy: false, retryAtMs: null }]);
    server.key = 'new';
    server.answer = [];
    await clock.advance(3000);
    expect(told.at(-1)).toMatchObject({ kind: 'sandboxes' });
  });

  it('notices a key that was stored while the last one was being refused', async () => {
    const { clock, server } = start([]);
    await clock.advance(0);
    const slow = Promise.withResolvers<void>();
    server.until = slow.promise;
    server.answer = new Problem('unauthorized', 'wrong key');
    await clock.advance(5000);
    server.key = 'new';
    server.until = null;
    slow.resolve();
    await clock.advance(0);
    // Once more with the new one, which is refused too.
    expect(server.listed).toBe(3);
    await clock.advance(60_000);
    expect(server.listed).toBe(3);
  });

  it('leaves a server in peace that takes long for its list: it may ask a container engine for each sandbox', async () => {
    const { clock, server } = start([sandboxWith()]);
    await clock.advance(0);
    for (const [tookMs, restMs] of [
      [6000, 12_000],
      [40_000, 30_000],
      [1000, 5000],
    ] as const) {
      const before = server.listed;
      const slow = Promise.withResolvers<void>();
      server.until = slow.promise;
      await clock.advance(restMs === 12_000 ? 5000 : 100);
      expect(server.listed).toBe(before + 1);
      clock.after(tookMs, slow.resolve);
      await clock.advance(tookMs);
      server.until = null;
      await clock.advance(restMs - 100);
      expect(server.listed).toBe(before + 1);
    }
  });

  it.each([
    ['403 page of nginx', () => new Response('<html><title>403 Forbidden</title></html>', { status: 403 })],
    ['404 of a proxy without its backend', () => new Response('404 page not found\n', { status: 404 })],
  ])('comes back alone after a %s', async (_name, page) => {
    let answer: () => Response | object = () => ({ items: [] });
    const { server: client, clock } = serverOn(new FakeNetwork(() => answer()));
    const lifecycle = new LifecycleClient(client, clock, new FakeLog());
    const watch = new ListWatch({
      list: async (signal) => (await lifecycle.list(signal)).map(() => sandboxWith()),
      health: (signal) => lifecycle.health(signal),
      apiKey: () => Promise.resolve('secret-key'),
      clock,
      log: new FakeLog(),
    });
    const stop = new AbortController();
    const told: ProviderEvent[] = [];
    const ended = (async () => {
      for await (const event of watch.run(stop.signal)) told.push(event);
    })();
    await clock.advance(1000);
    answer = page;
    await clock.advance(600_000);
    expect(told.at(-1)).toMatchObject({ healthy: false, problem: { kind: 'unexpected-answer' } });
    answer = () => ({ items: [] });
    await clock.advance(30_000);
    expect(told.findLast(({ kind }) => kind === 'health')).toMatchObject({ healthy: true });
    stop.abort();
    await ended;
  });

  it('asks again after a refusal when told to', async () => {
    const { clock, server, watch } = start(new Problem('forbidden', 'not yours'));
    await clock.advance(60_000);
    watch.poke();
    await clock.advance(0);
    expect(server.listed).toBe(2);
  });

  it('reports the more basic trouble when the server is not there at all', async () => {
    const { clock, server, told } = start(new Problem('timeout', 'no answer'));
    server.health = new Problem('unreachable', 'nothing listens there');
    await clock.advance(0);
    expect(told).toMatchObject([{ problem: { kind: 'unreachable' } }]);
    server.health = 'healthy';
    await clock.advance(2000);
    expect(told.at(-1)).toMatchObject({ problem: { kind: 'timeout' } });
  });

  it('survives a clock that is set back', async () => {
    const { clock, server } = start([]);
    await clock.advance(0);
    server.answer = [sandboxWith()];
    await clock.advance(5000);
    clock.jump(-3_600_000);
    await clock.advance(2000);
    const before = server.listed;
    await clock.advance(20_000);
    expect(server.listed - before).toBe(4);
  });

  it('ends when aborted, in whatever it is doing', async () => {
    for (const first of [[], new Problem('unreachable', 'x'), new Problem('unauthorized', 'x')]) {
      const { clock, stop, ended, told } = watching(first);
      await clock.advance(1000);
      stop.abort();
      await ended;
      expect(told.length).toBeGreaterThan(0);
      expect(clock.pending).toBe(0);
    }
  });
});
