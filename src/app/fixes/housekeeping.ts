import type { Housekeeping, SandboxProvider } from '../../model/ports.ts';
import { execHousekeeping } from './exec-housekeeping.ts';
import { type FixHost, need } from './fix.ts';

/** Whether the disks of its sandboxes can be looked at: by itself, or by a command that tells what it printed. */
export const canTidy = ({ actions, isHere }: SandboxProvider): boolean =>
  actions.housekeeping !== undefined || (actions.exec !== undefined && isHere !== true);

/** What looks at the disks of one sandbox. Throws a Problem `not-supported`. */
export const housekeepingOf = (host: FixHost): Housekeeping => {
  const { actions } = host.provider;
  if (actions.housekeeping !== undefined) return actions.housekeeping;
  const exec = need(host, canTidy(host.provider) ? actions.exec : undefined, 'look at the disks of a sandbox');
  const { id } = host.sandbox();
  return execHousekeeping((argv, timeoutMs, signal) => exec(id, argv, timeoutMs, signal));
};
