import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ProviderEvent } from '../../../src/model/ports.ts';
import { makeAuthority } from '../../helpers/certificates.ts';
import {
  type Listening,
  listen,
  loopbackAddresses,
  placeOf,
  startIngress,
  startProxy,
  type TestProxy,
} from '../../helpers/fronts.ts';
import { makeOpenSandboxBed, type OpenSandboxBed, type Way } from './opensandbox-bed.ts';

const authority = makeAuthority();
const network = { extraCaPem: [authority.certificate] };
const prefix = '/opensandbox';

const joined = (...all: readonly Listening[]) => ({
  close: async (): Promise<void> => {
    for (const each of all) await each.close();
  },
});

/** An ingress reached straight, at an IPv6 address where there is one. */
const straight: Way = {
  network,
  front: async (target) => {
    const [host = '127.0.0.1'] = loopbackAddresses;
    const ingress = await startIngress({ target, prefix, host, tls: authority.issue() });
    return { url: `https://${placeOf(host, ingress.port)}${prefix}/`, ...joined(ingress) };
  },
};

/** An ingress whose name only the company's proxy knows. */
const throughProxy = (seen: (proxy: TestProxy) => void): Way => {
  const settings = { ...network, proxyUrl: '' };
  return {
    network: settings,
    front: async (target) => {
      const tls = authority.issue({ names: ['sandboxes.test'] });
      const ingress = await startIngress({ target, prefix, tls });
      const proxy = await startProxy({ to: ingress.port, password: 'me:hush' });
      seen(proxy);
      settings.proxyUrl = proxy.url.replace('//', '//me:hush@');
      return { url: `https://sandboxes.test${prefix}/v1`, ...joined(proxy, ingress) };
    },
  };
};

let company: TestProxy | null = null;
const ways: readonly (readonly [string, Way])[] = [
  ['behind an HTTPS ingress', straight],
  [
    'behind an HTTPS ingress and a proxy',
    throughProxy((proxy) => {
      company = proxy;
    }),
  ],
];

describe.each(ways)('OpenSandbox %s', (_name, way) => {
  let bed: OpenSandboxBed;
  let stop = new AbortController();
  beforeAll(async () => {
    // Everything has to go through the ingress, as with sandboxes whose addresses mean nothing outside.
    bed = await makeOpenSandboxBed({ switches: { directUnreachable: 'true' } }, way);
  });
  afterEach(() => {
    stop.abort();
    stop = new AbortController();
  });
  afterAll(() => bed.dispose());

  it('is listed, measured, and told of its end', async () => {
    const id = await bed.createSandbox();
    expect((await bed.provider.list(stop.signal)).map((sandbox) => sandbox.id)).toContain(id);
    const samples = bed.provider.samples(id, { signal: stop.signal, mayRenew: false })[Symbol.asyncIterator]();
    for (const _ of [1, 2]) {
      const { value } = await samples.next();
      expect(value).toMatchObject({ source: 'cgroup', memory: { limitBytes: 256 * 1024 ** 2 } });
    }
    await bed.deleteSandbox(id);
    const rest = (async () => {
      while ((await samples.next()).done !== true);
    })();
    await expect(rest).rejects.toMatchObject({ kind: expect.stringMatching(/^(?:not-found|clean-end|reset)$/) });
  });

  it('is measured by its event stream where there is no shell', async () => {
    const id = await bed.createSandbox();
    await bed.server.setSwitch('noShell', 'true', id);
    const samples = bed.provider.samples(id, { signal: stop.signal, mayRenew: false })[Symbol.asyncIterator]();
    expect((await samples.next()).value).toMatchObject({ source: 'machine' });
    stop.abort();
    await samples.next();
    await bed.deleteSandbox(id);
  });

  it('runs commands and terminals', async () => {
    const id = await bed.createSandbox();
    const result = await bed.provider.actions.exec?.(id, ['echo', 'over TLS'], 5000, stop.signal);
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('over TLS') });
    const terminal = await bed.provider.actions.openTerminal?.(id, { columns: 80, rows: 24 }, stop.signal);
    terminal?.write(new TextEncoder().encode('exit 7\n'));
    for await (const _ of terminal?.output ?? []);
    expect(await terminal?.exited).toBe(7);
    await bed.deleteSandbox(id);
  });

  it('says nothing of its passwords', () => {
    expect(bed.log.join('\n')).not.toMatch(/hush|test-key/);
  });
});

