import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const serverFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'sandbox-server');

/** Absolute paths of the workloads that sandboxes of the test server can run. */
export const workloads = {
  leak: join(serverFolder, 'workloads', 'leak.mjs'),
  buildPeak: join(serverFolder, 'workloads', 'build-peak.mjs'),
  idle: join(serverFolder, 'workloads', 'idle.mjs'),
  diskFill: join(serverFolder, 'workloads', 'disk-fill.mjs'),
  forkGrowth: join(serverFolder, 'workloads', 'fork-growth.mjs'),
  fdLeak: join(serverFolder, 'workloads', 'fd-leak.mjs'),
} as const;

/** How the test server is started. */
export interface SandboxServerOptions {
  /** The lifecycle key; null starts an open server. Default `test-key`. */
  readonly apiKey?: string | null;
  readonly limits?: 'auto' | 'kernel' | 'emulated';
  /** Accept timeouts below 60 seconds. Default true. */
  readonly allowShortTtl?: boolean;
  readonly port?: number;
  /** Switches set from the start, by name. */
  readonly switches?: Readonly<Record<string, string>>;
  /** Where the event log goes; a given file is kept, otherwise it is removed by `stop`. */
  readonly logFile?: string;
}

/** What a new sandbox shall be; everything has a default (an idle service with 256 MiB, for 600 s). */
export interface NewSandbox {
  readonly entrypoint?: readonly string[];
  readonly memory?: string;
  readonly cpu?: string;
  /** How many processes and threads it may have; refused where no kernel keeps such a limit. */
  readonly pids?: number;
  /** A disk of its own of this size, e.g. `120Mi`; refused where none can be mounted. */
  readonly disk?: string;
  /** Seconds; null: never ends by itself. */
  readonly timeout?: number | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly extensions?: Readonly<Record<string, string>>;
  readonly snapshotId?: string;
}

/** All fields that lifecycle answers can have: a test reads those that its answer must have. */
export interface LifecycleBody {
  readonly id: string;
  readonly sandboxId: string;
  readonly status: {
    readonly state: string;
    readonly reason: string;
    readonly message: string;
    readonly lastTransitionAt: string;
  };
  readonly metadata: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly expiresAt: string;
  readonly createdAt: string;
  readonly endpoint: string;
  readonly items: readonly LifecycleBody[];
  readonly pagination: {
    readonly page: number;
    readonly pageSize: number;
    readonly totalItems: number;
    readonly totalPages: number;
    readonly hasNextPage: boolean;
  };
  readonly code: string;
  readonly message: string;
  readonly detail: unknown;
}

/** An answer of the lifecycle API, with its body parsed when it is JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, claimed to have whatever a test wants to look at; undefined when it is not JSON. */
  readonly json: LifecycleBody;
}

/** One line of the event log. */
export interface LoggedEvent {
  readonly atMs: number;
  readonly event: string;
  readonly sandboxId?: string;
  readonly [field: string]: unknown;
}

/** Counts of the requests that reached the server. */
export interface RequestCounts {
  readonly total: number;
  readonly byListener: Readonly<Record<'server' | 'execd' | 'proxy', number>>;
  readonly withApiKey: Readonly<Record<'server' | 'execd' | 'proxy', number>>;
  readonly byRoute: Readonly<Record<string, number>>;
}

/** One live process of a sandbox. */
export interface SandboxProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly state: string;
  readonly command: string;
  readonly rssBytes: number;
}

/** The server does not make such a sandbox; the message says why. */
export class SandboxRefused extends Error {
  override readonly name = 'SandboxRefused';
}

