import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { FileReader, Here } from '../../../../src/model/ports.ts';
import { Problem } from '../../../../src/model/problem.ts';
import { localFactory } from '../../../../src/providers/local/factory.ts';
import { type ProviderDeps, providerFactories } from '../../../../src/providers/registry.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { fixtureFiles, keptLog, nobodysProcesses } from './fixture-files.ts';

const here = (part: Partial<Here> = {}): Here => ({
  files: null,
  remote: false,
  unreadable: null,
  folders: [],
  remoteName: null,
  authority: null,
  attention: { away: false, onChange: () => () => undefined },
  owners: nobodysProcesses,
  run: null,
  ...part,
});

const deps = (part: Partial<ProviderDeps> = {}): ProviderDeps => ({
  clock: new FakeClock(),
  log: keptLog(),
  transport: { fetch: () => Promise.reject(new Error('no network')), close: () => Promise.resolve() } as never,
  secret: () => Promise.reject(new Error('no secret is needed')),
  environment: {},
  fileExists: () => Promise.resolve(false),
  here: here(),
  ...part,
});

const { signal } = new AbortController();

describe('the factory', () => {
  it('makes a provider unless that is switched off, and needs an editor for it', () => {
    expect(localFactory.create({}, deps())?.isHere).toBe(true);
    expect(localFactory.create({ enabled: 'what' }, deps())).not.toBeNull();
    expect(localFactory.create({ enabled: false }, deps())).toBeNull();
    const { here: _none, ...without } = deps();
    expect(localFactory.create({}, without)).toBeNull();
  });

  it('comes last, so that servers are asked first, and has no address and no secret', () => {
    expect(providerFactories.at(-1)).toBe(localFactory);
    expect(localFactory.origin({}, {})).toBeNull();
    expect(localFactory.secrets).toEqual([]);
  });

  it('looks at the other computer of a remote window through the files it is given', async () => {
    using tree = fixtureFiles('v2-limited');
    const clock = new FakeClock();
    const remote = here({ remote: true, files: tree.files, remoteName: 'ssh-remote', authority: 'ssh-remote+a' });
    const provider = localFactory.create({}, deps({ clock, here: remote, environment: { CODESPACES: 'true' } }));
    const [sandbox] = (await provider?.list(signal)) ?? [];
    // The environment is that of the other computer, which this fixture has none of.
    expect(sandbox).toMatchObject({ name: 'the remote machine', metadata: { place: 'machine' } });
    const samples = provider?.samples(sandbox?.id ?? '', { signal, mayRenew: false })[Symbol.asyncIterator]();
    const first = await samples?.next();
    expect(first?.value).toMatchObject({
      source: 'cgroup',
      cadenceMs: 5000,
      caveat: 'read through the editor’s remote connection',
    });
    expect(first?.value).not.toHaveProperty('disk');
    expect(first?.value).not.toHaveProperty('fds');
    await samples?.return?.();
  });

  it('gives every computer an id of its own, also where they are called alike or do not say how', async () => {
    const called = (name: string | null): FileReader => ({
      text: async (path) => (path === '/proc/sys/kernel/hostname' && name !== null ? `${name}\n` : null),
      bytes: async () => null,
      names: async () => null,
      link: async () => null,
    });
    const far = (remoteName: string, authority: string, files: FileReader) =>
      here({ remote: true, remoteName, authority: `${remoteName}+${authority}`, files });
    const unreadable = new Problem('unavailable-here', 'No folder is open.');
    const places: readonly Here[] = [
      here(),
      here({ remote: true, remoteName: 'ssh-remote', unreadable }),
      far('wsl', 'Ubuntu', called(hostname())),
      far('ssh-remote', 'build', called(hostname())),
      far('ssh-remote', 'build', called('another')),
      far('ssh-remote', 'mac', called(null)),
      far('ssh-remote', 'windows', called(null)),
    ];
    const made = places.map((place) => localFactory.create({}, deps({ here: place })));
    const ids = await Promise.all(made.map(async (provider) => (await provider?.list(signal))?.[0]?.id));
    expect(new Set(ids).size).toBe(places.length);
    expect(ids[0]).toBe(`local-${hostname()}`);
    expect(ids[1]).toBe('local-ssh-remote+nameless');
    expect(ids[4]).toMatch(/^local-ssh-remote\+[0-9a-f]{12}-another$/);
    expect(ids[5]).toMatch(/^local-ssh-remote\+[0-9a-f]{12}$/);
    // Of all windows without a folder nothing is kept under the one id they share.
    expect(made.map((provider) => provider?.isNameless)).toEqual([false, true, ...places.slice(2).map(() => false)]);
    const again = localFactory.create({}, deps({ here: far('wsl', 'Ubuntu', called(hostname())) }));
    expect((await again?.list(signal))?.[0]?.id).toBe(ids[2]);
  });

  it('gives another computer the same id where its connection is slow to begin with', async () => {
    const silent = (reads: number) => {
      let left = reads;
      let asked = 0;
      const files: FileReader = {
        text: async (path) => {
          if (path !== '/proc/sys/kernel/hostname') return null;
          asked += 1;
          left -= 1;
          return left < 0 ? 'build-7\n' : null;
        },
        bytes: async () => null,
        names: async () => null,
        link: async () => null,
      };
      const place = here({ remote: true, remoteName: 'ssh-remote', authority: 'ssh-remote+build', files });
      const provider = localFactory.create({}, deps({ here: place }));
      return { asked: () => asked, id: async () => (await provider?.list(signal))?.[0]?.id };
    };
    const quick = silent(0);
    const id = await quick.id();
    expect(id).toMatch(/^local-ssh-remote\+[0-9a-f]{12}-build-7$/);
    expect(quick.asked()).toBe(1);
    expect(await silent(1).id()).toBe(id);
    expect(await silent(2).id()).toBe(id);
    // One that never tells is not asked for ever.
    const mac = silent(1_000);
    expect(await mac.id()).toMatch(/^local-ssh-remote\+[0-9a-f]{12}$/);
    expect(await mac.id()).toMatch(/^local-ssh-remote\+[0-9a-f]{12}$/);
    expect(mac.asked()).toBe(3);
  });
});
