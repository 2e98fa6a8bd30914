import { randomUUID } from 'node:crypto';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mountSandboxDisk } from './disk.ts';
import type { EventLog } from './event-log.ts';
import { Execd } from './execd.ts';
import { BusinessError } from './http.ts';
import type { LimitsBackend } from './limits.ts';
import { Sandbox, type SandboxSpec, wantedPids } from './sandbox.ts';
import type { Switches } from './switches.ts';
import { preciseNowMs } from './timestamps.ts';

const maxTimerMs = 2 ** 31 - 1;

/** A sandbox with its daemon and its clock. */
export interface Entry {
  readonly sandbox: Sandbox;
  readonly execd: Execd;
  /** When the sandbox had to end when it was created; the container label keeps this for ever. */
  readonly firstExpiresAtMs: number | null;
  expiresAtMs: number | null;
  timer: NodeJS.Timeout | undefined;
  isEnding: boolean;
}

/** A copy of a sandbox's files. */
export interface Snapshot {
  readonly id: string;
  readonly sandboxId: string;
  readonly name?: string;
  readonly createdAtMs: number;
  readonly folder: string;
  state: 'Creating' | 'Ready' | 'Failed';
  reason: string;
  message: string;
  changedAtMs: number;
}

/** What the registry needs. */
export interface RegistryOptions {
  readonly root: string;
  readonly limits: LimitsBackend;
  readonly switches: Switches;
  readonly log: EventLog;
  readonly viaSecret: string;
}

