import { Problem } from '../../model/problem.ts';
import type { Phase, Sandbox } from '../../model/sandbox.ts';
import { isGateway } from './addresses.ts';
import { execdPort } from './execd-client.ts';
import type { LifecycleClient } from './lifecycle-client.ts';
import type { WireEndpoint } from './schemas.ts';
import { phaseOf } from './states.ts';

/** So many neighbours are asked about: where one shares the address, all do. */
const mostAsked = 3;

/**
 * Knows when an address stands for several sandboxes. On Docker's host network each has `<host>:44772`, and the agent of the one that took
 * the port first answers for all: its numbers would be shown as another's, and an order for one would be carried out in the other.
 */
export class SharedAddresses {
  readonly #lifecycle: LifecycleClient;
  #running: readonly string[] = [];
  /** How many streams of measurements there are from each. */
  readonly #held = new Map<string, number>();

  constructor(lifecycle: LifecycleClient) {
    this.#lifecycle = lifecycle;
  }

  /** To be told of every complete list: one that does not run holds no port. */
  see(sandboxes: readonly Sandbox[]): void {
    this.#running = sandboxes.flatMap(({ id, phase }) => (holdsPort(phase) ? [id] : []));
  }

  /**
   * To be asked before anything is sent there. Throws `conflict` when another running sandbox is at the same address. Neighbours are asked about
   * each time, so nothing old counts; and not where the port is one that Docker has chosen: that is nobody else's.
   * @returns whether the address is surely nobody else's, now and later: by its form, or because a neighbour has another one.
   */
  async check(sandboxId: string, endpoint: WireEndpoint, signal: AbortSignal): Promise<boolean> {
    if (publishedPort.test(endpoint.endpoint) || isGateway(endpoint, sandboxId)) return true;
    return this.#compare(sandboxId, endpoint, this.#running, signal);
  }

  /**
   * To be asked when an agent has answered at an address that is not surely its own: the last list may be older than a neighbour, which may
   * have taken the port first. Throws `conflict` as `check` does, and what the server says when it cannot list its sandboxes.
   */
  async confirm(sandboxId: string, endpoint: WireEndpoint, signal: AbortSignal): Promise<void> {
    const listed = await this.#lifecycle.list(signal);
    const running = listed.flatMap(({ id, status }) =>
      holdsPort(phaseOf(status.state, status.reason ?? null)) ? [id] : [],
    );
    await this.#compare(sandboxId, endpoint, running, signal);
  }

  /**
   * Measurements flow from it from now on.
   * @returns to be called when they end.
   */
  hold(sandboxId: string): () => void {
    this.#held.set(sandboxId, (this.#held.get(sandboxId) ?? 0) + 1);
    return () => {
      const left = (this.#held.get(sandboxId) ?? 1) - 1;
      if (left > 0) this.#held.set(sandboxId, left);
      else this.#held.delete(sandboxId);
    };
  }

  /** @returns whether measurements flow from it: as long as they do, its agent holds the address, whoever else begins. */
  isHeld(sandboxId: string): boolean {
    return this.#held.has(sandboxId);
  }

  /** @returns whether a neighbour has an address of its own on the same kind of network. */
  async #compare(
    sandboxId: string,
    endpoint: WireEndpoint,
    running: readonly string[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const others = running.filter((id) => id !== sandboxId).slice(0, mostAsked);
    for (const other of others) {
      const its = await this.#endpoint(other, signal);
      // One that was made when the server used the bridge network tells nothing of those on the network of the host.
      if (its === null || publishedPort.test(its.endpoint)) continue;
      if (textOf(its) === textOf(endpoint)) throw shared(endpoint);
      return true;
    }
    return false;
  }

  async #endpoint(sandboxId: string, signal: AbortSignal): Promise<WireEndpoint | null> {
    try {
      return await this.#lifecycle.endpoint(sandboxId, execdPort, 'direct', signal);
    } catch {
      // It has no address (any more), so it has not this one either. An aborted signal shows at the next question.
      return null;
    }
  }
}

const holdsPort = (phase: Phase): boolean => phase === 'running' || phase === 'unknown';

/** Docker's bridge network: a port that Docker has chosen for this one, and from there on through the agent itself. */
const publishedPort = new RegExp(`/proxy/${execdPort}/?$`);

const textOf = ({ endpoint, headers }: WireEndpoint): string =>
  JSON.stringify([endpoint, Object.entries(headers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))]);

const shared = ({ endpoint }: WireEndpoint): Problem =>
  new Problem(
    'conflict',
    `Several sandboxes share one address of their agents (${endpoint}), so it can not be told which of them answers there.`,
    {
      nextStep:
        'Set docker.network_mode = "bridge" in the configuration of the server, or let one sandbox run at a time.',
    },
  );
