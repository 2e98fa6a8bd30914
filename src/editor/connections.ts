import type { Supervisor } from '../app/contracts.ts';
import type { Clock, Log, SandboxProvider } from '../model/ports.ts';

/** What one set of settings leads to. */
export interface ConnectionSet {
  readonly providers: readonly SandboxProvider[];
  /** Drops every connection; called some time after the providers were let go, because they clean up over it. */
  close(): Promise<void>;
}

const cleanUpMs = 15_000;

/** Keeps the supervisor's providers in step with the settings, and leaves alone what did not change. */
export class Connections {
  private readonly supervisor: Supervisor;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly create: () => ConnectionSet;
  private demo: SandboxProvider | null = null;
  private present: { readonly key: string; readonly set: ConnectionSet } | null = null;

  /** @param create makes the providers for the settings as they are now; cheap, without any request. */
  constructor(supervisor: Supervisor, options: { readonly clock: Clock; readonly log: Log; create(): ConnectionSet }) {
    this.supervisor = supervisor;
    this.clock = options.clock;
    this.log = options.log;
    this.create = options.create;
  }

  /**
   * Makes the providers anew if what they are made from changed; else everything goes on: streams, terminals, history.
   * @param madeFrom the values that providers are made from.
   */
  renew(madeFrom: unknown): void {
    const key = JSON.stringify(madeFrom);
    if (this.present?.key === key) return;
    const before = this.present;
    this.present = { key, set: this.create() };
    this.tell();
    if (before) this.clock.after(cleanUpMs, () => this.drop(before.set));
  }

  /** Adds the demo beside what is configured; a demo that runs already starts again. */
  startDemo(demo: SandboxProvider): void {
    this.demo = demo;
    this.tell();
  }

  /** Drops every connection. */
  async close(): Promise<void> {
    await this.present?.set.close();
  }

  private tell(): void {
    const providers = [...(this.present?.set.providers ?? []), ...(this.demo ? [this.demo] : [])];
    const labels = providers.map(({ label }) => label).join(', ');
    this.log.info(providers.length === 0 ? 'No server is configured.' : `Watching ${labels}.`);
    this.supervisor.setProviders(providers);
  }

  private drop(set: ConnectionSet): void {
    set.close().catch((error: unknown) => this.log.debug(`Closing connections: ${String(error)}`));
  }
}