it('asks the proxy for the name of the server and for nothing on this computer', () => {
  expect(new Set(company?.seen)).toEqual(new Set(['CONNECT sandboxes.test:443']));
});

it('says what is wrong with a certificate, and when it looks again', async () => {
  const expired = authority.issue({ notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') });
  const bed = await makeOpenSandboxBed(
    {},
    {
      network,
      front: async (target) => {
        const ingress = await startIngress({ target, tls: expired });
        return { url: `https://localhost:${ingress.port}`, ...joined(ingress) };
      },
    },
  );
  try {
    const stop = new AbortController();
    const events: ProviderEvent[] = [];
    for await (const event of bed.provider.watch(stop.signal)) {
      events.push(event);
      stop.abort();
    }
    expect(events).toMatchObject([
      {
        kind: 'health',
        healthy: false,
        problem: { kind: 'unreachable', nextStep: expect.stringContaining('expired certificate') },
      },
    ]);
    const [first] = events;
    const waitMs = first?.kind === 'health' && !first.healthy ? (first.retryAtMs ?? 0) - first.atMs : 0;
    expect(waitMs).toBeGreaterThanOrEqual(1000);
    expect(bed.log.join('\n')).toContain('Its certificate has expired');
    expect((await bed.server.requests()).total).toBe(0);
  } finally {
    await bed.dispose();
  }
});

it('goes on in the same shell of a terminal after the connection was cut', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-cut-'));
  const open = new Set<Socket>();
  let isCut = false;
  const bed = await makeOpenSandboxBed(
    { switches: { directUnreachable: 'true' } },
    {
      front: async (target) => {
        const { port } = new URL(target);
        const relay = createServer((socket) => {
          const upstream = connect(Number(port), '127.0.0.1');
          for (const [from, to] of [
            [socket, upstream],
            [upstream, socket],
          ] as const) {
            from.on('error', () => to.destroy()).on('close', () => to.destroy());
            from.pipe(to);
          }
          if (isCut) socket.destroy();
          else open.add(socket);
        });
        const listening = await listen(relay);
        return { url: `http://127.0.0.1:${listening.port}`, ...joined(listening) };
      },
    },
  );
  try {
    const id = await bed.createSandbox();
    const stop = new AbortController();
    const terminal = await bed.provider.actions.openTerminal?.(id, { columns: 80, rows: 24 }, stop.signal);
    if (terminal === undefined) throw new Error('no terminal');
    const say = (text: string): void => terminal.write(new TextEncoder().encode(text));
    say(`echo first-$$; until [ -e ${join(folder, 'cut')} ]; do sleep 0.1; done; echo second-$$\n`);
    let text = '';
    let step: 'first' | 'second' | 'end' = 'first';
    for await (const bytes of terminal.output) {
      text += new TextDecoder().decode(bytes);
      if (step === 'first' && /first-\d/.test(text)) {
        step = 'second';
        isCut = true;
        for (const socket of open) socket.destroy();
        writeFileSync(join(folder, 'cut'), '');
        setTimeout(() => {
          isCut = false;
        }, 700);
      } else if (step === 'second' && /second-\d/.test(text)) {
        step = 'end';
        say('echo third-$$; exit 7\n');
      }
    }
    expect(await terminal.exited).toBe(7);
    const [, shell] = /first-(\d+)/.exec(text) ?? [];
    for (const word of ['first', 'second', 'third']) {
      expect([...text.matchAll(new RegExp(`^${word}-${shell}`, 'gm'))], text).toHaveLength(1);
    }
    expect((await bed.server.held(id)).terminals).toBe(0);
  } finally {
    await bed.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
