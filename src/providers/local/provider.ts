import { createHash } from 'node:crypto';
import type { ErrorEvent } from '../../model/error-event.ts';
import type {
  Capabilities,
  Clock,
  CurrentSandbox,
  FileReader,
  Here,
  Housekeeping,
  Log,
  PlaceHints,
  ProviderActions,
  ProviderEvent,
  SampleOptions,
  SandboxProvider,
} from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import type { Sample } from '../../model/sample.ts';
import type { Sandbox, SandboxLimits } from '../../model/sandbox.ts';
import { sleep } from '../../model/wait.ts';
import { describePlace } from './diagnostics.ts';
import type { Disks } from './disks.ts';
import { ErrorBoard } from './error-board.ts';
import { KillWatch } from './kill-watch.ts';
import type { LinuxReader } from './linux-reader.ts';
import { signalLocalProcess } from './local-process.ts';
import { localSamples } from './local-samples.ts';
import type { Reading } from './reading.ts';
import type { RecognisedPlace } from './recognise.ts';

export const providerId = 'local';

export interface LocalProviderOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly here: Here;
  /** The kernel's files; null where there are none (macOS, Windows). */
  readonly files: FileReader | null;
  /** A new reader for one stream of samples. */
  readonly createReader: () => { read(seconds: number): Promise<Reading>; readonly places?: LinuxReader['places'] };
  readonly disks: Disks | null;
  /** Null where the disks of this place can not be looked at. */
  readonly housekeeping: Housekeeping | null;
  readonly recognise: () => Promise<RecognisedPlace>;
  /** Null where the other computer does not tell it. */
  readonly hostname: () => Promise<string | null>;
  /** A clock that only goes forward, in seconds. */
  readonly seconds: () => number;
  readonly leastMs: number;
}

/** The list does not change; it is told again so that nobody takes silence for a failure. */
const listEveryMs = 60_000;

const withArticle = (title: string): string => `${/^[aeiou]/i.test(title) ? 'an' : 'a'} ${title}`;

/** The one place the editor itself runs in: a container, a sandbox, or a plain machine. */
export class LocalProvider implements SandboxProvider {
  readonly id = providerId;
  readonly label: string;
  readonly isHere = true;
  readonly isNameless: boolean;
  readonly capabilities: Capabilities = {
    vanishesAtExpiry: false,
    pauseKeepsMemory: false,
    expiresWhilePaused: false,
  };
  readonly actions: ProviderActions;
  readonly #options: LocalProviderOptions;
  readonly #board = new ErrorBoard();
  readonly #disposed = new AbortController();
  #found: Promise<{ readonly sandbox: Sandbox; readonly place: RecognisedPlace }> | null = null;
  #groups: LinuxReader['places'] = null;
  #limits: SandboxLimits = { memoryBytes: null, cpuCores: null, pids: null };

  constructor(options: LocalProviderOptions) {
    this.#options = options;
    this.isNameless = options.here.remote && options.here.authority === null;
    this.label = options.here.remote ? 'Remote machine' : 'This computer';
    this.actions = this.#createActions();
  }

