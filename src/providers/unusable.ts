import type { Clock, ProviderEvent, SandboxProvider } from '../model/ports.ts';
import type { Problem } from '../model/problem.ts';

/** Stands where a provider should be whose settings can not be used, and says why. */
export function unusableProvider(id: string, problem: Problem, clock: Clock): SandboxProvider {
  const refuse = (): Promise<never> => Promise.reject(problem);
  async function* watch(signal: AbortSignal): AsyncGenerator<ProviderEvent> {
    yield { kind: 'health', atMs: clock.now(), healthy: false, problem, retryAtMs: null };
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  async function* nothing(): AsyncGenerator<never> {
    yield* [];
  }
  return {
    id,
    label: id,
    capabilities: { vanishesAtExpiry: false, pauseKeepsMemory: false, expiresWhilePaused: false },
    actions: {},
    list: refuse,
    find: refuse,
    watch,
    current: () => Promise.resolve(null),
    samples: async function* () {
      yield* nothing();
      throw problem;
    },
    ping: () => Promise.resolve('unknown'),
    errors: nothing,
    dispose: () => Promise.resolve(),
  };
}
