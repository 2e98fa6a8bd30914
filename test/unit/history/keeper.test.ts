import { describe, expect, it } from 'vitest';
import { type Engine, EngineError, type EngineTrouble } from '../../../src/history/engine.ts';
import type { Entry } from '../../../src/history/entries.ts';
import { Keeper, type OpenedEngine } from '../../../src/history/keeper.ts';
import { MemoryEngine } from '../../../src/history/memory-engine.ts';
import type { Trouble } from '../../../src/history/protocol.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const warning = (no: number): Entry => ({
  ...{ k: 'record', kind: 'warning', sandboxId: 'sb-1', id: `w-${no}`, ref: null, atMs: no },
  data: '{}',
});

/** Says it is an engine on disk, and fails when told to. */
class BrittleEngine extends MemoryEngine {
  fails: EngineTrouble | null = null;
  writes = 0;
  fits = true;

  override forgetSandbox(sandboxId: string): void {
    if (this.fails !== null) throw new EngineError(this.fails, 'as told');
    super.forgetSandbox(sandboxId);
  }

  override forgetEverything(): void {
    if (this.fails !== null) throw new EngineError(this.fails, 'as told');
    super.forgetEverything();
  }

  override sizeBytes(): number {
    if (!this.fits) throw new EngineError('failed', 'as told');
    return super.sizeBytes();
  }

  override write(entries: readonly Entry[]): void {
    this.writes += 1;
    if (this.fails !== null) throw new EngineError(this.fails, 'as told');
    super.write(entries);
  }
}

const open = (opens: readonly (EngineTrouble | BrittleEngine)[], setAside: OpenedEngine['setAside'] = null) => {
  const clock = new FakeClock();
  const told: Trouble[] = [];
  const given: (Engine | null)[] = [];
  let no = 0;
  const keeper = new Keeper({
    folder: '/history',
    open: (broken) => {
      given.push(broken);
      const next = opens[Math.min(no, opens.length - 1)];
      no += 1;
      if (next instanceof BrittleEngine) return { engine: next, setAside: broken === null ? null : setAside };
      throw new EngineError(next ?? 'failed', 'as told');
    },
    tell: (trouble) => told.push(trouble),
    log: () => undefined,
    now: () => clock.now(),
    after: (delayMs, run) => clock.after(delayMs, run),
    changed: () => undefined,
  });
  keeper.start();
  const ids = (): readonly (string | null)[] => keeper.engine.records('warning', { limit: 99 }).map((each) => each.id);
  return { keeper, clock, told, given, ids };
};

