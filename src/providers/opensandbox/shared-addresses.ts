import { Problem } from '../../model/problem.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { isGateway } from './addresses.ts';
import { execdPort } from './execd-client.ts';
import type { LifecycleClient } from './lifecycle-client.ts';
import type { WireEndpoint } from './schemas.ts';

/** So many neighbours are asked about: where one shares the address, all do. */
const mostAsked = 3;

/**
 * Knows when an address stands for several sandboxes. On Docker's host network each has `<host>:44772`, and the agent of the one that took
 * the port first answers for all: its numbers would be shown as another's, and an order for one would be carried out in the other.
 */
export class SharedAddresses {
  readonly #lifecycle: LifecycleClient;
  #running: readonly string[] = [];

  constructor(lifecycle: LifecycleClient) {
    this.#lifecycle = lifecycle;
  }

  /** To be told of every complete list: one that does not run holds no port. */
  see(sandboxes: readonly Sandbox[]): void {
    this.#running = sandboxes.flatMap(({ id, phase }) => (phase === 'running' || phase === 'unknown' ? [id] : []));
  }

  /**
   * Throws `conflict` when another running sandbox is at the same address. Neighbours are asked about each time, so nothing old counts; and
   * not where the port is one that Docker has chosen: that is nobody else's.
   */
  async check(sandboxId: string, endpoint: WireEndpoint, signal: AbortSignal): Promise<void> {
    if (publishedPort.test(endpoint.endpoint) || isGateway(endpoint, sandboxId)) return;
    const others = this.#running.filter((id) => id !== sandboxId).slice(0, mostAsked);
    for (const other of others) {
      const its = await this.#endpoint(other, signal);
      if (its === null) continue;
      if (textOf(its) === textOf(endpoint)) throw shared(endpoint);
      return;
    }
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
