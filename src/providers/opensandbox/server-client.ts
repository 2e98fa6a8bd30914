import type * as z from 'zod/mini';
import type { Clock, Log } from '../../model/ports.ts';
import { isProblem, Problem } from '../../model/problem.ts';
import { isForeignPage } from '../../net/error-body.ts';
import { type HttpAnswer, type HttpCall, HttpClient } from '../../net/http.ts';
import type { SecretHeaders } from '../../net/secret-headers.ts';
import { isGeneralStep } from '../../net/steps.ts';
import type { Transport } from '../../net/transport.ts';
import { throwIfAborted } from './abort.ts';
import type { ServerAddress } from './server-address.ts';
import { ServerTime } from './server-time.ts';

/** The header that carries the key. */
export const apiKeyHeader = 'OPEN-SANDBOX-API-KEY';

export interface ServerClientOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly address: ServerAddress;
  /** Asked before every call, because the person may store another key at any time; null: none. */
  readonly apiKey: () => Promise<string | null>;
}

type Call = HttpCall & { readonly signal: AbortSignal };

/** Calls to one lifecycle server, with the key, which is bound to the server's origin. Throws `Problem` only. */
export class ServerClient {
  readonly address: ServerAddress;
  /** Times of this server on this computer's clock; learnt from every answer. */
  readonly time: ServerTime;
  readonly #options: ServerClientOptions;
  #client: { readonly key: string | null; readonly http: HttpClient } | null = null;
  #hasAnswered = false;

  constructor(options: ServerClientOptions) {
    this.#options = options;
    this.address = options.address;
    this.time = new ServerTime(options.log);
  }

  /** The key as a header that only this server gets. */
  async secrets(): Promise<readonly SecretHeaders[]> {
    const key = await this.#options.apiKey();
    return key === null ? [] : [{ origin: this.address.origin, headers: { [apiKeyHeader]: key } }];
  }

  async json<T>(path: string, schema: z.ZodMiniType<T>, call: Call): Promise<HttpAnswer<T>> {
    return this.#run(call.signal, (http) => http.json(path, schema, call));
  }

  async text(path: string, call: Call): Promise<{ readonly value: string; readonly truncated: boolean }> {
    return this.#run(call.signal, (http) => http.text(path, { ...call, overflow: 'cut' }));
  }

  async done(path: string, call: Call): Promise<void> {
    await this.#run(call.signal, (http) => http.done(path, call));
  }

  async #run<T extends HttpAnswer<unknown>>(signal: AbortSignal, call: (http: HttpClient) => Promise<T>): Promise<T> {
    throwIfAborted(signal);
    const http = await this.#http();
    const { clock } = this.#options;
    const sentAtMs = clock.now();
    try {
      const answer = await call(http);
      this.#hasAnswered = true;
      this.time.learn(answer.header('date'), answer.header('age'), sentAtMs, clock.now());
      return answer;
    } catch (error) {
      if (!isProblem(error)) throw error;
      this.#hasAnswered ||= error.status !== null;
      if (error.kind === 'reset' && !this.#hasAnswered) throw withAdvice(error, neverAnswered(this.address));
      throw withAdvice(error, adviceFor(error, this.address));
    }
  }

  async #http(): Promise<HttpClient> {
    const key = await this.#options.apiKey();
    if (this.#client === null || this.#client.key !== key) {
      const { transport, clock, address } = this.#options;
      const secretHeaders = key === null ? [] : [{ origin: address.origin, headers: { [apiKeyHeader]: key } }];
      this.#client = { key, http: new HttpClient({ transport, clock, baseUrl: address.baseUrl, secretHeaders }) };
    }
    return this.#client.http;
  }
}

/**
 * A 404 that does not speak of a sandbox: whatever answers there, it is no OpenSandbox server, not the right path, or what stands before a
 * server that is being started.
 */
export const notOurServer = (problem: Problem, address: ServerAddress): Problem => {
  const message = `${address.place} answers, but not as an OpenSandbox server does: ${problem.message}`;
  const foreign = new Problem('unexpected-answer', message, { status: problem.status, cause: problem });
  return withAdvice(foreign, adviceFor(foreign, address));
};

/** The same problem with a next step that names our own settings and commands; null: with its own. */
const withAdvice = (problem: Problem, nextStep: string | null): Problem => {
  if (nextStep === null) return problem;
  const { kind, message, code, status, retryAfterMs } = problem;
  return new Problem(kind, message, { nextStep, code, status, retryAfterMs, cause: problem });
};

const checkSetting = 'check the setting sandboxForesight.openSandbox.serverUrl';

/** Some servers cut what is not the protocol they speak. */
const neverAnswered = ({ place, isSecure }: ServerAddress): string =>
  isSecure
    ? `Make sure that the OpenSandbox server at ${place} runs, and speaks HTTPS: ${checkSetting}.`
    : `Make sure that the OpenSandbox server at ${place} runs; if it speaks HTTPS, write https:// before it: ${checkSetting}.`;

const adviceFor = (problem: Problem, address: ServerAddress): string | null => {
  if (isForeignPage(problem) && (problem.status === 401 || problem.status === 403)) {
    return `What stands before ${address.place} refuses, not the server: it may want a VPN or a login of its own.`;
  }
  if (problem.kind === 'unauthorized') {
    return `Store the API key of ${address.place} with the command "Sandbox Foresight: Set API Key".`;
  }
  // A certificate, a proxy, a redirect or the wrong protocol comes with a better step of its own.
  if (!isGeneralStep(problem.nextStep)) return null;
  switch (problem.kind) {
    case 'unexpected-answer':
    case 'not-supported':
    case 'too-large':
      return `Make sure that ${address.place} is an OpenSandbox server: ${checkSetting}.`;
    case 'unreachable':
      return `Make sure that the OpenSandbox server at ${address.place} runs, or ${checkSetting}.`;
    default:
      return null;
  }
};
