import { type FromPage, type PageCommand, type ToPage, toPageSchema } from '../../src/model/dashboard/messages.ts';
import { type PageState, readState } from '../../src/model/dashboard/state.ts';
import { PressedFocus } from './focus.ts';

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare const acquireVsCodeApi: () => EditorApi;

/** The other end: the extension in the editor. Everything it says is parsed; what is not a message is reported and dropped. */
export class Host {
  readonly #api = acquireVsCodeApi();
  readonly #focus = new PressedFocus();
  /** Between the editor's clock and the time since this page began. */
  #aheadMs = Date.now() - performance.now();

  /** The editor's clock, epoch milliseconds. */
  now(): number {
    return performance.now() + this.#aheadMs;
  }

  listen(heard: (message: ToPage) => void): void {
    let first = true;
    addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const { data: message, error } = toPageSchema.safeParse(data);
      if (error !== undefined) {
        this.fail(`not a message: ${error.message}`);
        return;
      }
      // A message that was quick tells the time best; only a clock that was set goes back.
      const aheadMs = message.nowMs - performance.now();
      if (first || aheadMs > this.#aheadMs || this.#aheadMs - aheadMs > 2_000) this.#aheadMs = aheadMs;
      first = false;
      heard(message);
    });
  }

  run(command: PageCommand, target: string | null = null): void {
    this.#press({ kind: 'command', command, target });
  }

  fix(fixId: Extract<FromPage, { kind: 'fix' }>['fixId'], pid: number | null): void {
    this.#press({ kind: 'fix', fixId, pid });
  }

  /** A button of which the page knows only the id. */
  action(id: string): void {
    this.#press({ kind: 'action', id });
  }

  ready(): void {
    this.#send({ kind: 'ready' });
  }

  /** For the log of the extension; nobody looks into the console of a page. */
  fail(text: string): void {
    this.#send({ kind: 'failure', text: text.slice(0, 4_000) });
  }

  #press(message: FromPage): void {
    this.#focus.remember();
    this.#send(message);
  }

  #send(message: FromPage): void {
    this.#api.postMessage(message);
  }

  /** What was kept over a reload, or null. */
  get state(): PageState | null {
    return readState(this.#api.getState());
  }

  keep(state: PageState): void {
    this.#api.setState(state);
  }
}
