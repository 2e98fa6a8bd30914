import { Problem } from '../../../../src/model/problem.ts';
import type { CommandRequest, ExecdClient } from '../../../../src/providers/opensandbox/execd-client.ts';
import type { ExecutionEvent } from '../../../../src/providers/opensandbox/execution-events.ts';
import { FakeQueue } from '../../../helpers/fake-queue.ts';
import { never } from './fake-server.ts';

/** One run as execd was asked for it; a test tells what happens in it. */
export class FakeRun {
  readonly text: string;
  readonly timeoutMs: number | null;
  readonly events = new FakeQueue<ExecutionEvent>(never);
  isLeft = false;

  constructor(text: string, timeoutMs: number | null = null) {
    this.text = text;
    this.timeoutMs = timeoutMs;
  }

  start(id: string): this {
    this.events.push({ kind: 'started', id });
    return this;
  }

  /** A line of the probe. */
  line(seconds: number): this {
    this.events.push({ kind: 'stdout', line: `{"v":1,"t":${seconds},"cg":2,"mem":100,"memMax":1000}` });
    return this;
  }

  end(event: ExecutionEvent): void {
    this.events.push(event);
    this.events.end();
  }

  async *read(signal: AbortSignal): AsyncGenerator<ExecutionEvent, void, undefined> {
    const cut = (): void => this.events.fail(new Problem('aborted', 'cut'));
    signal.addEventListener('abort', cut);
    try {
      if (signal.aborted) throw new Problem('aborted', 'cut');
      yield* this.events;
    } finally {
      this.isLeft = true;
      signal.removeEventListener('abort', cut);
    }
  }
}

/** An execd whose runs wait for the test; what it was asked for is kept. */
export class FakeExecd {
  readonly sessions: FakeRun[] = [];
  readonly commands: FakeRun[] = [];
  readonly calls: string[] = [];
  /** What happens in each new run; default nothing yet. */
  onSession: (run: FakeRun) => void = () => undefined;
  onCommand: (run: FakeRun) => void = () => undefined;
  /** Thrown by `createSession` when set. */
  noSession: Problem | null = null;
  /** Thrown by `ping` when set. */
  noPing: Problem | null = null;
  killFails: Problem | null = null;
  metrics: readonly unknown[] = [];

  get client(): ExecdClient {
    return this as unknown as ExecdClient;
  }

  async createSession(): Promise<string> {
    this.calls.push('session');
    if (this.noSession !== null) throw this.noSession;
    return 'session-1';
  }

  async ping(): Promise<void> {
    this.calls.push('ping');
    if (this.noPing !== null) throw this.noPing;
  }

  async deleteSession(): Promise<void> {
    this.calls.push('delete session');
  }

  runInSession(_id: string, text: string, _silenceMs: number, signal: AbortSignal) {
    const run = new FakeRun(text);
    this.sessions.push(run);
    this.onSession(run);
    return run.read(signal);
  }

  runCommand({ command, timeoutMs }: CommandRequest, signal: AbortSignal) {
    this.calls.push(command.includes('probe()') ? 'probe' : 'command');
    const run = new FakeRun(command, timeoutMs);
    this.commands.push(run);
    this.onCommand(run);
    return run.read(signal);
  }

  async killCommand(id: string): Promise<void> {
    this.calls.push(`kill ${id}`);
    if (this.killFails !== null) throw this.killFails;
  }

  async *watchMetrics() {
    this.calls.push('metrics');
    for (const data of this.metrics) yield { data };
    throw new Problem('clean-end', 'over');
  }
}
