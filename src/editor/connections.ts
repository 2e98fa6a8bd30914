import type { Supervisor } from '../app/contracts.ts';
import type { Clock, Log, SandboxProvider } from '../model/ports.ts';

/** What the settings of one system lead to. */
export interface ConnectionSet {
  readonly providers: readonly SandboxProvider[];
  /** Drops every connection; called some time after the providers were let go, because they clean up over it. */
  close(): Promise<void>;
}

const cleanUpMs = 15_000;

interface Present {
  readonly key: string;
  readonly set: ConnectionSet;
}

/** Keeps the supervisor's providers in step with the settings, and leaves alone what did not change. */
export class Connections {
  private readonly supervisor: Pick<Supervisor, 'setProviders'>;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly create: (id: string) => ConnectionSet;
  private demo: SandboxProvider | null = null;
  private present: ReadonlyMap<string, Present> = new Map();

  /** @param create makes the providers of one system for the settings as they are now; cheap, without any request. */
  constructor(
    supervisor: Pick<Supervisor, 'setProviders'>,
    options: { readonly clock: Clock; readonly log: Log; create(id: string): ConnectionSet },
  ) {
    this.supervisor = supervisor;
    this.clock = options.clock;
    this.log = options.log;
    this.create = options.create;
  }

  /**
   * Makes the providers of each system anew if what they are made from changed; all others go on: streams, terminals, history.
   * @param madeFrom for each system, in the order in which they are asked, the values that its providers are made from.
   */
  renew(madeFrom: Readonly<Record<string, unknown>>): void {
    const before = this.present;
    const after = new Map<string, Present>();
    for (const [id, values] of Object.entries(madeFrom)) {
      const key = JSON.stringify(values);
      const known = before.get(id);
      after.set(id, known?.key === key ? known : { key, set: this.create(id) });
    }
    const left = [...before].filter(([id, present]) => after.get(id) !== present);
    if (left.length === 0 && after.size === before.size) return;
    this.present = after;
    this.tell();
    for (const [, { set }] of left) this.clock.after(cleanUpMs, () => this.drop(set));
  }

  /** Adds the demo beside what is configured; a demo that runs already starts again. */
  startDemo(demo: SandboxProvider): void {
    this.demo = demo;
    this.tell();
  }

  /** Drops every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.present.values()].map(({ set }) => set.close()));
  }

  private tell(): void {
    const configured = [...this.present.values()].flatMap(({ set }) => set.providers);
    const providers = [...configured, ...(this.demo ? [this.demo] : [])];
    const labels = providers.map(({ label }) => label).join(', ');
    this.log.info(providers.length === 0 ? 'No server is configured.' : `Watching ${labels}.`);
    this.supervisor.setProviders(providers);
  }

  private drop(set: ConnectionSet): void {
    set.close().catch((error: unknown) => this.log.debug(`Closing connections: ${String(error)}`));
  }
}
