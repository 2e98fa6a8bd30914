import type { Clock, Here, Log, SandboxProvider } from '../model/ports.ts';
import type { Transport } from '../net/transport.ts';
import { localFactory } from './local/factory.ts';
import { openSandboxFactory } from './opensandbox/factory.ts';

/** A setting `sandboxForesight.<provider>.<name>`; the manifest must describe it in the same way. */
interface ProviderSetting {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean';
  readonly default: string | number | boolean;
  readonly description: string;
}

/** A secret that a provider can be given, stored for one origin. */
interface ProviderSecret {
  readonly name: string;
  /** For people, as the title of the input box. */
  readonly title: string;
}

/** What a provider is built from. */
export interface ProviderDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Shared by all providers and closed by whoever made it. */
  readonly transport: Transport;
  /** The secret that was stored under this name for this origin, or null. Asked again before every use. */
  readonly secret: (name: string, origin: string) => Promise<string | null>;
  /**
   * A mark of a secret that tells nothing of it, the same for the same secret for ever, or null when none can be had. Throws what the
   * storage of secrets throws. Absent where nothing is remembered.
   */
  readonly secretMark?: (secret: string) => Promise<string | null>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fileExists: (path: string) => Promise<boolean>;
  /** What the editor lends to the provider of the place it runs in; absent where there is no editor. */
  readonly here?: Here;
}

/** The values of a provider's settings, by their short names; as untrusted as any other input. */
export type ProviderConfig = Readonly<Record<string, unknown>>;

/** Makes the providers of one system. */
export interface ProviderFactory {
  readonly id: string;
  readonly settings: readonly ProviderSetting[];
  readonly secrets: readonly ProviderSecret[];
  /** Where secrets would go with this configuration, so that they are stored for that place; null when nowhere. Throws `Problem`. */
  origin(config: ProviderConfig, environment: ProviderDeps['environment']): string | null;
  /** A provider, or null when the configuration names none. Throws `Problem` when it names one that cannot be. */
  create(config: ProviderConfig, deps: ProviderDeps): SandboxProvider | null;
}

/** Every system there is. To add one: a folder beside this file, a line here, and what docs/architecture.md says of settings and keys. */
export const providerFactories: readonly ProviderFactory[] = [openSandboxFactory, localFactory];

/** Their ids, in the order in which they are asked. */
export const systemIds: readonly string[] = providerFactories.map(({ id }) => id);
