import { describe, expect, it } from 'vitest';
import type { FixChoices, FixPlan } from '../../../../src/app/contracts.ts';
import type { FixId } from '../../../../src/model/fix.ts';
import type { CacheFolder, FolderSize, Housekeeping, LargestFolders } from '../../../../src/model/ports.ts';
import { Problem } from '../../../../src/model/problem.ts';
import type { Sample } from '../../../../src/model/sample.ts';
import { type AppBench, startedBench } from '../../../helpers/app-bench.ts';
import { aSample, aSandbox, MiB } from '../../../helpers/fake-provider.ts';
import { RecordingHistory } from '../../../helpers/recording-history.ts';

const GiB = 1024 * MiB;
const npm: CacheFolder = { tool: 'npm', path: '/root/.npm/_cacache', bytes: 1024 * MiB, inMemory: false };
const pip: CacheFolder = { tool: 'pip', path: '/root/.cache/pip', bytes: 512 * MiB, inMemory: false };
const shm: CacheFolder = { tool: 'ccache', path: '/root/.cache/ccache', bytes: 200 * MiB, inMemory: true };
const serverLog: FolderSize = { path: '/srv/server.log', bytes: 801 * MiB };

/** A place whose disk shrinks by what is removed, unless the test holds it. */
class FakeHousekeeping implements Housekeeping {
  usedBytes = 9.5 * GiB;
  caught: readonly CacheFolder[] = [npm, pip];
  freed: (bytes: number) => number = (bytes) => bytes;
  /** Something else keeps the disk full. */
  held = false;
  readonly cleared: string[] = [];
  readonly asked: (string | null)[] = [];
  found: LargestFolders = { folders: [{ path: '/srv', bytes: 3 * GiB }], complete: true };

