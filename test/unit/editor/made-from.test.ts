import { describe, expect, it } from 'vitest';
import { Connections } from '../../../src/editor/connections.ts';
import { madeFrom } from '../../../src/editor/made-from.ts';
import { providerFactories, systemIds } from '../../../src/providers/registry.ts';
import { KeptLog } from '../../helpers/app-bench.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeProvider } from '../../helpers/fake-provider.ts';

const network = { useProxy: true, strictTls: true, systemCertificates: true, noProxy: [] };
const sources = {
  settings: { openSandbox: { serverUrl: 'http://one.example' }, local: { enabled: true, restAfterMinutes: 30 } },
  network,
  hereReadable: true,
  keyChanges: 0,
};

/** Which systems were made, each time it is renewed, with a system registered of which nothing else is known. */
const setUp = () => {
  const clock = new FakeClock();
  const made: string[] = [];
  const connections = new Connections(
    { setProviders: () => undefined },
    {
      clock,
      log: new KeptLog(),
      create: (id) => {
        made.push(id);
        return { providers: [new FakeProvider(clock, { id })], close: () => Promise.resolve() };
      },
    },
  );
  return (changed: Partial<typeof sources> = {}): readonly string[] => {
    made.length = 0;
    connections.renew(madeFrom([...systemIds, 'another'], { ...sources, ...changed }));
    return [...made];
  };
};

describe('the systems whose providers are made', () => {
  it('are all that are registered, in their order', () => {
    expect(systemIds).toEqual(providerFactories.map(({ id }) => id));
    expect(setUp()()).toEqual([...systemIds, 'another']);
  });

  it('are made anew only where what they are made from has changed', () => {
    const renewed = setUp();
    renewed();
    expect(renewed()).toEqual([]);
    const openSandbox = { serverUrl: 'http://two.example' };
    expect(renewed({ settings: { ...sources.settings, openSandbox } })).toEqual(['openSandbox']);
    const rest = { ...sources.settings, openSandbox, local: { enabled: true, restAfterMinutes: 5 } };
    expect(renewed({ settings: rest })).toEqual([]);
    expect(renewed({ settings: rest, keyChanges: 1 })).toEqual(['openSandbox']);
    expect(renewed({ settings: rest, keyChanges: 1, hereReadable: false })).toEqual(['local']);
    expect(
      renewed({ settings: rest, keyChanges: 1, hereReadable: false, network: { ...network, strictTls: false } }),
    ).toEqual(['openSandbox', 'another']);
  });
});
