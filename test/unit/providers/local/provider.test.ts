import { describe, expect, it } from 'vitest';
import type { Attention, Here, ProviderEvent } from '../../../../src/model/ports.ts';
import { Problem } from '../../../../src/model/problem.ts';
import type { Sample } from '../../../../src/model/sample.ts';
import { sleep } from '../../../../src/model/wait.ts';
import { createHousekeeping } from '../../../../src/providers/local/housekeeping.ts';
import { LocalProvider, type LocalProviderOptions } from '../../../../src/providers/local/provider.ts';
import type { Reading } from '../../../../src/providers/local/reading.ts';
import type { RecognisedPlace } from '../../../../src/providers/local/recognise.ts';
import { FakeClock, settle } from '../../../helpers/fake-clock.ts';
import { keptLog, nobodysProcesses } from './fixture-files.ts';

const mebibyte = 1024 ** 2;
const docker: RecognisedPlace = {
  kind: 'docker',
  title: 'Docker container',
  name: 'this container',
  evidence: ['/.dockerenv is there'],
};
const machine: RecognisedPlace = { kind: 'machine', title: 'machine', name: 'this machine', evidence: [] };

class FakeAttention implements Attention {
  away = false;
  readonly #listeners = new Set<() => void>();
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
  set(away: boolean): void {
    this.away = away;
    for (const listener of [...this.#listeners]) listener();
  }
}

const readingOf = (usedBytes: number, more: Partial<Reading> = {}): Reading => ({
  source: 'cgroup',
  caveats: [],
  oomKillCount: 0,
  memory: {
    usedBytes,
    workingSetBytes: usedBytes,
    limitBytes: 512 * mebibyte,
    anonBytes: null,
    oomKillCount: 0,
    limitHitCount: 0,
    stalledPercent: null,
  },
  ...more,
});

const scene = (more: Partial<LocalProviderOptions> = {}, here: Partial<Here> = {}) => {
  const clock = new FakeClock();
  const log = keptLog();
  const attention = new FakeAttention();
  const readings: Reading[] = [];
  let reads = 0;
  const provider = new LocalProvider({
    clock,
    log,
    here: {
      files: null,
      remote: false,
      unreadable: null,
      folders: [],
      remoteName: null,
      authority: null,
      attention,
      owners: nobodysProcesses,
      run: null,
      ...here,
    },
    files: null,
    createReader: () => ({
      read: () => {
        reads += 1;
        return Promise.resolve(readings.shift() ?? readingOf(100 * mebibyte));
      },
    }),
    disks: null,
    housekeeping: null,
    recognise: () => Promise.resolve(docker),
    hostname: () => Promise.resolve('box'),
    seconds: () => clock.now() / 1000,
    leastMs: 0,
    ...more,
  });
  const controller = new AbortController();
  const samples: Sample[] = [];
  const collect = async (): Promise<void> => {
    for await (const sample of provider.samples('local-box', { signal: controller.signal, mayRenew: false })) {
      samples.push(sample);
    }
  };
  return { clock, log, attention, readings, provider, controller, samples, collect, reads: () => reads };
};

const { signal } = new AbortController();
const hints = { environment: {}, hostname: 'box', workspaceNames: [], workspaceUris: [] };

describe('the place the editor works in', () => {
  it('is one running sandbox, with what gave it away', async () => {
    const { provider } = scene();
    const [sandbox] = await provider.list(signal);
    expect(sandbox).toMatchObject({
      id: 'local-box',
      name: 'this container',
      phase: 'running',
      rawState: 'Docker container',
      message: '/.dockerenv is there',
      expiry: null,
    });
    expect(await provider.current(hints, sandbox === undefined ? [] : [sandbox], signal)).toEqual({
      sandboxId: 'local-box',
      how: 'the editor works in it, a Docker container (/.dockerenv is there)',
      inside: true,
    });
    expect(await provider.current(hints, [], signal)).toBeNull();
  });

  it('has the article its name wants', async () => {
    const openSandbox = { kind: 'opensandbox', title: 'OpenSandbox sandbox', name: 'this sandbox', evidence: [] };
    const { provider, log } = scene({ recognise: () => Promise.resolve(openSandbox as RecognisedPlace) });
    const sandboxes = await provider.list(signal);
    expect((await provider.current(hints, sandboxes, signal))?.how).toBe(
      'the editor works in it, an OpenSandbox sandbox',
    );
    expect(log.lines).toContain('This is an OpenSandbox sandbox.');
    const events = provider.watch(signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ kind: 'health', text: 'an OpenSandbox sandbox' });
    await provider.dispose();
  });

  it('has only the actions that make sense for it', () => {
    expect(Object.keys(scene().provider.actions).sort()).toEqual(['diagnostics', 'limits']);
    const nothing = {
      text: () => Promise.resolve(null),
      bytes: () => Promise.resolve(null),
      names: () => Promise.resolve(null),
      link: () => Promise.resolve(null),
    };
    expect(Object.keys(scene({ files: nothing }).provider.actions).sort()).toEqual([
      'diagnostics',
      'limits',
      'signalProcess',
    ]);
    const run = () => Promise.resolve(0);
    expect(Object.keys(scene({ files: nothing }, { remote: true, run }).provider.actions).sort()).toEqual([
      'diagnostics',
      'exec',
      'limits',
    ]);
    const housekeeping = createHousekeeping();
    expect(scene({ housekeeping }).provider.actions.housekeeping).toBe(housekeeping);
  });

  it('is told again every minute', async () => {
    const { provider, clock, controller } = scene();
    const events: ProviderEvent[] = [];
    const watching = (async () => {
      for await (const event of provider.watch(controller.signal)) events.push(event);
    })();
    await clock.advance(61_000);
    controller.abort();
    await watching;
    expect(events.map(({ kind }) => kind)).toEqual(['health', 'sandboxes', 'health', 'sandboxes']);
    expect(events[0]).toMatchObject({ healthy: true, text: 'Docker container: /.dockerenv is there' });
  });

  it('on the other side of a remote window says so', async () => {
    const { provider } = scene({}, { remote: true });
    expect(provider.label).toBe('Remote machine');
    expect((await provider.list(signal))[0]).toMatchObject({
      name: 'the remote container',
      rawState: 'remote Docker container',
    });
  });
});

describe('its samples', () => {
  it('come at once, then every second, and every five while nothing moves', async () => {
    const { clock, samples, collect, controller } = scene();
    const collecting = collect();
    await settle();
    expect(samples).toHaveLength(1);
    expect(samples[0]).toMatchObject({ sandboxId: 'local-box', source: 'cgroup', cadenceMs: 1000, caveat: null });
    await clock.advance(20_000);
    expect(samples).toHaveLength(21);
    await clock.advance(20_000);
    expect(samples).toHaveLength(25);
    expect(samples.at(-1)?.cadenceMs).toBe(5000);
    controller.abort();
    await collecting;
    expect(clock.pending).toBe(0);
  });

  it('tell how long a reading took', async () => {
    const clock = new FakeClock();
    const slow = { read: () => sleep(clock, 700, signal).then(() => readingOf(mebibyte)) };
    const { samples, collect, controller } = scene({
      createReader: () => slow,
      clock,
      seconds: () => clock.now() / 1000,
    });
    const collecting = collect();
    await clock.advance(700);
    expect(samples.map(({ lateMs }) => lateMs)).toEqual([700]);
    controller.abort();
    await collecting;
  });

  it('rest while nobody looks for long, and go on at once when somebody does', async () => {
    const { clock, samples, collect, controller, attention, reads } = scene();
    const collecting = collect();
    await clock.advance(2_000);
    attention.set(true);
    await clock.advance(60_000);
    const resting = reads();
    await clock.advance(3_600_000);
    expect(reads()).toBe(resting);
    expect(samples.at(-1)).toMatchObject({ cadenceMs: 86_400_000, caveat: 'measuring rests while nobody looks' });
    attention.set(false);
    await settle();
    expect(reads()).toBe(resting + 1);
    expect(samples.at(-1)?.caveat).toBeNull();
    attention.set(true);
    await clock.advance(2_000);
    controller.abort();
    await collecting;
  });

  it.each([
    [docker, 'no memory limit can be seen from inside'],
    [machine, 'nothing limits it'],
    [{ ...docker, kind: 'e2b' } as const, 'no control group limits it: these are the numbers of its virtual machine'],
  ])('say whose numbers they are in %o', async (place, caveat) => {
    const { readings, samples, collect, controller } = scene({ recognise: () => Promise.resolve(place) });
    readings.push(readingOf(1, { source: 'machine', caveats: ['and more'] }));
    const collecting = collect();
    await settle();
    expect(samples[0]?.caveat).toBe(`${caveat}; and more`);
    controller.abort();
    await collecting;
  });

  it('are never faster than the place allows', async () => {
    const { clock, samples, collect, controller } = scene({ leastMs: 5000 });
    const collecting = collect();
    await clock.advance(10_000);
    expect(samples).toHaveLength(3);
    controller.abort();
    await collecting;
  });

  it('are refused for another place, and where nothing can be read, with the next step', async () => {
    const problem = new Problem('unavailable-here', 'Not without a folder.', { nextStep: 'Open one.' });
    const { collect } = scene({}, { unreadable: problem });
    await expect(collect()).rejects.toBe(problem);
    const other = scene().provider.samples('local-other', { signal, mayRenew: false });
    await expect(other[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'not-found' });
    const empty = scene();
    empty.readings.push({ source: 'machine', caveats: [], oomKillCount: null });
    await expect(empty.collect()).rejects.toMatchObject({ kind: 'unavailable-here' });
  });

  it('end when the provider is disposed of', async () => {
    const { provider, collect, clock } = scene();
    const collecting = collect();
    await settle();
    await provider.dispose();
    await collecting;
    expect(clock.pending).toBe(0);
  });
});

describe('kills', () => {
  it('become an error with the name of the process, also for who asks later', async () => {
    const { readings, provider, clock, collect, controller, log } = scene();
    const node = { pid: 412, parentPid: 1, name: 'node', rssBytes: 90 * mebibyte, ageMs: 1, heapLimit: null };
    readings.push(
      readingOf(100 * mebibyte, { processes: [node], ended: [] }),
      readingOf(5, { oomKillCount: 1, processes: [], ended: [node] }),
    );
    const collecting = collect();
    await clock.advance(1_500);
    const errors = provider.errors('local-box', controller.signal)[Symbol.asyncIterator]();
    const { value } = await errors.next();
    expect(value).toMatchObject({
      source: 'kernel',
      text: expect.stringContaining('Killed process, probably 412 (node)'),
    });
    expect(log.lines.some((line) => line.includes('412 (node)'))).toBe(true);
    controller.abort();
    expect((await errors.next()).done).toBe(true);
    await collecting;
  });
});

describe('a program in a remote terminal', () => {
  it('gives its exit code, a time limit, and a way to stop', async () => {
    const asked: (readonly string[])[] = [];
    const { provider } = scene(
      {},
      {
        remote: true,
        run: (argv, stop) => {
          asked.push(argv);
          if (argv[0] === 'true') return Promise.resolve(0);
          return new Promise((resolve) => stop.addEventListener('abort', () => resolve(null)));
        },
      },
    );
    const exec = provider.actions.exec;
    if (exec === undefined) throw new Error('no exec');
    const id = (await provider.list(signal))[0]?.id ?? '';
    expect(await exec(id, ['true'], 1000, signal)).toMatchObject({ exitCode: 0 });
    await expect(exec(id, ['sleep'], 20, signal)).rejects.toMatchObject({ kind: 'timeout' });
    const stopped = new AbortController();
    const running = exec(id, ['sleep'], 60_000, stopped.signal);
    await settle();
    stopped.abort();
    await expect(running).rejects.toMatchObject({ kind: 'aborted' });
    await expect(exec('other', ['true'], 1000, signal)).rejects.toMatchObject({ kind: 'not-found' });
    expect(asked).toHaveLength(3);
  });
});
