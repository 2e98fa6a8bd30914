import { Problem } from '../../model/problem.ts';
import { isLoopback } from '../../net/loopback.ts';

/** Where a lifecycle server is. */
export interface ServerAddress {
  /** Scheme, host and port: what a key is bound to. */
  readonly origin: string;
  /** Origin and path prefix, without `/v1` and without a slash at the end. */
  readonly baseUrl: string;
  /** Host and port, for people. */
  readonly place: string;
  readonly isSecure: boolean;
  /** Whether the server is on this computer. */
  readonly isLoopback: boolean;
}

const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * The server a setting or `OPEN_SANDBOX_DOMAIN` names: with or without scheme (then http, as the SDKs do), with or
 * without `/v1` and slashes at the end. Throws `invalid-request` for what is not an address.
 */
export const parseServerAddress = (text: string): ServerAddress => {
  const trimmed = text.trim();
  const url = URL.parse(scheme.test(trimmed) ? trimmed : `http://${trimmed}`);
  if (url === null || url.host === '' || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw badAddress('is not an http or https address');
  }
  if (url.username !== '' || url.password !== '') throw badAddress('contains a user name or password');
  const prefix = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '');
  return {
    origin: url.origin,
    baseUrl: `${url.origin}${prefix}`,
    place: `${url.host}${prefix}`,
    isSecure: url.protocol === 'https:',
    isLoopback: isLoopback(url),
  };
};

// The text itself is not quoted: it may hold a password.
const badAddress = (what: string): Problem =>
  new Problem('invalid-request', `The address of the OpenSandbox server ${what}.`, {
    nextStep: 'Correct the setting sandboxForesight.openSandbox.serverUrl, for example to http://127.0.0.1:8080.',
  });