describe('Keeper', () => {
  it('holds what cannot be written while another one holds the file, and says so only when it lasts', async () => {
    const engine = new BrittleEngine();
    const { keeper, clock, told, ids } = open([engine]);
    engine.fails = 'locked';
    keeper.write([warning(1)]);
    await clock.advance(1_000);
    keeper.write([warning(2)]);
    expect(told).toEqual([]);
    await clock.advance(10_000);
    expect(told.at(-1)).toMatchObject({ trouble: 'locked', text: expect.stringContaining('Another program') });
    engine.fails = null;
    await clock.advance(15_000);
    expect(ids()).toEqual(['w-2', 'w-1']);
    expect(told.filter((each) => each.text === null).map((each) => each.trouble)).toContain('locked');
    expect(clock.pending).toBe(0);
  });

  it('tries less and less often on a full disk', async () => {
    const engine = new BrittleEngine();
    const { keeper, clock, told } = open([engine]);
    engine.fails = 'full';
    keeper.write([warning(1)]);
    expect(told).toMatchObject([{ trouble: 'full', text: expect.stringContaining('disk is full') }]);
    await clock.advance(10 * 60_000);
    expect(engine.writes).toBeLessThan(60);
    engine.fails = null;
    await clock.advance(15_000);
    expect(keeper.engine.records('warning', { limit: 9 })).toHaveLength(1);
  });

  it('answers from memory until the file can be opened, then writes what waited', async () => {
    const engine = new BrittleEngine();
    const { keeper, clock, ids } = open(['locked', 'locked', engine]);
    keeper.write([warning(1)]);
    expect(keeper.engine).not.toBe(engine);
    expect(ids()).toEqual(['w-1']);
    await clock.advance(5_000);
    expect(keeper.engine).toBe(engine);
    expect(ids()).toEqual(['w-1']);
  });

  it.each(['read-only', 'newer', 'missing'] as const)(
    'goes on in memory when the place is %s, and says it once',
    async (trouble) => {
      const { keeper, clock, told, ids } = open([trouble]);
      keeper.write([warning(1)]);
      await clock.advance(60_000);
      keeper.write([warning(2)]);
      expect(keeper.engine.name).toBe('memory');
      expect(ids()).toEqual(['w-2', 'w-1']);
      expect(told.filter((each) => each.text !== null)).toHaveLength(1);
      expect(clock.pending).toBe(0);
    },
  );

  it('keeps what waited when it has to go on in memory', () => {
    const engine = new BrittleEngine();
    const { keeper, ids } = open([engine]);
    engine.fails = 'full';
    keeper.write([warning(1)]);
    engine.fails = 'newer';
    keeper.write([warning(2)]);
    expect(ids()).toEqual(['w-2', 'w-1']);
  });

  it('has a damaged file set aside and writes again what met the damage', () => {
    const [bad, good] = [new BrittleEngine(), new BrittleEngine()];
    const { keeper, told, given, ids } = open([bad, good], { name: 'history-set-aside-1.sqlite', saved: 12 });
    bad.fails = 'corrupt';
    keeper.write([warning(1)]);
    expect(given).toEqual([null, bad]);
    expect(ids()).toEqual(['w-1']);
    expect(told).toMatchObject([{ trouble: 'set-aside', text: expect.stringMatching(/aside-1\.sqlite.* 12 entries/) }]);
  });

  it('opens again, without setting anything aside, when the file was replaced', () => {
    const [old, fresh] = [new BrittleEngine(), new BrittleEngine()];
    const { keeper, told, given, ids } = open([old, fresh]);
    old.fails = 'replaced';
    keeper.write([warning(1)]);
    expect(given).toEqual([null, null]);
    expect(ids()).toEqual(['w-1']);
    expect(told).toEqual([]);
  });

  it('does not go round in circles when damage comes back at once', () => {
    const bad = new BrittleEngine();
    const { keeper, given, ids } = open([bad]);
    bad.fails = 'corrupt';
    keeper.write([warning(1)]);
    expect(given.length).toBeLessThan(4);
    expect(keeper.engine.name).toBe('memory');
    expect(ids()).toEqual(['w-1']);
  });

  it('forgets what waits, too', async () => {
    const engine = new BrittleEngine();
    const { keeper, clock } = open([engine]);
    engine.fails = 'full';
    keeper.write([warning(1), { ...warning(2), sandboxId: 'sb-2' } as Entry]);
    keeper.forget('sb-1');
    engine.fails = null;
    await clock.advance(60_000);
    expect(keeper.engine.records('warning', { limit: 9 })).toMatchObject([{ sandboxId: 'sb-2' }]);
  });

  it.each(['sb-1', null])(
    'forgets %s later where another one holds the file, before anything new is written',
    async (what) => {
      const engine = new BrittleEngine();
      const { keeper, clock, ids } = open([engine]);
      keeper.write([warning(1)]);
      engine.fails = 'locked';
      keeper.forget(what);
      keeper.write([warning(2)]);
      engine.fails = null;
      await clock.advance(60_000);
      expect(ids()).toEqual(['w-2']);
      expect(clock.pending).toBe(0);
    },
  );

  it('says what came of forgetting', async () => {
    const engine = new BrittleEngine();
    const { keeper, clock } = open([engine]);
    expect(keeper.forget('sb-1')).toBe('done');
    engine.fails = 'locked';
    expect(keeper.forget('sb-1')).toBe('later');
    expect(keeper.forget(null)).toBe('later');
    engine.fails = null;
    await clock.advance(60_000);
    expect(keeper.forget(null)).toBe('done');
    engine.fails = 'newer';
    expect(keeper.forget('sb-1')).toBe('not-here');
    expect(keeper.forget(null)).toBe('not-here');
  });

  it.each(['read-only', 'newer', 'missing', 'corrupt'] as const)(
    'says that what lies in a place that is %s was not forgotten',
    (trouble) => {
      const { keeper, ids } = open([trouble]);
      keeper.write([warning(1)]);
      expect(keeper.forget('sb-1')).toBe('not-here');
      expect(ids()).toEqual([]);
    },
  );

  it('forgets what the file holds that could not be opened yet', async () => {
    const engine = new BrittleEngine();
    engine.write([warning(1)]);
    const { keeper, clock, ids } = open(['locked', engine]);
    keeper.forget('sb-1');
    keeper.write([warning(2)]);
    expect(ids()).toEqual(['w-2']);
    await clock.advance(60_000);
    expect(ids()).toEqual(['w-2']);
  });

  it.each(['replaced', 'corrupt'] as const)(
    'forgets later what the file holds when it was %s and could not be opened again at once',
    async (trouble) => {
      const [old, file] = [new BrittleEngine(), new BrittleEngine()];
      file.write([warning(1)]);
      const { keeper, clock, ids } = open([old, 'full', file]);
      old.fails = trouble;
      expect(keeper.forget('sb-1')).toBe('later');
      keeper.write([warning(2)]);
      await clock.advance(60_000);
      expect(keeper.engine).toBe(file);
      expect(ids()).toEqual(['w-2']);
      expect(keeper.forget('sb-1')).toBe('done');
    },
  );

  it('takes back what was wrong with a question when it is over, though nothing new is written', async () => {
    const engine = new BrittleEngine();
    const { keeper, clock, told } = open([engine]);
    engine.fits = false;
    keeper.use((present) => present.sizeBytes());
    expect(told).toMatchObject([{ trouble: 'failed', text: expect.any(String) }]);
    engine.fits = true;
    await clock.advance(60_000);
    expect(told.at(-1)).toMatchObject({ text: null });
    expect(clock.pending).toBe(0);
  });

  it('does not go round in circles when damage comes back as soon as something is to be forgotten', () => {
    const bad = new BrittleEngine();
    const { keeper, given, ids } = open([bad]);
    keeper.write([warning(1)]);
    bad.fails = 'corrupt';
    keeper.forget('sb-1');
    keeper.write([warning(2)]);
    expect(given.length).toBeLessThan(4);
    expect(keeper.engine.name).toBe('memory');
    expect(ids()).toEqual(['w-2']);
  });

  it('writes to the new file when the old one turned out to be damaged while something was forgotten', async () => {
    const [bad, good] = [new BrittleEngine(), new BrittleEngine()];
    const { keeper, clock, ids, given } = open([bad, good]);
    bad.fails = 'locked';
    keeper.forget('sb-1');
    bad.fails = 'corrupt';
    keeper.write([warning(1)]);
    expect(keeper.engine).toBe(good);
    expect(ids()).toEqual(['w-1']);
    expect(given).toEqual([null, bad]);
    await clock.advance(60_000);
    expect(ids()).toEqual(['w-1']);
  });
});
