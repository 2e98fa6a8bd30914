import type { SandboxProvider } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import { type ProviderConfig, type ProviderDeps, providerFactories } from './registry.ts';
import { unusableProvider } from './unusable.ts';

/** The settings of all providers, grouped by provider id. */
export type ProviderSettings = Readonly<Record<string, ProviderConfig>>;

/**
 * Makes every provider that the settings and the environment name. One that can not be made, for example for an address
 * that is none, still gets its place, so that its trouble is seen.
 */
export function createProviders(
  settings: ProviderSettings,
  deps: ProviderDeps,
  only: string | null = null,
): readonly SandboxProvider[] {
  return providerFactories.flatMap((factory) => {
    if (only !== null && factory.id !== only) return [];
    try {
      return factory.create(settings[factory.id] ?? {}, deps) ?? [];
    } catch (error) {
      return unusableProvider(factory.id, toProblem(error), deps.clock);
    }
  });
}

/**
 * @returns the origin that secrets of one provider belong to, or null when its settings name no server.
 * @throws Problem when they name something that is no address.
 */
export function secretOrigin(
  id: string,
  settings: ProviderSettings,
  environment: ProviderDeps['environment'],
): string | null {
  const factory = providerFactories.find((candidate) => candidate.id === id);
  return factory?.origin(settings[id] ?? {}, environment) ?? null;
}
