import { Problem } from '../model/problem.ts';

/** Header values that are secrets, and the only origin they may be sent to. */
export interface SecretHeaders {
  /** Scheme, host and port, e.g. `https://sandboxes.example:8443`; anything after them is ignored. */
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The origin a URL is compared by; `ws` counts as `http` and `wss` as `https`, as the handshake is an HTTP request. */
export const originOf = (url: string | URL): string => {
  const parsed = new URL(url);
  if (parsed.protocol === 'ws:') return `http://${parsed.host}`;
  if (parsed.protocol === 'wss:') return `https://${parsed.host}`;
  return parsed.origin;
};

/** What HTTP lets into a header. The network library would refuse the rest too, and quote the value while it does. */
const sendableName = /^[\w!#$%&'*+.^`|~-]+$/;
const sendableValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The headers of one request with names in lower case, later ones winning, secrets last.
 * Throws `invalid-request` when a secret is bound to another origin than the one of `url`: it is never sent there; and for a header that
 * can not be sent.
 */
export const requestHeaders = (
  url: string | URL,
  plain: readonly (Readonly<Record<string, string>> | undefined)[],
  secrets: readonly SecretHeaders[] = [],
): Record<string, string> => {
  const merged: Record<string, string> = {};
  const add = (headers: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(headers)) merged[name.toLowerCase()] = value.trim();
  };
  for (const headers of plain) if (headers !== undefined) add(headers);
  const odd = Object.entries(merged).find(([name, value]) => !(sendableName.test(name) && sendableValue.test(value)));
  if (odd !== undefined) throw new Problem('invalid-request', `The header ${JSON.stringify(odd[0])} can not be sent.`);
  const target = originOf(url);
  for (const secret of secrets) {
    const bound = originOf(secret.origin);
    if (bound !== target) {
      throw new Problem('invalid-request', `The key stored for ${bound} is not sent to ${target}.`, {
        nextStep: `Store a key for ${target} if that server needs one.`,
      });
    }
    if (!Object.values(secret.headers).every((value) => sendableValue.test(value.trim()))) {
      throw new Problem('invalid-request', `The key stored for ${bound} holds a character that can not be sent.`, {
        nextStep: 'Store it again, without line ends, quotes or other signs around it.',
      });
    }
    add(secret.headers);
  }
  return merged;
};
