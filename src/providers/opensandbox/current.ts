import type { CurrentSandbox, Log, PlaceHints } from '../../model/ports.ts';
import { isProblem } from '../../model/problem.ts';
import { isEnded, type Sandbox } from '../../model/sandbox.ts';
import { throwIfAborted } from './abort.ts';
import { workspaceMatch } from './workspace-match.ts';

/** More containers than this are not looked into one by one to find a host name. */
const maxInspected = 20;

export interface CurrentOptions {
  /** Whether execd answers on the computer the extension runs on, which is then a sandbox itself. */
  readonly isExecdHere: (signal: AbortSignal) => Promise<boolean>;
  /** On the computer the editor works on. */
  readonly fileExists: (path: string) => Promise<boolean>;
  /** The text of `diagnostics/inspect`. */
  readonly inspect: (sandboxId: string, signal: AbortSignal) => Promise<string>;
  readonly log: Log;
}

/** The folder that every sandbox has and hardly anything else. */
const sandboxFolder = '/opt/opensandbox';

/**
 * The sandbox the person works in, by what this provider knows of its sandboxes: the surest signs first. Signs that
 * fit more than one sandbox decide nothing.
 */
export const findCurrent = async (
  hints: PlaceHints,
  sandboxes: readonly Sandbox[],
  signal: AbortSignal,
  options: CurrentOptions,
): Promise<CurrentSandbox | null> => {
  throwIfAborted(signal);
  const alive = sandboxes.filter((sandbox) => !isEnded(sandbox.phase));
  const inside =
    (await options.fileExists(sandboxFolder)) && (hints.isRemote === true || (await options.isExecdHere(signal)));
  throwIfAborted(signal);
  const named = hints.environment['OPENSANDBOX_ID']?.trim();
  const byName = alive.find((sandbox) => sandbox.id === named);
  if (byName !== undefined) return { sandboxId: byName.id, how: 'named by OPENSANDBOX_ID', inside };
  const byHost = alive.filter((sandbox) => isPodOf(hints.hostname, sandbox.id));
  if (byHost[0] !== undefined && byHost.length === 1) {
    const how = `${computerOf(hints)} is called ${hints.hostname}, as a pod of that sandbox is`;
    return { sandboxId: byHost[0].id, how, inside: true };
  }
  const byContainer = await findContainer(hints, alive, signal, options);
  if (byContainer !== null) return byContainer;
  const running = alive.filter((sandbox) => sandbox.phase === 'running');
  if (inside && running[0] !== undefined && running.length === 1) {
    const how = 'the editor runs inside a sandbox, and this is the only running one';
    return { sandboxId: running[0].id, how, inside: true };
  }
  return workspaceMatch(hints, alive);
};

const computerOf = ({ isRemote }: PlaceHints): string =>
  isRemote === true ? 'the computer of this window' : 'this computer';

/** Kubernetes names a pod `<sandbox id>-<index>`; older servers put `sandbox-` before the id. */
const isPodOf = (hostname: string, sandboxId: string): boolean => {
  const name = hostname.split('.')[0]?.toLowerCase() ?? '';
  const bare = name.replace(/-\d+$/, '');
  const id = sandboxId.toLowerCase();
  return name !== '' && (bare === id || bare === `sandbox-${id}` || name === id);
};

/** Docker gives a container the first 12 digits of its id as host name; only the diagnostics tell which one that is. */
const findContainer = async (
  hints: PlaceHints,
  alive: readonly Sandbox[],
  signal: AbortSignal,
  options: CurrentOptions,
): Promise<CurrentSandbox | null> => {
  const { hostname } = hints;
  if (!/^[0-9a-f]{12}$/.test(hostname) || alive.length > maxInspected) return null;
  for (const { id } of alive) {
    try {
      const containerId = /^Container ID:\s*([0-9a-f]{12})/m.exec(await options.inspect(id, signal))?.[1];
      if (containerId === hostname) {
        const how = `${computerOf(hints)} is called ${hostname}, as the container of that sandbox is`;
        return { sandboxId: id, how, inside: true };
      }
    } catch (error) {
      // One sandbox that cannot be inspected (it may just have ended) does not stop the search.
      if (isProblem(error, 'aborted', 'unauthorized', 'forbidden', 'unreachable') || !isProblem(error)) throw error;
      options.log.debug(`Sandbox ${id} could not be inspected: ${error.message}`);
    }
  }
  return null;
};
