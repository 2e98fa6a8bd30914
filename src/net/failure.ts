import { Problem } from '../model/problem.ts';
import { codeOf, errorsOf, type Meaning } from './meaning.ts';
import { ProxyFailure, proxyMeaning } from './proxy-failure.ts';
import { redactSecrets } from './redact.ts';
import { checkServer } from './steps.ts';
import { tlsMeaning } from './tls-failure.ts';
import { told } from './told.ts';

const cut: Meaning = { kind: 'reset', text: 'the connection was cut' };

/** What the error codes of Node, OpenSSL and undici mean for a person. */
const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: { kind: 'unreachable', text: 'nothing listens there', nextStep: checkServer },
  ENOTFOUND: { kind: 'unreachable', text: 'the name is not known', nextStep: checkServer },
  EAI_AGAIN: {
    kind: 'unreachable',
    text: 'the name could not be looked up',
    nextStep: 'Check the network connection.',
  },
  EHOSTUNREACH: { kind: 'unreachable', text: 'there is no way to that host', nextStep: checkServer },
  ENETUNREACH: { kind: 'unreachable', text: 'there is no network', nextStep: 'Check the network connection.' },
  EACCES: { kind: 'unreachable', text: 'the connection is not permitted here' },
  EPERM: { kind: 'unreachable', text: 'the connection is not permitted here' },
  ETIMEDOUT: { kind: 'unreachable', text: 'the host did not answer', nextStep: checkServer },
  UND_ERR_CONNECT_TIMEOUT: { kind: 'unreachable', text: 'the host did not answer', nextStep: checkServer },
  UND_ERR_HEADERS_TIMEOUT: { kind: 'timeout', text: 'no answer came in time' },
  UND_ERR_BODY_TIMEOUT: { kind: 'silent', text: 'the answer stopped coming' },
  UND_ERR_SOCKET: cut,
  ECONNRESET: cut,
  ECONNABORTED: cut,
  EPIPE: cut,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { kind: 'reset', text: 'the answer ended before its announced length' },
  UND_ERR_HEADERS_OVERFLOW: { kind: 'too-large', text: 'the headers of the answer are too large' },
  UND_ERR_DESTROYED: { kind: 'aborted', text: 'the connection was closed by us' },
  UND_ERR_CLOSED: { kind: 'aborted', text: 'the connection was closed by us' },
};

const otherProtocol: Meaning = {
  kind: 'unexpected-answer',
  text: 'what answers there does not speak HTTP',
  nextStep: 'Check the server address: its port, and whether it begins with http:// or https://.',
};
const badCompression: Meaning = { kind: 'unexpected-answer', text: 'it could not be unpacked' };

const tlsMeaningOf = (code: string, error: Error, proxied: ProxyFailure | null): Meaning | null => {
  const meaning = tlsMeaning(code, error);
  if (meaning === null || proxied?.isSecure !== true) return meaning;
  // Nothing tells which of the two connections it was.
  return { ...meaning, text: `${meaning.text} (the server, or the proxy ${proxied.place})` };
};

const meaningOf = (error: unknown): Meaning | null => {
  const proxied = error instanceof ProxyFailure ? error : null;
  const ofProxy = proxied === null ? null : proxyMeaning(proxied);
  if (ofProxy !== null) return ofProxy;
  for (const each of errorsOf(error)) {
    const code = codeOf(each) ?? '';
    const meaning = meanings[code] ?? tlsMeaningOf(code, each, proxied);
    if (meaning !== null) return meaning;
    if (code.startsWith('HPE_') || each.name === 'HTTPParserError') return otherProtocol;
    if (/^(?:Z_|ERR__ERROR_|ZSTD_)/.test(code)) return badCompression;
  }
  return null;
};

/** The innermost message of an error and its causes. */
const rootMessage = (error: unknown): string => {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error && current.cause instanceof Error; depth += 1) {
    current = current.cause;
  }
  return current instanceof Error ? current.message : String(current);
};

/**
 * What a failed fetch, a failed read of a body or a failed handshake means. The message says why, and then which
 * `call` it was, e.g. `GET http://host/path`; `what` puts words before the reason. A Problem passes through unchanged.
 */
export const problemFromFailure = (error: unknown, call: string, what?: string): Problem => {
  if (error instanceof Problem) return error;
  const because = (reason: string): string => told(what === undefined ? reason : `${what}: ${reason}`, call);
  const meaning = meaningOf(error);
  if (meaning !== null) {
    const { kind, text, nextStep } = meaning;
    return new Problem(kind, because(text), {
      cause: error,
      ...(nextStep === undefined ? {} : { nextStep }),
    });
  }
  // undici's fetch reports a body that was cut as `terminated`, at times without any code.
  if (error instanceof TypeError && error.message === 'terminated') {
    return new Problem('reset', because(cut.text), { cause: error });
  }
  return new Problem('unreachable', because(redactSecrets(rootMessage(error))), {
    cause: error,
    nextStep: checkServer,
  });
};
