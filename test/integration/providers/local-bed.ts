import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileReader, Here, Log, ProcessOwners } from '../../../src/model/ports.ts';
import { systemClock } from '../../../src/net/clock.ts';
import { createTransport } from '../../../src/net/dispatcher.ts';
import { localFactory } from '../../../src/providers/local/factory.ts';
import { createNodeFiles } from '../../../src/providers/local/node-files.ts';
import type { LimitGroup, LimitsBackend } from '../../sandbox-server/limits.ts';
import { findKernelLimits } from '../../sandbox-server/limits-kernel.ts';
import { fixtureFiles } from '../../unit/providers/local/fixture-files.ts';
import type { TestBed, WantedSandbox } from './conformance.ts';

/** A bed whose one sandbox is a control group of this machine, with what only these tests do. */
export interface LocalBed extends TestBed {
  /** Whether the kernel let us make a group with a real limit; else a folder that looks like one is read. */
  readonly isReal: boolean;
  readonly log: readonly string[];
  /** Runs a program inside. */
  start(argv: readonly string[]): ChildProcess;
  owners: ProcessOwners;
}

const mebibyte = 1024 ** 2;
const idle: readonly string[] = [process.execPath, '-e', 'setInterval(() => undefined, 60000)'];

/** A place of its own for each test; `create` makes a group with a limit and a process in it, through which the provider looks. */
interface Place {
  readonly files: FileReader;
  pids(): readonly number[];
  wrap(argv: readonly string[]): readonly [string, ...string[]];
  end(): Promise<void>;
}

const realPlace = (group: LimitGroup, insider: () => number): Place => {
  const node = createNodeFiles();
  // The editor's own process stands in the group; here that is one of the test's children.
  const seen = (path: string): string => path.replace(/^\/proc\/self\b/, `/proc/${insider()}`);
  return {
    files: {
      text: (path, most) => node.text(seen(path), most),
      bytes: (path, most) => node.bytes(seen(path), most),
      names: (path) => node.names(seen(path)),
      link: (path) => node.link(seen(path)),
    },
    pids: () => group.pids(),
    wrap: (argv) => group.wrap(argv),
    end: async () => {
      await group.killAll();
      await group.remove();
    },
  };
};

const paintedPlace = (memoryBytes: number, children: ReadonlySet<ChildProcess>): Place => {
  const tree = fixtureFiles('v2-limited');
  tree.write('/sys/fs/cgroup/memory.max', `${memoryBytes}\n`);
  tree.write('/sys/fs/cgroup/memory.current', `${Math.round(memoryBytes / 3)}\n`);
  const node = createNodeFiles();
  const isProcess = (path: string): boolean => /^\/proc\/\d/.test(path);
  return {
    files: {
      text: (path, most) => (isProcess(path) ? node : tree.files).text(path, most),
      bytes: (path, most) => (isProcess(path) ? node : tree.files).bytes(path, most),
      names: (path) => (isProcess(path) ? node : tree.files).names(path),
      link: (path) => (isProcess(path) ? node : tree.files).link(path),
    },
    pids: () => [...children].flatMap(({ pid }) => pid ?? []),
    wrap: ([command = '', ...rest]) => [command, ...rest],
    end: async () => {
      for (const child of children) child.kill('SIGKILL');
      tree[Symbol.dispose]();
    },
  };
};

/** Makes a provider that watches one control group of this machine, as if the editor ran in it. */
export const makeLocalBed = async (): Promise<LocalBed> => {
  const backend: LimitsBackend | undefined = findKernelLimits();
  const lines: string[] = [];
  const write = (text: string): void => void lines.push(text);
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const folder = mkdtempSync(join(tmpdir(), 'local-bed-'));
  const children = new Set<ChildProcess>();
  const transport = createTransport({ environment: {} });
  let place: Place | null = null;
  let insider = 0;
  let count = 0;
  const nothing = Promise.resolve(null);
  const files: FileReader = {
    text: (path, most) => place?.files.text(path, most) ?? nothing,
    bytes: (path, most) => place?.files.bytes(path, most) ?? nothing,
    names: (path) => place?.files.names(path) ?? nothing,
    link: (path) => place?.files.link(path) ?? nothing,
  };
  const attention = { away: false, onChange: () => () => undefined };
  const bed: { owners: ProcessOwners } = { owners: { ownerOf: () => null } };
  const here: Here = {
    files,
    remote: false,
    unreadable: null,
    folders: [folder],
    remoteName: null,
    authority: null,
    attention,
    owners: { ownerOf: (pids) => bed.owners.ownerOf(pids) },
    run: null,
  };
  const deps = { clock: systemClock, log, transport, secret: async () => null, environment: {}, here };
  const provider = localFactory.create({}, { ...deps, fileExists: async () => false });
  if (provider === null) throw new Error('no provider');
  const [sandbox] = await provider.list(new AbortController().signal);
  if (sandbox === undefined) throw new Error('no sandbox');

  const start = (argv: readonly string[]): ChildProcess => {
    const [command, ...args] = place?.wrap(argv) ?? ['false'];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const leave = async (): Promise<void> => {
    const ending = [...children].map((child) => (child.exitCode === null ? once(child, 'exit') : null));
    await place?.end();
    await Promise.all(ending);
    place = null;
  };
  const commandOf = (pid: number): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    } catch {
      return ''; // It ended in between.
    }
  };
  const none = async (): Promise<void> => undefined;
  return Object.assign(bed, {
    provider,
    isReal: backend !== undefined,
    log: lines,
    start,
    supportedActions: ['diagnostics', 'housekeeping', 'limits', 'signalProcess'] as const,
    createSandbox: async (wanted: WantedSandbox = {}) => {
      await leave();
      const memoryBytes = wanted.memoryBytes ?? 256 * mebibyte;
      count += 1;
      place =
        backend === undefined
          ? paintedPlace(memoryBytes, children)
          : realPlace(backend.createGroup(`local-${count}`, { memoryBytes, cpuCores: 1, pids: 64 }), () => insider);
      const child = start(idle);
      insider = child.pid ?? 0;
      // The shell that joins the group becomes the program.
      const endMs = Date.now() + 10_000;
      while (!commandOf(insider).startsWith(process.execPath) && Date.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return sandbox.id;
    },
    deleteSandbox: leave,
    pauseSandbox: none,
    resumeSandbox: none,
    setAgentDead: none,
    setRawState: none,
    setServerFailing: none,
    setDirectBlocked: none,
    processes: async () => (place?.pids() ?? []).map((pid) => ({ pid, command: commandOf(pid) })),
    temporaryFiles: async () => readdirSync(folder),
    leakedKeys: async () => 0,
    requestCount: async () => 0,
    proxiedRequests: async () => 0,
    deadlineMs: async () => null,
    dispose: async () => {
      await leave();
      await provider.dispose();
      await transport.close();
      backend?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
};
