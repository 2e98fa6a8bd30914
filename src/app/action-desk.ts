import type { Clock, TerminalSession } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';
import { within } from '../model/wait.ts';
import type { OwnedSnapshot } from './contracts.ts';
import type { Fleet } from './fleet.ts';
import type { SandboxRecord } from './sandbox-record.ts';

const diagnosticsMs = 30_000;

/** What a person asks of a sandbox's system besides fixes. All of it throws `Problem`; see `Supervisor`. */
export class ActionDesk {
  readonly #clock: Clock;
  readonly #fleet: Fleet;

  constructor(clock: Clock, fleet: Fleet) {
    this.#clock = clock;
    this.#fleet = fleet;
  }

  async openTerminal(
    sandboxId: string,
    size: { readonly columns: number; readonly rows: number },
    signal: AbortSignal,
  ): Promise<TerminalSession> {
    const { record, life } = this.#reach(sandboxId);
    const { actions, label } = record.provider;
    if (actions.openTerminal === undefined) throw new Problem('not-supported', `${label} cannot open a terminal.`);
    return actions.openTerminal(sandboxId, size, AbortSignal.any([signal, life]));
  }

  async rename(sandboxId: string, name: string, signal: AbortSignal): Promise<void> {
    const { record, life } = this.#reach(sandboxId);
    const { actions, label } = record.provider;
    if (actions.rename === undefined) throw new Problem('not-supported', `${label} cannot rename a sandbox.`);
    await actions.rename(sandboxId, name, AbortSignal.any([signal, life]));
  }

  async snapshots(signal: AbortSignal): Promise<readonly OwnedSnapshot[]> {
    const lists = this.#fleet.providers.map(async ({ actions, label }) => {
      const snapshots = (await actions.snapshots?.(signal)) ?? [];
      return snapshots.map((snapshot) => ({ ...snapshot, server: label }));
    });
    return (await Promise.all(lists)).flat();
  }

  async deleteSnapshot(snapshot: OwnedSnapshot, signal: AbortSignal): Promise<void> {
    const provider = this.#fleet.providers.find(({ label }) => label === snapshot.server);
    if (provider?.actions.deleteSnapshot === undefined) {
      throw new Problem('not-found', `${snapshot.server} is not connected any more.`);
    }
    await provider.actions.deleteSnapshot(snapshot.id, signal);
  }

  async diagnostics(sandboxId: string, signal: AbortSignal): Promise<string> {
    const { record, life } = this.#reach(sandboxId);
    const { actions, label } = record.provider;
    const read = actions.diagnostics?.bind(actions);
    if (read === undefined) throw new Problem('not-supported', `${label} has no diagnostics.`);
    const both = AbortSignal.any([signal, life]);
    return within(this.#clock, diagnosticsMs, both, (inner) => read(sandboxId, inner));
  }

  #reach(sandboxId: string): { readonly record: SandboxRecord; readonly life: AbortSignal } {
    const record = this.#fleet.record(sandboxId);
    if (record === null) throw new Problem('not-found', 'This sandbox is not known.');
    return { record, life: this.#fleet.lifeOf(record) };
  }
}
