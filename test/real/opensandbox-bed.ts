import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Log } from '../../src/model/ports.ts';
import { systemClock } from '../../src/net/clock.ts';
import { createTransport } from '../../src/net/dispatcher.ts';
import { openSandboxFactory } from '../../src/providers/opensandbox/factory.ts';
import type { TestBed } from '../integration/providers/conformance.ts';
import { openSandboxActions } from '../integration/providers/opensandbox-bed.ts';
import { disturbingFront } from './disturbing-front.ts';

/** A real OpenSandbox server whose sandboxes are containers of this computer's Docker. */
export interface RealServer {
  readonly url: URL;
  /** Empty: none is needed. */
  readonly key: string;
  /** With bash, ps, pgrep, sleep and ls in it. */
  readonly image: string;
}

/** A bed on a real server, with what only its containers can tell. */
export interface RealBed extends TestBed {
  /** Processes inside that have ended and that nobody reaps. */
  zombies(id: string): Promise<readonly string[]>;
}

interface Answer {
  readonly id?: string;
  readonly expiresAt?: string | null;
}

const run = promisify(execFile);
/** Shorter lives are refused; a renewal may shorten them. */
const leastLifetimeSeconds = 60;
/** Does not reap what is left to it, as usual. */
const entrypoint = ['sleep', '100000'];

/** The hands are Docker's: what is done to a sandbox behind the provider's back is done by `docker`. */
export const makeRealBed = async ({ url, key, image }: RealServer): Promise<RealBed> => {
  const front = await disturbingFront(url);
  const quiet = (): void => undefined;
  const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const transport = createTransport({ environment: {} });
  const provider = openSandboxFactory.create(
    { serverUrl: front.url },
    {
      clock: systemClock,
      log,
      transport,
      secret: async (name) => (name === 'apiKey' && key !== '' ? key : null),
      environment: {},
      fileExists: async () => false,
    },
  );
  if (provider === null) throw new Error('no provider');
  const docker = async (...args: string[]): Promise<string> => (await run('docker', args)).stdout;
  const container = (id: string): string => `sandbox-${id}`;
  const lines = (printed: string): readonly string[] => printed.split('\n').filter((line) => line.trim() !== '');
  const inside = async (id: string, ...argv: string[]): Promise<readonly string[]> =>
    lines(await docker('exec', container(id), ...argv));
  /** A lifecycle request with the key, straight to the server. */
  const ask = async (method: string, path: string, allowed: readonly number[], body?: object): Promise<Answer> => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { 'content-type': 'application/json', ...(key === '' ? {} : { 'OPEN-SANDBOX-API-KEY': key }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = await answer.text();
    if (!allowed.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
    return said === '' ? {} : (JSON.parse(said) as Answer);
  };
  const agentAnswers = async (id: string): Promise<boolean> => {
    const headers = key === '' ? {} : { 'OPEN-SANDBOX-API-KEY': key };
    return (await fetch(new URL(`/v1/sandboxes/${id}/proxy/44772/ping`, url), { headers })).ok;
  };
  const createSandbox: TestBed['createSandbox'] = async (wanted = {}) => {
    const seconds = wanted.lifetimeSeconds === undefined ? 600 : wanted.lifetimeSeconds;
    const { id = '' } = await ask('POST', '/v1/sandboxes', [202], {
      image: { uri: image },
      entrypoint,
      resourceLimits: { memory: `${(wanted.memoryBytes ?? 256 * 1024 ** 2) / 1024 ** 2}Mi` },
      ...(seconds === null ? {} : { timeout: Math.max(leastLifetimeSeconds, seconds) }),
      metadata: wanted.metadata ?? {},
      extensions: wanted.renewsOnAccess === true ? { 'access.renew.extend.seconds': '1800' } : {},
    });
    while (!(await agentAnswers(id))) await delay(100);
    if (seconds !== null && seconds < leastLifetimeSeconds) {
      const expiresAt = new Date(Date.now() + seconds * 1000).toISOString();
      await ask('POST', `/v1/sandboxes/${id}/renew-expiration`, [200], { expiresAt });
    }
    return id;
  };
  /** The command line of the agent, to start it again after it was killed. */
  const agents = new Map<string, readonly string[]>();
  return {
    provider,
    supportedActions: openSandboxActions,
    createSandbox,
    deleteSandbox: async (id) => void (await ask('DELETE', `/v1/sandboxes/${id}`, [204, 404])),
    pauseSandbox: async (id) => void (await ask('POST', `/v1/sandboxes/${id}/pause`, [202])),
    resumeSandbox: async (id) => void (await ask('POST', `/v1/sandboxes/${id}/resume`, [202])),
    setAgentDead: async (id, isDead) => {
      if (!isDead) {
        await docker('exec', '-d', container(id), ...(agents.get(id) ?? []));
        while (!(await agentAnswers(id))) await delay(100);
        return;
      }
      // Not to find itself: the pattern does not match its own text.
      const [pid = ''] = await inside(id, 'pgrep', '-of', '[e]xecd');
      const [commandLine = ''] = await inside(id, 'ps', '-o', 'args=', '-p', pid);
      agents.set(id, commandLine.split(' '));
      await inside(id, 'kill', '-9', pid);
    },
    setRawState: async (id, word) => void (word === '' ? front.states.delete(id) : front.states.set(id, word)),
    setServerFailing: async (isFailing) => {
      front.fails = isFailing;
    },
    setDirectBlocked: async (id) => void front.blocked.add(id),
    processes: async (id) =>
      lines(await docker('top', container(id), '-eo', 'pid,args'))
        .slice(1)
        .map((line) => ({ pid: Number.parseInt(line, 10), command: line.replace(/^\s*\d+\s+/, '') })),
    temporaryFiles: (id) => inside(id, 'ls', '/tmp'),
    zombies: async (id) =>
      (await inside(id, 'ps', '-eo', 'stat=,pid=,args=')).filter((line) => line.trimStart().startsWith('Z')),
    leakedKeys: () => Promise.reject(new Error('nothing in a real container tells what headers came in')),
    requestCount: async () => front.requests,
    proxiedRequests: async (id) => front.proxied(id),
    deadlineMs: async (id) => {
      const { expiresAt } = await ask('GET', `/v1/sandboxes/${id}`, [200]);
      return typeof expiresAt === 'string' ? Date.parse(expiresAt) : null;
    },
    dispose: async () => {
      await provider.dispose();
      await transport.close();
      await front.close();
    },
  };
};
