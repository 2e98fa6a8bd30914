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

  it('tells what it knows when the diagnostics are gone already', async () => {
    const { feed, errors } = feedWith(() => Promise.reject(new Problem('not-found', 'gone')));
    const next = errors.next();
    feed.see([running]);
    feed.see([sandboxWith({ phase: 'failed', rawState: 'Failed' })]);
    expect((await next).value).toMatchObject({ text: 'Failed', exitCode: null });
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
