import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../src/model/problem.ts';
import type { Sandbox } from '../../../../src/model/sandbox.ts';
import type { FullAnswer } from '../../../../src/providers/opensandbox/access.ts';
import { explainEnd } from '../../../../src/providers/opensandbox/stream-end.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { never, sandboxWith } from './fake-server.ts';

const clean = new Problem('clean-end', 'The stream ended.');
const silent = new Problem('silent', 'Nothing came.');

/** Explains an end; the server gives the answers in order, the last one again and again. */
const explain = async (
  seen: Problem,
  answers: readonly (Sandbox | null | Problem)[],
  options: { readonly ping?: FullAnswer; readonly before?: Partial<Sandbox>; readonly isSaved?: boolean } = {},
): Promise<{ readonly problem: Problem; readonly asked: number }> => {
  const clock = new FakeClock();
  let asked = 0;
  const explaining = explainEnd(seen, {
    find: () => {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? null;
      asked += 1;
      return answer instanceof Problem ? Promise.reject(answer) : Promise.resolve(answer);
    },
    ping: () => Promise.resolve(options.ping ?? 'answers'),
    isSaved: () => options.isSaved ?? false,
    clock,
    signal: never,
    before: sandboxWith(options.before),
  });
  await clock.advance(10_000);
  return { problem: await explaining, asked };
};
const expiryAt = (expiresAtMs: number): Partial<Sandbox> => ({
  expiry: { clock: 'absolute', expiresAtMs, action: 'delete', extendedBy: 'call', certainty: 'known' },
});
const startMs = new FakeClock().now();
const running = sandboxWith();
const killed = sandboxWith({
  phase: 'failed',
  rawState: 'Failed',
  reason: 'CONTAINER_EXITED_ERROR',
  message: 'code 137',
});

describe('explainEnd', () => {
  it('tells expiry and deletion apart by the last known deadline', async () => {
    const expired = await explain(clean, [null], { before: expiryAt(startMs + 1000) });
    expect(expired.problem).toMatchObject({
      kind: 'not-found',
      message: expect.stringMatching(/its time was over at \d\d:\d\d:\d\d\.$/),
    });
    const deleted = await explain(clean, [null], { before: expiryAt(startMs + 60_000) });
    expect(deleted.problem).toMatchObject({ kind: 'not-found', message: expect.stringContaining('probably deleted') });
    const endless = await explain(clean, [null]);
    expect(endless.problem.message).toContain('probably deleted');
  });

  it('looks again at a container that is just being removed', async () => {
    const { problem, asked } = await explain(clean, [killed, killed, null]);
    expect(problem.kind).toBe('not-found');
    expect(asked).toBe(3);
  });

  it('tells of the end of the main process', async () => {
    const { problem } = await explain(new Problem('reset', 'cut'), [killed]);
    expect(problem).toMatchObject({ kind: 'conflict', code: 'CONTAINER_EXITED_ERROR' });
    expect(problem.message).toContain('code 137');
  });

  it.each(['paused', 'pausing'] as const)('knows a sandbox that is %s', async (phase) => {
    const { problem, asked } = await explain(silent, [sandboxWith({ phase, rawState: phase })]);
    expect(problem).toMatchObject({ kind: 'paused', cause: silent });
    expect(asked).toBe(1);
  });

  it('says that the agent is down only after asking more than once', async () => {
    const down = await explain(clean, [running], { ping: 'refused' });
    expect(down).toMatchObject({ problem: { kind: 'agent-down' }, asked: 3 });
    const vanished = await explain(clean, [running, null], { ping: 'refused' });
    expect(vanished.problem.kind).toBe('not-found');
  });

  it.each([
    ['creating', 'Pending'],
    ['starting', 'Allocated'],
  ] as const)('does not take an agent that is not expected to answer for a dead one: %s', async (phase, rawState) => {
    const { problem, asked } = await explain(clean, [sandboxWith({ phase, rawState })], { ping: 'refused' });
    expect(problem).toMatchObject({ kind: 'unreachable', message: expect.stringContaining(rawState), cause: clean });
    expect(asked).toBe(1);
  });

  it('does not call an agent dead that is starting', async () => {
    const { problem, asked } = await explain(new Problem('unreachable', 'no'), [running], { ping: 'starting' });
    expect(problem).toMatchObject({ message: 'The agent in the sandbox is starting.', passesSoon: true });
    expect(asked).toBe(1);
  });

  it('does not take the pause for a snapshot for a pause', async () => {
    for (const phase of ['running', 'paused'] as const) {
      const { problem } = await explain(silent, [sandboxWith({ phase })], { isSaved: true, ping: 'no-answer' });
      expect(problem).toMatchObject({
        message: expect.stringContaining('A snapshot is being taken'),
        passesSoon: true,
      });
      expect(problem.nextStep).not.toContain('Resume');
    }
    expect((await explain(silent, [null], { isSaved: true })).problem.kind).toBe('not-found');
  });

  it('keeps what was seen when everything is well again, or nothing can be known', async () => {
    for (const ping of ['answers', 'unknown'] as const) {
      expect((await explain(clean, [running], { ping })).problem).toBe(clean);
    }
  });

  it('says of a mute agent what is seen of it', async () => {
    expect((await explain(silent, [running], { ping: 'no-answer' })).problem.kind).toBe('silent');
    const cut = await explain(new Problem('reset', 'It was cut.'), [running], { ping: 'no-answer' });
    expect(cut.problem).toMatchObject({ kind: 'reset', message: 'It was cut; the agent (execd) does not answer' });
  });

  it('keeps the kind when the server cannot be asked', async () => {
    const { problem } = await explain(clean, [new Problem('unreachable', 'nothing listens there')]);
    expect(problem.kind).toBe('clean-end');
    expect(problem.message).toContain('nothing listens there');
  });
});
