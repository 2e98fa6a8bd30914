import { describe, expect, it } from 'vitest';
import { DiagnosticsClient } from '../../../../src/providers/opensandbox/diagnostics.ts';
import { businessError, FakeNetwork, json, never, type SeenRequest, serverOn } from './fake-server.ts';

const diagnosticsOn = (answer: (request: SeenRequest) => Response | string | object, url?: string) => {
  const network = new FakeNetwork(answer);
  const { server, clock } = serverOn(network, url === undefined ? {} : { url });
  return { diagnostics: new DiagnosticsClient(server, network, clock), network };
};
const hasScope = ({ url }: SeenRequest): boolean => url.searchParams.has('scope');

describe('DiagnosticsClient', () => {
  it('asks an old server for its text, and for scopes only once', async () => {
    const { diagnostics, network } = diagnosticsOn((request) =>
      hasScope(request) ? businessError(501, 'DIAGNOSTICS_NOT_IMPLEMENTED') : 'Event: none',
    );
    expect(await diagnostics.events('a', never)).toBe('Event: none');
    expect(await diagnostics.logs('a', never)).toBe('Event: none');
    expect(network.calls).toEqual([
      'GET /v1/sandboxes/a/diagnostics/events?scope=runtime',
      'GET /v1/sandboxes/a/diagnostics/events',
      'GET /v1/sandboxes/a/diagnostics/logs',
    ]);
  });

  it('reads the descriptor of a new server', async () => {
    const { diagnostics } = diagnosticsOn(() => ({ delivery: 'inline', content: 'Event: none', truncated: true }));
    expect(await diagnostics.events('a', never)).toBe('Event: none\n(cut here)');
  });

  it('falls back on text for a scope the server does not know', async () => {
    const { diagnostics } = diagnosticsOn((request) =>
      hasScope(request) ? businessError(400, 'DIAGNOSTICS_SCOPE_UNSUPPORTED') : 'line',
    );
    expect(await diagnostics.logs('a', never)).toBe('line');
  });

  it('fetches text kept elsewhere, without the key', async () => {
    const { diagnostics, network } = diagnosticsOn(({ url }) =>
      url.hostname === 'store.example' ? 'kept text' : { contentUrl: 'https://store.example/x?sig=1' },
    );
    expect(await diagnostics.logs('a', never)).toBe('kept text');
    const [asked, fetched] = network.requests;
    expect(asked?.headers).toHaveProperty('open-sandbox-api-key');
    expect(fetched?.url.href).toBe('https://store.example/x?sig=1');
    expect(fetched?.headers).not.toHaveProperty('open-sandbox-api-key');
  });

  it('fetches text kept at the server itself, below its path', async () => {
    const { diagnostics, network } = diagnosticsOn(
      ({ url }) => (url.pathname === '/open/files/1' ? 'kept text' : { contentUrl: '/open/files/1' }),
      'http://sandboxes.example/open',
    );
    expect(await diagnostics.logs('a', never)).toBe('kept text');
    expect(network.requests[1]?.headers).toHaveProperty('open-sandbox-api-key');
  });

  it.each(['http://store.example/x', 'file:///etc/passwd', undefined])('does not fetch from %s', async (contentUrl) => {
    const { diagnostics, network } = diagnosticsOn((request) => (hasScope(request) ? { contentUrl } : 'text'));
    expect(await diagnostics.logs('a', never)).toBe('text');
    expect(network.requests.every(({ url }) => url.hostname === 'sandboxes.example')).toBe(true);
  });

  it('puts a summary together where there is none', async () => {
    const { diagnostics } = diagnosticsOn(({ url }) =>
      url.pathname.endsWith('/summary')
        ? json(404, { detail: 'Not Found' })
        : `text of ${url.pathname.split('/').at(-1)}`,
    );
    const summary = await diagnostics.summary('a', never);
    for (const kind of ['inspect', 'events', 'logs']) expect(summary).toContain(`text of ${kind}`);
  });

  it('says when a sandbox is gone', async () => {
    const { diagnostics } = diagnosticsOn(() => businessError(404, 'DOCKER::SANDBOX_NOT_FOUND'));
    await expect(diagnostics.inspect('a', never)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(diagnostics.events('a', never)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(diagnostics.summary('a', never)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('cuts what is too long', async () => {
    const { diagnostics } = diagnosticsOn(() => 'x'.repeat(2_000_000));
    const text = await diagnostics.inspect('a', never);
    expect(text.length).toBeLessThan(600_000);
    expect(text.endsWith('(cut here)')).toBe(true);
  });
});
