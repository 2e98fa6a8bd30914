import { describe, expect, it } from 'vitest';
import { redactSecrets } from '../../../../src/net/redact.ts';
import { openSandboxFactory } from '../../../../src/providers/opensandbox/factory.ts';
import { type ProviderDeps, providerFactories } from '../../../../src/providers/registry.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeLog, FakeNetwork, never } from './fake-server.ts';

const make = (
  serverUrl: unknown,
  environment: ProviderDeps['environment'] = {},
  secrets: Readonly<Record<string, string>> = {},
  secretMark?: ProviderDeps['secretMark'],
) => {
  const network = new FakeNetwork(() => ({ items: [] }));
  const asked: string[] = [];
  const provider = openSandboxFactory.create(
    { serverUrl },
    {
      clock: new FakeClock(),
      log: new FakeLog(),
      transport: network,
      secret: (name, origin) => {
        asked.push(`${name} ${origin}`);
        return Promise.resolve(secrets[`${name} ${origin}`] ?? null);
      },
      environment,
      fileExists: () => Promise.resolve(false),
      ...(secretMark === undefined ? {} : { secretMark }),
    },
  );
  const sentKey = async (): Promise<string | undefined> => {
    await provider?.list(never);
    return network.requests[0]?.headers['open-sandbox-api-key'];
  };
  return { provider, network, asked, sentKey };
};

describe('openSandboxFactory', () => {
  it('is in the registry, with unique names', () => {
    expect(providerFactories).toContain(openSandboxFactory);
    const ids = providerFactories.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('makes nothing when nothing is configured', () => {
    expect(make('').provider).toBeNull();
    expect(make(undefined).provider).toBeNull();
    expect(make(42).provider).toBeNull();
    expect(openSandboxFactory.origin({}, {})).toBeNull();
  });

  it('takes the setting, else the environment', () => {
    expect(make('https://one.example/v1').provider?.label).toBe('OpenSandbox on one.example');
    const environment = { OPEN_SANDBOX_DOMAIN: 'two.example:8080' };
    expect(make('  ', environment).provider?.label).toBe('OpenSandbox on two.example:8080');
    expect(make('one.example', environment).provider?.label).toBe('OpenSandbox on one.example');
    expect(openSandboxFactory.origin({ serverUrl: '' }, environment)).toBe('http://two.example:8080');
  });

  it('refuses an address that is none', () => {
    expect(() => make('ftp://x')).toThrow(expect.objectContaining({ kind: 'invalid-request' }));
  });

  it('asks for the key that was stored for this origin', async () => {
    const stored = { 'apiKey http://one.example': 'stored' };
    const { asked, sentKey } = make('one.example', { OPEN_SANDBOX_API_KEY: 'from-environment' }, stored);
    expect(await sentKey()).toBe('stored');
    expect(new Set(asked)).toEqual(new Set(['apiKey http://one.example']));
  });

  it("sends the environment's key only to the server the environment means", async () => {
    const key = { OPEN_SANDBOX_API_KEY: 'from-environment' };
    expect(await make('one.example', key).sentKey()).toBe('from-environment');
    expect(await make('', { ...key, OPEN_SANDBOX_DOMAIN: 'two.example' }).sentKey()).toBe('from-environment');
    expect(await make('two.example/v1', { ...key, OPEN_SANDBOX_DOMAIN: 'http://two.example' }).sentKey()).toBe(
      'from-environment',
    );
    expect(await make('one.example', { ...key, OPEN_SANDBOX_DOMAIN: 'two.example' }).sentKey()).toBeUndefined();
    expect(await make('one.example', { ...key, OPEN_SANDBOX_DOMAIN: 'ftp://two' }).sentKey()).toBeUndefined();
  });

  it('stops everything when it is disposed', async () => {
    const { provider } = make('one.example');
    await provider?.dispose();
    await expect(provider?.list(never)).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('tells with which key its list was asked for, by a mark of it, because another one may show other sandboxes', async () => {
    const realmAfter = async (...given: Parameters<typeof make>) => {
      const { provider } = make(...given);
      expect(provider?.realm).toBeNull();
      await provider?.list(never);
      return provider?.realm;
    };
    const mark = (secret: string) => Promise.resolve(`${secret.length}f`);
    const stored = { 'apiKey http://one.example': 'stored' };
    expect(await realmAfter('one.example', {}, {}, mark)).toBe('OpenSandbox on one.example');
    const realm = await realmAfter('one.example', {}, stored, mark);
    expect(realm).toBe('OpenSandbox on one.example #6f');
    // What is kept of it goes through the redaction of the history.
    expect(redactSecrets('OpenSandbox on one.example #0123abcd')).toBe('OpenSandbox on one.example #0123abcd');
    expect(await realmAfter('one.example', {}, stored)).toBeNull();
    expect(await realmAfter('one.example', {}, stored, () => Promise.reject(new Error('locked')))).toBeNull();
  });
});
