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

/**
 * The headers of one request with names in lower case, later ones winning, secrets last.
 * Throws `invalid-request` when a secret is bound to another origin than the one of `url`: it is never sent there.
 */
export const requestHeaders = (
  url: string | URL,
  plain: readonly (Readonly<Record<string, string>> | undefined)[],
  secrets: readonly SecretHeaders[] = [],
): Record<string, string> => {
  const merged: Record<string, string> = {};
  const add = (headers: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(headers)) merged[name.toLowerCase()] = value;
  };
  for (const headers of plain) if (headers !== undefined) add(headers);
  const target = originOf(url);
  for (const secret of secrets) {
    const bound = originOf(secret.origin);
    if (bound !== target) {
      throw new Problem('invalid-request', `The key stored for ${bound} is not sent to ${target}.`, {
        nextStep: `Store a key for ${target} if that server needs one.`,
      });
    }
    add(secret.headers);
  }
  return merged;
};
