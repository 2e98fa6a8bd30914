import type { Clock, Log } from '../../model/ports.ts';
import { isProblem, Problem, toProblem } from '../../model/problem.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { pause } from '../../net/pause.ts';
import type { Transport } from '../../net/transport.ts';
import { throwIfAborted } from './abort.ts';
import {
  type Answer,
  answerOf,
  beingSaved,
  type FullAnswer,
  needsConsent,
  notYet,
  ofPing,
  starting,
  withoutAddress,
  withTokenAdvice,
} from './access-problems.ts';
import { directAddresses, isGateway, proxyAddress, watchingAddress } from './addresses.ts';
import { AgentLife } from './agent-life.ts';
import type { BackgroundWork } from './background-work.ts';
import type { DiagnosticsClient } from './diagnostics.ts';
import { type ExecdAddress, ExecdClient, execdPort } from './execd-client.ts';
import type { LifecycleClient } from './lifecycle-client.ts';
import type { RenewalKnowledge } from './renewal.ts';
import { RenewalGuard } from './renewal-guard.ts';
import type { WireEndpoint } from './schemas.ts';
import type { ServerClient } from './server-client.ts';
import { SharedAddresses } from './shared-addresses.ts';

const directTimeoutMs = 3000;
const proxyTimeoutMs = 8000;
/**
 * A running sandbox's own address is tried for so long before the person is asked about the proxy: the server says "Running" before
 * execd listens.
 */
const patienceMs = 5000;
const betweenTriesMs = 1000;
/** What a person starts waits so long for an agent that is starting, and asks this often. */
const ownPatienceMs = 10_000;
const betweenOwnTriesMs = 500;

/** A way to one sandbox's execd that has answered. */
export interface Route {
  /** Every other way than `direct` may move the deadline. */
  readonly way: 'direct' | 'gateway' | 'proxy';
  readonly execd: ExecdClient;
}

/** What somebody goes to a sandbox for. */
interface Purpose {
  /** What access does to the deadline is meant, or agreed to. */
  readonly mayRenew: boolean;
  /** Asks a newer server not to take its requests for access. */
  readonly watches: boolean;
}

interface KnownRoute {
  /** The same way for both, with other headers. */
  readonly watching: Route;
  readonly own: Route;
  /** It was used without moving the deadline, or can move none. */
  readonly isChecked: boolean;
  /** Its address is surely nobody else's. */
  readonly isSole: boolean;
}

export type { Answer, FullAnswer } from './access-problems.ts';

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

interface Found {
  readonly way: Route['way'];
  readonly address: ExecdAddress;
}

interface Attempt {
  readonly answer: Answer;
  /** The server named an address, usable from here or not. */
  readonly hasAddress: boolean;
  /** What has answered. */
  readonly found: Found | null;
  readonly problem: Problem | null;
  /** The address is that of a gateway that may not be used unasked; nothing was sent there. */
  readonly isBarred?: true;
  /** An address that another sandbox may come to have as well; null: there is none, or it is surely nobody else's. */
  readonly doubtful: WireEndpoint | null;
}

const nothing: Attempt = { answer: 'unknown', hasAddress: false, found: null, problem: null, doubtful: null };

/**
 * Finds the way to the execd of each sandbox: its own address first, the server's proxy only when that fails and a
 * proxied request does not move the deadline, or somebody agreed to it. A gateway that the server names instead of an address counts as
 * such a way too. What worked is remembered until `forget`; a way to an address that another sandbox may take, only while
 * measurements flow over it.
 */
export class ExecdAccess {
  readonly life: AgentLife;
  readonly #options: AccessOptions;
  readonly #guard: RenewalGuard;
  readonly #shared: SharedAddresses;
  readonly #routes = new Map<string, KnownRoute>();
  /** Sandboxes whose own address has answered at some time, so that its silence now means something. */
  readonly #reachedDirectly = new Set<string>();
  readonly #agreed = new Set<string>();
  /** Whose own address was tried long enough; they are not waited for again. */
  readonly #unreachable = new Set<string>();

  constructor(options: AccessOptions) {
    this.#options = options;
    this.life = new AgentLife(options.clock);
    this.#guard = new RenewalGuard(options);
    this.#shared = new SharedAddresses(options.lifecycle);
  }