  #createActions(): ProviderActions {
    const { here, files, housekeeping } = this.#options;
    const { run } = here;
    return {
      limits: async (sandboxId, signal) => {
        await this.#must(sandboxId, signal);
        return this.#limits;
      },
      diagnostics: async (sandboxId, signal) => {
        const { place } = await this.#must(sandboxId, signal);
        return describePlace(
          sandboxId,
          place,
          this.#groups,
          this.#options.disks?.all ?? [],
          here.remote ? null : files,
          signal,
        );
      },
      ...(housekeeping === null ? {} : { housekeeping }),
      ...(files === null || here.remote
        ? {}
        : {
            signalProcess: async (sandboxId, target, kind, signal) => {
              await this.#must(sandboxId, signal);
              return signalLocalProcess(files, target, kind);
            },
          }),
      ...(run === null
        ? {}
        : {
            exec: async (sandboxId, argv, timeoutMs, signal) => {
              await this.#must(sandboxId, signal);
              const late = AbortSignal.timeout(timeoutMs);
              const exitCode = await run(argv, AbortSignal.any([signal, late]));
              if (signal.aborted) throw new Problem('aborted', 'It was cancelled.');
              if (late.aborted) throw new Problem('timeout', `It did not end within ${timeoutMs / 1000} s.`);
              return { exitCode, stdout: '', stderr: '', truncated: false };
            },
          }),
    };
  }

  /** Where this is; looked at once. */
  #find(): Promise<{ readonly sandbox: Sandbox; readonly place: RecognisedPlace }> {
    this.#found ??= this.#recognise();
    return this.#found;
  }

  async #recognise(): Promise<{ readonly sandbox: Sandbox; readonly place: RecognisedPlace }> {
    const { recognise, hostname, log, here } = this.#options;
    const place = await recognise();
    const host = await hostname();
    const evidence = place.evidence.join(', ');
    log.info(`This is ${withArticle(place.title)}${evidence === '' ? '' : `: ${evidence}`}.`);
    const far = here.remote ? 'remote ' : '';
    const sandbox: Sandbox = {
      id: placeId(here, host),
      provider: providerId,
      name: here.remote ? place.name.replace(/^this /, 'the remote ') : place.name,
      phase: 'running',
      rawState: `${far}${place.title}`,
      reason: null,
      message: evidence === '' ? null : evidence,
      // When it was made is not told inside; that the editor was started in it then says nothing of its age.
      createdAtMs: null,
      // Systems that end a place like this by a clock do not tell it inside.
      expiry: null,
      image: null,
      metadata: { ...(host === null ? {} : { host }), place: place.kind },
      renewsOnAccess: false,
    };
    return { sandbox, place };
  }

  async #must(
    sandboxId: string,
    signal: AbortSignal,
  ): Promise<{ readonly sandbox: Sandbox; readonly place: RecognisedPlace }> {
    throwIfAborted(signal);
    const found = await this.#find();
    throwIfAborted(signal);
    if (found.sandbox.id !== sandboxId) throw new Problem('not-found', `${sandboxId} is not this place.`);
    return found;
  }

  async list(signal: AbortSignal): Promise<readonly Sandbox[]> {
    throwIfAborted(signal);
    const { sandbox } = await this.#find();
    throwIfAborted(signal);
    return [sandbox];
  }

  async find(sandboxId: string, signal: AbortSignal): Promise<Sandbox | null> {
    const [sandbox] = await this.list(signal);
    return sandbox?.id === sandboxId ? sandbox : null;
  }

  async *watch(signal: AbortSignal): AsyncGenerator<ProviderEvent, void> {
    const { clock } = this.#options;
    const until = this.#until(signal);
    while (!until.aborted) {
      const { sandbox, place } = await this.#find();
      if (until.aborted) return;
      const evidence = place.evidence.join(', ');
      const text = evidence === '' ? withArticle(place.title) : `${place.title}: ${evidence}`;
      yield { kind: 'health', atMs: clock.now(), healthy: true, text };
      if (until.aborted) return;
      yield { kind: 'sandboxes', atMs: clock.now(), sandboxes: [sandbox] };
      await sleep(clock, listEveryMs, until);
    }
  }

  async current(
    _hints: PlaceHints,
    sandboxes: readonly Sandbox[],
    signal: AbortSignal,
  ): Promise<CurrentSandbox | null> {
    throwIfAborted(signal);
    const { sandbox, place } = await this.#find();
    throwIfAborted(signal);
    if (!sandboxes.some(({ id }) => id === sandbox.id)) return null;
    const evidence = place.evidence.length === 0 ? '' : ` (${place.evidence.join(', ')})`;
    return {
      sandboxId: sandbox.id,
      how: `the editor works in it, ${withArticle(place.title)}${evidence}`,
      inside: true,
    };
  }

  async *samples(sandboxId: string, options: SampleOptions): AsyncGenerator<Sample, void> {
    const signal = this.#until(options.signal);
    if (signal.aborted) return;
    const { sandbox, place } = await this.#find();
    if (signal.aborted) return;
    if (sandbox.id !== sandboxId) throw new Problem('not-found', `${sandboxId} is not this place.`);
    const { clock, log, here, disks, createReader, seconds, leastMs } = this.#options;
    if (here.unreadable !== null) throw here.unreadable;
    const reader = createReader();
    const kills = new KillWatch();
    yield* localSamples(
      {
        sandboxId,
        clock,
        log,
        seconds,
        read: async (now) => {
          const reading = await reader.read(now);
          if (reading.memory === undefined && reading.cpu === undefined && disks === null) {
            throw new Problem('unavailable-here', 'The files that tell of memory can not be read here.');
          }
          return reading;
        },
        disks,
        attention: here.attention,
        leastMs,
        caveatOf: (reading) => caveatOf(place, here.remote, reading),
        seen: (reading, sample) => {
          this.#groups = reader.places ?? null;
          this.#limits = limitsOf(sample);
          const killed = kills.see(reading, sample);
          if (killed === null) return;
          log.warn(killed.text);
          this.#board.post(killed);
        },
      },
      signal,
    );
  }

  async ping(sandboxId: string, signal: AbortSignal): Promise<'answers' | 'unknown'> {
    return (await this.find(sandboxId, signal)) === null ? 'unknown' : 'answers';
  }

  errors(sandboxId: string, signal: AbortSignal): AsyncIterable<ErrorEvent> {
    return this.#board.read(sandboxId, this.#until(signal));
  }

  dispose(): Promise<void> {
    this.#disposed.abort();
    return Promise.resolve();
  }

  #until(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#disposed.signal]);
  }
}

