import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../../src/model/sandbox.ts';
import { ProxyFailure } from '../../../../src/net/proxy-failure.ts';
import { ExecdAccess } from '../../../../src/providers/opensandbox/access.ts';
import { BackgroundWork } from '../../../../src/providers/opensandbox/background-work.ts';
import { DiagnosticsClient } from '../../../../src/providers/opensandbox/diagnostics.ts';
import { LifecycleClient } from '../../../../src/providers/opensandbox/lifecycle-client.ts';
import { RenewalKnowledge } from '../../../../src/providers/opensandbox/renewal.ts';
import { toSandbox } from '../../../../src/providers/opensandbox/sandbox-mapping.ts';
import { businessError, FakeLog, FakeNetwork, json, never, type SeenRequest, serverOn } from './fake-server.ts';

const id = 'sandbox-1';
const deadline = '2026-11-30T16:00:00Z';
const dockerLabels = (...labels: readonly string[]): string =>
  ['Container ID:   e3bf817de39b', 'Labels:', `  opensandbox.io/id=${id}`, ...labels.map((one) => `  ${one}`)].join(
    '\n',
  );
const errorWith = (code: string): Error => Object.assign(new Error(code), { code });
const empty = (): Response => new Response(null, { status: 200 });

/** A server with one sandbox at 10.0.0.7, whose answers a test changes. */
const scene = (options: Parameters<typeof serverOn>[1] = {}) => {
  const world = {
    endpoint: (): Response => json(200, { endpoint: '10.0.0.7:40093/proxy/44772' }),
    direct: (_request: SeenRequest): Response | Error => empty(),
    proxied: (_request: SeenRequest): Response | Error => empty(),
    inspect: (): Response => new Response(dockerLabels()),
    expiresAt: deadline,
    state: 'Running',
    createdAt: undefined as string | undefined,
    /** Who is in the list. */
    listed: [id] as readonly string[],
  };
  const network = new FakeNetwork((request) => {
    const { hostname, pathname } = request.url;
    if (hostname === '10.0.0.7' || hostname.endsWith('gate.example')) return world.direct(request);
    if (pathname.includes('/proxy/')) return world.proxied(request);
    if (pathname.endsWith('/inspect')) return world.inspect();
    if (pathname.includes('/endpoints/')) return world.endpoint();
    const wire = { id, status: { state: world.state }, expiresAt: world.expiresAt, createdAt: world.createdAt };
    if (pathname.endsWith('/sandboxes')) return { items: world.listed.map((each) => ({ ...wire, id: each })) };
    return wire;
  });
  const { server, clock } = serverOn(network, options);
  const log = new FakeLog();
  const lifecycle = new LifecycleClient(server, clock, log);
  const renewal = new RenewalKnowledge();
  const access = new ExecdAccess({
    server,
    lifecycle,
    diagnostics: new DiagnosticsClient(server, network, clock),
    renewal,
    transport: network,
    clock,
    log,
    work: new BackgroundWork(),
    execdToken: () => Promise.resolve(null),
  });
  const sandbox = async (): Promise<Sandbox> => {
    const wire = await lifecycle.find(id, never);
    if (wire === null) throw new Error('gone');
    return toSandbox(wire, renewal.of(wire));
  };
  const proxiedCalls = (): readonly string[] =>
    network.calls.filter((call) => call.includes('/proxy/44772/') && call.includes('/v1/'));
  /** What `reach` comes to in the end, while time passes. */
  const reached = async (mayRenew = false): Promise<unknown> => {
    const outcome = access.reach(await sandbox(), mayRenew, never).catch((error: unknown) => error);
    await clock.advance(10_000);
    return outcome;
  };
  const directCalls = (): number => network.requests.filter(({ url }) => url.hostname === '10.0.0.7').length;
  return { world, network, clock, access, renewal, sandbox, reached, proxiedCalls, directCalls };
};

