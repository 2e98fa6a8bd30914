import { describe, expect, it } from 'vitest';
import type { ErrorEvent } from '../../../src/model/error-event.ts';
import type { CacheFolder, ProviderActions } from '../../../src/model/ports.ts';
import { Problem } from '../../../src/model/problem.ts';
import { type AppBench, createAppBench, nowhere } from '../../helpers/app-bench.ts';
import { aSandbox, FakeProvider, MiB, using } from '../../helpers/fake-provider.ts';
import { aRemembered } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

/** A provider of the place the editor itself works in. */
class HereProvider extends FakeProvider {
  readonly isHere = true;
  isNameless = false;
}

const anError = (atMs: number): ErrorEvent => ({
  sandboxId: 'local-x',
  commandId: null,
  commandLine: 'npm test',
  source: 'task',
  text: 'ENOSPC: no space left on device, write',
  exitCode: 1,
  atMs,
});

const how = 'the editor works in it, a Docker container';

/** A server (the bench's own provider) and the place the editor works in. */
const start = async (actions: ProviderActions = {}): Promise<AppBench & { readonly here: HereProvider }> => {
  const bench = createAppBench();
  const here = new HereProvider(bench.clock, { id: 'local', label: 'This computer', actions });
  here.recognised = { sandboxId: 'local-x', how, inside: true };
  bench.app.setProviders([bench.provider, here]);
  bench.app.setPlace(nowhere, null);
  here.put(aSandbox('local-x', { provider: 'local', name: 'this container' }));
  await bench.show();
  return { ...bench, here };
};
const ids = ({ app }: AppBench): readonly string[] => app.view.sandboxes.map(({ sandbox }) => sandbox.id);

