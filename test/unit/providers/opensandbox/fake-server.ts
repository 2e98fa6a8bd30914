import type { Log, PlaceHints } from '../../../../src/model/ports.ts';
import type { Sandbox } from '../../../../src/model/sandbox.ts';
import type { Transport, TransportRequest } from '../../../../src/net/transport.ts';
import { parseServerAddress } from '../../../../src/providers/opensandbox/server-address.ts';
import { ServerClient } from '../../../../src/providers/opensandbox/server-client.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';

/** One request as the fake network saw it. */
export interface SeenRequest extends TransportRequest {
  readonly url: URL;
}

/** What is answered: a body as JSON or text with status 200, or a whole answer; an Error is a broken connection. */
type Answer = Response | Error | string | object;

/** A network on which one function answers everything. */
export class FakeNetwork implements Transport {
  readonly requests: SeenRequest[] = [];
  readonly #answer: (request: SeenRequest, count: number) => Answer;

  constructor(answer: (request: SeenRequest, count: number) => Answer) {
    this.#answer = answer;
  }

  async fetch(url: URL, request: TransportRequest): Promise<Response> {
    const seen = { ...request, url };
    this.requests.push(seen);
    const answer = this.#answer(seen, this.requests.length);
    if (answer instanceof Error) throw answer;
    if (answer instanceof Response) return answer;
    return typeof answer === 'string' ? new Response(answer) : json(200, answer);
  }

  socket(): never {
    throw new Error('There are no sockets here.');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Methods and paths with queries, in order. */
  get calls(): readonly string[] {
    return this.requests.map(({ method, url }) => `${method} ${url.pathname}${url.search}`);
  }
}

/** A JSON answer. */
export const json = (status: number, body: unknown): Response => Response.json(body, { status });

/** The server's own way to say that something failed. */
export const businessError = (status: number, code: string, message = 'no'): Response =>
  json(status, { code, message });

/** The body of a JSON request. */
export const bodyOf = (request: SeenRequest | undefined): unknown => JSON.parse(String(request?.body ?? 'null'));

/** A log that keeps its lines. */
export class FakeLog implements Log {
  readonly lines: string[] = [];
  debug = (text: string): void => void this.lines.push(text);
  info = this.debug;
  warn = this.debug;
  error = this.debug;
}

/** A server client on a fake network, at http://sandboxes.example:8080. */
export const serverOn = (network: Transport, options: { key?: string | null; url?: string } = {}) => {
  const clock = new FakeClock();
  const address = parseServerAddress(options.url ?? 'http://sandboxes.example:8080');
  const key = options.key === undefined ? 'secret-key' : options.key;
  const log = new FakeLog();
  const server = new ServerClient({ transport: network, clock, log, address, apiKey: () => Promise.resolve(key) });
  return { server, clock, address, log };
};

/** A running sandbox. */
export const sandboxWith = (changes: Partial<Sandbox> = {}): Sandbox => ({
  id: 'sandbox-1',
  provider: 'openSandbox',
  name: 'sandbox-1',
  phase: 'running',
  rawState: 'Running',
  reason: null,
  message: null,
  createdAtMs: null,
  expiry: null,
  image: null,
  metadata: {},
  renewsOnAccess: false,
  ...changes,
});

/** A place of which nothing is known. */
export const hintsWith = (changes: Partial<PlaceHints> = {}): PlaceHints => ({
  environment: {},
  hostname: 'laptop',
  workspaceNames: [],
  workspaceUris: [],
  ...changes,
});

/** A signal that never fires. */
export const never = new AbortController().signal;