  /**
   * To watch. Throws `needs-consent` when only the proxy is left and using it might keep the sandbox alive, `unreachable` while it is not
   * certain that only the proxy is left or while the agent is starting, and `conflict` where another sandbox may answer at its address.
   */
  async reach(sandbox: Sandbox, mayRenew: boolean, signal: AbortSignal): Promise<Route> {
    if (mayRenew) this.#agreed.add(sandbox.id);
    else this.#agreed.delete(sandbox.id);
    return (await this.#reach(sandbox, { mayRenew, watches: true }, signal)).watching;
  }

  /**
   * For what the person starts inside the sandbox: that is access, and what access does to the deadline is meant. Waits a while for an agent
   * that will be there in a moment.
   */
  async reachOwn(sandbox: Sandbox, signal: AbortSignal): Promise<Route> {
    const { clock } = this.#options;
    const startedAtMs = clock.now();
    for (;;) {
      try {
        return (await this.#reach(sandbox, { mayRenew: true, watches: false }, signal)).own;
      } catch (error) {
        const isOver = Math.abs(clock.now() - startedAtMs) >= ownPatienceMs;
        if (!isProblem(error) || !error.passesSoon || isOver) throw error;
      }
      await pause(betweenOwnTriesMs, signal, clock);
    }
  }

  async #reach(sandbox: Sandbox, purpose: Purpose, signal: AbortSignal): Promise<KnownRoute> {
    throwIfAborted(signal);
    const { mayRenew } = purpose;
    const known = this.#routes.get(sandbox.id);
    const isCurrent = known?.isSole === true || this.#shared.isHeld(sandbox.id);
    const isUsable = known !== undefined && isCurrent && (mayRenew || known.isChecked);
    if (isUsable && (known.own.way === 'direct' || (await this.#guard.allows(sandbox, mayRenew, signal)))) return known;
    const direct = await this.#tryDirect(sandbox, purpose, signal);
    if (direct.found !== null) return this.#keep(sandbox, direct.found, direct.doubtful, mayRenew, signal);
    if (direct.isBarred) return this.#insist(sandbox, direct, signal);
    if (isProblem(direct.problem, 'unauthorized', 'forbidden')) throw direct.problem;
    if (this.#reachedDirectly.has(sandbox.id)) throw this.#unanswered(sandbox, direct);
    if (!(await this.#guard.allows(sandbox, mayRenew, signal))) return this.#insist(sandbox, direct, signal);
    const proxied = await this.#tryProxy(sandbox, purpose, signal);
    if (proxied.found === null) throw this.#unanswered(sandbox, proxied);
    // An agent that began to listen between the two answers at its own address by now.
    const again = direct.answer === 'refused' ? await this.#tryDirect(sandbox, purpose, signal) : direct;
    if (again.found !== null) return this.#keep(sandbox, again.found, again.doubtful, mayRenew, signal);
    return this.#keep(sandbox, proxied.found, direct.doubtful, mayRenew, signal);
  }

  /** Why nobody answered, where that will pass in a moment; null where it will not. */
  #passing(sandbox: Sandbox, { answer, problem }: Attempt): Problem | null {
    if (this.life.isSaved(sandbox.id)) return beingSaved(problem);
    return answer === 'refused' && this.life.isStarting(sandbox) ? starting(problem) : null;
  }

  #unanswered(sandbox: Sandbox, attempt: Attempt): Problem {
    return this.#passing(sandbox, attempt) ?? unanswered(attempt);
  }

  /** Throws `conflict` where the answer may have been another's. */
  async #keep(
    sandbox: Sandbox,
    { way, address }: Found,
    doubtful: Attempt['doubtful'],
    mayRenew: boolean,
    signal: AbortSignal,
  ): Promise<KnownRoute> {
    if (doubtful !== null) await this.#shared.confirm(sandbox.id, doubtful, signal);
    const own = { way, execd: this.#client(address) };
    const watching = way === 'direct' ? own : { way, execd: this.#client(watchingAddress(address)) };
    const known = { own, watching, isChecked: way === 'direct' || !mayRenew, isSole: doubtful === null };
    this.#routes.set(sandbox.id, known);
    return known;
  }

  /**
   * The own address failed and the proxy is not to be used unasked. The question is worth asking only where nothing else is left: an
   * address was given, the sandbox runs, and nobody answered there for a while. Everything else passes by itself.
   */
  async #insist(sandbox: Sandbox, first: Attempt, signal: AbortSignal): Promise<KnownRoute> {
    const { clock } = this.#options;
    if (!first.hasAddress) throw withoutAddress(first.problem);
    if (sandbox.phase !== 'running' && sandbox.phase !== 'unknown') {
      this.#unreachable.delete(sandbox.id);
      throw notYet(sandbox, first.problem);
    }
    const startedAtMs = clock.now();
    let direct = first;
    for (;;) {
      // Who refuses is there: its agent has to have had its time before the proxy is thought of.
      const passing = direct.isBarred ? null : this.#passing(sandbox, direct);
      if (passing !== null) throw passing;
      // No address at all that means something from here: to try again would find the same.
      if (direct.problem === null || this.#unreachable.has(sandbox.id)) break;
      await pause(betweenTriesMs, signal, clock);
      direct = await this.#tryDirect(sandbox, { mayRenew: false, watches: true }, signal);
      if (direct.found !== null) return this.#keep(sandbox, direct.found, direct.doubtful, false, signal);
      if (isProblem(direct.problem, 'unauthorized', 'forbidden')) throw direct.problem;
      if (!direct.hasAddress) throw withoutAddress(direct.problem);
      // Compared in both directions, so that a clock that was set back does not make it longer.
      if (Math.abs(clock.now() - startedAtMs) >= patienceMs) this.#unreachable.add(sandbox.id);
    }
    throw needsConsent(sandbox, direct.isBarred ? 'gateway' : 'server');
  }

  /** Whether execd answers. `unknown` when nobody may be asked, another's may answer, it is still starting, or the server itself fails. */
  async ping(sandbox: Sandbox, signal: AbortSignal): Promise<Answer> {
    const answer = await this.ask(sandbox, signal);
    return answer === 'starting' ? 'unknown' : answer;
  }

  /** The same, told apart. */
  async ask(sandbox: Sandbox, signal: AbortSignal): Promise<FullAnswer> {
    throwIfAborted(signal);
    const purpose = { mayRenew: this.#agreed.has(sandbox.id), watches: true };
    try {
      const direct = await this.#tryDirect(sandbox, purpose, signal);
      let { answer } = direct;
      // An own address that never answered may just not be reachable from here.
      if (answer !== 'answers' && !this.#reachedDirectly.has(sandbox.id)) {
        if (!(await this.#guard.allows(sandbox, purpose.mayRenew, signal))) {
          return answer === 'refused' && this.life.isStarting(sandbox) ? 'starting' : 'unknown';
        }
        answer = (await this.#tryProxy(sandbox, purpose, signal)).answer;
      }
      if (answer === 'answers' && direct.doubtful !== null) {
        await this.#shared.confirm(sandbox.id, direct.doubtful, signal);
      }
      return answer === 'refused' && this.life.isStarting(sandbox) ? 'starting' : answer;
    } catch (error) {
      throwIfAborted(signal);
      this.#options.log.debug(`The agent of ${sandbox.id} can not be asked: ${toProblem(error).message}`);
      return 'unknown';
    }
  }

  /** Measurements flow over the way to it from now on. @returns to be called when they end. */
  hold(sandboxId: string): () => void {
    return this.#shared.hold(sandboxId);
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
    this.#shared.see(sandboxes);
    this.life.see(sandboxes);
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

  async #tryDirect(sandbox: Sandbox, purpose: Purpose, signal: AbortSignal): Promise<Attempt> {
    const { lifecycle, server, log } = this.#options;
    const sandboxId = sandbox.id;
    let endpoint: Awaited<ReturnType<LifecycleClient['endpoint']>>;
    try {
      endpoint = await lifecycle.endpoint(sandboxId, execdPort, 'direct', signal);
    } catch (error) {
      // Kubernetes answers 404 while the pod has no address, and a server that fails cannot say: no way to try.
      throwIfAborted(signal);
      return { ...nothing, problem: toProblem(error) };
    }
    const doubtful = (await this.#shared.check(sandboxId, endpoint, signal)) ? null : endpoint;
    let last: Attempt = { ...nothing, hasAddress: true, doubtful };
    const way = isGateway(endpoint, sandboxId) ? 'gateway' : 'direct';
    if (way === 'gateway' && !(await this.#guard.allows(sandbox, purpose.mayRenew, signal))) {
      return { ...last, isBarred: true };
    }
    const token = await this.#options.execdToken();
    for (const address of directAddresses(endpoint, server.address, token)) {
      last = { ...(await this.#attempt(sandbox, way, address, purpose, signal)), doubtful };
      if (last.found !== null) {
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

  async #tryProxy(sandbox: Sandbox, purpose: Purpose, signal: AbortSignal): Promise<Attempt> {
    const { lifecycle, server } = this.#options;
    let headers: Readonly<Record<string, string>> | undefined;
    try {
      headers = (await lifecycle.endpoint(sandbox.id, execdPort, 'proxy', signal)).headers;
    } catch (error) {
      // Only the headers are needed from it: the proxy is at the server's own address.
      throwIfAborted(signal);
      this.#options.log.debug(`No headers for the proxy of ${sandbox.id}: ${toProblem(error).message}`);
    }
    const token = await this.#options.execdToken();
    const address = proxyAddress(server.address, sandbox.id, headers ?? {}, await server.secrets(), token);
    return this.#attempt(sandbox, 'proxy', address, purpose, signal);
  }

  /** One that should move no deadline has answered only if it has moved none; else it throws `needs-consent`. */
  async #attempt(
    sandbox: Sandbox,
    way: Route['way'],
    address: ExecdAddress,
    { mayRenew, watches }: Purpose,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const passes = way === 'direct' ? null : way;
    const deadlineMs = passes === null || mayRenew ? null : await this.#guard.deadlineMs(sandbox, signal);
    const execd = this.#client(watches && passes !== null ? watchingAddress(address) : address);
    const tried = { ...nothing, hasAddress: true };
    try {
      await execd.ping(signal, way === 'proxy' ? proxyTimeoutMs : directTimeoutMs);
    } catch (error) {
      throwIfAborted(signal);
      const problem = ofPing(toProblem(error), way);
      const answer = answerOf(problem, way);
      if (answer === 'answers') this.life.answers(sandbox.id);
      return { ...tried, answer, problem: withTokenAdvice(problem) };
    }
    this.life.answers(sandbox.id);
    if (passes !== null) await this.#guard.check(sandbox, passes, deadlineMs, signal);
    return { ...tried, answer: 'answers', found: { way, address } };
  }

  #client(address: ExecdAddress): ExecdClient {
    const { transport, clock, log, work } = this.#options;
    return new ExecdClient({ transport, clock, log, work, address });
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
