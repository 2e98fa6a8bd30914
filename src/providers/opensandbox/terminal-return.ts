import { Backoff } from '../../model/backoff.ts';
import type { Clock, Log, Timer } from '../../model/ports.ts';
import { isProblem, Problem, toProblem } from '../../model/problem.ts';
import { sleep } from '../../model/wait.ts';
import type { WebSocketConnection } from '../../net/websocket.ts';
import { throwIfAborted } from './abort.ts';
import type { ExecdClient } from './execd-client.ts';

/** Longer than the minute after which execd gives up a client that it does not hear any more, and lets another in. */
export const patienceMs = 90_000;

export interface ReturnOptions {
  readonly execd: ExecdClient;
  readonly id: string;
  /** So many bytes of output are here already. */
  readonly since: number;
  /** What has become of the sandbox: one that is paused answers nobody, and is waited for as long as it is. */
  readonly whereabouts: (signal: AbortSignal) => Promise<'there' | 'paused' | 'gone'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Another connection to a terminal whose last one was cut: execd keeps its shell, and the newest MiB of its output, over that. Throws `reset`
 * once there is nothing to come back to. A shell that has ended is not connected to: that would start a new one.
 */
export const returnTo = async (options: ReturnOptions): Promise<WebSocketConnection> => {
  const { execd, id, since, clock, log, signal } = options;
  const enough = new AbortController();
  const patience = (): Timer => clock.after(patienceMs, () => enough.abort());
  let timer = patience();
  const backoff = new Backoff({ firstMs: 500, maxMs: 8000 });
  try {
    while (await sleep(clock, backoff.nextMs(), signal, enough.signal)) {
      // Asked first: through a gateway a request may wake a sandbox that is paused.
      const found = await whereaboutsOf(options);
      if (found === 'gone') throw lost('The sandbox has ended.');
      if (found === 'paused') {
        timer.cancel();
        timer = patience();
        continue;
      }
      try {
        if (!(await execd.isPtyRunning(id, signal))) throw lost('Its shell has ended meanwhile.');
        return await execd.openPty(id, signal, since);
      } catch (error) {
        throwIfAborted(signal);
        if (error instanceof Lost) throw error;
        // Only execd's own word that there is none; another 404 comes from what stands before it, and passes.
        if (isProblem(error, 'not-found') && error.code !== null) throw lost('Its shell has ended meanwhile.');
        log.debug(`Terminal ${id} is not back yet: ${toProblem(error).message}`);
      }
    }
    throwIfAborted(signal);
    throw lost('What runs in this terminal may go on in the sandbox; open another one to look after it.');
  } finally {
    timer.cancel();
  }
};

/** A server that does not answer says nothing about the sandbox. */
export const whereaboutsOf = async ({
  whereabouts,
  log,
  signal,
}: Pick<ReturnOptions, 'whereabouts' | 'log' | 'signal'>): Promise<'there' | 'paused' | 'gone'> => {
  try {
    return await whereabouts(signal);
  } catch (error) {
    throwIfAborted(signal);
    log.debug(`What has become of the sandbox is not known: ${toProblem(error).message}`);
    return 'there';
  }
};

class Lost extends Problem {}

const lost = (nextStep: string): Lost => new Lost('reset', 'The connection to the sandbox was lost.', { nextStep });
