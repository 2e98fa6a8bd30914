import * as z from 'zod/mini';
import type { Clock, Log } from '../../model/ports.ts';
import { isProblem, Problem } from '../../model/problem.ts';
import { apiPath } from '../../net/address.ts';
import { pause } from '../../net/pause.ts';
import {
  endpointSchema,
  healthSchema,
  renewAnswerSchema,
  sandboxPageSchema,
  type WireEndpoint,
  type WireSandbox,
  wireSandboxSchema,
} from './schemas.ts';
import { notOurServer, type ServerClient } from './server-client.ts';
import { formatTimestamp, parseTimestamp } from './timestamps.ts';

const largePage = 200;
/** For sandboxes that carry so much (labels of their images, a script as entrypoint) that a large page of them is too large. */
const smallPage = 50;
/** A list without an end is not followed further. */
const maxSandboxes = 10_000;
/** A list is read again when it changed between two of its pages, but not for ever. */
const maxReadings = 3;
const listTimeoutMs = 15_000;
/** Docker answers a create call only once the sandbox runs. */
const createTimeoutMs = 5 * 60_000;
const transientRetryMs = 250;

/** What a new sandbox made from a snapshot gets. */
export interface CreateFromSnapshot {
  readonly snapshotId: string;
  readonly resourceLimits: Readonly<Record<string, string>>;
  /** Whole seconds, at least 60; null: until somebody deletes it. */
  readonly timeoutSeconds: number | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The lifecycle routes of an OpenSandbox server. Throws `Problem` only. */
export class LifecycleClient {
  readonly #server: ServerClient;
  readonly #clock: Clock;
  readonly #log: Log;
  #pageSize = largePage;

  constructor(server: ServerClient, clock: Clock, log: Log) {
    this.#server = server;
    this.#clock = clock;
    this.#log = log;
  }

  /** What the server says of itself, e.g. `healthy`. Needs no key. */
  async health(signal: AbortSignal): Promise<string> {
    const { value } = await this.#server.json('/health', healthSchema, { signal, timeoutMs: 5000 });
    if (value.status === undefined) throw new Problem('unexpected-answer', 'The health answer has no status.');
    return value.status;
  }

  /**
   * All sandboxes, newest first, over all pages and read again when the list changed in between. If it changes in every reading,
   * everything that was in one of them: what is too much goes with the next list, and nothing that lives is missed.
   */
  async list(signal: AbortSignal): Promise<readonly WireSandbox[]> {
    const seen = new Map<string, WireSandbox>();
    for (let reading = 0; reading < maxReadings; reading += 1) {
      const { found, isWhole } = await this.#readPages(signal);
      if (isWhole) return [...found.values()];
      for (const [id, sandbox] of found) seen.set(id, sandbox);
    }
    return [...seen.values()];
  }

  async #readPages(signal: AbortSignal): Promise<{ found: ReadonlyMap<string, WireSandbox>; isWhole: boolean }> {
    const pageSize = this.#pageSize;
    const found = new Map<string, WireSandbox>();
    const totals = new Set<number>();
    for (let page = 1; page <= maxSandboxes / pageSize; page += 1) {
      const answer = await this.#page(page, pageSize, signal);
      if (answer === null) return this.#readPages(signal);
      const { items, pagination } = answer;
      for (const item of items) this.#add(item, found);
      if (pagination?.totalItems !== undefined) totals.add(pagination.totalItems);
      const isLast = pagination === undefined ? items.length < pageSize : pagination.hasNextPage !== true;
      // The pages belong to one list if the total stayed the same; a single page always does.
      if (isLast || items.length === 0) return { found, isWhole: page === 1 || totals.size <= 1 };
    }
    throw new Problem('too-large', `The server has more than ${maxSandboxes} sandboxes.`);
  }

