import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import tls, { type PeerCertificate } from 'node:tls';

/**
 * Whether a certificate is for `host`: undefined if it is, else the error. It is Node's own check, but for IPv6 addresses: those are compared
 * by OpenSSL, because some versions of Node (22.23 is one) take them for names and match none.
 */
export const checkIdentity = (host: string, certificate: PeerCertificate): Error | undefined => {
  const address = host.replace(/^\[|\]$/g, '');
  const isMatch = isIP(address) === 6 && new X509Certificate(certificate.raw).checkIP(address) !== undefined;
  return isMatch ? undefined : tls.checkServerIdentity(host, certificate);
};
