import { type ClientRequest, type IncomingHttpHeaders, request } from 'node:http';

/** One execd event as it came over the wire. */
export interface WireEvent {
  readonly type?: string;
  readonly text?: string;
  readonly code?: string;
  readonly message?: string;
  readonly execution_time?: number;
  readonly error?: { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };
}

/** A response that is read byte by byte, so that tests see framing and the way it ends. */
export interface WireStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Milliseconds from the request to the headers. */
  readonly headersAfterMs: number;
  /** Everything read so far. */
  text(): string;
  /** When each chunk came, in epoch milliseconds. */
  readonly arrivals: readonly number[];
  /** Chunks as they came. */
  readonly chunks: readonly Buffer[];
  /** Resolves when the text so far satisfies the condition. Throws after 15 s, or when the stream ends before. */
  until(condition: (text: string) => boolean): Promise<void>;
  /** `clean` for a proper end, `cut` for a broken one. */
  readonly ended: Promise<'clean' | 'cut'>;
  /** Leaves abruptly, as a client that is killed does. */
  leave(): void;
}

/** Opens a stream without following any protocol above HTTP. */
export function openStream(url: string, body?: unknown, headers: Record<string, string> = {}): Promise<WireStream> {
  const startedAtMs = Date.now();
  return new Promise((resolve, reject) => {
    const call: ClientRequest = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent: false });
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      const arrivals: number[] = [];
      const listeners = new Set<() => void>();
      const text = (): string => Buffer.concat(chunks).toString('utf8');
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        arrivals.push(Date.now());
        for (const listener of listeners) listener();
      });
      const ended = new Promise<'clean' | 'cut'>((settle) => {
        response.on('end', () => settle('clean'));
        response.on('error', () => settle('cut'));
        response.on('aborted', () => settle('cut'));
      });
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        headersAfterMs: Date.now() - startedAtMs,
        text,
        arrivals,
        chunks,
        ended,
        leave: () => call.destroy(),
        until: (condition) =>
          new Promise<void>((settle, fail) => {
            const timer = setTimeout(() => fail(new Error(`not seen within 15 s; there is: ${text()}`)), 15_000);
            const check = (): void => {
              if (!condition(text())) return;
              clearTimeout(timer);
              listeners.delete(check);
              settle();
            };
            listeners.add(check);
            check();
            void ended.then((how) => fail(new Error(`the stream ended (${how}) with: ${text()}`)));
          }),
      });
    });
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The events of a text in which each event is followed by a blank line. */
export function parseEvents(text: string): WireEvent[] {
  return text
    .split('\n\n')
    .filter((part) => part !== '')
    .map((part) => JSON.parse(part) as WireEvent);
}

/** Runs a command to its end and gives the events. */
export async function runCommand(execd: string, body: Readonly<Record<string, unknown>>): Promise<WireEvent[]> {
  const stream = await openStream(`${execd}/command`, body);
  await stream.ended;
  return parseEvents(stream.text());
}

/** The lines of one output stream among the events. */
export function outputOf(events: readonly WireEvent[], type = 'stdout'): string[] {
  return events.filter((event) => event.type === type).map((event) => event.text ?? '');
}

/** Creates a bash session and gives its id. */
export async function createSession(execd: string): Promise<string> {
  const answer = await fetch(`${execd}/session`, { method: 'POST' });
  return ((await answer.json()) as { session_id: string }).session_id;
}

/** Asks again and again until the answer satisfies the condition. Throws after `timeoutMs`. */
export async function eventually<T>(ask: () => Promise<T>, condition: (value: T) => boolean, timeoutMs = 10_000) {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (condition(value)) return value;
    if (Date.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
