/**
 * Switches choose wire variations and faults while the server runs.
 * A value set for one sandbox wins over the value set for all.
 */
const defaults = {
  /** How `/metrics/watch` frames its samples: `bare` (as observed), `sse`, `crlf`, `chunked-bytes`. */
  metricsFraming: 'bare',
  /** The same choice for the events of `/command` and `/session/{id}/run`. */
  eventsFraming: 'bare',
  /** `none`, `clean-end`, `reset`, `silent`, `mid-line`, `garbage`, `huge-line`: what happens to open execd streams. */
  streamFault: 'none',
  /** `none`, `html`, `empty`, `huge`, `slow` or `slow:<ms>`, `500`, `wrong-server`: every lifecycle answer. */
  lifecycleFault: 'none',
  /** `true`: the image has no bash (`/session` and the PTY cannot start it). `refuse`: already `POST /session` answers 500. */
  noBash: 'false',
  /** `true`: no shell at all, every command fails to start. */
  noShell: 'false',
  /**
   * `session`: runs in sessions fail as they do without memory for another process. `all`: commands too.
   * `refuse`: already `POST /session` answers 500. `mute`: session runs start and say nothing.
   */
  startFault: 'none',
  /** Milliseconds that `POST /session` and `POST /pty` wait between making something and answering. */
  slowCreate: '0',
  /** Milliseconds that the lifecycle server's clock is ahead of this computer's; negative: behind. */
  clockOffset: '0',
  /** `true`: `/endpoints` hands out an address nobody listens on, so only the proxy route works. */
  directUnreachable: 'false',
  /** A token that execd then demands in `X-EXECD-ACCESS-TOKEN`; empty: none, unless the sandbox's env sets one. */
  executableToken: '',
  /** A state string shown instead of the real one. */
  strangeState: '',
  /** `true`: execd is dead while the container runs: direct connections are reset, the proxy answers 502. */
  killExecd: 'false',
  /** Milliseconds after the creation of a sandbox in which it is said to run and its execd does not listen yet: as with `killExecd`. */
  execdLate: '0',
  /** Milliseconds that the copy of a snapshot takes at least; the sandbox is called paused and is frozen meanwhile. */
  slowSnapshot: '0',
  /** `true`: diagnostics with `scope` answer as newer servers do, with a JSON descriptor. */
  diagnosticsScope: 'false',
  /** `true`: the proxy route needs the API key too, as on newer multi-tenant servers. */
  proxyNeedsKey: 'false',
} as const;

/** The name of a switch. */
export type SwitchName = keyof typeof defaults;

/** The names of all switches, for messages and tests. */
export const switchNames = Object.keys(defaults) as readonly SwitchName[];

/** Whether a text is the name of a switch. */
export function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(defaults, name);
}

/** The current value of every switch. */
export class Switches {
  readonly #forAll = new Map<SwitchName, string>();
  readonly #forOne = new Map<string, Map<SwitchName, string>>();
  readonly #listeners = new Set<(name: SwitchName, sandboxId: string | undefined) => void>();

  /** The value for one sandbox, or the value for all when no sandbox is given. */
  get(name: SwitchName, sandboxId?: string): string {
    const own = sandboxId === undefined ? undefined : this.#forOne.get(sandboxId)?.get(name);
    return own ?? this.#forAll.get(name) ?? defaults[name];
  }

  /** Whether a true/false switch is on. */
  isOn(name: SwitchName, sandboxId?: string): boolean {
    return this.get(name, sandboxId) === 'true';
  }

  /** Sets a value for one sandbox or for all, and tells the listeners at once. */
  set(name: SwitchName, value: string, sandboxId?: string): void {
    if (sandboxId === undefined) this.#forAll.set(name, value);
    else {
      const own = this.#forOne.get(sandboxId) ?? new Map<SwitchName, string>();
      own.set(name, value);
      this.#forOne.set(sandboxId, own);
    }
    for (const listener of this.#listeners) listener(name, sandboxId);
  }

  /** Calls the listener after every change; the result stops that. */
  onChange(listener: (name: SwitchName, sandboxId: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
