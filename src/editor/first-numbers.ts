import type { Supervisor } from '../app/contracts.ts';
import type { Clock, Log } from '../model/ports.ts';

/** Writes into the log how long after the start the person saw the first numbers of their sandbox. */
export function logFirstNumbers(supervisor: Supervisor, clock: Clock, log: Log): () => void {
  const startedAtMs = clock.now();
  const leave = supervisor.onChange(({ sandboxes, currentId }) => {
    const current = sandboxes.find(({ sandbox }) => sandbox.id === currentId);
    if (current?.sample == null) return;
    leave();
    log.info(`The first numbers, of ${current.sandbox.name}, came ${clock.now() - startedAtMs} ms after the start.`);
  });
  return leave;
}