/** All sandboxes and snapshots, and what can be done to them. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #snapshots = new Map<string, Snapshot>();
  /** Ends that are still going on. */
  readonly #ends = new Set<Promise<void>>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** Newest first. */
  all(): Entry[] {
    return [...this.#entries.values()].reverse();
  }

  find(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** Throws the 404 that every route gives for a sandbox that never was, was deleted or has expired. */
  get(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new BusinessError(404, 'DOCKER::SANDBOX_NOT_FOUND', `Sandbox ${id} not found.`);
    return entry;
  }

  async create(spec: SandboxSpec): Promise<Entry> {
    const { root, limits, log, switches, viaSecret } = this.#options;
    if (wantedPids(spec) !== null && !limits.enforcesPids) {
      const message = `A limit of processes cannot be kept here: ${limits.kind} limits only show it.`;
      throw new BusinessError(400, 'SANDBOX::INVALID_PARAMETER', message);
    }
    const disk = await mountSandboxDisk(spec.resourceLimits['disk']);
    const sandbox = new Sandbox(spec, join(root, 'sandboxes'), limits, log, disk);
    if (spec.snapshotId !== undefined) {
      await cp(this.snapshot(spec.snapshotId).folder, sandbox.filesFolder, { recursive: true });
    }
    const execd = new Execd({ sandbox, switches, log }, viaSecret);
    await execd.listen();
    const expiresAtMs = spec.timeoutSeconds === undefined ? null : sandbox.createdAtMs + spec.timeoutSeconds * 1000;
    const entry: Entry = {
      sandbox,
      execd,
      firstExpiresAtMs: expiresAtMs,
      expiresAtMs,
      timer: undefined,
      isEnding: false,
    };
    this.#entries.set(sandbox.id, entry);
    sandbox.onExited = () => execd.close();
    log.write('created', {
      sandboxId: sandbox.id,
      metadata: sandbox.metadata,
      memoryLimitBytes: sandbox.memoryLimitBytes,
      execdPort: execd.port,
      expiresAtMs,
    });
    this.#arm(entry);
    await sandbox.start();
    return entry;
  }

  #arm(entry: Entry): void {
    clearTimeout(entry.timer);
    if (entry.expiresAtMs === null) return;
    const leftMs = entry.expiresAtMs - Date.now();
    entry.timer = setTimeout(
      () => {
        if (entry.expiresAtMs !== null && entry.expiresAtMs <= Date.now() + 1) void this.end(entry, 'expired');
        else this.#arm(entry);
      },
      Math.min(Math.max(leftMs, 0), maxTimerMs),
    );
  }

  /** Moves the end to another time. */
  renew(entry: Entry, expiresAtMs: number, by: 'request' | 'access'): void {
    entry.expiresAtMs = expiresAtMs;
    this.#arm(entry);
    this.#options.log.write('renewed', { sandboxId: entry.sandbox.id, by, expiresAtMs });
  }

  /** Kills everything and forgets the sandbox: afterwards every route answers 404. */
  end(entry: Entry, why: 'expired' | 'deleted'): Promise<void> {
    const ending = this.#end(entry, why).catch((error: unknown) => {
      this.#options.log.write('problem', { sandboxId: entry.sandbox.id, what: String(error) });
    });
    this.#ends.add(ending);
    return ending.finally(() => this.#ends.delete(ending));
  }

  async #end(entry: Entry, why: 'expired' | 'deleted'): Promise<void> {
    if (entry.isEnding) return;
    entry.isEnding = true;
    clearTimeout(entry.timer);
    const { sandbox, execd } = entry;
    this.#options.log.write(why, { sandboxId: sandbox.id, expiresAtMs: entry.expiresAtMs });
    // For a moment the container is seen killed but not yet removed.
    if (sandbox.state !== 'exited') sandbox.exitCode = 137;
    sandbox.finishedAtMs = preciseNowMs();
    const killed = sandbox.destroy();
    execd.close();
    await killed;
    this.#entries.delete(sandbox.id);
    await rm(join(sandbox.filesFolder, '..'), { recursive: true, force: true });
  }

  pause(entry: Entry): void {
    entry.execd.freeze();
    entry.sandbox.pause();
  }

  resume(entry: Entry): void {
    entry.sandbox.resume();
    entry.execd.thaw();
  }

  /** Newest first. */
  allSnapshots(): Snapshot[] {
    return [...this.#snapshots.values()].reverse();
  }

  snapshot(id: string): Snapshot {
    const snapshot = this.#snapshots.get(id);
    if (snapshot === undefined) throw new BusinessError(404, 'SNAPSHOT::NOT_FOUND', `Snapshot ${id} not found`);
    return snapshot;
  }

  /** Begins to copy the files of a sandbox, which is paused while the copy is made, as by `docker commit`. */
  takeSnapshot(entry: Entry, name: string | undefined): Snapshot {
    const now = preciseNowMs();
    const id = randomUUID();
    const snapshot: Snapshot = {
      id,
      sandboxId: entry.sandbox.id,
      ...(name === undefined ? {} : { name }),
      createdAtMs: now,
      folder: join(this.#options.root, 'snapshots', id),
      state: 'Creating',
      reason: 'snapshot_accepted',
      message: 'Snapshot creation accepted.',
      changedAtMs: now,
    };
    this.#snapshots.set(id, snapshot);
    this.#options.log.write('snapshot', { sandboxId: entry.sandbox.id, snapshotId: id });
    this.#copy(entry, snapshot).then(
      () => settle(snapshot, 'Ready', 'snapshot_runtime_ready', 'Snapshot image is ready.'),
      (error: unknown) => settle(snapshot, 'Failed', 'snapshot_runtime_failed', String(error)),
    );
    return snapshot;
  }

  async #copy({ sandbox, execd }: Entry, snapshot: Snapshot): Promise<void> {
    const leastMs = Number(this.#options.switches.get('slowSnapshot', sandbox.id));
    await mkdir(snapshot.folder, { recursive: true });
    if (sandbox.state !== 'running') throw new Error(`The container is ${sandbox.state}.`);
    execd.freeze();
    sandbox.freezeForCopy();
    try {
      await Promise.all([cp(sandbox.filesFolder, snapshot.folder, { recursive: true }), delay(leastMs)]);
    } finally {
      sandbox.thawAfterCopy();
      execd.thaw();
    }
  }

  async deleteSnapshot(snapshot: Snapshot): Promise<void> {
    this.#snapshots.delete(snapshot.id);
    await rm(snapshot.folder, { recursive: true, force: true });
  }

  /** Ends every sandbox, for the end of the server. */
  async close(): Promise<void> {
    await Promise.all([...this.#ends, ...this.all().map((entry) => this.end(entry, 'deleted'))]);
  }
}

function settle(snapshot: Snapshot, state: 'Ready' | 'Failed', reason: string, message: string): void {
  snapshot.state = state;
  snapshot.reason = reason;
  snapshot.message = message;
  snapshot.changedAtMs = preciseNowMs();
}
