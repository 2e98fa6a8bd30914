import type { ErrorEvent } from '../../model/error-event.ts';
import type {
  Capabilities,
  Clock,
  CurrentSandbox,
  Log,
  PlaceHints,
  ProviderActions,
  ProviderEvent,
  SampleOptions,
  SandboxProvider,
} from '../../model/ports.ts';
import { toProblem } from '../../model/problem.ts';
import type { Sample } from '../../model/sample.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { sleep } from '../../model/wait.ts';
import { HttpClient } from '../../net/http.ts';
import type { Transport } from '../../net/transport.ts';
import { throwIfAborted } from './abort.ts';
import { type Answer, ExecdAccess } from './access.ts';
import { createActions } from './actions.ts';
import { BackgroundWork } from './background-work.ts';
import { findCurrent } from './current.ts';
import { DiagnosticsClient } from './diagnostics.ts';
import { ErrorFeed } from './error-feed.ts';
import { execdPort } from './execd-client.ts';
import { LifecycleClient } from './lifecycle-client.ts';
import { RenewalKnowledge } from './renewal.ts';
import { SampleStreams } from './samples.ts';
import { providerId, toSandbox } from './sandbox-mapping.ts';
import type { WireSandbox } from './schemas.ts';
import type { ServerAddress } from './server-address.ts';
import { ServerClient } from './server-client.ts';
import type { ServerTime } from './server-time.ts';
import { SnapshotsClient } from './snapshots-client.ts';
import { type Runtime, runtimeOf } from './states.ts';
import { ListWatch } from './watch.ts';

export interface OpenSandboxOptions {
  readonly address: ServerAddress;
  /** Shared with others; not closed here. */
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly apiKey: () => Promise<string | null>;
  /** A mark of a key that tells nothing of it, or null when there is none. */
  readonly keyMark: (key: string) => Promise<string | null>;
  readonly execdToken: () => Promise<string | null>;
  readonly fileExists: (path: string) => Promise<boolean>;
}

const disposeMs = 2000;

/** Sandboxes of one OpenSandbox server. */
export class OpenSandboxProvider implements SandboxProvider {
  readonly id = providerId;
  readonly label: string;
  readonly actions: ProviderActions;
  readonly #options: OpenSandboxOptions;
  readonly #time: ServerTime;
  readonly #lifecycle: LifecycleClient;
  readonly #diagnostics: DiagnosticsClient;
  readonly #renewal = new RenewalKnowledge();
  readonly #access: ExecdAccess;
  readonly #watch: ListWatch;
  readonly #samples: SampleStreams;
  readonly #errors: ErrorFeed;
  readonly #work = new BackgroundWork();
  readonly #disposed = new AbortController();
  #runtime: Runtime | null = null;
  #realm: string | null = null;

