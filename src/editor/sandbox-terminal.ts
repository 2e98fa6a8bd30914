import * as vscode from 'vscode';
import type { TerminalSession } from '../model/ports.ts';
import { isProblem } from '../model/problem.ts';

type Open = (size: { columns: number; rows: number }, signal: AbortSignal) => Promise<TerminalSession>;

/** A shell inside a sandbox as an editor terminal. */
export class SandboxTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new vscode.EventEmitter<number | undefined>();
  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.closed.event;
  private readonly abort = new AbortController();
  private readonly openSession: Open;
  private session: TerminalSession | null = null;

  /** @param openSession connects to the sandbox once the terminal is visible. */
  constructor(openSession: Open) {
    this.openSession = openSession;
  }

  open(initial: vscode.TerminalDimensions | undefined): void {
    this.run({ columns: initial?.columns ?? 80, rows: initial?.rows ?? 24 }).catch((error: unknown) => {
      this.say(error instanceof Error ? error.message : String(error));
      this.closed.fire(1);
    });
  }

  private async run(size: { columns: number; rows: number }): Promise<void> {
    const session = await this.openSession(size, this.abort.signal);
    this.session = session;
    if (this.abort.signal.aborted) {
      await session.close();
      return;
    }
    const decoder = new TextDecoder();
    try {
      for await (const bytes of session.output) this.written.fire(decoder.decode(bytes, { stream: true }));
    } catch (error) {
      if (!isProblem(error, 'aborted')) this.say(error instanceof Error ? error.message : String(error));
    }
    const exitCode = await session.exited;
    this.closed.fire(exitCode ?? undefined);
  }

  private say(text: string): void {
    this.written.fire(`\r\n[Sandbox Foresight] ${text}\r\n`);
  }

  handleInput(data: string): void {
    this.session?.write(new TextEncoder().encode(data));
  }

  setDimensions(dimensions: vscode.TerminalDimensions): void {
    this.session?.resize(dimensions.columns, dimensions.rows);
  }

  close(): void {
    this.abort.abort();
    // The terminal is gone already; all that is left to do is to leave nothing behind in the sandbox.
    this.session?.close().catch(() => undefined);
  }
}
