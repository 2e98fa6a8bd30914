import { describe, expect, it } from 'vitest';
import { RemovableWatch } from '../../../src/app/removable-watch.ts';
import { Tasks } from '../../../src/app/waiting.ts';
import type { Removable } from '../../../src/model/fix.ts';
import type { CacheFolder, FolderSize, Housekeeping } from '../../../src/model/ports.ts';
import { KeptLog, startedBench } from '../../helpers/app-bench.ts';
import { aSample, aSandbox } from '../../helpers/fake-provider.ts';
import { memoryForecast } from '../../helpers/views.ts';

const npm: CacheFolder = { tool: 'npm', path: '/root/.npm', bytes: 500, inMemory: false };
const ccache: CacheFolder = { tool: 'ccache', path: '/dev/shm/ccache', bytes: 70, inMemory: true, elsewhere: true };
const serverLog: FolderSize = { path: '/srv/server.log', bytes: 9 };

/** A watch, and the view of a sandbox whose disk is nearly full. */
const scene = async (place?: string) => {
  const bench = await startedBench([aSandbox('a')]);
  const disk = { usedBytes: 95, limitBytes: 100, ...(place === undefined ? {} : { place }) };
  bench.provider.stream('a').queue.push(aSample('a', bench.clock.now(), { disk }));
  await bench.show();
  const asked: string[] = [];
  const found: Removable[] = [];
  const logsRead = Promise.withResolvers<void>();
  const keeping = { caches: [npm, ccache] as readonly CacheFolder[], logs: logsRead.promise };
  const notAsked = (): Promise<never> => Promise.reject(new Error('not asked'));
  const housekeeping: Housekeeping = {
    caches: (on) => {
      asked.push(`caches on ${on}`);
      return Promise.resolve(keeping.caches);
    },
    logs: async (on) => {
      asked.push(`logs on ${on}`);
      await keeping.logs;
      return [serverLog];
    },
    ...{ clear: notAsked, shorten: notAsked, largest: notAsked },
  };
  const { clock } = bench;
  const watch = new RemovableWatch({
    ...{ clock, log: new KeptLog(), tasks: new Tasks(), housekeeping },
    found: (removable) => found.push(removable),
  });
  return { watch, clock, view: bench.view('a'), asked, found, keeping, logsRead };
};

describe('what could be removed', () => {
  it('is measured once, and told for the disk and for memory', async () => {
    const { watch, view, clock, asked, found, logsRead } = await scene('/work');
    logsRead.resolve();
    watch.consider(view);
    watch.consider(view);
    await clock.advance(1_000);
    expect(asked).toEqual(['caches on /work', 'logs on /work']);
    expect(found).toEqual([{ cachesBytes: 500, cachesInMemoryBytes: 70, logsBytes: 9 }]);
    watch.consider(view);
    await clock.advance(1_000);
    expect(found).toHaveLength(1);
  });

  it('leaves what lies in memory out of the disk where no disk is named', async () => {
    const { watch, view, clock, found, keeping, logsRead } = await scene();
    keeping.caches = [npm, { tool: 'ccache', path: '/dev/shm/ccache', bytes: 70, inMemory: true }];
    logsRead.resolve();
    watch.consider(view);
    await clock.advance(1_000);
    expect(found).toEqual([{ cachesBytes: 500, cachesInMemoryBytes: 70, logsBytes: 9 }]);
  });

  it('leaves out what the provider finds on another disk, also where none is named', async () => {
    const { watch, view, clock, found, keeping, logsRead } = await scene();
    keeping.caches = [npm, { ...npm, path: '/volume/.npm', elsewhere: true }];
    logsRead.resolve();
    watch.consider(view);
    await clock.advance(1_000);
    expect(found).toMatchObject([{ cachesBytes: 500 }]);
  });

  it('is looked for on the disk that runs out of files, where that is another one than the fullest', async () => {
    const { watch, view, clock, asked, logsRead } = await scene('/work');
    logsRead.resolve();
    const inodes = memoryForecast({ signal: 'inodes', unit: 'count', place: '/tmp' });
    watch.consider({ ...view, leading: inodes, forecasts: [...view.forecasts, inodes] });
    await clock.advance(1_000);
    expect(asked).toEqual(['caches on /tmp', 'logs on /tmp']);
  });

  it('is not told any more when it was removed while it was measured, and is measured again', async () => {
    const { watch, view, clock, found, keeping, logsRead } = await scene('/work');
    watch.consider(view);
    await clock.advance(1_000);
    keeping.caches = [];
    watch.again();
    logsRead.resolve();
    await clock.advance(1_000);
    expect(found).toEqual([]);
    watch.consider(view);
    await clock.advance(1_000);
    expect(found).toEqual([{ cachesBytes: 0, cachesInMemoryBytes: 0, logsBytes: 9 }]);
  });
});
