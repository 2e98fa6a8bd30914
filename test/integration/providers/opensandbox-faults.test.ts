import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Log, ProviderEvent } from '../../../src/model/ports.ts';
import { isProblem, type Problem } from '../../../src/model/problem.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { systemClock } from '../../../src/net/clock.ts';
import { createTransport } from '../../../src/net/dispatcher.ts';
import { openSandboxFactory } from '../../../src/providers/opensandbox/factory.ts';
import { workloads } from '../../helpers/sandbox-server.ts';
import { makeOpenSandboxBed, type OpenSandboxBed } from './opensandbox-bed.ts';

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('OpenSandbox with what can go wrong', () => {
  let bed: OpenSandboxBed;
  let stop = new AbortController();
  const made: string[] = [];

  beforeAll(async () => {
    bed = await makeOpenSandboxBed();
  });
  afterEach(async () => {
    stop.abort();
    stop = new AbortController();
    await bed.server.setSwitch('lifecycleFault', 'none');
    for (const id of made.splice(0)) await bed.deleteSandbox(id);
  });
  afterAll(() => bed.dispose());

  const create = async (): Promise<string> => {
    const id = await bed.createSandbox();
    made.push(id);
    return id;
  };
  const open = (id: string): AsyncIterator<Sample> =>
    bed.provider.samples(id, { signal: stop.signal, mayRenew: false })[Symbol.asyncIterator]();
  const next = async (samples: AsyncIterator<Sample>): Promise<Sample> => {
    const { value, done } = await samples.next();
    if (done === true) throw new Error('the samples ended');
    return value;
  };
  const endOf = async (samples: AsyncIterator<Sample>): Promise<Problem> => {
    try {
      for (let count = 0; count < 20; count += 1) await next(samples);
    } catch (error) {
      if (isProblem(error)) return error;
      throw error;
    }
    throw new Error('the stream does not end');
  };
  const expectClean = async (id: string, processes: number): Promise<void> => {
    const endMs = Date.now() + 3000;
    let left = { processes: -1, files: [''] as readonly string[] };
    while (Date.now() < endMs && (left.processes !== processes || left.files.length > 0)) {
      left = { processes: (await bed.processes(id)).length, files: await bed.temporaryFiles(id) };
      await delay(50);
    }
    expect(left).toEqual({ processes, files: [] });
  };

  describe('an image without bash', () => {
    it.each(['true', 'refuse'])('is measured by short commands that leave nothing behind (%s)', async (noBash) => {
      const id = await create();
      await bed.server.setSwitch('noBash', noBash, id);
      const processes = (await bed.processes(id)).length;
      const samples = open(id);
      const first = await next(samples);
      expect(first).toMatchObject({ source: 'cgroup', caveat: 'slow: no bash in the image', cadenceMs: 5000 });
      expect(first.memory?.limitBytes).toBe(256 * 1024 ** 2);
      const second = await next(samples);
      expect(second.atMs - first.atMs).toBeGreaterThan(3000);
      const pending = samples.next();
      stop.abort();
      expect((await pending).done).toBe(true);
      await expectClean(id, processes);
    });

    it('leaves nothing behind when it is stopped in the middle of a command', async () => {
      const id = await create();
      await bed.server.setSwitch('noBash', 'true', id);
      const processes = (await bed.processes(id)).length;
      const pending = open(id).next();
      while ((await bed.processes(id)).length === processes) await delay(20);
      stop.abort();
      expect((await pending).done).toBe(true);
      await expectClean(id, processes);
    });

    it('has no terminal, and says so', async () => {
      const id = await create();
      await bed.server.setSwitch('noBash', 'true', id);
      const terminal = await bed.provider.actions.openTerminal?.(id, { columns: 80, rows: 24 }, stop.signal);
      const read = terminal?.output[Symbol.asyncIterator]().next();
      await expect(read).rejects.toMatchObject({ kind: 'unavailable-here' });
    });
  });

  it('shows only the numbers of the machine for an image without a shell, and says so', async () => {
    const id = await create();
    await bed.server.setSwitch('noShell', 'true', id);
    const sample = await next(open(id));
    expect(sample.source).toBe('machine');
    expect(sample.caveat).toMatch(/^machine/);
    expect(sample.memory?.limitBytes).toBeGreaterThan(256 * 1024 ** 2);
    const exec = bed.provider.actions.exec?.(id, ['true'], 1000, stop.signal);
    await expect(exec).rejects.toMatchObject({ kind: 'unavailable-here' });
  });

  it.each(['sse', 'crlf', 'chunked-bytes'])('reads events framed as %s', async (framing) => {
    const id = await create();
    await bed.server.setSwitch('eventsFraming', framing, id);
    const samples = open(id);
    await next(samples);
    expect((await next(samples)).source).toBe('cgroup');
  });

  it.each([
    ['clean-end', 'clean-end'],
    ['mid-line', 'clean-end'],
    ['reset', 'reset'],
    ['silent', 'silent'],
  ])('ends with its reason when the stream has a fault (%s)', async (fault, kind) => {
    const id = await create();
    const samples = open(id);
    await next(samples);
    await bed.server.setSwitch('streamFault', fault, id);
    expect((await endOf(samples)).kind).toBe(kind);
    await bed.server.setSwitch('streamFault', 'none', id);
    expect((await next(open(id))).source).toBe('cgroup');
  });

  it.each(['garbage', 'huge-line'])('goes on after %s', async (fault) => {
    const id = await create();
    const samples = open(id);
    await next(samples);
    await bed.server.setSwitch('streamFault', fault, id);
    await next(samples);
    expect((await next(samples)).memory?.limitBytes).toBe(256 * 1024 ** 2);
  });

  it.each([
    ['html', 'unexpected-answer', /OpenSandbox server/],
    ['empty', 'unexpected-answer', /OpenSandbox server/],
    ['wrong-server', 'unexpected-answer', /OpenSandbox server/],
    ['huge', 'too-large', /OpenSandbox server/],
    ['500', 'server-error', /./],
  ])('tells what is wrong and what to do when the server answers badly (%s)', async (fault, kind, step) => {
    await bed.server.setSwitch('lifecycleFault', fault);
    const { value } = await bed.provider.watch(stop.signal)[Symbol.asyncIterator]().next();
    const event = value as ProviderEvent;
    if (event.kind !== 'health' || event.healthy) throw new Error('not a trouble');
    expect(event.problem.kind).toBe(kind);
    expect(event.problem.nextStep).toMatch(step);
    expect(event.retryAtMs).toBeGreaterThan(event.atMs);
    const id = '00000000-0000-4000-8000-000000000000';
    await expect(bed.provider.find(id, stop.signal)).rejects.toMatchObject({ kind });
  });

  it('does not hammer a server with a wrong key, and goes on as soon as the key is right', async () => {
    const id = await create();
    let key = 'wrong';
    const transport = createTransport({ environment: {} });
    const provider = openSandboxFactory.create(
      { serverUrl: bed.server.url },
      {
        clock: systemClock,
        log: quiet,
        transport,
        secret: async (name) => (name === 'apiKey' ? key : null),
        environment: {},
        fileExists: async () => false,
      },
    );
    const events = provider?.watch(stop.signal)[Symbol.asyncIterator]();
    const bad = (await events?.next())?.value as ProviderEvent;
    if (bad.kind !== 'health' || bad.healthy) throw new Error('not a trouble');
    expect(bad.problem).toMatchObject({ kind: 'unauthorized', code: 'INVALID_API_KEY' });
    expect(bad.problem.nextStep).toContain('Set API Key');
    expect(bad.problem.message).not.toContain('wrong');
    expect(bad.retryAtMs).toBeNull();
    const pending = events?.next();
    const before = await bed.requestCount();
    await delay(4000);
    expect(await bed.requestCount()).toBe(before);
    key = bed.server.apiKey;
    expect((await pending)?.value).toMatchObject({ kind: 'health', healthy: true });
    const list = (await events?.next())?.value as ProviderEvent;
    expect(list.kind === 'sandboxes' && list.sandboxes.some((sandbox) => sandbox.id === id)).toBe(true);
    await provider?.dispose();
    await transport.close();
  });

  it('passes the token of execd on when it is known, and asks for it when not', async () => {
    const id = await create();
    await bed.server.setSwitch('executableToken', 'sesame', id);
    const end = await endOf(open(id));
    expect(end.kind).toBe('unauthorized');
    expect(end.nextStep).toContain('token');
    const transport = createTransport({ environment: {} });
    const provider = openSandboxFactory.create(
      { serverUrl: bed.server.url },
      {
        clock: systemClock,
        log: quiet,
        transport,
        secret: async (name) => (name === 'apiKey' ? bed.server.apiKey : 'sesame'),
        environment: {},
        fileExists: async () => false,
      },
    );
    const samples = provider?.samples(id, { signal: stop.signal, mayRenew: false })[Symbol.asyncIterator]();
    expect((await samples?.next())?.value).toMatchObject({ source: 'cgroup' });
    await samples?.return?.();
    await provider?.dispose();
    await transport.close();
  });

  it('sends the key along to a proxy that wants it', async () => {
    const id = await create();
    await bed.setDirectBlocked(id);
    await bed.server.setSwitch('proxyNeedsKey', true);
    expect((await next(open(id))).source).toBe('cgroup');
    await bed.server.setSwitch('proxyNeedsKey', false);
    expect(await bed.leakedKeys()).toBe(0);
  });

  it('says that the agent is dead also through the proxy', async () => {
    const id = await create();
    await bed.setDirectBlocked(id);
    await bed.setAgentDead(id, true);
    expect((await endOf(open(id))).kind).toBe('agent-down');
    expect(await bed.provider.ping(id, stop.signal)).toBe('refused');
  });

  it('reads diagnostics in the form of newer servers', async () => {
    const id = await create();
    await bed.server.setSwitch('diagnosticsScope', true);
    expect(await bed.provider.actions.diagnostics?.(id, stop.signal)).toContain('Container ID:');
    await bed.server.setSwitch('diagnosticsScope', false);
  });

  it.each([false, true])('tells of a main process that was killed for memory (scopes: %s)', async (hasScopes) => {
    await bed.server.setSwitch('diagnosticsScope', hasScopes);
    const id = await bed.server.createSandbox({
      memory: '128Mi',
      entrypoint: [process.execPath, workloads.leak, '--rate-mib=20', '--start-mib=40'],
    });
    made.push(id);
    const errors = bed.provider.errors(id, stop.signal)[Symbol.asyncIterator]();
    const error = errors.next();
    const ended = endOf(open(id));
    for await (const event of bed.provider.watch(stop.signal)) {
      if (event.kind === 'sandboxes' && event.sandboxes.some(({ phase }) => phase === 'failed')) break;
    }
    const { value } = await error;
    expect(value).toMatchObject({ sandboxId: id, source: 'diagnostics', exitCode: 137 });
    expect(value.text).toMatch(/^Event: +Exited with code 137$/m);
    const end = await ended;
    expect(end.kind).toBe('conflict');
    expect(end.message).toContain('137');
    await bed.server.setSwitch('diagnosticsScope', false);
  });

  it('knows from the states that a pause keeps the memory here', async () => {
    await create();
    await bed.provider.list(stop.signal);
    const { capabilities } = bed.provider;
    expect(capabilities).toEqual({ vanishesAtExpiry: true, pauseKeepsMemory: true, expiresWhilePaused: true });
  });

  it('recognises its own container by the host name', async () => {
    await create();
    const id = await create();
    const inspect = (await bed.provider.actions.diagnostics?.(id, stop.signal)) ?? '';
    const hostname = /^Container ID:\s*(\w+)/m.exec(inspect)?.[1] ?? '';
    const sandboxes = await bed.provider.list(stop.signal);
    const hints = { environment: {}, hostname, workspaceNames: [], workspaceUris: [] };
    const found = await bed.provider.current(hints, sandboxes, stop.signal);
    expect(found).toMatchObject({ sandboxId: id, inside: true });
    expect(found?.how).toContain(hostname);
  });
});