/** A running test server. */
export interface SandboxServer {
  /** The lifecycle server's address, without a path. */
  readonly url: string;
  readonly controlUrl: string;
  /** The key, or an empty text for an open server. */
  readonly apiKey: string;
  readonly limits: 'kernel-v1' | 'kernel-v2' | 'emulated';
  readonly logFile: string;
  /** The server's own process id. */
  readonly pid: number;
  /** A lifecycle request with the key. */
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** Creates a sandbox and gives its id. @throws SandboxRefused */
  createSandbox(wanted?: NewSandbox): Promise<string>;
  /** The address of a port of the sandbox, with scheme; execd by default. */
  endpoint(id: string, options?: { port?: number; useServerProxy?: boolean }): Promise<string>;
  setSwitch(name: string, value: string | boolean, sandboxId?: string): Promise<void>;
  /** Live processes of the sandbox. Throws when the sandbox is gone. */
  processes(id: string): Promise<readonly SandboxProcess[]>;
  /** Files in the folder that stands for the sandbox's `/tmp`. */
  files(id: string): Promise<readonly { readonly name: string; readonly sizeBytes: number }[]>;
  /** Sessions and terminals that were made in execd and not deleted. */
  held(id: string): Promise<{ readonly sessions: number; readonly terminals: number }>;
  memory(id: string): Promise<{ usedBytes: number; limitBytes: number | null; oomKills: number }>;
  requests(sandboxId?: string): Promise<RequestCounts>;
  /** The event log so far. */
  events(): Promise<readonly LoggedEvent[]>;
  /** Waits until the log has a matching event. Throws after `timeoutMs`. */
  waitForEvent(event: string, sandboxId?: string, timeoutMs?: number): Promise<LoggedEvent>;
  /** Ends the server and everything it started. May be called more than once. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Ready {
  readonly url: string;
  readonly controlUrl: string;
  readonly limits: SandboxServer['limits'];
  readonly log: string;
}

async function readReady(child: ChildProcess): Promise<Ready> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the sandbox server has no output');
  let complaints = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const lines = createInterface({ input: stdout });
  const failure = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the sandbox server ended with ${code}: ${complaints}`)));
  });
  const first = new Promise<string>((resolve) => lines.once('line', resolve));
  return JSON.parse(await Promise.race([first, failure])) as Ready;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

/**
 * Starts the test server as a process of its own, with the Node that runs the caller.
 * It also ends when the caller dies without calling `stop`.
 */
export async function startSandboxServer(options: SandboxServerOptions = {}): Promise<SandboxServer> {
  const apiKey = options.apiKey === undefined ? 'test-key' : (options.apiKey ?? '');
  const logFolder = options.logFile === undefined ? await mkdtemp(join(tmpdir(), 'sandbox-server-log-')) : undefined;
  const logFile = options.logFile ?? join(logFolder ?? '', 'events.jsonl');
  const args = [join(serverFolder, 'main.ts'), '--exit-with-stdin', '--log', logFile];
  args.push('--port', String(options.port ?? 0), '--limits', options.limits ?? 'auto');
  if (apiKey !== '') args.push('--api-key', apiKey);
  if (options.allowShortTtl !== false) args.push('--allow-short-ttl');
  for (const [name, value] of Object.entries(options.switches ?? {})) args.push('--switch', `${name}=${value}`);
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ready = await readReady(child);
  const { url, controlUrl, limits } = ready;

  async function api(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const headers: Record<string, string> = apiKey === '' ? {} : { 'OPEN-SANDBOX-API-KEY': apiKey };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const answer = await fetch(url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true && text !== '';
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json: (isJson ? JSON.parse(text) : undefined) as LifecycleBody,
    };
  }

  async function ask<T>(path: string): Promise<T> {
    const answer = await fetch(controlUrl + path);
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async function events(): Promise<readonly LoggedEvent[]> {
    const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as LoggedEvent);
  }

  const server: SandboxServer = {
    url,
    controlUrl,
    apiKey,
    limits,
    logFile,
    pid: child.pid ?? -1,
    api,
    events,
    async createSandbox(wanted = {}) {
      const timeout = wanted.timeout === undefined ? 600 : wanted.timeout;
      const answer = await api('POST', '/v1/sandboxes', {
        ...(wanted.snapshotId === undefined ? { image: { uri: 'node:24-slim' } } : { snapshotId: wanted.snapshotId }),
        entrypoint: wanted.entrypoint ?? [process.execPath, workloads.idle],
        resourceLimits: {
          memory: wanted.memory ?? '256Mi',
          ...(wanted.cpu === undefined ? {} : { cpu: wanted.cpu }),
          ...(wanted.pids === undefined ? {} : { pids: String(wanted.pids) }),
          ...(wanted.disk === undefined ? {} : { disk: wanted.disk }),
        },
        ...(timeout === null ? {} : { timeout }),
        metadata: wanted.metadata ?? {},
        env: wanted.env ?? {},
        extensions: wanted.extensions ?? {},
      });
      if (answer.status !== 202) {
        const why = answer.json?.message ?? answer.text;
        throw new SandboxRefused(`The sandbox was refused (${answer.status}): ${why}`);
      }
      return answer.json.id;
    },
    async endpoint(id, { port = 44_772, useServerProxy = false } = {}) {
      const query = useServerProxy ? '?use_server_proxy=true' : '';
      const answer = await api('GET', `/v1/sandboxes/${id}/endpoints/${port}${query}`);
      if (answer.status !== 200) throw new Error(`asking for an endpoint: ${answer.status} ${answer.text}`);
      return `http://${answer.json.endpoint}`;
    },
    async setSwitch(name, value, sandboxId) {
      const body = JSON.stringify({ name, value, ...(sandboxId === undefined ? {} : { sandboxId }) });
      const answer = await fetch(`${controlUrl}/switch`, { method: 'POST', body });
      if (!answer.ok) throw new Error(await answer.text());
    },
    processes: (id) => ask(`/sandboxes/${id}/processes`),
    files: (id) => ask(`/sandboxes/${id}/files`),
    held: (id) => ask(`/sandboxes/${id}/held`),
    memory: (id) => ask(`/sandboxes/${id}/memory`),
    requests: (sandboxId) => ask(`/requests${sandboxId === undefined ? '' : `?sandboxId=${sandboxId}`}`),
    async waitForEvent(event, sandboxId, timeoutMs = 10_000) {
      const deadlineMs = Date.now() + timeoutMs;
      for (;;) {
        const found = (await events()).find(
          (line) => line.event === event && (sandboxId === undefined || line.sandboxId === sandboxId),
        );
        if (found !== undefined) return found;
        if (Date.now() > deadlineMs) throw new Error(`no event ${event} within ${timeoutMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      await end(child);
      if (logFolder !== undefined) await rm(logFolder, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
  return server;
}