describe('ExecdAccess.reach', () => {
  it("goes to the sandbox's own address, without the key, and remembers it", async () => {
    const { network, access, sandbox, proxiedCalls } = scene();
    const route = await access.reach(await sandbox(), false, never);
    expect(route.way).toBe('direct');
    expect(await access.reach(await sandbox(), false, never)).toBe(route);
    const direct = network.requests.filter(({ url }) => url.hostname === '10.0.0.7');
    expect(direct.map(({ url }) => url.href)).toEqual(['http://10.0.0.7:40093/proxy/44772/ping']);
    expect(direct[0]?.headers).not.toHaveProperty('open-sandbox-api-key');
    expect(proxiedCalls()).toEqual([]);
  });

  it('asks for the address again after it was forgotten', async () => {
    const { world, access, sandbox } = scene();
    await access.reach(await sandbox(), false, never);
    world.endpoint = () => json(200, { endpoint: '10.0.0.7:50000/proxy/44772' });
    access.forget(id);
    const { execd } = await access.reach(await sandbox(), false, never);
    expect(execd.address.baseUrl).toBe('http://10.0.0.7:50000/proxy/44772');
  });

  it('tries the other scheme only where the first one is plainly wrong', async () => {
    const wrong = scene();
    wrong.world.direct = ({ url }) => (url.protocol === 'https:' ? empty() : json(400, { error: 'this is HTTPS' }));
    const { execd } = await wrong.access.reach(await wrong.sandbox(), false, never);
    expect(execd.address.baseUrl).toBe('https://10.0.0.7:40093/proxy/44772');
    const refused = scene();
    refused.world.direct = () => errorWith('ECONNREFUSED');
    await refused.access.reach(await refused.sandbox(), false, never);
    expect(refused.network.requests.filter(({ url }) => url.protocol === 'https:')).toEqual([]);
  });

  it('goes through the proxy, with the key, where the labels rule out a renewal', async () => {
    const { world, network, access, sandbox, proxiedCalls } = scene();
    world.direct = () => errorWith('EHOSTUNREACH');
    const route = await access.reach(await sandbox(), false, never);
    expect(route.way).toBe('proxy');
    expect(proxiedCalls()).toEqual([`GET /v1/sandboxes/${id}/proxy/44772/ping`]);
    const ping = network.requests.find(({ url }) => url.pathname.endsWith('/ping') && url.hostname !== '10.0.0.7');
    expect(ping?.headers['open-sandbox-api-key']).toBe('secret-key');
    expect((await sandbox()).renewsOnAccess).toBe(false);
    expect(await access.reach(await sandbox(), false, never)).toBe(route);
  });

  it.each([
    ['the label is there', () => new Response(dockerLabels('opensandbox.io/access-renew-extend-seconds=600'))],
    ['the text is that of a pod', () => new Response(`Pod Name: x\nLabels:\n  opensandbox.io/id=${id}\n`)],
    ['there are no diagnostics', () => businessError(501, 'DIAGNOSTICS_NOT_IMPLEMENTED')],
  ])('asks first when %s', async (_name, inspect) => {
    const { world, access, sandbox, reached, proxiedCalls } = scene();
    world.direct = () => errorWith('EHOSTUNREACH');
    world.inspect = inspect;
    expect(await reached()).toMatchObject({ kind: 'needs-consent' });
    expect(await access.ping(await sandbox(), never)).toBe('unknown');
    expect(proxiedCalls()).toEqual([]);
    expect((await access.reach(await sandbox(), true, never)).way).toBe('proxy');
    expect(await access.ping(await sandbox(), never)).toBe('answers');
    expect(await reached()).toMatchObject({ kind: 'needs-consent' });
    expect(await access.ping(await sandbox(), never)).toBe('unknown');
  });

  it("takes what a person does for that person's own access, and for no agreement to be watched", async () => {
    const { world, access, sandbox, reached } = scene();
    world.direct = () => errorWith('EHOSTUNREACH');
    world.inspect = () => businessError(501, 'DIAGNOSTICS_NOT_IMPLEMENTED');
    expect((await access.reachOwn(await sandbox(), never)).way).toBe('proxy');
    expect(await reached()).toMatchObject({ kind: 'needs-consent' });
    expect(await access.ping(await sandbox(), never)).toBe('unknown');
  });

  /** Every proxied request moves the deadline by half an hour, although the labels say nothing of it. */
  const renewing = ({ world }: ReturnType<typeof scene>): void => {
    let minutes = 0;
    world.direct = () => errorWith('EHOSTUNREACH');
    world.proxied = () => {
      minutes += 30;
      world.expiresAt = new Date(Date.parse(deadline) + minutes * 60_000).toISOString();
      return empty();
    };
  };

  it('stops at once when a deadline moved although nothing should have moved it', async () => {
    const it = scene();
    renewing(it);
    await expect(it.access.reach(await it.sandbox(), false, never)).rejects.toMatchObject({ kind: 'needs-consent' });
    expect(it.renewal.known(id)).toBe('renews');
    expect(await it.reached()).toMatchObject({ kind: 'needs-consent' });
    expect(it.proxiedCalls()).toHaveLength(1);
  });

  it('looks at the deadline also when somebody else has used the proxy before', async () => {
    for (const before of ['ping', 'own access'] as const) {
      const it = scene();
      renewing(it);
      const first = await it.sandbox();
      if (before === 'ping') expect(await it.access.ping(first, never)).toBe('unknown');
      else await it.access.reachOwn(first, never);
      expect(await it.reached(), before).toMatchObject({ kind: 'needs-consent' });
      expect(it.renewal.known(id)).toBe('renews');
    }
  });

  it("does not take somebody else's renewal for its own", async () => {
    const { world, access, renewal, sandbox } = scene();
    const before = await sandbox();
    // Between the question for the sandbox and the first proxied request, as when its creator renews it every few seconds.
    world.direct = () => {
      world.expiresAt = '2026-11-30T16:30:00Z';
      return errorWith('EHOSTUNREACH');
    };
    expect((await access.reach(before, false, never)).way).toBe('proxy');
    expect(renewal.known(id)).toBe('does-not-renew');
  });

  describe('where all sandboxes have one address, as on the host network of Docker', () => {
    const neighbour = 'sandbox-2';
    const shared = (): Response => json(200, { endpoint: '10.0.0.7:44772' });
    const both = async (sandbox: () => Promise<Sandbox>): Promise<readonly Sandbox[]> => [
      await sandbox(),
      { ...(await sandbox()), id: neighbour },
    ];

    it('reaches none of two that run, in no way, and the other one when one has ended', async () => {
      const { world, access, sandbox, directCalls, proxiedCalls } = scene();
      world.endpoint = shared;
      const running = await both(sandbox);
      access.keepOnly(running);
      const conflict = { kind: 'conflict', message: expect.stringContaining('share one address') };
      for (const one of running) {
        await expect(access.reach(one, false, never)).rejects.toMatchObject(conflict);
        await expect(access.reachOwn(one, never)).rejects.toMatchObject(conflict);
        expect(await access.ping(one, never)).toBe('unknown');
      }
      expect([directCalls(), proxiedCalls()]).toEqual([0, []]);
      access.keepOnly(running.map((one) => (one.id === id ? { ...one, phase: 'failed' } : one)));
      world.listed = [neighbour];
      expect((await access.reach({ ...(await sandbox()), id: neighbour }, false, never)).way).toBe('direct');
    });

    it('reaches one that is alone, and asks about its neighbours not where Docker has chosen its port', async () => {
      const { world, network, access, sandbox } = scene();
      world.endpoint = shared;
      access.keepOnly([await sandbox()]);
      expect((await access.reach(await sandbox(), false, never)).way).toBe('direct');
      access.forget(id);
      access.keepOnly(await both(sandbox));
      world.endpoint = () => json(200, { endpoint: '10.0.0.7:40093/proxy/44772' });
      expect((await access.reach(await sandbox(), false, never)).way).toBe('direct');
      expect(network.calls.some((call) => call.includes(neighbour))).toBe(false);
    });

    it('reaches none in any way where another one has begun since the last list, and may have taken the port first', async () => {
      for (const way of ['direct', 'proxy']) {
        const { world, access, sandbox } = scene();
        world.endpoint = shared;
        if (way === 'proxy') world.direct = () => errorWith('EHOSTUNREACH');
        access.keepOnly([await sandbox()]);
        world.listed = [neighbour, id];
        await expect(access.reach(await sandbox(), true, never)).rejects.toMatchObject({ kind: 'conflict' });
        await expect(access.reachOwn(await sandbox(), never)).rejects.toMatchObject({ kind: 'conflict' });
        expect(await access.ping(await sandbox(), never)).toBe('unknown');
        world.listed = [id];
        expect(await access.ping(await sandbox(), never)).toBe('answers');
        expect((await access.reach(await sandbox(), true, never)).way).toBe(way);
      }
    });

    it('goes on with one whose measurements flow when another one begins, and asks anew about any other', async () => {
      for (const way of ['direct', 'proxy']) {
        const { world, access, sandbox } = scene();
        world.endpoint = shared;
        if (way === 'proxy') world.direct = () => errorWith('EHOSTUNREACH');
        access.keepOnly([await sandbox()]);
        expect((await access.reach(await sandbox(), true, never)).way).toBe(way);
        const [first, second] = [access.hold(id), access.hold(id)];
        world.listed = [neighbour, id];
        access.keepOnly(await both(sandbox));
        first();
        expect((await access.reachOwn(await sandbox(), never)).way).toBe(way);
        second();
        // Its agent may be gone by now, and the port be the neighbour's.
        await expect(access.reachOwn(await sandbox(), never)).rejects.toMatchObject({ kind: 'conflict' });
      }
    });

    it('learns nothing of the network of the host from one on the bridge', async () => {
      const { world, network, access, sandbox } = scene();
      const bridged = { endpoint: '10.0.0.7:40093/proxy/44772' };
      const isBridged = (): boolean => network.calls.at(-1)?.includes(neighbour) === true;
      world.endpoint = () => json(200, isBridged() ? bridged : { endpoint: '10.0.0.7:44772' });
      access.keepOnly([...(await both(sandbox)).toReversed(), { ...(await sandbox()), id: 'sandbox-3' }]);
      await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject({ kind: 'conflict' });
    });

    it('reaches pods, each of which has an address of its own', async () => {
      const { world, network, access, sandbox } = scene();
      world.endpoint = () => {
        const isNeighbour = network.calls.at(-1)?.includes(neighbour) === true;
        return json(200, { endpoint: isNeighbour ? '10.0.0.8:44772' : '10.0.0.7:44772' });
      };
      access.keepOnly(await both(sandbox));
      expect((await access.reach(await sandbox(), false, never)).way).toBe('direct');
      // That is learnt once.
      const asked = network.calls.length;
      await access.reachOwn(await sandbox(), never);
      expect(network.calls).toHaveLength(asked + 1);
    });
  });

  it('says that watching is no access, on ways that may renew, and says nothing of it of what a person starts', async () => {
    const skip = ({ headers }: SeenRequest): string | undefined =>
      Object.entries(headers).find(([name]) => name.toLowerCase() === 'opensandbox-access-renew')?.[1];
    for (const way of ['direct', 'proxy', 'gateway'] as const) {
      const { world, network, access, sandbox } = scene();
      if (way === 'proxy') world.direct = () => errorWith('EHOSTUNREACH');
      if (way === 'gateway') world.endpoint = () => json(200, { endpoint: `10.0.0.7/${id}/44772` });
      const toExecd = (): readonly (string | undefined)[] =>
        network.requests
          .filter(({ url }) => url.pathname.includes('44772/') && !url.pathname.includes('/endpoints/'))
          .map(skip);
      const expected = way === 'direct' ? undefined : 'skip';
      const { execd } = await access.reach(await sandbox(), true, never);
      await execd.deleteSession('s', never);
      await access.ping(await sandbox(), never);
      const watched = toExecd();
      expect(watched.length).toBeGreaterThanOrEqual(3);
      expect(new Set(watched), way).toEqual(new Set(way === 'proxy' ? [undefined, 'skip'] : [expected]));
      const remembered = await access.reachOwn(await sandbox(), never);
      await remembered.execd.deleteSession('s', never);
      access.forget(id);
      await access.reachOwn(await sandbox(), never);
      expect(new Set(toExecd().slice(watched.length)), way).toEqual(new Set([undefined]));
    }
  });

  it('asks for the address again when the sandbox did not run meanwhile: it may be that of another one by now', async () => {
    const { world, access, sandbox } = scene();
    await access.reachOwn(await sandbox(), never);
    access.keepOnly([{ ...(await sandbox()), phase: 'paused', rawState: 'Paused' }]);
    world.endpoint = () => json(200, { endpoint: '10.0.0.7:50000/proxy/44772' });
    access.keepOnly([await sandbox()]);
    const { execd } = await access.reachOwn(await sandbox(), never);
    expect(execd.address.baseUrl).toBe('http://10.0.0.7:50000/proxy/44772');
    access.keepOnly([await sandbox()]);
    expect((await access.reachOwn(await sandbox(), never)).execd).toBe(execd);
  });

  it.each([401, 403])('goes another way where a page of the network refuses the own address (%d)', async (status) => {
    const { world, access, sandbox } = scene();
    const headers = { 'content-type': 'text/html' };
    world.direct = () => new Response('<html><title>Access Denied</title></html>', { status, headers });
    expect((await access.reach(await sandbox(), false, never)).way).toBe('proxy');
  });

  it('does not take what stands before the sandboxes for an agent that cannot be asked', async () => {
    const { world, access, sandbox, reached } = scene();
    world.direct = () => errorWith('EHOSTUNREACH');
    world.proxied = () => new Response('404 page not found\n', { status: 404 });
    expect(await reached()).toMatchObject({ kind: 'unexpected-answer' });
    expect(await access.ping(await sandbox(), never)).toBe('unknown');
  });

  it('does not take a page of an ingress for a dead agent', async () => {
    const { world, access, sandbox, reached } = scene();
    const headers = { 'content-type': 'text/html' };
    world.direct = () => errorWith('EHOSTUNREACH');
    world.proxied = () => new Response('<html><title>502 Bad Gateway</title></html>', { status: 502, headers });
    expect(await reached()).toMatchObject({
      kind: 'server-error',
      message: expect.stringMatching(/^What stands before the server/),
    });
    expect(await access.ping(await sandbox(), never)).toBe('unknown');
  });

  it('does not take a proxy of the network that is down for a dead agent', async () => {
    const { world, access, sandbox, reached } = scene();
    await access.reach(await sandbox(), false, never);
    access.forget(id);
    world.direct = () => new ProxyFailure(new URL('http://proxy.example:3128'), errorWith('ECONNREFUSED'));
    expect(await reached()).toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/^The proxy proxy\.example:3128 cannot be reached/),
    });
    expect(await access.ping(await sandbox(), never)).toBe('unknown');
  });

  it('says that the agent is down when its own address worked before, or the proxy cannot connect', async () => {
    const before = scene();
    await before.access.reach(await before.sandbox(), false, never);
    before.access.forget(id);
    before.world.direct = () => errorWith('ECONNRESET');
    await expect(before.access.reach(await before.sandbox(), false, never)).rejects.toMatchObject({
      kind: 'agent-down',
    });
    expect(await before.access.ping(await before.sandbox(), never)).toBe('refused');
    expect(before.proxiedCalls()).toEqual([]);
    const proxied = scene();
    proxied.world.direct = () => errorWith('EHOSTUNREACH');
    proxied.world.proxied = () => businessError(502, 'GENERAL::UNKNOWN_ERROR');
    await expect(proxied.access.reach(await proxied.sandbox(), false, never)).rejects.toMatchObject({
      kind: 'agent-down',
    });
  });

  it('does not go around an agent that wants a token', async () => {
    const { world, access, sandbox, proxiedCalls } = scene();
    world.direct = () => json(401, { error: 'Unauthorized: invalid or missing header X-EXECD-ACCESS-TOKEN' });
    await expect(access.reach(await sandbox(), true, never)).rejects.toMatchObject({
      kind: 'unauthorized',
      nextStep: expect.stringContaining('token'),
    });
    expect(await access.ping(await sandbox(), never)).toBe('answers');
    expect(proxiedCalls()).toEqual([]);
  });

  it('uses the proxy where a pod has no address', async () => {
    const { world, access, sandbox } = scene();
    world.endpoint = () => businessError(404, 'KUBERNETES::POD_IP_NOT_AVAILABLE');
    expect((await access.reach(await sandbox(), false, never)).way).toBe('proxy');
  });

  describe('where a proxied request might move the deadline', () => {
    const pod = (): Response => new Response('Pod Name: x\nLabels:\n');

    it('does not ask while a pod has no address, but says so', async () => {
      const { world, reached, proxiedCalls } = scene();
      world.inspect = pod;
      world.endpoint = () => businessError(404, 'KUBERNETES::POD_IP_NOT_AVAILABLE');
      expect(await reached()).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('no address') });
      world.endpoint = () => json(200, { endpoint: '10.0.0.7:40093' });
      expect(await reached()).toMatchObject({ way: 'direct' });
      expect(proxiedCalls()).toEqual([]);
    });

    it('keeps no fast sandbox awake unasked, even without a deadline, and wakes none', async () => {
      const { world, network, access, sandbox, clock } = scene();
      const fast = { ...(await sandbox()), id: 'fsb-1', expiry: null, renewsOnAccess: false };
      world.endpoint = () => json(200, { endpoint: 'fsb-1-44772.gate.example' });
      const atGateway = (): number =>
        network.requests.filter(({ url }) => url.hostname.endsWith('gate.example')).length;
      const outcome = access.reach(fast, false, never).catch((error: unknown) => error);
      await clock.advance(10_000);
      expect(await outcome).toMatchObject({ kind: 'needs-consent', message: expect.stringContaining('keep it awake') });
      expect(await access.ping(fast, never)).toBe('unknown');
      // It was paused since the list that said "running", by the server or by a person.
      world.state = 'Paused';
      await expect(access.reach(fast, true, never)).rejects.toMatchObject({
        kind: 'unreachable',
        message: expect.stringMatching(/Paused.*wake/),
      });
      await expect(access.reachOwn(fast, never)).rejects.toMatchObject({ kind: 'unreachable' });
      expect(atGateway()).toBe(0);
      world.state = 'Running';
      expect((await access.reach(fast, true, never)).way).toBe('gateway');
      world.state = 'Pausing';
      const before = atGateway();
      await expect(access.reach(fast, true, never)).rejects.toMatchObject({ kind: 'unreachable' });
      expect(await access.ping(fast, never)).toBe('unknown');
      expect(atGateway()).toBe(before);
    });

    it.each([
      ['a header', { endpoint: '10.0.0.7:80', headers: { 'OpenSandbox-Ingress-To': `${id}-44772` } }],
      ['its host name', { endpoint: `${id.toUpperCase()}-44772.gate.example` }],
      ['its path', { endpoint: `10.0.0.7/${id}/44772` }],
    ])('counts a gateway, known by %s, as such a way', async (_name, endpoint) => {
      const { world, network, access, sandbox, reached, proxiedCalls } = scene();
      world.inspect = pod;
      world.endpoint = () => json(200, endpoint);
      const atGateway = (): number => network.requests.filter(({ url }) => url.hostname !== 'sandboxes.example').length;
      expect(await reached()).toMatchObject({ kind: 'needs-consent', message: expect.stringContaining('gateway') });
      expect(await access.ping(await sandbox(), never)).toBe('unknown');
      expect(atGateway()).toBe(0);
      world.direct = () => empty();
      const route = await access.reach(await sandbox(), true, never);
      expect(route.way).toBe('gateway');
      expect(await access.reach(await sandbox(), true, never)).toBe(route);
      expect(await access.ping(await sandbox(), never)).toBe('answers');
      const before = atGateway();
      expect(await reached()).toMatchObject({ kind: 'needs-consent' });
      expect(atGateway()).toBe(before);
      expect(proxiedCalls()).toEqual([]);
      world.expiresAt = '';
      expect((await access.reach(await sandbox(), false, never)).way).toBe('gateway');
    });

    it('believes a gateway that a sandbox is not ready, and takes its own failure for nobody else’s', async () => {
      const { world, access, sandbox, reached } = scene();
      world.endpoint = () => json(200, { endpoint: `10.0.0.7/${id}/44772` });
      world.expiresAt = '';
      await access.reach(await sandbox(), false, never);
      access.forget(id);
      world.direct = () => new Response('sandbox is not ready', { status: 503 });
      expect(await reached()).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('not ready') });
      expect(await access.ping(await sandbox(), never)).toBe('no-answer');
      world.direct = () => new Response('dial tcp: lookup failed', { status: 502 });
      expect(await reached()).toMatchObject({ kind: 'server-error' });
      expect(await access.ping(await sandbox(), never)).toBe('unknown');
    });

    it('does not ask while the server fails', async () => {
      const { world, reached } = scene();
      world.inspect = () => businessError(500, 'GENERAL::UNKNOWN_ERROR');
      world.endpoint = () => businessError(500, 'GENERAL::UNKNOWN_ERROR');
      expect(await reached()).toMatchObject({ kind: 'server-error' });
    });

    it('does not ask while the sandbox comes up', async () => {
      const { world, reached, directCalls } = scene();
      world.inspect = pod;
      world.state = 'Allocated';
      world.direct = () => errorWith('ECONNREFUSED');
      expect(await reached()).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('Allocated') });
      expect(directCalls()).toBe(1);
    });

    it('waits for an agent that does not listen yet when the sandbox is said to run', async () => {
      const { world, clock, access, sandbox, directCalls } = scene();
      world.inspect = pod;
      world.direct = () => (directCalls() < 4 ? errorWith('ECONNREFUSED') : empty());
      const reaching = access.reach(await sandbox(), false, never);
      await clock.advance(10_000);
      expect((await reaching).way).toBe('direct');
    });

    it('asks at once when it has found so before, and finds by itself that the own address works', async () => {
      const { world, access, sandbox, reached, directCalls } = scene();
      world.inspect = pod;
      world.direct = () => errorWith('EHOSTUNREACH');
      expect(await reached()).toMatchObject({ kind: 'needs-consent' });
      const before = directCalls();
      await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject({ kind: 'needs-consent' });
      expect(directCalls()).toBe(before + 1);
      world.direct = () => empty();
      expect((await access.reach(await sandbox(), false, never)).way).toBe('direct');
    });

    it('asks at once where the only address given cannot be meant for this computer', async () => {
      const { world, access, sandbox } = scene();
      world.inspect = pod;
      world.endpoint = () => json(200, { endpoint: '127.0.0.1:40093' });
      await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject({ kind: 'needs-consent' });
    });
  });
});

