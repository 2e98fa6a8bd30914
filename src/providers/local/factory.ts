import { homedir, hostname } from 'node:os';
import * as z from 'zod/mini';
import { remoteEnvironment, remoteHostname } from '../../model/other-computer.ts';
import type { FileReader, Here } from '../../model/ports.ts';
import type { ProviderConfig, ProviderDeps, ProviderFactory } from '../registry.ts';
import { Disks, fixedPlaces } from './disks.ts';
import { createHousekeeping } from './housekeeping.ts';
import { LinuxReader } from './linux-reader.ts';
import { editorProcesses } from './local-process.ts';
import { MachineReader } from './machine-reader.ts';
import { createNodeFiles } from './node-files.ts';
import { LocalProvider, providerId } from './provider.ts';
import { recognisePlace } from './recognise.ts';

const configSchema = z.object({ enabled: z.catch(z.optional(z.boolean()), undefined) });

/** Through the editor's connection each file is a round trip and costs both ends a hundred times as much (docs/architecture.md). */
const remoteLeastMs = 5_000;
const scanEverySeconds = 5;
const remoteScanEverySeconds = 60;
/** How often another computer is asked for its name, which is part of the id: a connection that is slow to begin with must not make a second one. */
const mostNameReads = 3;
const pageBytesText = z.string().check(z.regex(/^\d{1,6}$/));
const defaultPageBytes = 4096;

const isEnabled = (config: ProviderConfig): boolean => {
  const parsed = z.safeParse(configSchema, config);
  return !parsed.success || parsed.data.enabled !== false;
};

const pageBytesOf = async (files: FileReader): Promise<number> => {
  const smaps = await files.text('/proc/self/smaps', 4096);
  const parsed = z.safeParse(pageBytesText, /^KernelPageSize:\s+(\d+) kB$/m.exec(smaps ?? '')?.[1]);
  return parsed.success && Number(parsed.data) > 0 ? Number(parsed.data) * 1024 : defaultPageBytes;
};

const otherComputerName = async (files: FileReader): Promise<string | null> => {
  let name: string | null = null;
  for (let reads = 0; name === null && reads < mostNameReads; reads += 1) name = await remoteHostname(files);
  return name;
};

const createProvider = (here: Here, { clock, log, environment }: ProviderDeps): LocalProvider => {
  // Never the files of this computer for those of another one.
  const files = here.remote ? here.files : process.platform === 'linux' ? (here.files ?? createNodeFiles()) : null;
  const fixed = fixedPlaces(process.platform, homedir());
  const folders: Iterable<string> = { [Symbol.iterator]: () => [...here.folders, ...fixed].values() };
  let constants: Promise<readonly [pageBytes: number, editorPids: readonly number[]]> | null = null;
  return new LocalProvider({
    clock,
    log,
    here,
    files,
    createReader: () => {
      if (files === null) return new MachineReader(process.platform);
      let reader: LinuxReader | null = null;
      return {
        get places() {
          return reader?.places ?? null;
        },
        read: async (seconds) => {
          constants ??= Promise.all([pageBytesOf(files), here.remote ? [] : editorProcesses(files)]);
          const [pageBytes, editorPids] = await constants;
          reader ??= new LinuxReader({
            files,
            owners: here.owners,
            log,
            pageBytes,
            editorPids,
            scanEverySeconds: here.remote ? remoteScanEverySeconds : scanEverySeconds,
            // The editor leaves out of a folder what it can not look at, and sockets are that.
            countsOpenFiles: !here.remote,
          });
          return reader.read(seconds);
        },
      };
    },
    disks: here.remote ? null : new Disks(folders, clock),
    housekeeping: here.remote
      ? null
      : createHousekeeping({
          get folders() {
            return here.folders;
          },
        }),
    recognise: async () =>
      files === null || here.unreadable !== null
        ? { kind: 'machine', title: 'machine', name: 'this machine', evidence: [] }
        : recognisePlace({
            files,
            environment: here.remote ? await remoteEnvironment(files) : environment,
            remoteName: here.remoteName,
          }),
    hostname: async () => (!here.remote ? hostname() : files === null ? null : otherComputerName(files)),
    seconds: () => performance.now() / 1000,
    leastMs: here.remote ? remoteLeastMs : 0,
  });
};

/** The place the editor runs in; nothing has to be set for it. */
export const localFactory: ProviderFactory = {
  id: providerId,
  settings: [
    {
      name: 'enabled',
      type: 'boolean',
      default: true,
      description: 'Watch the container, sandbox or machine this editor works in. Needs no server and no key.',
    },
  ],
  secrets: [],
  origin: () => null,
  create: (config, deps) => (isEnabled(config) && deps.here !== undefined ? createProvider(deps.here, deps) : null),
};
