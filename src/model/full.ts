import type { Forecast } from './forecast.ts';
import type { SignalName } from './signal.ts';

/**
 * What is refused once a limit is reached. Memory is not among them: the kernel gives some back, and what does not fit ends a process. A heap
 * is emptied, and a full swap refuses nobody anything.
 */
const refusing: ReadonlySet<SignalName> = new Set<SignalName>(['disk', 'inodes', 'pids', 'fds']);
/** From here on 100 % is what is shown of it. */
const fullFrom = 0.995;
/** A large disk has room for much in its last half percent: nobody is refused while more than this is left. */
const mostLeftBytes = 16 * 1024 ** 2;
const mostLeftCount = 16;

/** Whether a limit is reached where nothing more is given out then: it needs no forecast any more, it has happened. */
export const isFull = ({ signal, unit, used, limit, pressure }: Forecast): boolean =>
  refusing.has(signal) &&
  limit !== null &&
  pressure !== null &&
  pressure >= fullFrom &&
  limit - used <= (unit === 'bytes' ? mostLeftBytes : mostLeftCount);