describe('an agent that is starting', () => {
  const isStarting = { kind: 'unreachable', message: 'The agent in the sandbox is starting.', passesSoon: true };
  const badGateway = (): Response => businessError(502, 'GENERAL::UNKNOWN_ERROR');

  /** A sandbox that was made just now and whose agent does not listen yet. */
  const youngScene = (error = 'ECONNRESET') => {
    const each = scene();
    each.world.createdAt = new Date(each.clock.now()).toISOString();
    each.world.direct = () => errorWith(error);
    each.world.proxied = badGateway;
    return each;
  };

  it.each(['ECONNREFUSED', 'ECONNRESET'])('is not called dead while its sandbox is young (%s)', async (error) => {
    const { clock, access, sandbox } = youngScene(error);
    await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject(isStarting);
    expect(await access.ask(await sandbox(), never)).toBe('starting');
    expect(await access.ping(await sandbox(), never)).toBe('unknown');
    await clock.advance(30_000);
    await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject({ kind: 'agent-down' });
    expect(await access.ping(await sandbox(), never)).toBe('refused');
  });

  it('is dead when it has answered before, however young the sandbox is', async () => {
    const { world, access, sandbox } = youngScene();
    world.direct = () => empty();
    await access.reach(await sandbox(), false, never);
    access.forget(id);
    world.direct = () => errorWith('ECONNREFUSED');
    await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject({ kind: 'agent-down' });
  });

  it('is known by the list where the clock of the server is another one', async () => {
    for (const began of ['listed', 'resumed', 'restarted'] as const) {
      const { world, clock, access, sandbox } = youngScene();
      world.createdAt = new Date(clock.now() - 3_600_000).toISOString();
      if (began === 'restarted') {
        world.direct = () => empty();
        await access.reach(await sandbox(), false, never);
        access.keepOnly([await sandbox()]);
        access.keepOnly([{ ...(await sandbox()), phase: 'starting' }]);
        world.direct = () => errorWith('ECONNREFUSED');
      } else access.keepOnly(began === 'listed' ? [] : [{ ...(await sandbox()), phase: 'paused' }]);
      access.keepOnly([await sandbox()]);
      await expect(access.reach(await sandbox(), false, never), began).rejects.toMatchObject(isStarting);
      await clock.advance(30_000);
      access.keepOnly([await sandbox()]);
      await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject({ kind: 'agent-down' });
    }
  });

  it('is not taken for old in the first list that there is', async () => {
    const { world, clock, access, sandbox } = youngScene();
    world.createdAt = new Date(clock.now() - 3_600_000).toISOString();
    access.keepOnly([await sandbox()]);
    await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject({ kind: 'agent-down' });
  });

  it('is no reason to ask for the way that keeps the sandbox alive, before it has had its time', async () => {
    for (const error of ['ECONNREFUSED', 'ECONNRESET']) {
      const { world, clock, access, sandbox, reached, proxiedCalls } = youngScene(error);
      world.inspect = () => new Response(dockerLabels('opensandbox.io/access-renew-extend-seconds=600'));
      expect(await reached()).toMatchObject(isStarting);
      expect(await access.ask(await sandbox(), never)).toBe('starting');
      world.direct = () => empty();
      expect(await reached()).toMatchObject({ way: 'direct' });
      access.forget(id);
      access.life.begins(id);
      world.direct = () => errorWith(error);
      await clock.advance(30_000);
      world.createdAt = undefined;
      expect(await access.ping(await sandbox(), never)).toBe('refused');
      expect(proxiedCalls()).toEqual([]);
    }
    const { world, clock, reached, proxiedCalls } = youngScene();
    world.inspect = () => new Response(dockerLabels('opensandbox.io/access-renew-extend-seconds=600'));
    await clock.advance(30_000);
    expect(await reached()).toMatchObject({ kind: 'needs-consent' });
    expect(proxiedCalls()).toEqual([]);
  });

  it('is waited for by what a person starts, for some seconds', async () => {
    const { world, clock, access, sandbox } = youngScene();
    const listensAtMs = clock.now() + 4_000;
    world.direct = () => (clock.now() < listensAtMs ? errorWith('ECONNRESET') : empty());
    const reaching = access.reachOwn(await sandbox(), never);
    await clock.advance(5_000);
    expect((await reaching).way).toBe('direct');
    const late = youngScene();
    const failing = expect(late.access.reachOwn(await late.sandbox(), never)).rejects.toMatchObject(isStarting);
    await late.clock.advance(12_000);
    await failing;
    const stop = new AbortController();
    const left = youngScene();
    const leaving = expect(left.access.reachOwn(await left.sandbox(), stop.signal)).rejects.toMatchObject({
      kind: 'aborted',
    });
    await left.clock.advance(1_000);
    stop.abort();
    await leaving;
    expect(left.clock.pending).toBe(0);
  });

  it('is reached directly also when it begins to listen between the question for that and the one to the proxy', async () => {
    const { world, access, sandbox, directCalls } = youngScene();
    world.direct = () => (directCalls() < 2 ? errorWith('ECONNRESET') : empty());
    world.proxied = () => empty();
    expect((await access.reach(await sandbox(), false, never)).way).toBe('direct');
  });

  it('is reached directly from the next connection on, when that way was closed only for a while', async () => {
    const { world, access, sandbox } = youngScene('EHOSTUNREACH');
    world.proxied = () => empty();
    expect((await access.reach(await sandbox(), false, never)).way).toBe('proxy');
    access.forget(id);
    world.direct = () => empty();
    expect((await access.reach(await sandbox(), false, never)).way).toBe('direct');
  });

  it('says that the sandbox is being saved while a snapshot is under way', async () => {
    const { world, clock, access, sandbox } = youngScene();
    world.direct = () => empty();
    await access.reach(await sandbox(), false, never);
    access.forget(id);
    world.direct = () => errorWith('ETIMEDOUT');
    const saved = access.life.saves(id);
    await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject({
      message: 'A snapshot is being taken; it goes on by itself.',
      passesSoon: true,
    });
    saved();
    await clock.advance(2_000);
    await expect(access.reach(await sandbox(), false, never)).rejects.toMatchObject({ passesSoon: false });
  });
});
