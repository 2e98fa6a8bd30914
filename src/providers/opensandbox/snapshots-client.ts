import * as z from 'zod/mini';
import type { Clock, Snapshot } from '../../model/ports.ts';
import { isProblem, Problem } from '../../model/problem.ts';
import { apiPath } from '../../net/address.ts';
import { pause } from '../../net/pause.ts';
import { toSnapshot } from './sandbox-mapping.ts';
import { snapshotPageSchema, snapshotSchema, type WireSnapshot } from './schemas.ts';
import type { ServerClient } from './server-client.ts';

const pageSize = 200;
/** 10,000 snapshots; a list without an end is not followed further. */
const maxPages = 50;
const pollMs = 1000;
const readyTimeoutMs = 10 * 60_000;

/** The snapshot routes of an OpenSandbox server. Throws `Problem` only. */
export class SnapshotsClient {
  readonly #server: ServerClient;
  readonly #clock: Clock;

  constructor(server: ServerClient, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
  }

  #toSnapshot(wire: WireSnapshot): Snapshot {
    return toSnapshot(wire, (serverMs) => this.#server.time.toLocal(serverMs));
  }

  /** Starts saving the files of a running sandbox. */
  async create(sandboxId: string, name: string, signal: AbortSignal): Promise<Snapshot> {
    const { value } = await this.#server.json(apiPath`/v1/sandboxes/${sandboxId}/snapshots`, snapshotSchema, {
      method: 'POST',
      body: name === '' ? {} : { name },
      signal,
      timeoutMs: 60_000,
    });
    return this.#toSnapshot(value);
  }

  async find(id: string, signal: AbortSignal): Promise<Snapshot> {
    return this.#toSnapshot((await this.#server.json(apiPath`/v1/snapshots/${id}`, snapshotSchema, { signal })).value);
  }

  /** All snapshots, over all pages. Throws `too-large` for a list without an end. */
  async list(signal: AbortSignal): Promise<readonly Snapshot[]> {
    const found = new Map<string, Snapshot>();
    for (let page = 1; page <= maxPages; page += 1) {
      const query = { page, pageSize };
      const { value } = await this.#server.json('/v1/snapshots', snapshotPageSchema, { signal, query });
      for (const item of value.items) {
        const parsed = z.safeParse(snapshotSchema, item);
        if (parsed.success) found.set(parsed.data.id, this.#toSnapshot(parsed.data));
      }
      const { items, pagination } = value;
      const isLast = pagination === undefined ? items.length < pageSize : pagination.hasNextPage !== true;
      if (isLast || items.length === 0) return [...found.values()];
    }
    throw new Problem('too-large', `The server has more than ${maxPages * pageSize} snapshots.`);
  }

  /** Quietly done when it is gone already. */
  async delete(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#server.done(apiPath`/v1/snapshots/${id}`, { method: 'DELETE', signal });
    } catch (error) {
      if (!isProblem(error, 'not-found') || error.code === null) throw error;
    }
  }

  /** Starts a snapshot and waits until it can be used; a look at it that fails is made again. Throws `server-error` when saving failed, `timeout` after 10 minutes. */
  async createAndWait(sandboxId: string, name: string, signal: AbortSignal): Promise<Snapshot> {
    const startedAtMs = this.#clock.now();
    let snapshot = await this.create(sandboxId, name, signal);
    for (;;) {
      if (snapshot.state === 'ready') return snapshot;
      if (snapshot.state === 'failed' || snapshot.state === 'deleting') {
        const why = snapshot.message === null ? '' : `: ${snapshot.message}`;
        throw new Problem('server-error', `The snapshot was not made${why}.`, { nextStep: 'Try again.' });
      }
      if (this.#clock.now() - startedAtMs > readyTimeoutMs) {
        throw new Problem('timeout', `The snapshot is still ${snapshot.rawState} after 10 minutes.`);
      }
      await pause(pollMs, signal, this.#clock);
      try {
        snapshot = await this.find(snapshot.id, signal);
      } catch (error) {
        // It is being saved all the same; the server may be too busy with that to answer, or be gone for a moment.
        if (!isProblem(error, 'timeout', 'unreachable', 'reset', 'server-error', 'rate-limited')) throw error;
      }
    }
  }
}