  constructor(options: OpenSandboxOptions) {
    this.#options = options;
    this.label = `OpenSandbox on ${options.address.place}`;
    const { transport, clock, log, address, apiKey, execdToken } = options;
    const server = new ServerClient({ transport, clock, log, address, apiKey });
    const lifecycle = new LifecycleClient(server, clock, log);
    const diagnostics = new DiagnosticsClient(server, transport, clock);
    const find = (sandboxId: string, signal: AbortSignal): Promise<Sandbox | null> => this.find(sandboxId, signal);
    this.#time = server.time;
    this.#lifecycle = lifecycle;
    this.#diagnostics = diagnostics;
    this.#access = new ExecdAccess({
      server,
      lifecycle,
      diagnostics,
      renewal: this.#renewal,
      transport,
      clock,
      log,
      work: this.#work,
      execdToken,
    });
    this.#samples = new SampleStreams({ access: this.#access, find, clock, log });
    this.#errors = new ErrorFeed({ events: (id, signal) => diagnostics.events(id, signal), clock, log });
    this.#watch = new ListWatch({
      list: (signal) => this.list(signal),
      health: (signal) => lifecycle.health(signal),
      apiKey,
      clock,
      log,
    });
    this.actions = createActions({
      lifecycle,
      diagnostics,
      snapshots: new SnapshotsClient(server, clock),
      access: this.#access,
      find,
      toSandbox: (wire) => this.#toSandbox(wire),
      renewKnowledge: (sandboxId) => this.#renewal.known(sandboxId),
      changed: () => this.#watch.poke(),
      clock,
      log,
    });
  }

  /** Docker freezes what it pauses; Kubernetes saves the files and ends the processes. Unknown counts as the latter. */
  get capabilities(): Capabilities {
    return { vanishesAtExpiry: true, pauseKeepsMemory: this.#runtime === 'docker', expiresWhilePaused: true };
  }

  get realm(): string | null {
    return this.#realm;
  }

  async list(signal: AbortSignal): Promise<readonly Sandbox[]> {
    const realm = await this.#realmOfKey();
    const wire = await this.#lifecycle.list(this.#until(signal));
    this.#realm = realm;
    const sandboxes = wire.map((sandbox) => this.#toSandbox(sandbox));
    const ids = new Set(sandboxes.map((sandbox) => sandbox.id));
    this.#renewal.keepOnly(ids);
    this.#access.keepOnly(sandboxes);
    this.#samples.keepOnly(ids);
    this.#errors.see(sandboxes);
    return sandboxes;
  }

  /** A server with several tenants shows each key its own sandboxes; of all others it says that there are none. */
  async #realmOfKey(): Promise<string | null> {
    const { apiKey, keyMark, log } = this.#options;
    try {
      const key = await apiKey();
      if (key === null) return this.label;
      const mark = await keyMark(key);
      return mark === null ? null : `${this.label} #${mark}`;
    } catch (error) {
      log.debug(`Which key the list is asked for with is not known: ${toProblem(error).message}`);
      return null;
    }
  }

  async find(sandboxId: string, signal: AbortSignal): Promise<Sandbox | null> {
    const wire = await this.#lifecycle.find(sandboxId, this.#until(signal));
    return wire === null ? null : this.#toSandbox(wire);
  }

  #toSandbox(wire: WireSandbox): Sandbox {
    this.#runtime = runtimeOf(wire.status.reason ?? null) ?? this.#runtime;
    const sandbox = toSandbox(wire, this.#renewal.of(wire), (serverMs) => this.#time.toLocal(serverMs));
    return this.#access.life.asSeen(sandbox);
  }

  watch(signal: AbortSignal): AsyncIterable<ProviderEvent> {
    return this.#watch.run(this.#until(signal));
  }

  current(hints: PlaceHints, sandboxes: readonly Sandbox[], signal: AbortSignal): Promise<CurrentSandbox | null> {
    const { fileExists, log } = this.#options;
    return findCurrent(hints, sandboxes, this.#until(signal), {
      isExecdHere: (stop) => this.#isExecdHere(stop),
      fileExists,
      inspect: (sandboxId, stop) => this.#diagnostics.inspect(sandboxId, stop),
      log,
    });
  }

  async #isExecdHere(signal: AbortSignal): Promise<boolean> {
    const { transport, clock, log } = this.#options;
    const http = new HttpClient({ transport, clock, baseUrl: `http://127.0.0.1:${execdPort}` });
    try {
      await http.done('/ping', { signal, timeoutMs: 1000 });
      return true;
    } catch (error) {
      throwIfAborted(signal);
      const problem = toProblem(error);
      log.debug(`No execd on this computer: ${problem.message}`);
      // One that wants a token is one all the same.
      return problem.kind === 'unauthorized';
    }
  }

  samples(sandboxId: string, options: SampleOptions): AsyncIterable<Sample> {
    return this.#samples.open(sandboxId, { ...options, signal: this.#until(options.signal) });
  }

  async ping(sandboxId: string, signal: AbortSignal): Promise<Answer> {
    const sandbox = await this.find(sandboxId, signal);
    return sandbox === null ? 'unknown' : this.#access.ping(sandbox, this.#until(signal));
  }

  errors(sandboxId: string, signal: AbortSignal): AsyncIterable<ErrorEvent> {
    return this.#errors.watch(sandboxId, this.#until(signal));
  }

  /** Ends everything that was started here, and waits a moment for what is being removed from sandboxes. */
  async dispose(): Promise<void> {
    this.#disposed.abort();
    const enough = new AbortController();
    const waited = sleep(this.#options.clock, disposeMs, enough.signal);
    await Promise.race([this.#work.done(), waited]);
    enough.abort();
  }

  #until(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#disposed.signal]);
  }
}
