import { isIP } from 'node:net';

/** The host of `url` as it is compared: small letters, without brackets and without a dot at the end. */
export const hostOf = (url: URL): string =>
  url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();

/**
 * Whether `url` points at this computer itself: the names and addresses of loopback, the unspecified address, which systems
 * connect to themselves, and both written as IPv6 with an IPv4 address in it. `URL` has brought other spellings of an address
 * (`127.1`, `0x7f.1`, `[0:0:0:0:0:0:0:1]`) to these forms.
 */
export const isLoopback = (url: URL): boolean => {
  const host = hostOf(url);
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1' || host === '::') return true;
  if (isIP(host) === 4) return host.startsWith('127.') || host === '0.0.0.0';
  return isIP(host) === 6 && (/^::ffff:7f[0-9a-f]{2}:/.test(host) || host === '::ffff:0:0');
};
