import * as vscode from 'vscode';
import type { TerminalSession } from '../model/ports.ts';
import { isProblem } from '../model/problem.ts';
import { CommandReader, markingLine, type ShellCommand, ShellMarks } from './shell-marks.ts';

type Open = (size: { columns: number; rows: number }, signal: AbortSignal) => Promise<TerminalSession>;

/** A shell that has not taken the marking line in by then is shown as it is. */
const marksPatienceMs = 5_000;
/** A shell that says nothing at all for so long gets what was typed without the marking line. */
const silencePatienceMs = 3_000;
/** So much is kept of what is typed before the shell is there. */
const mostTypedCharacters = 64 * 1024;

/** A shell inside a sandbox as an editor terminal, whose commands the editor knows. */
export class SandboxTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new vscode.EventEmitter<number | undefined>();
  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.closed.event;
  private readonly abort = new AbortController();
  private readonly openSession: Open;
  private readonly heard: (command: ShellCommand) => void;
  private session: TerminalSession | null = null;
  /** The newest size; it may change before there is a session to tell it to. */
  private size = { columns: 80, rows: 24 };
  private failed = false;
  /** What was typed before the shell was there; null from then on. */
  private typed: string | null = '';
  private typedTooMuch = false;
  /** Something was typed into a shell that had not spoken yet: the marking line may be put into the middle of a line no more. */
  private wasTyped = false;

  /**
   * @param openSession connects to the sandbox once the terminal is visible.
   * @param heard is told of every command that begins or ends in it.
   */
  constructor(openSession: Open, heard: (command: ShellCommand) => void) {
    this.openSession = openSession;
    this.heard = heard;
  }

  open(initial: vscode.TerminalDimensions | undefined): void {
    if (initial) this.size = { columns: initial.columns, rows: initial.rows };
    this.run().catch((error: unknown) => this.fail(error));
  }

  private async run(): Promise<void> {
    const asked = this.size;
    const session = await this.openSession(asked, this.abort.signal);
    this.session = session;
    if (this.size !== asked) session.resize(this.size.columns, this.size.rows);
    if (this.abort.signal.aborted) {
      await session.close();
      return;
    }
    const decoder = new TextDecoder();
    const marks = new ShellMarks();
    const reader = new CommandReader();
    const show = (text: string): void => {
      if (text === '') return;
      this.written.fire(text);
      for (const command of reader.take(text)) this.heard(command);
    };
    let timer: NodeJS.Timeout | undefined;
    const silence = setTimeout(() => this.flush(session), silencePatienceMs);
    let shellEnded = false;
    try {
      for await (const bytes of session.output) {
        // Once it has spoken, the shell is there; a line sent before that can tear down what says that there is none.
        if (timer === undefined) {
          if (this.wasTyped) show(marks.giveUp());
          else session.write(new TextEncoder().encode(markingLine));
          this.flush(session);
          timer = setTimeout(() => show(marks.giveUp()), marksPatienceMs);
        }
        show(marks.take(decoder.decode(bytes, { stream: true })));
      }
      shellEnded = true;
    } finally {
      clearTimeout(timer);
      clearTimeout(silence);
      show(marks.giveUp());
      // A command goes with its shell. Where only the connection was lost, nobody knows.
      if (shellEnded || this.abort.signal.aborted) for (const command of reader.end()) this.heard(command);
    }
    const exitCode = await session.exited;
    this.closed.fire(exitCode ?? undefined);
  }

  /** Says what is wrong and stays: a terminal that closes takes the reason and all its text with it. */
  private fail(error: unknown): void {
    if (this.abort.signal.aborted) return;
    const lost = isProblem(error, 'reset', 'clean-end', 'unreachable');
    const reason = error instanceof Error ? error.message : String(error);
    const text = lost ? 'The connection to the sandbox was lost.' : reason;
    const nextStep = isProblem(error) ? error.nextStep : null;
    const lines = [text, ...(nextStep ? [nextStep] : []), 'Press any key to close this terminal.'];
    this.written.fire(`${lines.map((line) => `\r\n[Sandbox Foresight] ${line}`).join('')}\r\n`);
    this.failed = true;
  }

  handleInput(data: string): void {
    if (this.failed) this.closed.fire(undefined);
    else if (this.typed !== null) this.keep(this.typed, data);
    else if (this.session) this.send(this.session, data);
  }

  /** Nothing after a gap is kept: half a command may do something else than the whole. */
  private keep(typed: string, data: string): void {
    if (this.typedTooMuch) return;
    if (typed.length + data.length <= mostTypedCharacters) {
      this.typed = typed + data;
      return;
    }
    this.typedTooMuch = true;
    this.written.fire('\r\n[Sandbox Foresight] Before the shell was there, too much was typed; the rest is lost.\r\n');
  }

  private flush(session: TerminalSession): void {
    const { typed } = this;
    this.typed = null;
    if (typed !== null && typed !== '') this.send(session, typed);
  }

  private send(session: TerminalSession, text: string): void {
    this.wasTyped = true;
    session.write(new TextEncoder().encode(text));
  }

  setDimensions(dimensions: vscode.TerminalDimensions): void {
    this.size = { columns: dimensions.columns, rows: dimensions.rows };
    this.session?.resize(dimensions.columns, dimensions.rows);
  }

  close(): void {
    this.abort.abort();
    // The terminal is gone already; all that is left to do is to leave nothing behind in the sandbox.
    this.session?.close().catch(() => undefined);
  }
}