  #add(item: unknown, found: Map<string, WireSandbox>): void {
    const parsed = z.safeParse(wireSandboxSchema, item);
    if (parsed.success) found.set(parsed.data.id, parsed.data);
    else this.#log.warn('An entry of the sandbox list was left out: it has no id.');
  }

  /** Null when the page was too large and smaller ones are to be asked for. */
  async #page(page: number, pageSize: number, signal: AbortSignal): Promise<z.infer<typeof sandboxPageSchema> | null> {
    const read = () =>
      this.#server.json('/v1/sandboxes', sandboxPageSchema, {
        signal,
        query: { page, pageSize },
        timeoutMs: listTimeoutMs,
      });
    try {
      return (await read()).value;
    } catch (error) {
      this.#throwIfForeign(error);
      if (isProblem(error, 'not-found')) throw notOurServer(error, this.#server.address);
      if (isProblem(error, 'too-large')) {
        this.#pageSize = pageSize === largePage ? smallPage : largePage;
        if (pageSize === largePage) return null;
      }
      // A container that vanishes while the server lists it gives one 500.
      if (!isProblem(error, 'server-error') || error.code?.endsWith('SANDBOX_QUERY_FAILED') !== true) throw error;
      await pause(transientRetryMs, signal, this.#clock);
      return (await read()).value;
    }
  }

  /** One sandbox, or null when the server says that there is none (any more). */
  async find(id: string, signal: AbortSignal): Promise<WireSandbox | null> {
    try {
      return (await this.#server.json(apiPath`/v1/sandboxes/${id}`, wireSandboxSchema, { signal })).value;
    } catch (error) {
      this.#throwIfForeign(error);
      if (!isProblem(error, 'not-found')) throw error;
      return null;
    }
  }

  /**
   * Only the server's own "not found" means that something is gone; another 404 may come from anything on the way, and passes. That this
   * server has no such path is none of its words either: every version has those that are asked for here.
   */
  #throwIfForeign(error: unknown): void {
    const isUnknownPath = isProblem(error, 'not-supported') && error.status === 404;
    const isNobodys = isProblem(error, 'not-found') && error.code === null;
    if (isUnknownPath || isNobodys) throw notOurServer(error, this.#server.address);
  }

  /** Sets the deadline; returns the one the server confirms. Both are epoch milliseconds of this computer's clock. */
  async renew(id: string, expiresAtMs: number, signal: AbortSignal): Promise<number> {
    const { value } = await this.#server.json(apiPath`/v1/sandboxes/${id}/renew-expiration`, renewAnswerSchema, {
      method: 'POST',
      body: { expiresAt: formatTimestamp(this.#server.time.toServer(expiresAtMs)) },
      signal,
    });
    const confirmedMs = parseTimestamp(value.expiresAt);
    if (confirmedMs === null) throw new Problem('unexpected-answer', 'The server confirmed no readable deadline.');
    return this.#server.time.toLocal(confirmedMs);
  }

  /** Accepted at once; some servers pause later. */
  async pause(id: string, signal: AbortSignal): Promise<void> {
    await this.#server.done(apiPath`/v1/sandboxes/${id}/pause`, { method: 'POST', signal, timeoutMs: 30_000 });
  }

  async resume(id: string, signal: AbortSignal): Promise<void> {
    await this.#server.done(apiPath`/v1/sandboxes/${id}/resume`, { method: 'POST', signal, timeoutMs: 30_000 });
  }

  /** Quietly done when it is gone already: that is what was wanted. */
  async delete(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#server.done(apiPath`/v1/sandboxes/${id}`, { method: 'DELETE', signal, timeoutMs: 30_000 });
    } catch (error) {
      if (!isProblem(error, 'not-found') || error.code === null) throw error;
    }
  }

  /** Merges entries into the metadata; null removes one. */
  async patchMetadata(
    id: string,
    entries: Readonly<Record<string, string | null>>,
    signal: AbortSignal,
  ): Promise<WireSandbox> {
    const path = apiPath`/v1/sandboxes/${id}/metadata`;
    return (await this.#server.json(path, wireSandboxSchema, { method: 'PATCH', body: entries, signal })).value;
  }

  async createFromSnapshot(request: CreateFromSnapshot, signal: AbortSignal): Promise<WireSandbox> {
    const { timeoutSeconds, ...rest } = request;
    const { value } = await this.#server.json('/v1/sandboxes', wireSandboxSchema, {
      method: 'POST',
      body: timeoutSeconds === null ? rest : { ...rest, timeout: timeoutSeconds },
      signal,
      timeoutMs: createTimeoutMs,
    });
    return value;
  }

  /** The address of a port of a sandbox: its own, or that of the server's proxy. It has no scheme. */
  async endpoint(id: string, port: number, way: 'direct' | 'proxy', signal: AbortSignal): Promise<WireEndpoint> {
    const path = apiPath`/v1/sandboxes/${id}/endpoints/${port}`;
    const query = way === 'proxy' ? { use_server_proxy: true } : {};
    try {
      return (await this.#server.json(path, endpointSchema, { query, signal })).value;
    } catch (error) {
      this.#throwIfForeign(error);
      throw error;
    }
  }
}
