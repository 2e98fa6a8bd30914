import { Problem } from '../model/problem.ts';
import { problemFromAnswer } from './error-body.ts';
import { problemFromFailure } from './failure.ts';
import type { Leash } from './leash.ts';
import { requestHeaders, type SecretHeaders } from './secret-headers.ts';
import { checkAddress } from './steps.ts';
import { told } from './told.ts';
import type { Transport, TransportAnswer } from './transport.ts';

const MAX_REDIRECTS = 3;
const MAX_ERROR_BODY_BYTES = 64 * 1024;
/** An error body that dribbles in is not waited for longer than this. */
const ERROR_BODY_TIMEOUT_MS = 5_000;

export interface Outgoing {
  readonly transport: Transport;
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (Readonly<Record<string, string>> | undefined)[];
  readonly secretHeaders: readonly SecretHeaders[] | undefined;
  /** JSON text. */
  readonly body?: string;
  readonly leash: Leash;
}

/** An answer whose headers are there and whose body is still on its way. */
export interface Incoming {
  readonly status: number;
  /** Method and address without the query, for messages. */
  readonly call: string;
  header(name: string): string | null;
  /** The body; can be read once. Leaving the loop ends the request. Throws Problems. */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Method and address without query or fragment: those may hold what should not be in a message. */
export const callName = (method: string, url: URL): string => `${method} ${url.origin}${url.pathname}`;

/**
 * Sends one request and waits for its headers. A redirect within the origin is followed when it keeps the method;
 * one to another origin is a Problem, so neither a key nor a body ever goes to a place the person did not name.
 */
export const send = async (out: Outgoing): Promise<Incoming> => {
  let url = out.url;
  for (let redirects = 0; ; redirects += 1) {
    const call = callName(out.method, url);
    const headers = requestHeaders(url, out.headers, out.secretHeaders);
    const answer = await fetchAnswer(out, url, headers, call);
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || location === null) return incoming(answer, call, out.leash);
    dropBody(answer);
    url = redirectTarget(url, location, answer.status, call);
    const keepsMethod = answer.status === 307 || answer.status === 308 || out.method === 'GET';
    if (!keepsMethod || redirects >= MAX_REDIRECTS) {
      throw new Problem('unexpected-answer', told('the server redirects, which is not followed', call), {
        status: answer.status,
        nextStep: checkAddress,
      });
    }
  }
};

/**
 * A server may close a connection that was kept open at the moment it is used again. So a GET that was cut before anything of its answer
 * came is sent once more; whatever else was cut may have been done.
 */
const fetchAnswer = async (
  out: Outgoing,
  url: URL,
  headers: Record<string, string>,
  call: string,
  mayRepeat = out.method === 'GET',
): Promise<TransportAnswer> => {
  try {
    return await out.transport.fetch(url, {
      method: out.method,
      headers,
      signal: out.leash.signal,
      ...(out.body === undefined ? {} : { body: out.body }),
    });
  } catch (error) {
    const problem = out.leash.problem ?? problemFromFailure(error, call);
    if (mayRepeat && out.leash.problem === null && problem.kind === 'reset') {
      return await fetchAnswer(out, url, headers, call, false);
    }
    throw problem;
  }
};

const redirectTarget = (from: URL, location: string, status: number, call: string): URL => {
  const target = URL.parse(location, from.href);
  if (target !== null && target.origin === from.origin) {
    // A name and a password in an address are not ours to send.
    target.username = '';
    target.password = '';
    return target;
  }
  const isAddress = target !== null && /^https?:$/.test(target.protocol);
  const place = isAddress ? target.origin : 'something that is not an address';
  throw new Problem('unexpected-answer', told(`the server redirects to ${place}, which is not followed`, call), {
    status,
    nextStep: isAddress ? redirectAdvice(target, from) : checkAddress,
  });
};

/** Another host is as often the page of a login as the new place of the server. */
const redirectAdvice = ({ hostname, origin }: URL, from: URL): string =>
  hostname === from.hostname
    ? `If you trust ${origin}, enter it as the server address instead.`
    : `If the server has moved to ${origin} and you trust that, enter it as its address; if that is a login, have the API let through without it.`;

const dropBody = (answer: TransportAnswer): void => {
  // Rejects only when the body has failed already, and then there is nothing left to drop.
  answer.body?.cancel().catch(() => undefined);
};

const incoming = (answer: TransportAnswer, call: string, leash: Leash): Incoming => ({
  status: answer.status,
  call,
  header: (name) => answer.headers.get(name),
  async *chunks() {
    if (answer.body === null) return;
    const reader = answer.body.getReader();
    try {
      while (true) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw leash.problem ?? problemFromFailure(error, call, 'the answer did not come whole');
    } finally {
      // Rejects only when the body has failed already, which was thrown above.
      reader.cancel().catch(() => undefined);
    }
  },
});

/** The body in memory, at most `maxBytes` of it. Larger: `too-large`, or with `cut` the beginning. */
export const readBody = async (
  answer: Incoming,
  maxBytes: number,
  overflow: 'fail' | 'cut',
): Promise<{ readonly bytes: Uint8Array; readonly truncated: boolean }> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.chunks()) {
    if (size + chunk.length > maxBytes) {
      if (overflow === 'fail') throw tooLarge(answer.call, maxBytes);
      chunks.push(chunk.subarray(0, maxBytes - size));
      return { bytes: Buffer.concat(chunks), truncated: true };
    }
    chunks.push(chunk);
    size += chunk.length;
  }
  return { bytes: Buffer.concat(chunks, size), truncated: false };
};

const tooLarge = (call: string, maxBytes: number): Problem =>
  new Problem(
    'too-large',
    told(`the answer is larger than ${Math.round(maxBytes / 1024)} KiB and was not read`, call),
    { nextStep: checkAddress },
  );

/** RFC 9110, section 10.2.3: seconds, or a date, which counts from the server's own `Date`. Null when it says neither. */
const retryAfterOf = (header: string | null, date: string | null): number | null => {
  if (header === null) return null;
  if (/^\s*\d{1,6}\s*$/.test(header)) return Number(header) * 1000;
  if (!/GMT\s*$/.test(header)) return null;
  const waitMs = Date.parse(header) - Date.parse(date ?? '');
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : null;
};

/** Throws what an answer that is not a 2xx means; returns quietly for one that is. */
export const throwUnlessOk = async (answer: Incoming, leash: Leash): Promise<void> => {
  if (answer.status >= 200 && answer.status < 300) return;
  let text = '';
  leash.limit(ERROR_BODY_TIMEOUT_MS, told('the reason of the failure did not come', answer.call));
  try {
    const { bytes } = await readBody(answer, MAX_ERROR_BODY_BYTES, 'cut');
    text = new TextDecoder().decode(bytes);
  } catch (error) {
    if (leash.problem?.kind === 'aborted') throw error;
    // The status alone still says what happened.
  }
  const contentType = answer.header('content-type');
  const retryAfterMs = retryAfterOf(answer.header('retry-after'), answer.header('date'));
  throw problemFromAnswer({ status: answer.status, contentType, text, call: answer.call, retryAfterMs });
};
