import type { Supervisor } from '../app/contracts.ts';
import type { Log, SandboxProvider } from '../model/ports.ts';

/** Keeps the supervisor's providers in step with settings and secrets. */
export class Connections {
  private readonly supervisor: Supervisor;
  private readonly log: Log;
  private readonly create: () => readonly SandboxProvider[];
  private demo: SandboxProvider | null = null;

  /** @param create makes the providers for the settings as they are now; cheap, without any request. */
  constructor(supervisor: Supervisor, log: Log, create: () => readonly SandboxProvider[]) {
    this.supervisor = supervisor;
    this.log = log;
    this.create = create;
  }

  /** Makes the providers anew, after a setting or a secret changed. */
  renew(): void {
    const providers = [...this.create(), ...(this.demo ? [this.demo] : [])];
    this.log.info(
      providers.length === 0
        ? 'No server is configured.'
        : `Watching ${providers.map(({ label }) => label).join(', ')}.`,
    );
    this.supervisor.setProviders(providers);
  }

  /** Adds the demo beside what is configured; a demo that runs already starts again. */
  startDemo(demo: SandboxProvider): void {
    this.demo = demo;
    this.renew();
  }
}
