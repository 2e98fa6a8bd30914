import * as z from 'zod/mini';
import { Problem, type ProblemKind } from '../model/problem.ts';
import { redactSecrets } from './redact.ts';
import { checkAddress, checkVersion } from './steps.ts';
import { told } from './told.ts';

/** Longest text of a server that is put into a message. */
const MAX_MESSAGE_CHARS = 400;
const MAX_DETAILS = 5;

const business = z.object({ code: z.union([z.string(), z.number()]), message: z.optional(z.string()) });
const validation = z.object({
  detail: z.array(z.object({ loc: z.optional(z.array(z.union([z.string(), z.number()]))), msg: z.string() })),
});
const framework = z.object({ detail: z.string() });
const plainError = z.object({ error: z.string() });
const onlyMessage = z.object({ message: z.string() });

/** An answer that is not a success. */
export interface ErrorAnswer {
  readonly status: number;
  /** The Content-Type header, or null. */
  readonly contentType: string | null;
  /** The body, or its beginning. */
  readonly text: string;
  /** Method and address for the message, e.g. `GET http://host/v1/sandboxes`. */
  readonly call: string;
  /** The Retry-After header in milliseconds, or null. */
  readonly retryAfterMs?: number | null;
}

interface Reading {
  readonly message: string | null;
  readonly code: string | null;
  /** Set when the shape of the body says more than the status. */
  readonly kind?: ProblemKind;
  /** Set when the body says what to do, too. */
  readonly nextStep?: string;
}

/** Whether a body is a web page, by its type or its beginning. */
export const isHtml = (contentType: string | null, text: string): boolean =>
  /^\s*(?:text\/html|application\/xhtml)/i.test(contentType ?? '') ||
  /^\s{0,64}<(?:!doctype|html|head|body)\b/i.test(text.slice(0, 256));

const kindOfStatus = (status: number): ProblemKind => {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
    case 410:
      return 'not-found';
    case 405:
    case 501:
      return 'not-supported';
    case 407:
      return 'unreachable';
    case 408:
    case 504:
      return 'timeout';
    case 409:
      return 'conflict';
    case 429:
      return 'rate-limited';
    default:
      if (status >= 500) return 'server-error';
      return status >= 400 ? 'invalid-request' : 'unexpected-answer';
  }
};

/** E.g. `KUBERNETES::QUOTA_EXCEEDED`. */
const usedUp = /(?:^|[:_])QUOTA_EXCEEDED$/;

/** A code may say it better than the status, e.g. a 500 with `DIAGNOSTICS_NOT_IMPLEMENTED`. */
const kindOfCode = (code: string | null): ProblemKind | null => {
  if (code === null) return null;
  if (/(?:^|[:_])(?:MISSING|INVALID)_API_KEY$/.test(code)) return 'unauthorized';
  if (/NOT_(?:IMPLEMENTED|SUPPORTED)$/.test(code)) return 'not-supported';
  if (/(?:^|[:_])NOT_FOUND$/.test(code)) return 'not-found';
  // E.g. a 404 with `POD_IP_NOT_AVAILABLE`: the sandbox is there, only not that far yet.
  if (/NOT_(?:AVAILABLE|READY)$/.test(code)) return 'conflict';
  // Told with 403, but the key is right and no right is missing.
  if (usedUp.test(code)) return 'conflict';
  return null;
};

const nextSteps: Partial<Readonly<Record<ProblemKind, string>>> = {
  unauthorized: 'Store the right API key for this server.',
  forbidden: 'Ask for the right to do this, or use another key.',
  timeout: 'Try again; the server is slow or busy.',
  'rate-limited': 'Wait a moment, then try again.',
  'server-error': 'Try again; if it stays, look into the log of the server.',
  'not-supported': checkVersion,
  'unexpected-answer': checkAddress,
};

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON; the caller then takes it as text.
    return undefined;
  }
};

const readJson = (body: unknown, status: number): Reading | null => {
  const asBusiness = z.safeParse(business, body);
  if (asBusiness.success) return { message: asBusiness.data.message ?? null, code: String(asBusiness.data.code) };
  const asValidation = z.safeParse(validation, body);
  if (asValidation.success) {
    // `input` and `ctx` echo what was sent, which may hold secrets: only place and rule are told.
    const details = asValidation.data.detail.map(({ loc, msg }) => (loc ? `${loc.join('.')}: ${msg}` : msg));
    const rest = details.length > MAX_DETAILS ? ` (and ${details.length - MAX_DETAILS} more)` : '';
    return { message: `${details.slice(0, MAX_DETAILS).join('; ')}${rest}`, code: null };
  }
  const asFramework = z.safeParse(framework, body);
  if (asFramework.success) {
    const { detail } = asFramework.data;
    // The web framework's own words for a path it does not have: no sandbox is missing, the route is.
    if (status === 404 && detail === 'Not Found') return unknownPath;
    return { message: detail, code: null };
  }
  const asError = z.safeParse(plainError, body);
  if (asError.success) return { message: asError.data.error, code: null };
  const asMessage = z.safeParse(onlyMessage, body);
  return asMessage.success ? { message: asMessage.data.message, code: null } : null;
};

