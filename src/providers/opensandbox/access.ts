import type { Clock, Log } from '../../model/ports.ts';
import { isProblem, Problem, toProblem } from '../../model/problem.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { pause } from '../../net/pause.ts';
import type { Transport } from '../../net/transport.ts';
import { throwIfAborted } from './abort.ts';
import {
  type Answer,
  answerOf,
  needsConsent,
  notYet,
  withoutAddress,
  withoutPage,
  withTokenAdvice,
} from './access-problems.ts';
import { directAddresses, isGateway, proxyAddress } from './addresses.ts';
import type { BackgroundWork } from './background-work.ts';
import type { DiagnosticsClient } from './diagnostics.ts';
import { type ExecdAddress, ExecdClient, execdPort } from './execd-client.ts';
import type { LifecycleClient } from './lifecycle-client.ts';
import type { RenewalKnowledge } from './renewal.ts';
import type { ServerClient } from './server-client.ts';
import { parseTimestamp } from './timestamps.ts';

const directTimeoutMs = 3000;
const proxyTimeoutMs = 8000;
/**
 * A running sandbox's own address is tried for so long before the person is asked about the proxy: the server says "Running" before
 * execd listens.
 */
const patienceMs = 5000;
const betweenTriesMs = 1000;
/** A renewal on access moves a deadline by minutes. */
const deadlineSlackMs = 1000;

/** A way to one sandbox's execd that has answered. */
export interface Route {
  /** Every other way than `direct` may move the deadline. */
  readonly way: 'direct' | 'gateway' | 'proxy';
  readonly execd: ExecdClient;
}

interface KnownRoute {
  readonly route: Route;
  /** It was used without moving the deadline, or can move none. */
  readonly isChecked: boolean;
}

export type { Answer } from './access-problems.ts';

export interface AccessOptions {
  readonly server: ServerClient;
  readonly lifecycle: LifecycleClient;
  readonly diagnostics: DiagnosticsClient;
  readonly renewal: RenewalKnowledge;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly work: BackgroundWork;
  /** execd's own token, which only the creator of a sandbox can have set; null: none. */
  readonly execdToken: () => Promise<string | null>;
}

interface Attempt {
  readonly answer: Answer;
  /** The server named an address, usable from here or not. */
  readonly hasAddress: boolean;
  readonly route: Route | null;
  readonly problem: Problem | null;
  /** The address is that of a gateway that may not be used unasked; nothing was sent there. */
  readonly isBarred?: true;
}

/**
 * Finds the way to the execd of each sandbox: its own address first, the server's proxy only when that fails and a
 * proxied request does not move the deadline, or somebody agreed to it. A gateway that the server names instead of an address counts as
 * such a way too. What worked is remembered until `forget`.
 */
export class ExecdAccess {
  readonly #options: AccessOptions;
  readonly #routes = new Map<string, KnownRoute>();
  /** Sandboxes whose own address has answered at some time, so that its silence now means something. */
  readonly #reachedDirectly = new Set<string>();
  readonly #agreed = new Set<string>();
  /** Whose own address was tried long enough; they are not waited for again. */
  readonly #unreachable = new Set<string>();

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /**
   * Throws `needs-consent` when only the proxy is left and using it might keep the sandbox alive, and `unreachable` while it is not
   * certain that only the proxy is left.
   */
  async reach(sandbox: Sandbox, mayRenew: boolean, signal: AbortSignal): Promise<Route> {
    if (mayRenew) this.#agreed.add(sandbox.id);
    else this.#agreed.delete(sandbox.id);
    return this.#reach(sandbox, mayRenew, signal);
  }

  /** For what the person starts inside the sandbox: that is access, and what access does to the deadline is meant. */
  reachOwn(sandbox: Sandbox, signal: AbortSignal): Promise<Route> {
    return this.#reach(sandbox, true, signal);
  }

