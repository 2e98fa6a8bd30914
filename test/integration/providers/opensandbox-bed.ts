import type { Log } from '../../../src/model/ports.ts';
import { systemClock } from '../../../src/net/clock.ts';
import { type ConnectionSettings, createTransport } from '../../../src/net/dispatcher.ts';
import { openSandboxFactory } from '../../../src/providers/opensandbox/factory.ts';
import { type SandboxServer, type SandboxServerOptions, startSandboxServer } from '../../helpers/sandbox-server.ts';
import type { TestBed, WantedSandbox } from './conformance.ts';

/** A bed on the test server, with the server itself for what only these tests do. */
export interface OpenSandboxBed extends TestBed {
  readonly server: SandboxServer;
  readonly log: readonly string[];
}

/** How the provider gets to the server, where that is not straight. */
export interface Way {
  /** Puts something before the server, and gives the address the provider is to use. */
  readonly front?: (serverUrl: string) => Promise<{ readonly url: string; close(): Promise<void> }>;
  readonly network?: ConnectionSettings;
}

/** What can be done to a sandbox of such a server. */
export const openSandboxActions: TestBed['supportedActions'] = [
  'renew',
  'pause',
  'resume',
  'delete',
  'snapshot',
  'recreate',
  'rename',
  'snapshots',
  'deleteSnapshot',
  'limits',
  'exec',
  'openTerminal',
  'diagnostics',
];

/** Starts a test server and a provider on it. */
export const makeOpenSandboxBed = async (
  options: SandboxServerOptions = {},
  way: Way = {},
): Promise<OpenSandboxBed> => {
  const server = await startSandboxServer(options);
  const lines: string[] = [];
  const write = (text: string): void => void lines.push(text);
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const front = await way.front?.(server.url);
  const transport = createTransport({ environment: {}, ...way.network });
  const provider = openSandboxFactory.create(
    { serverUrl: front?.url ?? server.url },
    {
      clock: systemClock,
      log,
      transport,
      secret: async (name) => (name === 'apiKey' && server.apiKey !== '' ? server.apiKey : null),
      environment: {},
      fileExists: async () => false,
    },
  );
  if (provider === null) throw new Error('no provider');
  const must = async (method: string, path: string, allowed: readonly number[]): Promise<void> => {
    const answer = await server.api(method, path);
    if (!allowed.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  };
  return {
    provider,
    server,
    log: lines,
    supportedActions: openSandboxActions,
    createSandbox: (wanted: WantedSandbox = {}) =>
      server.createSandbox({
        memory: `${(wanted.memoryBytes ?? 256 * 1024 ** 2) / 1024 ** 2}Mi`,
        timeout: wanted.lifetimeSeconds === undefined ? 600 : wanted.lifetimeSeconds,
        metadata: wanted.metadata ?? {},
        extensions: wanted.renewsOnAccess === true ? { 'access.renew.extend.seconds': '1800' } : {},
      }),
    deleteSandbox: (id) => must('DELETE', `/v1/sandboxes/${id}`, [204, 404]),
    pauseSandbox: (id) => must('POST', `/v1/sandboxes/${id}/pause`, [202]),
    resumeSandbox: (id) => must('POST', `/v1/sandboxes/${id}/resume`, [202]),
    setAgentDead: (id, isDead) => server.setSwitch('killExecd', isDead, id),
    setRawState: (id, word) => server.setSwitch('strangeState', word, id),
    setServerFailing: (isFailing) => server.setSwitch('lifecycleFault', isFailing ? '500' : 'none'),
    setDirectBlocked: (id) => server.setSwitch('directUnreachable', true, id),
    processes: (id) => server.processes(id),
    temporaryFiles: async (id) => (await server.files(id)).map(({ name }) => name),
    leakedKeys: async () => (await server.requests()).withApiKey.execd,
    requestCount: async () => (await server.requests()).total,
    proxiedRequests: async (id) => (await server.requests(id)).byListener.proxy,
    deadlineMs: async (id) => {
      const answer = await server.api('GET', `/v1/sandboxes/${id}`);
      return answer.json.expiresAt === undefined ? null : Date.parse(answer.json.expiresAt);
    },
    dispose: async () => {
      await provider.dispose();
      await transport.close();
      await front?.close();
      await server.stop();
    },
  };
};
