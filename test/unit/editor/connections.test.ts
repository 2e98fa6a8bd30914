import { describe, expect, it } from 'vitest';
import { Connections } from '../../../src/editor/connections.ts';
import type { SandboxProvider } from '../../../src/model/ports.ts';
import { KeptLog } from '../../helpers/app-bench.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeProvider } from '../../helpers/fake-provider.ts';

const setUp = () => {
  const clock = new FakeClock();
  const told: (readonly SandboxProvider[])[] = [];
  const closed: string[] = [];
  let made = 0;
  const connections = new Connections(
    { setProviders: (providers) => void told.push(providers) },
    {
      clock,
      log: new KeptLog(),
      create: (id) => {
        made += 1;
        const label = `${id} ${made}`;
        return {
          providers: [new FakeProvider(clock, { id, label })],
          close: async () => void closed.push(label),
        };
      },
    },
  );
  const labels = () => told.map((providers) => providers.map(({ label }) => label));
  return { clock, connections, closed, labels, told };
};

describe('the providers', () => {
  it('of a system whose settings did not change go on when those of another one did', async () => {
    const { clock, connections, closed, labels, told } = setUp();
    connections.renew({ server: ['http://one'], local: [true] });
    connections.renew({ server: ['http://two'], local: [true] });
    expect(labels()).toEqual([
      ['server 1', 'local 2'],
      ['server 3', 'local 2'],
    ]);
    expect(told[1]?.[1]).toBe(told[0]?.[1]);
    expect(closed).toEqual([]);
    await clock.advance(15_000);
    expect(closed).toEqual(['server 1']);
    connections.renew({ server: ['http://two'], local: [false] });
    await clock.advance(15_000);
    expect(labels()[2]).toEqual(['server 3', 'local 4']);
    expect(closed).toEqual(['server 1', 'local 2']);
  });

  it('are not told of again when nothing changed, and stay beside the demo', async () => {
    const { clock, connections, closed, labels } = setUp();
    connections.renew({ server: ['http://one'] });
    connections.renew({ server: ['http://one'] });
    connections.startDemo(new FakeProvider(clock, { label: 'demo' }));
    expect(labels()).toEqual([['server 1'], ['server 1', 'demo']]);
    connections.renew({});
    expect(labels()[2]).toEqual(['demo']);
    await clock.advance(15_000);
    await connections.close();
    expect(closed).toEqual(['server 1']);
  });
});
