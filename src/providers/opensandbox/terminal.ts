import * as z from 'zod/mini';
import type { Clock, Log, TerminalSession } from '../../model/ports.ts';
import { isProblem, Problem } from '../../model/problem.ts';
import { sleep, within } from '../../model/wait.ts';
import { Watchdog } from '../../net/watchdog.ts';
import type { WebSocketConnection } from '../../net/websocket.ts';
import { throwIfAborted } from './abort.ts';
import type { ExecdClient } from './execd-client.ts';
import { patienceMs, type ReturnOptions, returnTo, whereaboutsOf } from './terminal-return.ts';

const frame = { stdin: 0, stdout: 1, stderr: 2, replay: 3 } as const;
/** A replay frame starts with its kind and the position in the output after it, eight bytes. */
const replayHeaderBytes = 9;
const cleanUpMs = 3000;
/** After so long without a word execd is asked for one; after as long again the connection is given up. */
const silenceMs = 20_000;
const ping = JSON.stringify({ type: 'ping' });
/** A cut that is mended sooner is not worth a word. */
const quietMs = 2000;
/** So much is kept of what is typed while there is no connection. */
const mostTypedBytes = 64 * 1024;
/** execd's close code: another client has taken the terminal. */
const takenOver = 4001;
/** Ends of a connection that say nothing about the shell. */
const cuts = ['reset', 'clean-end', 'silent', 'timeout', 'unreachable', 'server-error'] as const;

const control = z.object({
  type: z.string(),
  exit_code: z.catch(z.optional(z.number()), undefined),
  error: z.catch(z.optional(z.string()), undefined),
  code: z.catch(z.optional(z.string()), undefined),
});

export interface TerminalOptions {
  readonly execd: ExecdClient;
  /** What has become of the sandbox; asked when the connection was cut. */
  readonly whereabouts: ReturnOptions['whereabouts'];
  readonly size: { readonly columns: number; readonly rows: number };
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens a shell in a terminal inside the sandbox; needs bash there. It goes on over a connection that is cut for a while. */
export const openTerminal = async (options: TerminalOptions, signal: AbortSignal): Promise<TerminalSession> => {
  throwIfAborted(signal);
  const { execd, clock, log } = options;
  const id = await execd.createPty(signal);
  const remove = (): Promise<void> =>
    within(clock, cleanUpMs, null, (limit) => execd.deletePty(id, limit)).catch((error: unknown) => {
      // Gone together with its shell, its agent or its sandbox.
      log.debug(`Terminal ${id} was not removed: ${String(error)}`);
    });
  try {
    const socket = await execd.openPty(id, signal);
    return new ExecdTerminal({ ...options, id, remove, signal }, socket);
  } catch (error) {
    await remove();
    throw error;
  }
};

interface Opened extends TerminalOptions {
  readonly id: string;
  readonly remove: () => Promise<void>;
  readonly signal: AbortSignal;
}

class ExecdTerminal implements TerminalSession {
  readonly output: AsyncIterable<Uint8Array>;
  readonly exited: Promise<number | null>;
  readonly #options: Opened;
  readonly #settle: (exitCode: number | null) => void;
  readonly #over = new AbortController();
  #socket: WebSocketConnection;
  #removed: Promise<void> | null = null;
  #isClosed = false;
  #isTaken = false;
  /** The size last asked for, as its message. */
  #size: string;
  /** Who has been heard so far in this connection. */
  #heard: 'nobody' | 'server' | 'shell' = 'nobody';
  /** The connection was lost, and from the next one nothing was heard yet. */
  #isCut = false;
  /** Bytes of output so far. */
  #position = 0;
  /** Typed while there was no connection; null once that was too much: half a command may do something else than the whole. */
  #typed: readonly Uint8Array<ArrayBuffer>[] | null = [];

  constructor(options: Opened, socket: WebSocketConnection) {
    this.#options = options;
    this.#socket = socket;
    this.#size = sizeMessage(options.size.columns, options.size.rows);
    const { promise, resolve } = Promise.withResolvers<number | null>();
    this.exited = promise;
    this.#settle = resolve;
    this.output = this.#read();
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
    const isFirst = this.#heard === 'nobody';
    this.#heard = by;
    this.#send(this.#size);
    if (!isFirst) return;
    const typed = this.#typed ?? [];
    this.#typed = [];
    this.#isCut = false;
    for (const message of typed) this.#send(message);
  }

  /** What is typed while there is no connection waits for the next one. If the shell has ended, that is told by `output` and `exited`. */
  #send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) return;
    // What was typed before goes first, also where the next connection is there already.
    if (this.#isCut && typeof message !== 'string') {
      this.#keep(message);
      return;
    }
    try {
      this.#socket.send(message);
    } catch (error) {
      if (!isProblem(error, 'reset')) throw error;
      if (typeof message !== 'string') this.#keep(message);
    }
  }