describe('the place the editor works in', () => {
  it('is shown and measured before any server has answered', async () => {
    const bench = await start();
    expect(bench.app.view).toMatchObject({ currentId: 'local-x', currentHow: 'the editor works in it' });
    expect(bench.here.opened('local-x')).toBe(1);
  });

  it('is the current one where no server has any', async () => {
    const bench = await start();
    bench.provider.tell();
    await bench.show();
    expect(bench.app.view).toMatchObject({
      currentId: 'local-x',
      currentHow: how,
      currentInside: true,
      ambiguous: false,
    });
  });

  it('is the current one where the server can not be reached', async () => {
    const bench = await start();
    const problem = new Problem('unreachable', 'Nothing listens there.');
    const atMs = bench.clock.now();
    bench.provider.event({ kind: 'health', atMs, healthy: false, problem, retryAtMs: atMs + 2000 });
    await bench.show();
    expect(bench.app.view).toMatchObject({ currentId: 'local-x', currentInside: true });
  });

  it('steps back for the only running sandbox of a server, and comes back after its end', async () => {
    const bench = await start();
    bench.provider.put(aSandbox('a'));
    await bench.show();
    expect(bench.app.view).toMatchObject({
      currentId: 'a',
      currentHow: 'the only one running on a server',
      currentInside: false,
    });
    expect(ids(bench)).toEqual(['a', 'local-x']);
    bench.provider.sandboxes.clear();
    bench.provider.tell();
    await bench.show();
    // The end of a sandbox stays in sight.
    expect(bench.app.view.currentId).toBe('a');
  });

  it('does not decide between several of a server', async () => {
    const bench = await start();
    bench.provider.put(aSandbox('a'), aSandbox('b'));
    await bench.show();
    expect(bench.app.view).toMatchObject({ currentId: null, ambiguous: true });
    bench.app.choose('local-x');
    await bench.show();
    expect(bench.app.view).toMatchObject({ currentId: 'local-x', currentHow: 'chosen by you', currentInside: true });
  });

  it('is one sandbox with the server’s record of the same place', async () => {
    const bench = await start();
    bench.provider.recognised = { sandboxId: 'a', how: 'named by OPENSANDBOX_ID', inside: true };
    bench.provider.put(aSandbox('a'), aSandbox('b'));
    await bench.show();
    expect(bench.app.view).toMatchObject({
      currentId: 'a',
      currentHow: 'named by OPENSANDBOX_ID',
      currentInside: true,
    });
    expect(ids(bench)).toEqual(['a', 'b']);
    expect(bench.here.openStreams).toHaveLength(0);
  });

  it('is shown again when the server’s record of it is gone', async () => {
    const bench = await start();
    bench.provider.recognised = { sandboxId: 'a', how: 'named by OPENSANDBOX_ID', inside: true };
    bench.provider.put(aSandbox('a'));
    await bench.show();
    expect(ids(bench)).toEqual(['a']);
    bench.app.setProviders([bench.here]);
    await bench.show();
    expect(bench.app.view.currentId).toBe('local-x');
    expect(ids(bench)).toContain('local-x');
    expect(bench.here.openStreams).toHaveLength(1);
  });

  it('leaves nothing behind where it cannot be told which computer it is', async () => {
    const kept = async (isNameless: boolean): Promise<readonly number[]> => {
      const { history, here, clock, show, app } = await start();
      history.seen.length = 0;
      here.isNameless = isNameless;
      here.put(aSandbox('local-x', { provider: 'local', name: 'another name' }));
      here.error(anError(clock.now()));
      await show();
      expect(app.view.sandboxes[0]?.errors).toHaveLength(1);
      return [history.seen.length, history.errorList.length];
    };
    expect([await kept(false), await kept(true)]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it('says nothing of the places that other windows work in', async () => {
    const history = new RecordingHistory();
    const bench = createAppBench({ history });
    const here = new HereProvider(bench.clock, { id: 'local', label: 'This computer' });
    const seen = { provider: 'local', place: 'This computer', lastSeenAtMs: bench.clock.now() - 60_000 };
    history.remembered.push(aRemembered('local-other', null, seen));
    bench.app.setProviders([here]);
    bench.app.setPlace(nowhere, null);
    here.put(aSandbox('local-x', { provider: 'local', name: 'this container' }));
    await bench.show();
    await bench.show();
    expect(ids(bench)).toContain('local-x');
    expect(history.incidentList).toEqual([]);
  });

  it('offers its own terminal and ending a process, and nothing that a server would have to do', async () => {
    const bench = await start({ signalProcess: () => Promise.resolve({ kind: 'signalled' }) });
    expect([...bench.view('local-x').actions].sort()).toEqual([
      'endProcess',
      'lowerParallelism',
      'openTerminal',
      'setHeapLimit',
      'showDetails',
    ]);
  });
});

describe('ending a process there', () => {
  // Where nothing limits it, the numbers of the machine are its own.
  it.each(['cgroup', 'machine'] as const)(
    'needs no command, looks first at what the process is, and checks that memory fell (%s)',
    async (source) => {
      const sent: string[] = [];
      let answer: 'signalled' | 'gone' = 'signalled';
      const bench = await start({
        signalProcess: async (id, target, kind) => {
          sent.push(`${id} ${target.pid} ${target.name} ${kind}`);
          if (kind !== '0') {
            setImmediate(() => {
              answer = 'gone';
            });
            return { kind: 'signalled' };
          }
          return { kind: answer };
        },
      });
      bench.provider.tell();
      const { queue } = bench.here.stream('local-x');
      queue.push(using('local-x', bench.clock.now(), 400, { source }));
      await bench.show();
      const plan = await bench.app.planFix('local-x', 'endProcess', { pid: 412, name: 'node' });
      const running = bench.fix(plan);
      await bench.clock.advance(2_000);
      queue.push(using('local-x', bench.clock.now(), 100, { source }));
      expect((await running).result).toBe('worked');
      expect(sent.slice(0, 2)).toEqual(['local-x 412 node TERM', 'local-x 412 node 0']);
    },
  );
});

describe('clearing caches that lie in memory there', () => {
  const shm: CacheFolder = { tool: 'ccache', path: '/dev/shm/ccache', bytes: 200 * MiB, inMemory: true };

  it('is checked by the memory of the machine, where nothing limits it', async () => {
    const bench = await start({
      housekeeping: {
        caches: () => Promise.resolve([shm]),
        clear: () => Promise.resolve(200 * MiB),
        logs: () => Promise.resolve([]),
        shorten: () => Promise.resolve(0),
        largest: () => Promise.resolve({ folders: [], complete: true }),
      },
    });
    bench.provider.tell();
    const { queue } = bench.here.stream('local-x');
    queue.push(using('local-x', bench.clock.now(), 400, { source: 'machine' }));
    await bench.show();
    const running = bench.fix(await bench.app.planFix('local-x', 'clearCaches', null, { caches: [shm] }));
    await bench.clock.advance(2_000);
    queue.push(using('local-x', bench.clock.now(), 200, { source: 'machine' }));
    expect(await running).toMatchObject({
      result: 'worked',
      text: expect.stringContaining('memory fell from 400 MiB'),
    });
  });
});
