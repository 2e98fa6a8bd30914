import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../src/model/problem.ts';
import { ErrorFeed } from '../../../../src/providers/opensandbox/error-feed.ts';
import { FakeClock, settle } from '../../../helpers/fake-clock.ts';
import { FakeLog, sandboxWith } from './fake-server.ts';

const running = sandboxWith();
const failed = sandboxWith({ phase: 'failed', rawState: 'Failed', reason: 'ERROR', message: 'exited with code 137.' });

const feedWith = (events: () => Promise<string>) => {
  const feed = new ErrorFeed({ events, clock: new FakeClock(), log: new FakeLog() });
  const stop = new AbortController();
  return { feed, stop, errors: feed.watch('sandbox-1', stop.signal) };
};

describe('ErrorFeed', () => {
  it('tells once that a sandbox failed, with what the runtime says', async () => {
    const { feed, stop, errors } = feedWith(() => Promise.resolve('Event: OOMKilled'));
    const first = errors.next();
    feed.see([running]);
    feed.see([failed]);
    feed.see([failed]);
    expect((await first).value).toMatchObject({
      sandboxId: 'sandbox-1',
      source: 'diagnostics',
      exitCode: 137,
      text: 'ERROR: exited with code 137.\nEvent: OOMKilled',
    });
    let more = false;
    const second = errors.next().then(() => {
      more = true;
    });
    await settle();
    expect(more).toBe(false);
    stop.abort();
    await second;
  });

  it('says nothing of what had failed before, and nothing of others', async () => {
    const { feed, stop, errors } = feedWith(() => Promise.resolve('x'));
    const next = errors.next();
    feed.see([failed]);
    feed.see([failed, sandboxWith({ id: 'other' })]);
    feed.see([failed, sandboxWith({ id: 'other', phase: 'failed' })]);
    await settle();
    stop.abort();
    expect((await next).done).toBe(true);
  });

  it("keeps the server's own reason whole, and of long diagnostics their end", async () => {
    const { feed, errors } = feedWith(() => Promise.resolve(`${'Event: noise\n'.repeat(500)}Event: the last one`));
    const next = errors.next();
    feed.see([running]);
    feed.see([sandboxWith({ phase: 'failed', reason: 'CONTAINER_EXITED_ERROR', message: 'exec format error' })]);
    const { text } = (await next).value ?? { text: '' };
    expect(text).toMatch(/^CONTAINER_EXITED_ERROR: exec format error\n/);
    expect(text).toMatch(/Event: the last one$/);
    expect(text.length).toBe(4000);
  });

  it('cuts a reason that alone is longer than everything may be', async () => {
    const { feed, errors } = feedWith(() => Promise.resolve('Event: OOMKilled'));
    const next = errors.next();
    feed.see([running]);
    feed.see([sandboxWith({ phase: 'failed', reason: null, message: 'm'.repeat(9000) })]);
    const { text } = (await next).value ?? { text: '' };
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text).toMatch(/Event: OOMKilled$/);
  });

  it('tells what it knows when the diagnostics are gone already', async () => {
    const { feed, errors } = feedWith(() => Promise.reject(new Problem('not-found', 'gone')));
    const next = errors.next();
    feed.see([running]);
    feed.see([sandboxWith({ phase: 'failed', rawState: 'Failed' })]);
    expect((await next).value).toMatchObject({ text: 'Failed', exitCode: null });
  });

  it('tells of a sandbox that failed while it started', async () => {
    const { feed, errors } = feedWith(() => Promise.resolve('Warning Failed: ImagePullBackOff'));
    const next = errors.next();
    feed.see([sandboxWith({ phase: 'creating', rawState: 'Pending' })]);
    feed.see([sandboxWith({ phase: 'failed', rawState: 'Failed', reason: 'IMAGE_PULL' })]);
    expect((await next).value).toMatchObject({ text: 'IMAGE_PULL\nWarning Failed: ImagePullBackOff' });
  });

  it('tells of a failure that happened between two lists to who asks afterwards', async () => {
    const { feed, errors } = feedWith(() => Promise.resolve('Event: OOMKilled'));
    feed.see([]);
    feed.see([failed]);
    const { value } = await errors.next();
    expect(value?.text).toContain('Event: OOMKilled');
  });

  it('tells the next who asks when the first left before the diagnostics were read', async () => {
    const read = Promise.withResolvers<string>();
    const { feed, stop, errors } = feedWith(() => read.promise);
    const first = errors.next();
    feed.see([running]);
    feed.see([failed]);
    await settle();
    stop.abort();
    read.resolve('Event: OOMKilled');
    expect((await first).done).toBe(true);
    const second = feed.watch('sandbox-1', new AbortController().signal);
    expect((await second.next()).value).toMatchObject({ exitCode: 137 });
  });

  it('tells nobody twice, and nothing that is older than a minute', async () => {
    const clock = new FakeClock();
    const feed = new ErrorFeed({ events: () => Promise.resolve('x'), clock, log: new FakeLog() });
    const stop = new AbortController();
    const first = feed.watch('sandbox-1', stop.signal).next();
    feed.see([running]);
    feed.see([failed]);
    await first;
    const again = feed.watch('sandbox-1', stop.signal).next();
    const other = sandboxWith({ id: 'other', phase: 'failed' });
    feed.see([failed, other]);
    await clock.advance(61_000);
    feed.see([failed, other]);
    const late = feed.watch('other', stop.signal).next();
    await settle();
    stop.abort();
    expect((await again).done).toBe(true);
    expect((await late).done).toBe(true);
  });

  it('keeps only the last part of a long text', async () => {
    const { feed, errors } = feedWith(() => Promise.resolve(`${'x'.repeat(10_000)}the end`));
    const next = errors.next();
    feed.see([running]);
    feed.see([failed]);
    const { value } = await next;
    expect(value?.text).toHaveLength(4000);
    expect(value?.text.endsWith('the end')).toBe(true);
  });
});
