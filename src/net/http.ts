import * as z from 'zod/mini';
import type { Clock } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';
import { apiUrl, parseBaseUrl, type QueryValues } from './address.ts';
import { isHtml } from './error-body.ts';
import { Leash } from './leash.ts';
import { requestHeaders, type SecretHeaders } from './secret-headers.ts';
import { callName, type Incoming, readBody, send, throwUnlessOk } from './send.ts';
import { checkAddress } from './steps.ts';
import { told } from './told.ts';
import type { Transport } from './transport.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
/** A body nobody asked for is read up to here, so that its connection can be used again. */
const MAX_DROPPED_BYTES = 64 * 1024;

export interface HttpClientOptions {
  readonly transport: Transport;
  /** `http:` or `https:`; a path is kept and put before every call's path. */
  readonly baseUrl: string;
  /** Sent with every call. Not for secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bound to their origin: a client whose base URL has another origin cannot be made. */
  readonly secretHeaders?: readonly SecretHeaders[];
  /** For a whole call, headers and body. Default 10 s. */
  readonly timeoutMs?: number;
  /** Largest answer, after decompression. Default 4 MiB. */
  readonly maxBytes?: number;
  readonly clock?: Clock;
}

export interface HttpCall {
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absent values are left out; a list repeats the name. */
  readonly query?: QueryValues;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Content type of the JSON body. Default `application/json`. */
  readonly contentType?: string;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer<T> {
  readonly status: number;
  header(name: string): string | null;
  readonly value: T;
}

export interface HttpText extends HttpAnswer<string> {
  /** True when only the beginning is there. */
  readonly truncated: boolean;
}

/**
 * Calls to one server, one at a time or many at once. Everything that can go wrong is thrown as a Problem, an aborted
 * signal as `aborted`. Paths come from `apiPath` or are constants.
 */
export class HttpClient {
  /** Normalised, ends with a slash. */
  readonly baseUrl: string;
  readonly #options: HttpClientOptions;

  /** Throws `invalid-request` for a base URL that is none, or when a secret is bound to another origin. */
  constructor(options: HttpClientOptions) {
    this.baseUrl = parseBaseUrl(options.baseUrl).href;
    this.#options = options;
    requestHeaders(this.baseUrl, [], options.secretHeaders);
  }

  /** A JSON answer checked with `schema`. Anything else is `unexpected-answer` and says what came. */
  async json<T>(path: string, schema: z.ZodMiniType<T>, call: HttpCall = {}): Promise<HttpAnswer<T>> {
    return this.#run(path, call, async (answer) => {
      const { bytes } = await readBody(answer, this.#maxBytes(call), 'fail');
      return { ...head(answer), value: parseJson(new TextDecoder().decode(bytes), answer, schema) };
    });
  }

  /** A text answer. Over the cap: `too-large`, or with `overflow: 'cut'` its beginning. HTML is `unexpected-answer`. */
  async text(path: string, call: HttpCall & { readonly overflow?: 'fail' | 'cut' } = {}): Promise<HttpText> {
    return this.#run(path, call, async (answer) => {
      const { bytes, truncated } = await readBody(answer, this.#maxBytes(call), call.overflow ?? 'fail');
      // With `stream`, a character that the cut went through is left out instead of becoming U+FFFD.
      const value = new TextDecoder().decode(bytes, { stream: truncated });
      if (isHtml(answer.header('content-type'), value)) throw unexpected(answer, 'an HTML page came instead of text');
      return { ...head(answer), value, truncated };
    });
  }

  /** A call whose success is all that counts; the body is dropped. */
  async done(path: string, call: HttpCall = {}): Promise<HttpAnswer<null>> {
    return this.#run(path, call, async (answer) => {
      await readBody(answer, MAX_DROPPED_BYTES, 'cut');
      return { ...head(answer), value: null };
    });
  }

  #maxBytes(call: HttpCall): number {
    return call.maxBytes ?? this.#options.maxBytes ?? DEFAULT_MAX_BYTES;
  }

  async #run<R>(path: string, call: HttpCall, read: (answer: Incoming) => Promise<R>): Promise<R> {
    const { transport, headers, secretHeaders, clock } = this.#options;
    const method = call.method ?? 'GET';
    const url = apiUrl(this.baseUrl, path, call.query);
    const timeoutMs = call.timeoutMs ?? this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const leash = new Leash(call.signal, clock);
    leash.limit(timeoutMs, told(`no answer came within ${timeoutMs / 1000} s`, callName(method, url)));
    try {
      const hasBody = call.body !== undefined;
      const contentType = hasBody ? { 'content-type': call.contentType ?? 'application/json' } : undefined;
      const answer = await send({
        transport,
        url,
        method,
        headers: [{ accept: 'application/json, text/plain;q=0.9, */*;q=0.5' }, headers, contentType, call.headers],
        secretHeaders,
        leash,
        ...(hasBody ? { body: JSON.stringify(call.body) } : {}),
      });
      await throwUnlessOk(answer, leash);
      return await read(answer);
    } finally {
      leash.release();
    }
  }
}

const head = (answer: Incoming): { status: number; header(name: string): string | null } => ({
  status: answer.status,
  header: answer.header,
});

const unexpected = (answer: Incoming, what: string): Problem =>
  new Problem('unexpected-answer', told(what, answer.call), {
    status: answer.status,
    nextStep: checkAddress,
  });

const parseJson = <T>(text: string, answer: Incoming, schema: z.ZodMiniType<T>): T => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What came instead is named, not quoted: it may be a whole page, or hold secrets.
    if (isHtml(answer.header('content-type'), text)) throw unexpected(answer, 'an HTML page came instead of JSON');
    if (text.trim() === '') throw unexpected(answer, 'an empty answer came instead of JSON');
    throw unexpected(answer, `text that is not JSON came (${text.length} characters)`);
  }
  const checked = z.safeParse(schema, value);
  if (checked.success) return checked.data;
  throw unexpected(answer, `the JSON that came has another shape than expected${firstIssue(checked.error.issues)}`);
};

const firstIssue = (issues: readonly z.core.$ZodIssue[]): string => {
  const issue = issues[0];
  if (issue === undefined) return '';
  const place = issue.path.length === 0 ? 'at the top' : `at ${issue.path.join('.')}`;
  return issue.code === 'invalid_type' ? `, ${place}: no ${issue.expected} there` : `, ${place}`;
};
