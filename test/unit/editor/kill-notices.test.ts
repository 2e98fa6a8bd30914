import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Supervisor } from '../../../src/app/contracts.ts';
import { KillNotices } from '../../../src/editor/kill-notices.ts';
import type { Incident } from '../../../src/model/incident.ts';
import type { AppView } from '../../../src/model/view.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { appView, sandbox, sandboxView } from '../../helpers/views.ts';

const { shown } = vi.hoisted(() => ({ shown: [] as string[] }));
vi.mock('vscode', () => ({
  window: {
    showWarningMessage: (text: string) => {
      shown.push(text);
      return Promise.resolve(undefined);
    },
  },
}));

const scene = () => {
  const clock = new FakeClock();
  let tell: (view: AppView) => void = () => undefined;
  let view: AppView = appView([sandboxView()]);
  const supervisor = {
    get view() {
      return view;
    },
    onChange: (listener: (view: AppView) => void) => {
      tell = listener;
      return () => undefined;
    },
  } as unknown as Supervisor;
  const world = { enabled: true };
  const notices = new KillNotices(supervisor, {
    enabled: () => world.enabled,
    clock,
    showDetails: () => Promise.resolve(),
    help: () => Promise.resolve(),
    failed: (error) => {
      throw error;
    },
  });
  const kill = (text: string, part: Partial<Incident> = {}): Incident => ({
    id: 'kill',
    sandboxId: sandbox().id,
    sandboxName: sandbox().name,
    provider: 'local',
    atMs: clock.now(),
    cause: 'out-of-memory-child',
    certainty: 'certain',
    endsSandbox: false,
    exitCode: null,
    text,
    warning: null,
    leadMs: null,
    timeline: [],
    samples: [],
    fixes: [],
    ...part,
  });
  const see = (...incidents: readonly Incident[]): void => {
    view = { ...appView([sandboxView({ incidents })]), currentInside: true };
    tell(view);
  };
  return { clock, notices, world, kill, see };
};

afterEach(() => {
  shown.length = 0;
});

const unnamed = 'Memory ran out in api-tests: the kernel killed a process.';
const named = 'Memory ran out in api-tests: the kernel killed a process, probably node (pid 412).';

describe('KillNotices', () => {
  it('waits for the name of the process, and speaks as soon as it is known', async () => {
    const { clock, kill, see } = scene();
    see(kill(unnamed));
    await clock.advance(4_000);
    expect(shown).toEqual([]);
    see(kill(named, { atMs: clock.now() - 4_000 }));
    expect(shown).toEqual([expect.stringContaining('node (pid 412)')]);
    await clock.advance(60_000);
    expect(shown).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('speaks after six seconds with what is known then', async () => {
    const { clock, kill, see } = scene();
    const atMs = clock.now();
    see(kill(unnamed));
    await clock.advance(3_000);
    see(kill('Memory ran out in api-tests: the kernel killed a process, probably of the command npm ci.', { atMs }));
    await clock.advance(2_999);
    expect(shown).toEqual([]);
    await clock.advance(1);
    expect(shown).toEqual([expect.stringContaining('npm ci')]);
    see(kill(named, { atMs }));
    expect(shown).toHaveLength(1);
  });

  it('says nothing when it turned out to be the end of the sandbox, is switched off, or is old', async () => {
    const ended = scene();
    ended.see(ended.kill(unnamed));
    ended.see(ended.kill('api-tests ran out of memory.', { cause: 'out-of-memory', endsSandbox: true }));
    await ended.clock.advance(10_000);
    const off = scene();
    off.world.enabled = false;
    off.see(off.kill(named));
    const old = scene();
    old.see(old.kill(named, { atMs: old.clock.now() - 31_000 }));
    await old.clock.advance(10_000);
    expect(shown).toEqual([]);
  });

  it('leaves no timer behind', () => {
    const { clock, notices, kill, see } = scene();
    see(kill(unnamed));
    notices.dispose();
    expect(clock.pending).toBe(0);
  });
});
