import type { ServerResponse } from 'node:http';
import type { ExecdContext } from './execd.ts';
import { goJson, StreamWriter } from './stream-writer.ts';

const pingMs = 3000;

/** How long a finished execution keeps its connection open, in milliseconds. */
export const tailMs = 1000;

/** Go's words for signals, as they stand in `signal: killed`. */
const signalWords: Readonly<Record<string, string>> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGINT: 'interrupt',
  SIGHUP: 'hangup',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGABRT: 'aborted',
  SIGPIPE: 'broken pipe',
};

/** The exit code and text by which execd reports the end of a process: -1 and `signal: …` for a signal. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): { exitCode: number; text: string } {
  if (signal !== null) return { exitCode: -1, text: `signal: ${signalWords[signal] ?? signal}` };
  return { exitCode: code ?? -1, text: `exit status ${code ?? -1}` };
}

/** The events of one execution on its stream, with a ping right after the first event and every three seconds. */
export class ExecutionEvents {
  readonly writer: StreamWriter;
  readonly #context: ExecdContext;
  #pings: NodeJS.Timeout | undefined;

  constructor(context: ExecdContext, response: ServerResponse) {
    this.#context = context;
    this.writer = new StreamWriter(response, context.switches, context.sandbox.id, {
      framing: 'eventsFraming',
      separator: '\n\n',
    });
    response.on('close', () => clearInterval(this.#pings));
  }

  #send(type: string, fields: Readonly<Record<string, unknown>>): void {
    const { error, ...rest } = fields;
    this.writer.send({ type, ...rest, timestamp: Date.now(), ...(error === undefined ? {} : { error }) });
  }

  /** The first event; `id` is that of the command, or of the session. */
  init(id: string): void {
    this.#send('init', { text: id });
    this.#ping();
    this.#pings = setInterval(() => this.#ping(), pingMs);
  }

  #ping(): void {
    if (this.#context.sandbox.state !== 'paused') this.#send('ping', { text: 'pong' });
  }

  output(stream: 'stdout' | 'stderr', text: string): void {
    this.#send(stream, { text });
  }

  /** Success. There is no exit code; the time is left out when it is 0 ms. */
  complete(elapsedMs: number): void {
    clearInterval(this.#pings);
    const rounded = Math.round(elapsedMs);
    this.#send('execution_complete', rounded === 0 ? {} : { execution_time: rounded });
  }

  /** Failure: the exit code (or a reason why it did not start) as text. Nothing follows. */
  fail(value: string, traceback: readonly string[]): void {
    clearInterval(this.#pings);
    this.#send('error', { error: { ename: 'CommandExecError', evalue: value, traceback } });
  }

  /** An error after the stream has begun: bare JSON without type and without line end. */
  bareError(code: string, message: string): void {
    clearInterval(this.#pings);
    this.writer.sendRaw(goJson({ code, message }));
  }

  async end(): Promise<void> {
    clearInterval(this.#pings);
    await this.writer.end();
  }
}
