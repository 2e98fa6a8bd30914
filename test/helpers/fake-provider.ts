import type { ErrorEvent } from '../../src/model/error-event.ts';
import type {
  Capabilities,
  Clock,
  CurrentSandbox,
  PlaceHints,
  ProviderActions,
  ProviderEvent,
  SampleOptions,
  SandboxProvider,
} from '../../src/model/ports.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { FakeQueue } from './fake-queue.ts';

export const MiB = 1024 * 1024;

/** A running sandbox; `parts` replaces what a test cares about. */
export const aSandbox = (id: string, parts: Partial<Sandbox> = {}): Sandbox => ({
  id,
  provider: 'fake',
  name: id,
  phase: 'running',
  rawState: 'Running',
  reason: null,
  message: null,
  createdAtMs: null,
  expiry: null,
  image: null,
  metadata: {},
  renewsOnAccess: false,
  ...parts,
});

/** A sample of a sandbox's own cgroup with 512 MiB, 100 MiB of it in use. */
export const aSample = (sandboxId: string, atMs: number, parts: Partial<Sample> = {}): Sample => ({
  kind: 'sample',
  sandboxId,
  atMs,
  source: 'cgroup',
  cadenceMs: 1000,
  caveat: null,
  memory: {
    usedBytes: 100 * MiB,
    workingSetBytes: 100 * MiB,
    limitBytes: 512 * MiB,
    anonBytes: 100 * MiB,
    oomKillCount: 0,
    limitHitCount: 0,
    stalledPercent: null,
  },
  ...parts,
});

/** Memory in use of the sample above. */
export const using = (sandboxId: string, atMs: number, usedMiB: number, parts: Partial<Sample> = {}): Sample =>
  aSample(sandboxId, atMs, {
    memory: {
      usedBytes: usedMiB * MiB,
      workingSetBytes: usedMiB * MiB,
      limitBytes: 512 * MiB,
      anonBytes: usedMiB * MiB,
      oomKillCount: 0,
      limitHitCount: 0,
      stalledPercent: null,
    },
    ...parts,
  });

/** One connection to a sandbox's measurements, as a test sees it. */
export interface FakeStream {
  readonly sandboxId: string;
  readonly mayRenew: boolean;
  readonly queue: FakeQueue<Sample>;
  open: boolean;
}

export interface FakeProviderOptions {
  readonly id?: string;
  readonly label?: string;
  readonly realm?: string | null;
  readonly actions?: ProviderActions;
  readonly capabilities?: Partial<Capabilities>;
}

/** A provider whose server is the test: it holds the sandboxes, and every stream is fed by hand. */
export class FakeProvider implements SandboxProvider {
  readonly id: string;
  readonly label: string;
  realm: string | null;
  readonly actions: ProviderActions;
  readonly capabilities: Capabilities;
  readonly sandboxes = new Map<string, Sandbox>();
  /** Every connection ever made, oldest first. */
  readonly streams: FakeStream[] = [];
  /** The most connections that were open at the same time. */
  mostOpen = 0;
  watches = 0;
  finds = 0;
  pings = 0;
  currents = 0;
  disposed = 0;
  pingAnswer: 'answers' | 'refused' | 'no-answer' | 'unknown' = 'answers';
  /** Thrown by `find` when set. */
  findProblem: Problem | null = null;
  /** Thrown by every new connection when set. */
  samplesProblem: Problem | null = null;
  recognised: CurrentSandbox | null = null;
  readonly #clock: Clock;
  readonly #watchers = new Set<FakeQueue<ProviderEvent>>();
  readonly #errors = new Map<string, FakeQueue<ErrorEvent>>();

  constructor(clock: Clock, options: FakeProviderOptions = {}) {
    this.#clock = clock;
    this.id = options.id ?? 'fake';
    this.label = options.label ?? 'Fake on 127.0.0.1';
    this.realm = options.realm === undefined ? this.label : options.realm;
    this.actions = options.actions ?? {};
    this.capabilities = {
      vanishesAtExpiry: true,
      pauseKeepsMemory: true,
      expiresWhilePaused: true,
      ...options.capabilities,
    };
  }

  get openStreams(): readonly FakeStream[] {
    return this.streams.filter((stream) => stream.open);
  }

  get openWatches(): number {
    return this.#watchers.size;
  }

  get openErrors(): number {
    return this.#errors.size;
  }

  /** The newest connection of a sandbox. */
  stream(sandboxId: string): FakeStream {
    const stream = this.streams.findLast((one) => one.sandboxId === sandboxId);
    if (stream === undefined) throw new Error(`no stream was opened for ${sandboxId}`);
    return stream;
  }

  opened(sandboxId: string): number {
    return this.streams.filter((one) => one.sandboxId === sandboxId).length;
  }

  /** Adds or replaces sandboxes and tells a complete list. */
  put(...sandboxes: readonly Sandbox[]): void {
    for (const sandbox of sandboxes) this.sandboxes.set(sandbox.id, sandbox);
    this.tell();
  }

  remove(...ids: readonly string[]): void {
    for (const id of ids) this.sandboxes.delete(id);
    this.tell();
  }

  /** Tells a complete list of what there is now. */
  tell(atMs = this.#clock.now()): void {
    this.event({ kind: 'sandboxes', atMs, sandboxes: [...this.sandboxes.values()] });
  }

  event(event: ProviderEvent): void {
    for (const watcher of this.#watchers) watcher.push(event);
  }

  /** Breaks every watch off. */
  breakWatches(error: unknown): void {
    for (const watcher of this.#watchers) watcher.fail(error);
  }

  error(event: ErrorEvent): void {
    this.#errors.get(event.sandboxId)?.push(event);
  }

  list(): Promise<readonly Sandbox[]> {
    return Promise.resolve([...this.sandboxes.values()]);
  }

  find(sandboxId: string): Promise<Sandbox | null> {
    this.finds += 1;
    if (this.findProblem !== null) return Promise.reject(this.findProblem);
    return Promise.resolve(this.sandboxes.get(sandboxId) ?? null);
  }

  watch(signal: AbortSignal): AsyncIterable<ProviderEvent> {
    this.watches += 1;
    const queue = new FakeQueue<ProviderEvent>(signal, () => this.#watchers.delete(queue));
    this.#watchers.add(queue);
    return queue;
  }

  current(_hints: PlaceHints, sandboxes: readonly Sandbox[]): Promise<CurrentSandbox | null> {
    this.currents += 1;
    const found = this.recognised;
    return Promise.resolve(found !== null && sandboxes.some((one) => one.id === found.sandboxId) ? found : null);
  }

  samples(sandboxId: string, options: SampleOptions): AsyncIterable<Sample> {
    const queue = new FakeQueue<Sample>(options.signal, () => {
      stream.open = false;
    });
    const stream: FakeStream = { sandboxId, mayRenew: options.mayRenew, queue, open: true };
    this.streams.push(stream);
    this.mostOpen = Math.max(this.mostOpen, this.openStreams.length);
    if (this.samplesProblem !== null) queue.fail(this.samplesProblem);
    return queue;
  }

  ping(): Promise<'answers' | 'refused' | 'no-answer' | 'unknown'> {
    this.pings += 1;
    return Promise.resolve(this.pingAnswer);
  }

  errors(sandboxId: string, signal: AbortSignal): AsyncIterable<ErrorEvent> {
    const queue = new FakeQueue<ErrorEvent>(signal, () => this.#errors.delete(sandboxId));
    this.#errors.set(sandboxId, queue);
    return queue;
  }

  dispose(): Promise<void> {
    this.disposed += 1;
    return Promise.resolve();
  }
}