const unknownPath: Reading = { message: 'The server does not know this path', code: null, kind: 'not-supported' };

const wantsHttps: Reading = {
  message: 'It speaks HTTPS only',
  code: null,
  kind: 'unexpected-answer',
  nextStep: 'Use https:// instead of http:// in the server address.',
};

/** How nginx, Go's servers and Apache say, in plain HTTP, that a port is one for HTTPS. */
const isHttpsPort = ({ status, text }: ErrorAnswer): boolean =>
  status === 400 &&
  /HTTP request (?:was sent )?to (?:an )?HTTPS (?:port|server)|plain HTTP to an SSL-enabled server/i.test(text);

const pageCode = 'HTML_PAGE';

/** Whether the error answer was a page for people: then it is not from the server that was asked, but from something on the way. */
export const isForeignPage = (problem: Problem): boolean => problem.code === pageCode;

/** A page of a proxy or an ingress that stands before the server, and not of another server. */
const pageOf = (status: number): Reading => {
  switch (status) {
    case 502:
    case 503:
      return { message: 'What stands before the server, such as an ingress, could not reach it', code: pageCode };
    case 504:
      return { message: 'What stands before the server, such as an ingress, waited for it in vain', code: pageCode };
    default: {
      const message = 'An HTML page came instead of an answer';
      // A login page or an allow-list of the network says nothing about a key, and may let us through in a minute.
      const isBelievable = status === 407 || status === 429 || status >= 500;
      return isBelievable ? { message, code: pageCode } : { message, code: pageCode, kind: 'unexpected-answer' };
    }
  }
};

const read = (answer: ErrorAnswer): Reading => {
  const { status, contentType, text } = answer;
  if (isHttpsPort(answer)) return wantsHttps;
  if (isHtml(contentType, text)) return pageOf(status);
  const body = asJson(text);
  const fromJson = readJson(body, status);
  if (fromJson !== null) return fromJson;
  if (body !== undefined) return { message: typeof body === 'string' ? body : null, code: null };
  const plain = text.trim();
  if (status === 404 && plain === '404 page not found') return unknownPath;
  const isProse = plain !== '' && !plain.startsWith('{') && !plain.startsWith('[');
  // E.g. Envoy's "RBAC: access denied"; an API gives its reason as JSON.
  if (status === 403 && isProse) return { message: plain, code: pageCode, kind: 'unexpected-answer' };
  return { message: isProse ? plain : null, code: null };
};

const tidy = (message: string): string => {
  const line = redactSecrets(message.slice(0, MAX_MESSAGE_CHARS * 4))
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return line.length > MAX_MESSAGE_CHARS ? `${line.slice(0, MAX_MESSAGE_CHARS)}…` : line;
};

/** The server's own words first, where it had any, then the call and its status. */
const telling = (said: string, { call, status }: ErrorAnswer): string => {
  if (said === '') return told(`the server refused with status ${status}`, call);
  return `${said.replace(/[.\s]+$/, '')} (${call} answered ${status}).`;
};

const nextStepOf = ({ status }: ErrorAnswer, { code }: Reading, kind: ProblemKind): string | undefined => {
  if (status === 407) return 'Check the proxy settings.';
  if (code !== null && usedUp.test(code)) return 'Ask for less, or remove a sandbox that is not needed.';
  return nextSteps[kind];
};

/**
 * The Problem an error answer stands for. Reads `{code, message}`, a FastAPI validation list (never its echoed
 * input), `{"detail": "…"}`, execd's `{"error": "…"}`, plain text and foreign HTML. A 404 for a path the server does
 * not have is `not-supported`, and one with an HTML page `unexpected-answer`, so that neither is mistaken for a
 * sandbox that is gone; nor is a page with 401 or 403 for a word on the key.
 */
export const problemFromAnswer = (answer: ErrorAnswer): Problem => {
  const reading = read(answer);
  const kind = reading.kind ?? kindOfCode(reading.code) ?? kindOfStatus(answer.status);
  const nextStep = reading.nextStep ?? nextStepOf(answer, reading, kind);
  const message = telling(reading.message === null ? '' : tidy(reading.message), answer);
  return new Problem(kind, message, {
    code: reading.code === null ? null : tidy(reading.code),
    status: answer.status,
    retryAfterMs: answer.retryAfterMs ?? null,
    ...(nextStep === undefined ? {} : { nextStep }),
  });
};
