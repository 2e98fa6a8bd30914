import type { NetworkSettings, Settings } from './settings.ts';

/** What the providers of the systems we know more of are made from. */
interface Sources {
  readonly settings: Pick<Settings, 'openSandbox' | 'local'>;
  readonly network: NetworkSettings;
  /** Whether the place the editor works in can be read at all. Which folders are open is asked when it is needed. */
  readonly hereReadable: boolean;
  /** How often a key of the present server was stored or removed: another one may show other sandboxes, and those of before have not ended by that. */
  readonly keyChanges: number;
}

/**
 * For each system, in the given order, the values its providers are made from: when these change, they are made anew. A system without
 * values of its own here is made all the same, and anew when the network settings change.
 * @param systems ids of all systems that are registered.
 */
export function madeFrom(
  systems: readonly string[],
  { settings, network, hereReadable, keyChanges }: Sources,
): Readonly<Record<string, unknown>> {
  const own: Readonly<Record<string, unknown>> = {
    openSandbox: [settings.openSandbox, network, keyChanges],
    // Nothing of it goes over the network.
    local: [settings.local.enabled, hereReadable],
  };
  return Object.fromEntries(systems.map((id) => [id, own[id] ?? [network]]));
}
