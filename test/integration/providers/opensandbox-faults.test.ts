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

/** Kills a process that may have ended by itself. */
const killIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

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
  /** A provider of the same server that has learnt nothing yet. */
  const newProvider = () => {
    const transport = createTransport({ environment: {} });
    const provider = openSandboxFactory.create(
      { serverUrl: bed.server.url },
      {
        clock: systemClock,
        log: quiet,
        transport,
        secret: async (name) => (name === 'apiKey' ? bed.server.apiKey : null),
        environment: {},
        fileExists: async () => false,
      },
    );
    if (provider === null) throw new Error('no provider');
    const dispose = async (): Promise<void> => {
      await provider.dispose();
      await transport.close();
    };
    return { provider, dispose };
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
    const endMs = Date.now() + 15_000;
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
      expect(second.processes?.length).toBeGreaterThan(0);
      // One command for all of them: execd keeps the text of each for ever.
      expect((await bed.server.requests(id)).byRoute['execd POST /command']).toBe(1);
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

    it('goes on with the next command when one is killed, and still leaves nothing behind', {
      timeout: 30_000,
    }, async () => {
      const id = await create();
      await bed.server.setSwitch('noBash', 'true', id);
      const before = (await bed.processes(id)).map(({ pid }) => pid);
      const samples = open(id);
      await next(samples);
      for (const { pid } of await bed.processes(id)) if (!before.includes(pid)) killIfThere(pid);
      expect((await next(samples)).source).toBe('cgroup');
      stop.abort();
      expect((await samples.next()).done).toBe(true);
      await expectClean(id, before.length);
    });

    it('has no terminal, and says so', async () => {
      const id = await create();
      await bed.server.setSwitch('noBash', 'true', id);
      const terminal = await bed.provider.actions.openTerminal?.(id, { columns: 80, rows: 24 }, stop.signal);
      const read = terminal?.output[Symbol.asyncIterator]().next();
      await expect(read).rejects.toMatchObject({ kind: 'unavailable-here' });
    });
  });

  describe('a sandbox that can start nothing now', () => {
    it.each(['session', 'refuse', 'all'])('is measured as before once it can again (%s)', async (fault) => {
      const id = await create();
      await bed.server.setSwitch('startFault', fault, id);
      const end = await endOf(open(id));
      expect(end.kind).toBe('server-error');
      expect(end.message).toMatch(/cannot allocate memory/i);
      const exec = bed.provider.actions.exec?.(id, ['true'], 1000, stop.signal);
      if (fault === 'all') await expect(exec).rejects.toMatchObject({ kind: 'server-error' });
      else expect(await exec).toMatchObject({ exitCode: 0 });
      await bed.server.setSwitch('startFault', 'none', id);
      expect(await next(open(id))).toMatchObject({ source: 'cgroup', caveat: null, cadenceMs: 1000 });
    });

    it('is silent, not without bash, while its probe gets no time', { timeout: 30_000 }, async () => {
      const id = await create();
      await bed.server.setSwitch('startFault', 'mute', id);
      expect((await endOf(open(id))).kind).toBe('silent');
      await bed.server.setSwitch('startFault', 'none', id);
      expect(await next(open(id))).toMatchObject({ source: 'cgroup', caveat: null });
    });

    it('is measured slowly after three such starts', async () => {
      const id = await create();
      await bed.server.setSwitch('startFault', 'session', id);
      for (let attempt = 0; attempt < 3; attempt += 1) expect((await endOf(open(id))).kind).toBe('server-error');
      const sample = await next(open(id));
      expect(sample).toMatchObject({ source: 'cgroup', caveat: 'slow: the fast probe does not start' });
    });
  });

  describe('a stop while something is being made in execd', () => {
    it('leaves no session', async () => {
      const id = await create();
      await bed.server.setSwitch('slowCreate', '1000', id);
      const pending = open(id).next();
      while ((await bed.server.held(id)).sessions === 0) await delay(20);
      stop.abort();
      expect((await pending).done).toBe(true);
      const endMs = Date.now() + 15_000;
      while ((await bed.server.held(id)).sessions > 0 && Date.now() < endMs) await delay(50);
      expect(await bed.server.held(id)).toEqual({ sessions: 0, terminals: 0 });
    });

    it('leaves no terminal', async () => {
      const id = await create();
      await bed.server.setSwitch('slowCreate', '1000', id);
      const pending = bed.provider.actions.openTerminal?.(id, { columns: 80, rows: 24 }, stop.signal);
      const refused = expect(pending).rejects.toMatchObject({ kind: 'aborted' });
      while ((await bed.server.held(id)).terminals === 0) await delay(20);
      stop.abort();
      await refused;
      const endMs = Date.now() + 15_000;
      while ((await bed.server.held(id)).terminals > 0 && Date.now() < endMs) await delay(50);
      expect(await bed.server.held(id)).toEqual({ sessions: 0, terminals: 0 });
    });
  });

  it.each([600_000, -600_000])(
    'takes deadlines for local time when the clock of the server is %d ms off',
    async (offsetMs) => {
      await bed.server.setSwitch('clockOffset', String(offsetMs));
      try {
        const startedAtMs = Date.now();
        const id = await create();
        const fresh = newProvider();
        const found = await fresh.provider.find(id, stop.signal);
        const near = (actual: number | null | undefined, wanted: number): void =>
          expect(Math.abs((actual ?? 0) - wanted)).toBeLessThan(5000);
        near(found?.createdAtMs, startedAtMs);
        near(found?.expiry?.expiresAtMs, startedAtMs + 600_000);
        const renewed = await fresh.provider.actions.renew?.(id, startedAtMs + 1_200_000, stop.signal);
        near(renewed?.expiresAtMs, startedAtMs + 1_200_000);
        near(await bed.deadlineMs(id), startedAtMs + 1_200_000 + offsetMs);
        await fresh.dispose();
      } finally {
        await bed.server.setSwitch('clockOffset', '0');
      }
    },
  );

  it('tells the shell in a terminal what kind of terminal it is in', async () => {
    const id = await create();
    const terminal = await bed.provider.actions.openTerminal?.(id, { columns: 80, rows: 24 }, stop.signal);
    terminal?.write(new TextEncoder().encode('echo "<$TERM>"; history | wc -l; exit 3\n'));
    let text = '';
    for await (const bytes of terminal?.output ?? []) text += new TextDecoder().decode(bytes);
    expect(text).toContain('<xterm-256color>');
    expect(text).toMatch(/^\s*1\r?$/m);
    expect(await terminal?.exited).toBe(3);
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
    const end = await endOf(samples);
    expect(end.kind).toBe(kind);
    if (fault === 'mid-line') expect(end.message).toContain('in the middle of a line');
    await bed.server.setSwitch('streamFault', 'none', id);
    expect((await next(open(id))).source).toBe('cgroup');
  });

  it.each(['garbage', 'huge-line'])('goes on after %s', async (fault) => {
    const id = await create();
    const samples = open(id);
    await next(samples);
    await bed.server.setSwitch('streamFault', fault, id);
    const before = bed.log.length;
    await next(samples);
    expect((await next(samples)).memory?.limitBytes).toBe(256 * 1024 ** 2);
    expect(bed.log.slice(before).filter((line) => line.includes('not reported'))).toHaveLength(1);
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

  describe('an agent that listens some seconds after its sandbox is said to run', () => {
    afterEach(() => bed.server.setSwitch('execdLate', '0'));
    const isStarting = { message: 'The agent in the sandbox is starting.', passesSoon: true };

    it('is starting, not dead, and is measured and used directly as soon as it is there', async () => {
      await bed.server.setSwitch('execdLate', '3000');
      const id = await create();
      const { exec } = bed.provider.actions;
      const started = exec?.(id, ['echo', 'ready'], 10_000, stop.signal);
      expect(await endOf(open(id))).toMatchObject(isStarting);
      expect(await bed.provider.ping(id, stop.signal)).toBe('unknown');
      expect(await started).toMatchObject({ exitCode: 0, stdout: 'ready\n' });
      expect((await next(open(id))).source).toBe('cgroup');
      expect((await bed.server.requests(id)).byRoute['execd GET /ping']).toBeGreaterThan(0);
    });

    it('is no reason to ask for the way that keeps the sandbox alive', async () => {
      await bed.server.setSwitch('execdLate', '7000');
      const id = await bed.createSandbox({ renewsOnAccess: true });
      made.push(id);
      const endMs = Date.now() + 6_000;
      while (Date.now() < endMs) {
        expect(await endOf(open(id))).toMatchObject(isStarting);
        await delay(500);
      }
      await delay(1_500);
      expect((await next(open(id))).source).toBe('cgroup');
      expect(await bed.proxiedRequests(id)).toBe(0);
    });
  });

  it('does not take the pause that the server makes for a snapshot for one', async () => {
    const id = await create();
    await bed.server.setSwitch('slowSnapshot', '3000', id);
    await next(open(id));
    const saving = bed.provider.actions.snapshot?.(id, 'own', stop.signal);
    let seen = await bed.provider.find(id, stop.signal);
    while (seen?.rawState !== 'Paused') {
      await delay(50);
      seen = await bed.provider.find(id, stop.signal);
    }
    expect(seen.phase).toBe('running');
    expect(await bed.provider.list(stop.signal)).toMatchObject([{ phase: 'running', rawState: 'Paused' }]);
    const problem = await endOf(open(id));
    expect(problem).toMatchObject({ message: 'A snapshot is being taken; it goes on by itself.', passesSoon: true });
    expect(problem.nextStep).not.toContain('Resume');
    expect(await saving).toMatchObject({ state: 'ready' });
    expect(await bed.provider.find(id, stop.signal)).toMatchObject({ phase: 'running', rawState: 'Running' });
    expect((await next(open(id))).source).toBe('cgroup');
    await bed.pauseSandbox(id);
    await delay(2_000);
    expect((await endOf(open(id))).kind).toBe('paused');
    await bed.resumeSandbox(id);
  });

  it('says that the agent is dead also through the proxy', async () => {
    const id = await create();
    await bed.setDirectBlocked(id);
    expect(await bed.provider.ping(id, stop.signal)).toBe('answers');
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

  describe('a sandbox that a request through the proxy would keep alive', () => {
    it('is reached by its own address as soon as that works, without an answer of the person', async () => {
      const id = await bed.createSandbox({ renewsOnAccess: true });
      made.push(id);
      await bed.setDirectBlocked(id);
      expect((await endOf(open(id))).kind).toBe('needs-consent');
      await bed.server.setSwitch('directUnreachable', 'false', id);
      expect((await next(open(id))).source).toBe('cgroup');
      expect(await bed.proxiedRequests(id)).toBe(0);
    });

    it('is not asked about while it comes up', async () => {
      const id = await bed.createSandbox({ renewsOnAccess: true });
      made.push(id);
      await bed.setDirectBlocked(id);
      await bed.server.setSwitch('strangeState', 'Allocated', id);
      expect((await endOf(open(id))).kind).toBe('unreachable');
    });
  });
});
