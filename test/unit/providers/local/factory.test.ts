import { describe, expect, it } from 'vitest';
import type { Here } from '../../../../src/model/ports.ts';
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
    const remote = here({ remote: true, files: tree.files, remoteName: 'ssh-remote' });
    const provider = localFactory.create({}, deps({ clock, here: remote, environment: { CODESPACES: 'true' } }));
    const [sandbox] = (await provider?.list(signal)) ?? [];
    // The environment is that of the other computer, which this fixture has none of.
    expect(sandbox).toMatchObject({ id: 'local-remote', name: 'the remote machine' });
    const samples = provider?.samples('local-remote', { signal, mayRenew: false })[Symbol.asyncIterator]();
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
});