const authorityDigits = 12;

/**
 * Host names repeat: WSL takes over that of Windows, and every new machine is called alike. One history holds the places of all remotes, so that
 * another computer is told apart by the address it is reached by, of which a checksum is enough; that address may lead to another one tomorrow.
 */
const placeId = ({ remote, remoteName, authority }: Here, host: string | null): string => {
  if (!remote) return `local-${host ?? 'unnamed'}`;
  const sum =
    authority === null ? [] : [createHash('sha256').update(authority).digest('hex').slice(0, authorityDigits)];
  const name = [...sum, ...(host === null ? [] : [host])];
  // No host name has a plus sign: it is none of this computer's ids.
  return `local-${remoteName ?? 'remote'}+${name.length === 0 ? 'nameless' : name.join('-')}`;
};

const throwIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw new Problem('aborted', 'It was cancelled.');
};

/** Limits that are this place's own; those of the machine are nobody's grant. */
const limitsOf = ({ source, memory, cpu, pids }: Sample): SandboxLimits => ({
  memoryBytes: source === 'cgroup' ? (memory?.limitBytes ?? null) : null,
  cpuCores: cpu?.limitCores ?? null,
  pids: pids?.limit ?? null,
});

// Beside it stands that the numbers are those of the whole machine: once is enough.
const caveatOf = (place: RecognisedPlace, remote: boolean, reading: Reading): string | null => {
  const virtual = place.kind === 'e2b' || place.kind === 'codesandbox';
  const parts =
    reading.source === 'cgroup'
      ? []
      : virtual
        ? ['no control group limits it: these are the numbers of its virtual machine']
        : place.kind === 'machine'
          ? ['nothing limits it']
          : ['no memory limit can be seen from inside'];
  if (remote) parts.push('read through the editor’s remote connection');
  parts.push(...reading.caveats);
  return parts.length === 0 ? null : parts.join('; ');
};
