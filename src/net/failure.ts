import { Problem, type ProblemKind } from '../model/problem.ts';
import { redactSecrets } from './redact.ts';
import { told } from './told.ts';

interface Meaning {
  readonly kind: ProblemKind;
  readonly text: string;
  readonly nextStep?: string;
}

const checkAddress = 'Check the server address and that the server is running.';
const certificate = (text: string): Meaning => ({
  kind: 'unreachable',
  text,
  nextStep: 'Add the certificate authority to the system, or check the address and the http.proxyStrictSSL setting.',
});
const cut: Meaning = { kind: 'reset', text: 'the connection was cut' };

/** What the error codes of Node, OpenSSL and undici mean for a person. */
const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: { kind: 'unreachable', text: 'nothing listens there', nextStep: checkAddress },
  ENOTFOUND: { kind: 'unreachable', text: 'the name is not known', nextStep: checkAddress },
  EAI_AGAIN: {
    kind: 'unreachable',
    text: 'the name could not be looked up',
    nextStep: 'Check the network connection.',
  },
  EHOSTUNREACH: { kind: 'unreachable', text: 'there is no way to that host', nextStep: checkAddress },
  ENETUNREACH: { kind: 'unreachable', text: 'there is no network', nextStep: 'Check the network connection.' },
  EACCES: { kind: 'unreachable', text: 'the connection is not permitted here' },
  EPERM: { kind: 'unreachable', text: 'the connection is not permitted here' },
  ETIMEDOUT: { kind: 'unreachable', text: 'the host did not answer', nextStep: checkAddress },
  UND_ERR_CONNECT_TIMEOUT: { kind: 'unreachable', text: 'the host did not answer', nextStep: checkAddress },
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
  UND_ERR_ABORTED: {
    kind: 'unreachable',
    text: 'the proxy refused the connection',
    nextStep: 'Check the proxy settings.',
  },
  UND_ERR_PRX_CONN: {
    kind: 'unreachable',
    text: 'the proxy cut the connection',
    nextStep: 'Check the proxy settings.',
  },
  UND_ERR_PRX_TLS: certificate('the certificate of the proxy does not fit its name'),
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate('its certificate is signed by itself'),
  SELF_SIGNED_CERT_IN_CHAIN: certificate('its certificate comes from an authority that is not trusted'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate('its certificate comes from an authority that is not trusted'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificate('its certificate comes from an authority that is not trusted'),
  CERT_HAS_EXPIRED: certificate('its certificate has expired'),
  ERR_TLS_CERT_ALTNAME_INVALID: certificate('its certificate is for another name'),
  ERR_SSL_WRONG_VERSION_NUMBER: {
    kind: 'unexpected-answer',
    text: 'it does not speak HTTPS',
    nextStep: 'Use http:// instead of https:// in the server address.',
  },
};

/** Codes of an error, its causes and the attempts of an AggregateError, outermost first. */
const codesOf = function* (error: unknown, depth = 0): Generator<string> {
  if (!(error instanceof Error) || depth > 5) return;
  if ('code' in error && typeof error.code === 'string') yield error.code;
  if (error instanceof AggregateError) for (const attempt of error.errors) yield* codesOf(attempt, depth + 1);
  yield* codesOf(error.cause, depth + 1);
};

const meaningOf = (error: unknown): Meaning | null => {
  for (const code of codesOf(error)) {
    const known = meanings[code];
    if (known !== undefined) return known;
    if (code.startsWith('HPE_')) {
      return { kind: 'unexpected-answer', text: 'what answers there does not speak HTTP', nextStep: checkAddress };
    }
    if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
      return certificate(`the secure connection failed (${code})`);
    }
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
    nextStep: checkAddress,
  });
};
