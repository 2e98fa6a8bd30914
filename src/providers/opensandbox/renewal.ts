import type { RenewKnowledge } from './sandbox-mapping.ts';
import type { WireSandbox } from './schemas.ts';

/** The creator's word for "every request through the proxy moves the deadline", in all the forms it is stored in. */
const hint = /access[.-]renew[.-]extend[.-]seconds/;

/**
 * What is known of which sandboxes renew themselves when they are reached through the server's proxy.
 *
 * The API does not return this property. It can be found out in three ways, none of which sends a proxied request:
 * - a sandbox without a deadline has none to move;
 * - metadata or extensions may repeat the hint;
 * - the Docker runtime keeps it as a container label, and `diagnostics/inspect` prints all labels. There, its absence
 *   is as good as a no. Kubernetes keeps it on another object than the pod that `inspect` prints, so there its absence
 *   says nothing.
 * What stays unknown is treated like a yes: the person is asked before the first proxied request. To send one and
 * compare the deadlines would be the very harm that is to be avoided; it is done only as a last check on a no.
 */
export class RenewalKnowledge {
  readonly #found = new Map<string, RenewKnowledge>();

  /** What is known without a further question. */
  of(sandbox: WireSandbox): RenewKnowledge {
    const names = [...Object.keys(sandbox.metadata ?? {}), ...Object.keys(sandbox.extensions ?? {})];
    if (names.some((name) => hint.test(name))) this.#found.set(sandbox.id, 'renews');
    return this.known(sandbox.id);
  }

  /** The same by id, for a sandbox that was seen before. */
  known(sandboxId: string): RenewKnowledge {
    return this.#found.get(sandboxId) ?? 'unknown';
  }

  /** Learns from the text of `diagnostics/inspect` of that sandbox. */
  learn(sandboxId: string, inspect: string): RenewKnowledge {
    const before = this.#found.get(sandboxId);
    if (before === 'renews' || hint.test(inspect)) {
      this.#found.set(sandboxId, 'renews');
      return 'renews';
    }
    const isDocker = /^Container ID:/m.test(inspect);
    const hasLabels = new RegExp(`^\\s+opensandbox\\.io/id=${escapePattern(sandboxId)}\\s*$`, 'm').test(inspect);
    if (isDocker && hasLabels) this.#found.set(sandboxId, 'does-not-renew');
    return this.known(sandboxId);
  }

  /** A deadline moved right after a proxied request: whatever was believed before, this one renews. */
  contradict(sandboxId: string): void {
    this.#found.set(sandboxId, 'renews');
  }

  /** Forgets sandboxes that are gone. */
  keepOnly(sandboxIds: ReadonlySet<string>): void {
    for (const id of this.#found.keys()) if (!sandboxIds.has(id)) this.#found.delete(id);
  }
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