  async #reach(sandbox: Sandbox, mayRenew: boolean, signal: AbortSignal): Promise<Route> {
    throwIfAborted(signal);
    const known = this.#routes.get(sandbox.id);
    const isUsable = known !== undefined && (mayRenew || known.isChecked);
    if (isUsable && (known.route.way === 'direct' || (await this.#mayUseProxy(sandbox, mayRenew, signal)))) {
      return known.route;
    }
    const direct = await this.#tryDirect(sandbox, mayRenew, signal);
    if (direct.route !== null) return this.#keep(sandbox, direct.route, mayRenew, signal);
    if (direct.isBarred) return this.#insist(sandbox, direct, signal);
    if (isProblem(direct.problem, 'unauthorized', 'forbidden')) throw direct.problem;
    if (this.#reachedDirectly.has(sandbox.id)) throw unanswered(direct);
    if (!(await this.#mayUseProxy(sandbox, mayRenew, signal))) return this.#insist(sandbox, direct, signal);
    const proxied = await this.#tryProxy(sandbox.id, signal);
    if (proxied.route === null) throw unanswered(proxied);
    return this.#keep(sandbox, proxied.route, mayRenew, signal);
  }

  /** Remembers a way that has answered; one that should move no deadline only after it has moved none. */
  async #keep(sandbox: Sandbox, route: Route, mayRenew: boolean, signal: AbortSignal): Promise<Route> {
    const isDirect = route.way === 'direct';
    if (!isDirect && !mayRenew) await this.#checkDeadline(sandbox, route.way, signal);
    this.#routes.set(sandbox.id, { route, isChecked: isDirect || !mayRenew });
    return route;
  }

  /**
   * The own address failed and the proxy is not to be used unasked. The question is worth asking only where nothing else is left: an
   * address was given, the sandbox runs, and nobody answered there for a while. Everything else passes by itself.
   */
  async #insist(sandbox: Sandbox, first: Attempt, signal: AbortSignal): Promise<Route> {
    const { clock } = this.#options;
    if (!first.hasAddress) throw withoutAddress(first.problem);
    if (sandbox.phase !== 'running' && sandbox.phase !== 'unknown') {
      this.#unreachable.delete(sandbox.id);
      throw notYet(sandbox, first.problem);
    }
    const startedAtMs = clock.now();
    let direct = first;
    // No address at all that means something from here: to try again would find the same.
    while (direct.problem !== null && !this.#unreachable.has(sandbox.id)) {
      await pause(betweenTriesMs, signal, clock);
      direct = await this.#tryDirect(sandbox, false, signal);
      if (direct.route !== null) return this.#keep(sandbox, direct.route, false, signal);
      if (isProblem(direct.problem, 'unauthorized', 'forbidden')) throw direct.problem;
      if (!direct.hasAddress) throw withoutAddress(direct.problem);
      // Compared in both directions, so that a clock that was set back does not make it longer.
      if (Math.abs(clock.now() - startedAtMs) >= patienceMs) this.#unreachable.add(sandbox.id);
    }
    throw needsConsent(sandbox, direct.isBarred ? 'gateway' : 'server');
  }

  /** Whether execd answers. `unknown` when nobody may be asked, or the server itself fails. */
  async ping(sandbox: Sandbox, signal: AbortSignal): Promise<Answer> {
    throwIfAborted(signal);
    const mayRenew = this.#agreed.has(sandbox.id);
    const direct = await this.#tryDirect(sandbox, mayRenew, signal);
    if (direct.answer === 'answers' || this.#reachedDirectly.has(sandbox.id)) return direct.answer;
    // An own address that never answered may just not be reachable from here.
    if (!(await this.#mayUseProxy(sandbox, mayRenew, signal))) return 'unknown';
    return (await this.#tryProxy(sandbox.id, signal)).answer;
  }

  /** The remembered way stopped working: after a resume the address is another one. */
  forget(sandboxId: string): void {
    this.#routes.delete(sandboxId);
  }

  /**
   * To be told of every complete list. Drops everything about sandboxes that are gone, and the way to those that do not run: when they do
   * again, perhaps at another address, the old one may be that of another sandbox.
   */
  keepOnly(sandboxes: readonly Sandbox[]): void {
    const phases = new Map(sandboxes.map(({ id, phase }) => [id, phase]));
    for (const id of this.#routes.keys()) {
      const phase = phases.get(id);
      if (phase !== 'running' && phase !== 'unknown') this.#routes.delete(id);
    }
    for (const id of [...this.#reachedDirectly, ...this.#agreed, ...this.#unreachable]) {
      if (phases.has(id)) continue;
      this.#reachedDirectly.delete(id);
      this.#agreed.delete(id);
      this.#unreachable.delete(id);
    }
  }

  async #mayUseProxy(sandbox: Sandbox, mayRenew: boolean, signal: AbortSignal): Promise<boolean> {
    if (mayRenew || sandbox.expiry === null || !sandbox.renewsOnAccess) return true;
    if (sandbox.expiry.extendedBy === 'traffic') return false;
    try {
      const inspect = await this.#options.diagnostics.inspect(sandbox.id, signal);
      return this.#options.renewal.learn(sandbox.id, inspect) === 'does-not-renew';
    } catch (error) {
      throwIfAborted(signal);
      this.#options.log.debug(`Renewal on access of ${sandbox.id} is not known: ${toProblem(error).message}`);
      return false;
    }
  }

  /** One request went through the proxy because it was thought to move nothing. Throws when it did. */
  async #checkDeadline(sandbox: Sandbox, way: 'gateway' | 'proxy', signal: AbortSignal): Promise<void> {
    if (sandbox.expiry === null) return;
    const { lifecycle, server } = this.#options;
    const now = await lifecycle.find(sandbox.id, signal);
    const serverMs = parseTimestamp(now?.expiresAt);
    if (serverMs === null) return;
    if (server.time.toLocal(serverMs) <= sandbox.expiry.expiresAtMs + deadlineSlackMs) return;
    this.#options.renewal.contradict(sandbox.id);
    this.forget(sandbox.id);
    const renewing = { ...sandbox, expiry: { ...sandbox.expiry, extendedBy: 'traffic' as const } };
    throw needsConsent(renewing, way === 'proxy' ? 'server' : way);
  }

  async #tryDirect(sandbox: Sandbox, mayRenew: boolean, signal: AbortSignal): Promise<Attempt> {
    const { lifecycle, server, log } = this.#options;
    const sandboxId = sandbox.id;
    let last: Attempt = { answer: 'unknown', hasAddress: false, route: null, problem: null };
    let endpoint: Awaited<ReturnType<LifecycleClient['endpoint']>>;
    try {
      endpoint = await lifecycle.endpoint(sandboxId, execdPort, 'direct', signal);
    } catch (error) {
      // Kubernetes answers 404 while the pod has no address, and a server that fails cannot say: no way to try.
      throwIfAborted(signal);
      return { ...last, problem: toProblem(error) };
    }
    last = { ...last, hasAddress: true };
    const way = isGateway(endpoint, sandboxId) ? 'gateway' : 'direct';
    if (way === 'gateway' && !(await this.#mayUseProxy(sandbox, mayRenew, signal))) return { ...last, isBarred: true };
    const token = await this.#options.execdToken();
    for (const address of directAddresses(endpoint, server.address, token)) {
      last = await this.#attempt(way, address, directTimeoutMs, signal);
      if (last.route !== null) {
        this.#reachedDirectly.add(sandboxId);
        this.#unreachable.delete(sandboxId);
        return last;
      }
      // Only a wrong scheme is worth a second try; a refusal or silence would be the same again.
      if (!isProblem(last.problem, 'unexpected-answer', 'invalid-request')) break;
    }
    log.debug(`The own address of ${sandboxId} does not answer: ${last.problem?.message ?? 'it has none'}`);
    return last;
  }

  async #tryProxy(sandboxId: string, signal: AbortSignal): Promise<Attempt> {
    const { lifecycle, server } = this.#options;
    let headers: Readonly<Record<string, string>> | undefined;
    try {
      headers = (await lifecycle.endpoint(sandboxId, execdPort, 'proxy', signal)).headers;
    } catch (error) {
      // Only the headers are needed from it: the proxy is at the server's own address.
      throwIfAborted(signal);
      this.#options.log.debug(`No headers for the proxy of ${sandboxId}: ${toProblem(error).message}`);
    }
    const token = await this.#options.execdToken();
    const address = proxyAddress(server.address, sandboxId, headers ?? {}, await server.secrets(), token);
    return this.#attempt('proxy', address, proxyTimeoutMs, signal);
  }

  async #attempt(way: Route['way'], address: ExecdAddress, timeoutMs: number, signal: AbortSignal): Promise<Attempt> {
    const { transport, clock, log, work } = this.#options;
    const execd = new ExecdClient({ transport, clock, log, work, address });
    try {
      await execd.ping(signal, timeoutMs);
      return { answer: 'answers', hasAddress: true, route: { way, execd }, problem: null };
    } catch (error) {
      throwIfAborted(signal);
      const problem = withoutPage(toProblem(error));
      return { answer: answerOf(problem), hasAddress: true, route: null, problem: withTokenAdvice(problem) };
    }
  }
}

const unanswered = ({ answer, problem }: Attempt): Problem => {
  if (answer === 'refused') {
    return new Problem('agent-down', 'The agent in the sandbox (execd) does not accept connections.', {
      nextStep: 'Look into the diagnostics of the sandbox; a new sandbox brings a new agent.',
      cause: problem,
    });
  }
  return problem ?? new Problem('unreachable', 'The agent in the sandbox has no address.');
};