  #keep(message: Uint8Array<ArrayBuffer>): void {
    if (this.#typed === null) return;
    const typed = [...this.#typed, message];
    const bytes = typed.reduce((sum, { length }) => sum + length, 0);
    this.#typed = bytes <= mostTypedBytes ? typed : null;
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#socket.close(1000);
      this.#over.abort();
    }
    // What another client has taken is in use.
    if (!this.#isTaken) this.#removed ??= this.#leave();
    await this.#removed;
    this.#settle(null);
  }

  /** Ends the shell. One in a paused sandbox stays: to ask for its end might wake the sandbox. */
  async #leave(): Promise<void> {
    const { whereabouts, log, clock, remove } = this.#options;
    const found = this.#isCut
      ? await within(clock, cleanUpMs, null, (signal) => whereaboutsOf({ whereabouts, log, signal })).catch(
          () => 'there',
        )
      : 'there';
    if (found === 'there') await remove();
  }

  async *#read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      while (!(yield* this.#follow())) yield* this.#return();
    } catch (error) {
      if (!this.#isClosed) throw error;
    } finally {
      await this.close();
    }
  }

  /** The output of one connection. Returns whether the terminal is at its end. */
  async *#follow(): AsyncGenerator<Uint8Array, boolean, undefined> {
    const silence = this.#watchSilence();
    try {
      silence.start();
      for await (const message of this.#socket.messages) {
        // While the reader is busy nothing is read, so nothing can be heard either.
        silence.stop();
        if (typeof message === 'string') {
          if (this.#control(message)) return true;
          this.#spoken('server');
        } else {
          this.#spoken('shell');
          yield* this.#bytesOf(message);
        }
        silence.start();
      }
    } catch (error) {
      if (this.#isClosed || this.#options.signal.aborted || !isProblem(error, ...cuts)) throw error;
      this.#options.log.debug(`Terminal ${this.#options.id}: ${error.message}`);
      return false;
    } finally {
      silence.stop();
    }
    if (this.#isClosed) return true;
    if ((await this.#socket.ended).code !== takenOver) return false;
    this.#isTaken = true;
    throw new Problem('conflict', 'Another program has taken this terminal over.');
  }

  /** A network that is gone closes nothing, and a shell may be silent for hours: so it is asked for a sign of life now and then. */
  #watchSilence(): { start(): void; stop(): void } {
    const socket = this.#socket;
    let asked = false;
    const watchdog = new Watchdog(
      silenceMs,
      () => {
        if (asked) {
          socket.close(1000);
          return;
        }
        asked = true;
        this.#send(ping);
        watchdog.start();
      },
      this.#options.clock,
    );
    return {
      start: () => {
        asked = false;
        watchdog.start();
      },
      stop: () => watchdog.stop(),
    };
  }

  *#bytesOf(message: Uint8Array): Generator<Uint8Array, void, undefined> {
    const kind = message[0];
    if (kind === frame.stdout || kind === frame.stderr) {
      this.#position += message.length - 1;
      yield message.subarray(1);
    } else if (kind === frame.replay && message.length >= replayHeaderBytes) yield* this.#replayed(message);
  }

  /** What was missed: whatever of it is here already is left out, and what execd does not have any more is told. */
  *#replayed(message: Uint8Array): Generator<Uint8Array, void, undefined> {
    const bytes = message.subarray(replayHeaderBytes);
    const position = Number(new DataView(message.buffer, message.byteOffset).getBigInt64(1));
    // Nothing would be sent to somebody who is at the end: then it can only be the position before it.
    const end = position === this.#position ? position + bytes.length : position;
    const start = end - bytes.length;
    if (start > this.#position) yield notice(`${start - this.#position} bytes of output are missing here.`);
    const fresh = bytes.subarray(Math.max(0, this.#position - start));
    this.#position = Math.max(this.#position, end);
    if (fresh.length > 0) yield fresh;
  }

  /** The shell may go on without us; says so if it takes long. */
  async *#return(): AsyncGenerator<Uint8Array, void, undefined> {
    const { execd, id, whereabouts, clock, log, signal } = this.#options;
    const stop = AbortSignal.any([signal, this.#over.signal]);
    this.#heard = 'nobody';
    this.#isCut = true;
    const way = returnTo({ execd, id, since: this.#position, whereabouts, clock, log, signal: stop });
    const settled = new AbortController();
    // It is awaited below; this only ends the wait, and hears a failure that comes after the reader has left.
    way.then(
      () => settled.abort(),
      () => settled.abort(),
    );
    const isLong = await sleep(clock, quietMs, settled.signal);
    if (isLong)
      yield notice(`The sandbox does not answer. Its shell goes on; trying again for ${patienceMs / 1000} s.`);
    this.#socket = await way;
    if (this.#isClosed) this.#socket.close(1000);
    else if (isLong) yield notice('Back again.');
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

const notice = (text: string): Uint8Array => new TextEncoder().encode(`\r\n[Sandbox Foresight] ${text}\r\n`);

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
