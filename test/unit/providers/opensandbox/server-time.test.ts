import { describe, expect, it } from 'vitest';
import { LifecycleClient } from '../../../../src/providers/opensandbox/lifecycle-client.ts';
import { ServerTime } from '../../../../src/providers/opensandbox/server-time.ts';
import { bodyOf, FakeLog, FakeNetwork, never, serverOn } from './fake-server.ts';

const nowMs = Date.UTC(2026, 0, 1, 12, 0, 0);
const headerAt = (epochMs: number): string => new Date(epochMs).toUTCString();

const learning = () => {
  const log = new FakeLog();
  const time = new ServerTime(log);
  const learn = (offsetMs: number, options: { tookMs?: number; age?: string; atMs?: number } = {}): number => {
    const atMs = options.atMs ?? nowMs;
    const sentAtMs = atMs - (options.tookMs ?? 20);
    time.learn(headerAt(atMs + offsetMs), options.age ?? null, sentAtMs, atMs);
    return time.toServer(nowMs) - nowMs;
  };
  return { time, log, learn };
};

describe('ServerTime', () => {
  it.each([0, 1000, -29_000, 29_000])('takes a difference of %d ms for none', (offsetMs) => {
    const { learn, log } = learning();
    expect(learn(offsetMs)).toBe(0);
    expect(log.lines).toEqual([]);
  });

  it.each([45_000, -45_000, 3_600_000, -3_600_000])('corrects a difference of %d ms, and says so once', (offsetMs) => {
    const { time, learn, log } = learning();
    expect(Math.abs(learn(offsetMs) - offsetMs)).toBeLessThanOrEqual(1000);
    expect(time.toLocal(time.toServer(nowMs))).toBe(nowMs);
    expect(Math.abs(time.toLocal(nowMs + offsetMs) - nowMs)).toBeLessThanOrEqual(1000);
    learn(offsetMs);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain(offsetMs > 0 ? 'ahead of' : 'behind');
  });

  it('does not tremble with the seconds of the header', () => {
    const { learn } = learning();
    const first = learn(45_000);
    for (let stepMs = 0; stepMs < 5000; stepMs += 300) expect(learn(45_000, { atMs: nowMs + stepMs })).toBe(first);
    expect(learn(29_000)).toBe(first);
  });

  it('follows a clock that was set right', () => {
    const { learn, log } = learning();
    learn(600_000);
    expect(learn(0)).toBe(0);
    expect(log.lines).toHaveLength(1);
  });

  it('learns nothing from a slow answer, a cached one, a clock that was set meanwhile, or no date', () => {
    const { time, learn } = learning();
    expect(learn(600_000, { tookMs: 2500 })).toBe(0);
    expect(learn(600_000, { tookMs: -10 })).toBe(0);
    expect(learn(600_000, { age: '600' })).toBe(0);
    for (const date of [null, '', '7', 'yesterday', '2026-01-01T00:00:00Z']) time.learn(date, null, nowMs, nowMs);
    expect(time.toServer(nowMs)).toBe(nowMs);
  });
});

describe('a deadline on a server whose clock is ten minutes ahead', () => {
  it('is set and confirmed in local time', async () => {
    const expiresAtMs = nowMs + 1_800_000;
    const network = new FakeNetwork((request) =>
      Response.json(request.method === 'POST' ? bodyOf(request) : { status: 'healthy' }, {
        headers: { date: headerAt(nowMs + 600_000) },
      }),
    );
    const { server, clock, log } = serverOn(network);
    const client = new LifecycleClient(server, clock, log);
    await client.health(never);
    expect(await client.renew('a', expiresAtMs, never)).toBe(expiresAtMs);
    const sent = bodyOf(network.requests[1]) as { expiresAt: string };
    expect(Math.abs(Date.parse(sent.expiresAt) - expiresAtMs - 600_000)).toBeLessThanOrEqual(1000);
  });
});
