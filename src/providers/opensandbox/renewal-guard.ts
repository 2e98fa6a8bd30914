import type { Log } from '../../model/ports.ts';
import { toProblem } from '../../model/problem.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { throwIfAborted } from './abort.ts';
import { asleep, isFast, needsConsent } from './access-problems.ts';
import type { DiagnosticsClient } from './diagnostics.ts';
import type { LifecycleClient } from './lifecycle-client.ts';
import type { RenewalKnowledge } from './renewal.ts';
import { phaseOf } from './states.ts';
import { parseTimestamp } from './timestamps.ts';

/** A renewal on access moves a deadline by minutes. */
const slackMs = 1000;

export interface RenewalGuardOptions {
  readonly lifecycle: LifecycleClient;
  readonly diagnostics: DiagnosticsClient;
  readonly renewal: RenewalKnowledge;
  readonly log: Log;
}

/** Sees to it that watching moves no deadline and keeps nothing awake unless somebody agreed to that, and that nothing is ever woken. */
export class RenewalGuard {
  readonly #options: RenewalGuardOptions;

  constructor(options: RenewalGuardOptions) {
    this.#options = options;
  }

  /** Whether requests through the proxy or a gateway may be made: agreed to, or not known to move anything. */
  async allows(sandbox: Sandbox, mayRenew: boolean, signal: AbortSignal): Promise<boolean> {
    if (isFast(sandbox)) {
      if (mayRenew) await this.#seeThatItRuns(sandbox, signal);
      return mayRenew;
    }
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

  /** A list may be seconds old. Throws `unreachable` when the server says now that it does not run. */
  async #seeThatItRuns(sandbox: Sandbox, signal: AbortSignal): Promise<void> {
    const status = (await this.#options.lifecycle.find(sandbox.id, signal))?.status;
    if (status === undefined) return;
    const phase = phaseOf(status.state, status.reason ?? null);
    if (phase !== 'running' && phase !== 'unknown') throw asleep(status.state);
  }

  /**
   * The deadline on the server's clock, to be asked for right before the first request: the creator, or another client, may have moved it at
   * any time before. Null: nothing to compare.
   */
  async deadlineMs(sandbox: Sandbox, signal: AbortSignal): Promise<number | null> {
    if (sandbox.expiry === null) return null;
    return parseTimestamp((await this.#options.lifecycle.find(sandbox.id, signal))?.expiresAt);
  }

  /** One request went that way because it was thought to move nothing. Throws `needs-consent` when the deadline is later than before it. */
  async check(sandbox: Sandbox, way: 'gateway' | 'proxy', beforeMs: number | null, signal: AbortSignal): Promise<void> {
    if (beforeMs === null || sandbox.expiry === null) return;
    const nowMs = await this.deadlineMs(sandbox, signal);
    if (nowMs === null || nowMs <= beforeMs + slackMs) return;
    this.#options.renewal.contradict(sandbox.id);
    const renewing = { ...sandbox, expiry: { ...sandbox.expiry, extendedBy: 'traffic' as const } };
    throw needsConsent(renewing, way === 'proxy' ? 'server' : way);
  }
}