  caches(on: string | null): Promise<readonly CacheFolder[]> {
    this.asked.push(on);
    return Promise.resolve(this.caught);
  }
  clear({ path, bytes }: CacheFolder): Promise<number> {
    this.cleared.push(path);
    return Promise.resolve(this.#remove(bytes));
  }
  logs(): Promise<readonly FolderSize[]> {
    return Promise.resolve([serverLog]);
  }
  shorten({ path, bytes }: FolderSize): Promise<number> {
    this.cleared.push(path);
    return Promise.resolve(this.#remove(bytes - MiB));
  }
  largest(): Promise<LargestFolders> {
    return Promise.resolve(this.found);
  }
  #remove(bytes: number): number {
    const freed = this.freed(bytes);
    if (!this.held) this.usedBytes -= freed;
    return freed;
  }
}

const sampleOf = (bench: AppBench, keeping: FakeHousekeeping, part: Partial<Sample> = {}): Sample =>
  aSample('a', bench.clock.now(), { disk: { usedBytes: keeping.usedBytes, limitBytes: 10 * GiB }, ...part });

const scene = async (part: Partial<Sample> = {}) => {
  const keeping = new FakeHousekeeping();
  const bench = await startedBench([aSandbox('a')], { actions: { housekeeping: keeping } });
  const push = (): void => bench.provider.stream('a').queue.push(sampleOf(bench, keeping, part));
  push();
  await bench.show();
  const plan = (id: FixId, choices: FixChoices = {}): Promise<FixPlan> => bench.app.planFix('a', id, null, choices);
  /** Runs it while samples go on. */
  const run = async (made: FixPlan, samples = true) => {
    const stop = new AbortController();
    const feeding = (async () => {
      while (!stop.signal.aborted) {
        await new Promise<void>((resolve) => bench.clock.after(1_000, resolve));
        if (samples) push();
      }
    })();
    const outcome = await bench.fix(made);
    stop.abort();
    await bench.clock.advance(1_000);
    await feeding;
    return outcome;
  };
  return { keeping, bench, plan, run };
};

describe('clearing caches', () => {
  it('names each with its size before, and compares the disk afterwards', async () => {
    const { plan, run, keeping, bench } = await scene();
    const made = await plan('clearCaches');
    expect(made).toMatchObject({ title: 'Clear caches (1.5 GiB)', risk: 'confirm' });
    expect(made.steps).toEqual([
      'Remove what is in /root/.npm/_cacache (npm, 1 GiB), inside a.',
      'Remove what is in /root/.cache/pip (pip, 512 MiB), inside a.',
    ]);
    expect(keeping.cleared).toEqual([]);
    expect(await run(made)).toMatchObject({
      fixId: 'clearCaches',
      result: 'worked',
      text: '1.5 GiB of 1.5 GiB went: the disk fell from 9.5 GiB (95 %) to 8 GiB (80 %).',
    });
    expect(keeping.cleared).toEqual([npm.path, pip.path]);
    expect(bench.history.fixList).toMatchObject([{ outcome: { fixId: 'clearCaches', result: 'worked' } }]);
  });

  it('clears only those that were picked', async () => {
    const { plan, run, keeping } = await scene();
    const made = await plan('clearCaches', { caches: [pip] });
    expect(made.title).toBe('Clear caches (512 MiB)');
    await run(made);
    expect(keeping.cleared).toEqual([pip.path]);
  });

  it('did not work when the disk stays full, or nothing could be removed', async () => {
    const full = await scene();
    full.keeping.held = true;
    expect(await full.run(await full.plan('clearCaches'))).toMatchObject({
      result: 'did-not-work',
      text: expect.stringContaining('has the files open'),
    });
    const stuck = await scene();
    stuck.keeping.freed = () => 0;
    expect(await stuck.run(await stuck.plan('clearCaches'))).toMatchObject({
      result: 'did-not-work',
      text: expect.stringContaining('0 B of 1.5 GiB went'),
    });
  });

  it('cannot tell without new numbers, or when it was too little to be seen', async () => {
    const silent = await scene();
    expect(await silent.run(await silent.plan('clearCaches'), false)).toMatchObject({
      result: 'cannot-tell',
      text: expect.stringContaining('no sample came'),
    });
    const little = await scene();
    little.keeping.caught = [{ ...npm, bytes: 2 * MiB }];
    expect(await little.run(await little.plan('clearCaches'))).toMatchObject({
      result: 'cannot-tell',
      text: expect.stringContaining('too little to be seen in the disk'),
    });
    const blind = await scene({ disk: undefined as never });
    expect((await blind.run(await blind.plan('clearCaches'))).text).toContain('no numbers before');
  });

  it('compares with the newest reading of the disk, where not every sample has one', async () => {
    const { plan, bench, keeping } = await scene();
    bench.provider.stream('a').queue.push(aSample('a', bench.clock.now()));
    await bench.show();
    const made = await plan('clearCaches');
    let outcome = null;
    const running = bench.fix(made).then((one) => {
      outcome = one;
    });
    for (let second = 0; outcome === null && second < 12; second += 1) await bench.clock.advance(1_000);
    bench.provider.stream('a').queue.push(sampleOf(bench, keeping));
    await running;
    expect(outcome).toMatchObject({ result: 'worked', text: expect.stringContaining('from 9.5 GiB (95 %)') });
  });

  it('says what to do instead when there are none', async () => {
    const { plan, keeping } = await scene();
    keeping.caught = [];
    await expect(plan('clearCaches')).rejects.toMatchObject({
      kind: 'conflict',
      nextStep: expect.stringContaining('largest folders'),
    });
  });

  it('looks only at the disk that is the fullest of several', async () => {
    const disk = { usedBytes: 9 * GiB, limitBytes: 10 * GiB, place: '/work' };
    const { plan, keeping } = await scene({ disk });
    keeping.asked.length = 0;
    keeping.caught = [npm, { ...shm, elsewhere: true }];
    const { parameters } = await plan('clearCaches');
    expect(keeping.asked).toEqual(['/work']);
    expect(parameters).toEqual({ kind: 'clearCaches', caches: [npm] });
  });

  it('compares the disk it was for, also when another one is the first told of by then', async () => {
    const of = (usedBytes: number, place: string) => ({ usedBytes, limitBytes: 10 * GiB, place });
    const { plan, bench } = await scene({ disk: of(9.5 * GiB, '/tmp'), otherDisks: [of(8.5 * GiB, '/work')] });
    const made = await plan('clearCaches');
    const after = { disk: of(8.5 * GiB, '/work'), otherDisks: [of(8 * GiB, '/tmp')] };
    bench.clock.after(2_000, () => bench.provider.stream('a').queue.push(aSample('a', bench.clock.now(), after)));
    expect(await bench.fix(made)).toMatchObject({
      result: 'worked',
      text: '1.5 GiB of 1.5 GiB went: the disk of /tmp fell from 9.5 GiB (95 %) to 8 GiB (80 %).',
    });
  });

  it('is compared by the number of files where the disk is short of these', async () => {
    const before = { inodes: { used: 999_000, limit: 1_000_000 } };
    const after = async (used: number) => {
      const { plan, run, bench, keeping } = await scene(before);
      keeping.usedBytes = 4 * GiB;
      bench.provider.stream('a').queue.push(sampleOf(bench, keeping, before));
      await bench.show();
      const made = await plan('clearCaches');
      expect(made.check).toContain('the number of files on the disk');
      bench.clock.after(5_000, () =>
        bench.provider.stream('a').queue.push(sampleOf(bench, keeping, { inodes: { used, limit: 1_000_000 } })),
      );
      return run(made, false);
    };
    expect(await after(400_000)).toMatchObject({
      result: 'worked',
      text: '1.5 GiB of 1.5 GiB went: the disk fell from 999000 files (100 %) to 400000 files (40 %).',
    });
    expect(await after(998_900)).toMatchObject({ result: 'did-not-work' });
  });

  it('cannot tell while only memory is read again, and not the disk', async () => {
    const { plan, bench } = await scene();
    const made = await plan('clearCaches');
    let outcome = null;
    void bench.fix(made).then((one) => {
      outcome = one;
    });
    for (let second = 0; outcome === null && second < 40; second += 1) {
      bench.provider.stream('a').queue.push(aSample('a', bench.clock.now()));
      await bench.clock.advance(1_000);
    }
    expect(outcome).toMatchObject({ result: 'cannot-tell', text: expect.stringContaining('no sample came') });
  });

  it('in memory frees memory, and that is what is compared', async () => {
    const { plan, run } = await scene();
    const made = await plan('clearCaches', { caches: [shm] });
    expect(made.check).toContain('memory');
    expect(await run(made)).toMatchObject({ result: 'did-not-work', text: expect.stringContaining('memory holds') });
  });

  it('tells what went when it is cancelled', async () => {
    const { plan, bench, keeping } = await scene();
    const stop = new AbortController();
    keeping.clear = ({ path }) => {
      keeping.cleared.push(path);
      if (path === pip.path) return new Promise(() => stop.abort());
      return Promise.resolve(npm.bytes);
    };
    const outcome = await bench.fix(await plan('clearCaches'), stop.signal);
    expect(outcome).toMatchObject({ result: 'cancelled' });
    expect(outcome.text).toContain('1 GiB of npm (/root/.npm/_cacache) went');
  });
});

describe('shortening logs', () => {
  it('names the files and what is lost, and compares the disk', async () => {
    const { plan, run } = await scene();
    const made = await plan('shortenLogs');
    expect(made).toMatchObject({ title: 'Shorten logs (800 MiB)', risk: 'confirm' });
    expect(made.steps).toEqual(['Cut /srv/server.log (801 MiB) down to its last 1 MiB, inside a.']);
    expect(made.losses.join()).toContain('All lines of this file before the last 1 MiB');
    expect(await run(made)).toMatchObject({
      result: 'worked',
      text: '800 MiB of 800 MiB went: the disk fell from 9.5 GiB (95 %) to 8.7 GiB (87 %).',
    });
  });
});

describe('the largest folders', () => {
  it('are shown, and nothing is claimed', async () => {
    const { plan, bench } = await scene();
    const made = await plan('showLargestFolders');
    expect(made).toMatchObject({ risk: 'safe', check: 'None: it only shows something.' });
    const shown: LargestFolders[] = [];
    const outcome = await bench.app.runFix(made, {
      signal: new AbortController().signal,
      progress: () => undefined,
      hands: {
        ask: () => Promise.resolve(false),
        runHere: () => Promise.resolve(null),
        showFolders: (found) => shown.push(found),
      },
    });
    expect(outcome).toMatchObject({
      result: 'cannot-tell',
      text: 'The largest folders: /srv 3 GiB. Nothing was changed.',
    });
    expect(shown).toHaveLength(1);
  });
});

describe('what is on a disk that fills up', () => {
  it('is measured once, and stands on the button of the warning', async () => {
    const { bench, keeping } = await scene();
    // The first reading showed 95 %.
    expect(keeping.asked).toEqual([null]);
    let used = 9.5;
    while (used < 9.99 && bench.notices.length === 0) {
      keeping.usedBytes = used * GiB;
      bench.provider.stream('a').queue.push(sampleOf(bench, keeping));
      await bench.clock.advance(1_000);
      used += 0.004;
    }
    expect(bench.notices[0]).toMatchObject({ signal: 'disk' });
    expect(bench.notices[0]?.fixes.map(({ title }) => title)).toEqual([
      'Clear caches (1.5 GiB)',
      'Shorten logs (801 MiB)',
    ]);
    expect(keeping.asked).toEqual([null]);
  });

  it('is measured again after something was removed', async () => {
    const { plan, run, keeping } = await scene();
    await run(await plan('clearCaches', { caches: [pip] }));
    expect(keeping.asked).toEqual([null, null]);
  });

  it('that can not be measured changes nothing else', async () => {
    const keeping = new FakeHousekeeping();
    keeping.caches = () => Promise.reject(new Problem('unavailable-here', 'No.'));
    const bench = await startedBench([aSandbox('a')], { actions: { housekeeping: keeping } });
    bench.provider.stream('a').queue.push(sampleOf(bench, keeping));
    await bench.show();
    expect(bench.log.lines.join('\n')).toContain('was not measured: No.');
    expect(bench.view('a').actions).toContain('clearCaches');
  });

  it('of a sandbox on a server is looked at only when a person asks, by a command', async () => {
    const asked: (readonly string[])[] = [];
    const bench = await startedBench([aSandbox('a')], {
      actions: {
        exec: (_id, argv) => {
          asked.push(argv);
          return Promise.resolve({
            exitCode: 0,
            stdout: '900000\t/root/.npm/_cacache\n',
            stderr: '',
            truncated: false,
          });
        },
      },
    });
    const disk = { usedBytes: 9.9 * GiB, limitBytes: 10 * GiB };
    bench.provider.stream('a').queue.push(aSample('a', bench.clock.now(), { disk }));
    await bench.show();
    expect(asked).toEqual([]);
    expect(bench.view('a').actions).toEqual(expect.arrayContaining(['clearCaches', 'showLargestFolders']));
    expect(bench.view('a').actions).not.toContain('setHeapLimit');
    expect((await bench.app.planFix('a', 'clearCaches')).title).toBe('Clear caches (879 MiB)');
    expect(asked).toHaveLength(1);
  });
});

describe('what worked before', () => {
  it('is read from the history, and decides the order', async () => {
    const history = new RecordingHistory();
    history.fixes = () =>
      Promise.resolve([{ fixId: 'shortenLogs', tried: 3, worked: 2, didNotWork: 1, lastTriedAtMs: 0 }]);
    const next = await startedBench([aSandbox('a')], {
      history,
      actions: { exec: () => Promise.reject(new Error('not asked')) },
    });
    let used = 9;
    while (used < 9.99 && next.notices.length === 0) {
      const disk = { usedBytes: used * GiB, limitBytes: 10 * GiB };
      next.provider.stream('a').queue.push(aSample('a', next.clock.now(), { disk }));
      await next.clock.advance(1_000);
      used += 0.004;
    }
    expect(next.notices[0]?.fixes.map(({ id }) => id)).toEqual(['showLargestFolders', 'shortenLogs']);
  });
});
