import type { Clock, Log, SandboxProvider } from '../model/ports.ts';
import { within } from '../model/wait.ts';
import type { ProviderWatch } from './provider-watch.ts';
import type { Tasks } from './waiting.ts';

/** One provider at work, with everything that runs for it. */
export interface ProviderEntry {
  readonly provider: SandboxProvider;
  readonly tasks: Tasks;
  readonly watch: ProviderWatch;
  /** Aborts when the provider is replaced. */
  readonly life: AbortController;
}

const windUpMs = 5_000;
const disposeMs = 2_000;

/** Ends a provider's work: lets its streams clean up behind them, bounded, before the connections they need for it are freed. */
export const retire = async (entry: ProviderEntry, clock: Clock, log: Log): Promise<void> => {
  entry.life.abort();
  entry.watch.close();
  if (!(await entry.tasks.settled(clock, windUpMs))) {
    log.warn(`${entry.provider.label} did not let go of its streams within ${windUpMs / 1000} s.`);
  }
  await within(clock, disposeMs, new AbortController().signal, () => entry.provider.dispose());
};
