import type { Clock } from '../../model/ports.ts';
import { isProblem, Problem } from '../../model/problem.ts';
import { apiPath } from '../../net/address.ts';
import { HttpClient } from '../../net/http.ts';
import type { Transport } from '../../net/transport.ts';
import { diagnosticsDescriptorSchema } from './schemas.ts';
import type { ServerClient } from './server-client.ts';

const maxBytes = 512 * 1024;
/** The scope asked for where the server has scopes. */
const scopes = { logs: 'container', events: 'runtime' } as const;

/** Diagnostics texts of a sandbox. They are gone together with it. Throws `Problem` only. */
export class DiagnosticsClient {
  readonly #server: ServerClient;
  readonly #transport: Transport;
  readonly #clock: Clock;
  /** False once the server has said that it has no scopes: then only the older text form is asked for. */
  #hasScopes = true;

  constructor(server: ServerClient, transport: Transport, clock: Clock) {
    this.#server = server;
    this.#transport = transport;
    this.#clock = clock;
  }

  /** State, limits, labels and variables of the container or pod. */
  inspect(id: string, signal: AbortSignal): Promise<string> {
    return this.#text(id, 'inspect', signal);
  }

  /** What happened to the container or pod, as far as the runtime remembers. */
  events(id: string, signal: AbortSignal): Promise<string> {
    return this.#scopedOrText(id, 'events', signal);
  }

  /** The last lines of output. */
  logs(id: string, signal: AbortSignal): Promise<string> {
    return this.#scopedOrText(id, 'logs', signal);
  }

  /** Everything at once; put together from its parts where the server has no summary. */
  async summary(id: string, signal: AbortSignal): Promise<string> {
    try {
      return await this.#text(id, 'summary', signal);
    } catch (error) {
      if (!isProblem(error, 'not-supported', 'invalid-request')) throw error;
      const parts: string[] = [];
      for (const kind of ['inspect', 'events', 'logs'] as const) {
        parts.push(`${kind.toUpperCase()}\n${await this[kind](id, signal)}`);
      }
      return parts.join('\n\n');
    }
  }

  async #scopedOrText(id: string, kind: 'logs' | 'events', signal: AbortSignal): Promise<string> {
    if (!this.#hasScopes) return this.#text(id, kind, signal);
    try {
      return await this.#scoped(id, kind, signal);
    } catch (error) {
      if (!isProblem(error, 'not-supported', 'invalid-request', 'unexpected-answer')) throw error;
      const text = await this.#text(id, kind, signal);
      if (isProblem(error, 'not-supported')) this.#hasScopes = false;
      return text;
    }
  }

  async #text(id: string, kind: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#server.text(apiPath`/v1/sandboxes/${id}/diagnostics/${kind}`, { signal, maxBytes });
    return answer.truncated ? `${answer.value}\n(cut here)` : answer.value;
  }

  async #scoped(id: string, kind: 'logs' | 'events', signal: AbortSignal): Promise<string> {
    const path = apiPath`/v1/sandboxes/${id}/diagnostics/${kind}`;
    const { value } = await this.#server.json(path, diagnosticsDescriptorSchema, {
      signal,
      query: { scope: scopes[kind] },
      maxBytes: 2 * maxBytes,
    });
    const text = value.content ?? (await this.#fetch(value.contentUrl, signal));
    return value.truncated === true ? `${text}\n(cut here)` : text;
  }

  /** Text kept elsewhere. The key does not go there, and without TLS only the server itself is asked. */
  async #fetch(contentUrl: string | undefined, signal: AbortSignal): Promise<string> {
    const { baseUrl } = this.#server.address;
    const url = URL.parse(contentUrl ?? '', `${baseUrl}/`);
    if (contentUrl === undefined || url === null) {
      throw new Problem('unexpected-answer', 'The server named no place for the diagnostics.');
    }
    if (url.href.startsWith(`${baseUrl}/`)) {
      return (await this.#server.text(url.href.slice(baseUrl.length), { signal, maxBytes })).value;
    }
    if (url.protocol !== 'https:') {
      throw new Problem('unexpected-answer', 'The server keeps the diagnostics at a place without TLS.');
    }
    const client = new HttpClient({ transport: this.#transport, clock: this.#clock, baseUrl: url.origin });
    return (await client.text(`${url.pathname}${url.search}`, { signal, maxBytes, overflow: 'cut' })).value;
  }
}
