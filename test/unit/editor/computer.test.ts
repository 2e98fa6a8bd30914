import { hostname } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Computer, ComputerTeller, existsThere } from '../../../src/editor/computer.ts';
import type { FileReader } from '../../../src/model/ports.ts';
import { settle } from '../../helpers/fake-clock.ts';

/** The files of a sandbox that is reached by SSH. */
const texts: Readonly<Record<string, string>> = {
  '/proc/sys/kernel/hostname': 'sb-1-0\n',
  '/proc/self/environ': 'OPENSANDBOX_ID=sb-1\0USER=root\0SECRET=x\0',
};
const far: FileReader = {
  text: async (path) => texts[path] ?? null,
  bytes: async (path) => (path in texts ? new Uint8Array() : null),
  names: async (path) => (path === '/opt/opensandbox' ? [] : null),
  link: async () => null,
};

afterEach(() => void vi.unstubAllEnvs());

describe('the computer the editor works on', () => {
  it('is told at once where it is the one the extension runs on', () => {
    vi.stubEnv('OPENSANDBOX_ID', 'sb-7');
    const events: unknown[] = [];
    const teller = new ComputerTeller(
      () => ({ remote: false, files: null }),
      (computer) => events.push(computer.hostname, computer.environment['OPENSANDBOX_ID'], computer.isRemote),
    );
    void teller.tell(() => events.push('then'));
    expect(events).toEqual([hostname(), 'sb-7', undefined, 'then']);
  });

  it('is described by its own files where it is another one; the person is the one of this computer', async () => {
    vi.stubEnv('OPENSANDBOX_ID', 'sb-7');
    vi.stubEnv('USER', 'ada');
    const told: Computer[] = [];
    const teller = (files: FileReader | null) =>
      new ComputerTeller(
        () => ({ remote: true, files }),
        (one) => told.push(one),
      );
    await teller(far).tell();
    await teller(null).tell();
    expect(told).toMatchObject([
      { hostname: 'sb-1-0', environment: { OPENSANDBOX_ID: 'sb-1', USER: 'ada' }, isRemote: true },
      { hostname: '', environment: { USER: 'ada' }, isRemote: true },
    ]);
    expect(told.map(({ environment }) => [environment['SECRET'], environment['PATH']])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(told[1]?.environment['OPENSANDBOX_ID']).toBeUndefined();
  });

  it('is told as it was asked for last, and not after the end', async () => {
    const waits: PromiseWithResolvers<string | null>[] = [];
    const slow: FileReader = {
      ...far,
      text: (path) => {
        if (!path.endsWith('hostname')) return Promise.resolve(null);
        const wait = Promise.withResolvers<string | null>();
        waits.push(wait);
        return wait.promise;
      },
    };
    const events: string[] = [];
    const teller = new ComputerTeller(
      () => ({ remote: true, files: slow }),
      (computer) => events.push(computer.hostname),
    );
    void teller.tell(() => events.push('first then'));
    void teller.tell(() => events.push('second then'));
    waits[1]?.resolve('new');
    await settle();
    waits[0]?.resolve('old');
    await settle();
    expect(events).toEqual(['new', 'second then', 'first then']);
    void teller.tell(() => events.push('too late'));
    teller.dispose();
    waits[2]?.resolve('late');
    await settle();
    expect(events).toHaveLength(3);
  });

  it('has the files that are read there, and none where nothing can be read', async () => {
    expect(await existsThere(far, '/opt/opensandbox')).toBe(true);
    expect(await existsThere(far, '/proc/self/environ')).toBe(true);
    expect([await existsThere(far, '/opt/other'), await existsThere(null, '/opt/opensandbox')]).toEqual([false, false]);
  });
});
