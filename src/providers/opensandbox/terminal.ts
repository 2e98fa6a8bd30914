import * as z from 'zod/mini';
import type { Clock, Log, TerminalSession } from '../../model/ports.ts';
import { isProblem, Problem } from '../../model/problem.ts';
import { within } from '../../model/wait.ts';
import type { WebSocketConnection } from '../../net/websocket.ts';
import { throwIfAborted } from './abort.ts';
import type { ExecdClient } from './execd-client.ts';

const frame = { stdin: 0, stdout: 1, stderr: 2, replay: 3 } as const;
/** A replay frame starts with its kind and the position in the output, eight bytes. */
const replayHeaderBytes = 9;
const cleanUpMs = 3000;

const control = z.object({
  type: z.string(),
  exit_code: z.catch(z.optional(z.number()), undefined),
  error: z.catch(z.optional(z.string()), undefined),
  code: z.catch(z.optional(z.string()), undefined),
});

export interface TerminalOptions {
  readonly execd: ExecdClient;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens a shell in a terminal inside the sandbox; needs bash there. */
export const openTerminal = async (options: TerminalOptions, signal: AbortSignal): Promise<TerminalSession> => {
  throwIfAborted(signal);
  const { execd, size, clock, log } = options;
  const id = await execd.createPty(signal);
  const remove = (): Promise<void> =>
    within(clock, cleanUpMs, null, (limit) => execd.deletePty(id, limit)).catch((error: unknown) => {
      // Gone together with its shell, its agent or its sandbox.
      log.debug(`Terminal ${id} was not removed: ${String(error)}`);
    });
  try {
    const socket = await execd.openPty(id, signal);
    return new ExecdTerminal(socket, remove, size);
  } catch (error) {
    await remove();
    throw error;
  }
};

class ExecdTerminal implements TerminalSession {
  readonly output: AsyncIterable<Uint8Array>;
  readonly exited: Promise<number | null>;
  readonly #socket: WebSocketConnection;
  readonly #remove: () => Promise<void>;
  readonly #settle: (exitCode: number | null) => void;
  #removed: Promise<void> | null = null;
  #isClosed = false;
  /** The size last asked for, as its message. */
  #size: string;
  /** Who has been heard so far. */
  #heard: 'nobody' | 'server' | 'shell' = 'nobody';

  constructor(socket: WebSocketConnection, remove: () => Promise<void>, size: TerminalOptions['size']) {
    this.#socket = socket;
    this.#remove = remove;
    this.#size = sizeMessage(size.columns, size.rows);
    const { promise, resolve } = Promise.withResolvers<number | null>();
    this.exited = promise;
    this.#settle = resolve;
    this.output = this.#read();
    socket.ended.then(
      () => this.#settle(null),
      () => this.#settle(null),
    );
  }

  write(data: Uint8Array): void {
    const message = new Uint8Array(data.length + 1);
    message[0] = frame.stdin;
    message.set(data, 1);
    this.#send(message);
  }

  resize(columns: number, rows: number): void {
    this.#size = sizeMessage(columns, rows);
    if (this.#heard !== 'nobody') this.#send(this.#size);
  }

  /**
   * A size sent to a server that has just refused the shell cuts the connection before its reason is read, so it waits until the server
   * has said something else. Told before the shell has its terminal it goes nowhere, so it is told again at the first output.
   */
  #spoken(by: 'server' | 'shell'): void {
    if (this.#heard === by || this.#heard === 'shell') return;
    this.#heard = by;
    this.#send(this.#size);
  }

  /** Input for a shell that has just ended is dropped; its end is told by `output` and `exited`. */
  #send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) return;
    try {
      this.#socket.send(message);
    } catch (error) {
      if (!isProblem(error, 'reset')) throw error;
    }
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#socket.close(1000);
    }
    this.#removed ??= this.#remove();
    await this.#removed;
    this.#settle(null);
  }

  async *#read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const message of this.#socket.messages) {
        if (typeof message === 'string') {
          if (this.#control(message)) return;
          this.#spoken('server');
          continue;
        }
        this.#spoken('shell');
        const kind = message[0];
        if (kind === frame.stdout || kind === frame.stderr) yield message.subarray(1);
        else if (kind === frame.replay) yield message.subarray(replayHeaderBytes);
      }
      if (!this.#isClosed) throw new Problem('reset', 'The connection to the terminal ended before its shell.');
    } catch (error) {
      if (!this.#isClosed) throw error;
    } finally {
      await this.close();
    }
  }

  /** Returns whether the shell has ended. */
  #control(text: string): boolean {
    const parsed = z.safeParse(control, parseJson(text));
    if (!parsed.success) return false;
    const { type, exit_code: exitCode, error, code } = parsed.data;
    if (type === 'exit') {
      this.#settle(exitCode ?? null);
      return true;
    }
    if (type === 'error' && code === 'START_FAILED') {
      throw new Problem('unavailable-here', `No terminal can be opened in this sandbox: ${error ?? code}`, {
        nextStep: 'Terminals need bash in the image of the sandbox.',
      });
    }
    return false;
  }
}

const sizeMessage = (columns: number, rows: number): string => {
  const whole = (value: number): number => Math.min(65_535, Math.max(1, Math.round(value)));
  return JSON.stringify({ type: 'resize', cols: whole(columns), rows: whole(rows) });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Not a control message; the schema then refuses it.
    return null;
  }
};
