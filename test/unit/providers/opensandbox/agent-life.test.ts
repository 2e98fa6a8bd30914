import { describe, expect, it } from 'vitest';
import { AgentLife } from '../../../../src/providers/opensandbox/agent-life.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { sandboxWith } from './fake-server.ts';

const id = 'sandbox-1';
const running = sandboxWith();
const paused = sandboxWith({ phase: 'paused', rawState: 'Paused', reason: 'CONTAINER_PAUSED' });
const scene = () => {
  const clock = new FakeClock();
  return { clock, life: new AgentLife(clock) };
};

describe('a snapshot of one that is paused', () => {
  it('makes it run for nobody', () => {
    const { life } = scene();
    life.see([paused]);
    life.saves(id);
    expect(life.asSeen(paused).phase).toBe('paused');
    expect(life.isFrozen(paused)).toBe(false);
  });
});

describe('an agent that is starting', () => {
  it('has half a minute after its sandbox was made, also by a clock that is a little ahead, or set back', () => {
    const { clock, life } = scene();
    const made = (agoMs: number) => sandboxWith({ createdAtMs: clock.now() - agoMs });
    expect([-20_000, 0, 29_000, 30_000, -30_000].map((agoMs) => life.isStarting(made(agoMs)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    life.begins(id);
    expect(life.isStarting(running)).toBe(true);
    clock.jump(-3_600_000);
    expect(life.isStarting(running)).toBe(false);
  });

  it('is one no more once it has answered, until its sandbox is resumed', () => {
    const { life } = scene();
    life.begins(id);
    life.answers(id);
    expect(life.isStarting(running)).toBe(false);
    life.begins(id);
    expect(life.isStarting(running)).toBe(true);
    expect(life.isStarting({ ...running, phase: 'paused' })).toBe(false);
  });

  it('is forgotten together with its sandbox', async () => {
    const { clock, life } = scene();
    life.see([]);
    life.see([running]);
    expect(life.isStarting(running)).toBe(true);
    await clock.advance(20_000);
    life.see([running]);
    await clock.advance(10_000);
    expect(life.isStarting(running)).toBe(false);
    life.see([]);
    life.see([running]);
    expect(life.isStarting(running)).toBe(true);
  });
});

describe('a sandbox that is paused for a snapshot', () => {
  it('is told as running, in the words of the server, until it is ready and a moment longer', async () => {
    const { clock, life } = scene();
    expect(life.asSeen(paused)).toBe(paused);
    const [first, second] = [life.saves(id), life.saves(id)];
    expect(life.asSeen(paused)).toEqual({ ...paused, phase: 'running' });
    expect(life.isFrozen(life.asSeen(paused))).toBe(true);
    first();
    await clock.advance(60_000);
    expect(life.asSeen(paused).phase).toBe('running');
    second();
    expect(life.asSeen(paused).phase).toBe('running');
    await clock.advance(2_000);
    expect(life.asSeen(paused)).toBe(paused);
    expect(life.isFrozen(paused)).toBe(false);
  });

  it('is told as what it is otherwise, and as paused when that was asked for', () => {
    const { life } = scene();
    const saved = life.saves(id);
    const ended = sandboxWith({ phase: 'failed', rawState: 'Failed' });
    expect([life.asSeen(ended), life.asSeen(running)]).toEqual([ended, running]);
    expect(life.isFrozen(running)).toBe(false);
    expect(life.asSeen({ ...paused, id: 'sandbox-2' }).phase).toBe('paused');
    life.rests(id);
    expect(life.asSeen(paused).phase).toBe('running');
    saved();
    life.rests(id);
    expect(life.asSeen(paused)).toBe(paused);
  });
});
