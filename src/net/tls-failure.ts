import type { Meaning } from './meaning.ts';

const MAX_NAMES = 3;

const refused = (text: string, nextStep: string): Meaning => ({ kind: 'unreachable', text, nextStep });

const trust = 'to the trusted certificates of this computer, then reload the window';
const untrusted = refused(
  'its certificate comes from an authority that is not trusted here',
  `Add the authority of its certificate ${trust}. If it is there already, the server must send the certificates in between.`,
);

/** Node's names for what OpenSSL finds wrong with a certificate (X509_V_ERR_*). */
const certificates: Readonly<Record<string, Meaning>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: refused(
    'its certificate is signed by itself',
    `Add its self-signed certificate ${trust}.`,
  ),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  CERT_UNTRUSTED: untrusted,
  // Its authority has the name of one that is trusted, and another key: mostly it was made anew.
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: refused(
    'its certificate has expired',
    'Have its expired certificate renewed by whoever runs the server.',
  ),
  CERT_NOT_YET_VALID: refused(
    'its certificate is not valid yet',
    'Check the clock of this computer: by it the certificate of the server is not valid yet.',
  ),
  CERT_REVOKED: refused(
    'its certificate was revoked',
    'Have its revoked certificate replaced by whoever runs the server.',
  ),
};

const plain: Meaning = {
  kind: 'unexpected-answer',
  text: 'it does not speak HTTPS',
  nextStep: 'Use http:// instead of https:// in the server address.',
};
const otherConnections: Readonly<Record<string, Meaning>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: plain,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: plain,
  ERR_SSL_HTTP_REQUEST: plain,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: refused(
    'it speaks only HTTP/2',
    'Let the server, or what stands before it, speak HTTP/1.1 too.',
  ),
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: refused(
    'it wants a certificate from this computer',
    'Use a server that asks for no client certificate: none can be sent.',
  ),
};

/** The first names a certificate is for, as far as they can be shown. */
const namesOf = (error: Error): string => {
  const certificate: unknown = 'cert' in error ? error.cert : null;
  const isObject = typeof certificate === 'object' && certificate !== null && 'subjectaltname' in certificate;
  const text = isObject && typeof certificate.subjectaltname === 'string' ? certificate.subjectaltname : '';
  const names = [...text.matchAll(/(?:^|, )(?:DNS|IP Address):([\w.*:-]{1,80})(?=,|$)/g)].map((match) => match[1]);
  return names.length > MAX_NAMES ? `${names.slice(0, MAX_NAMES).join(', ')} …` : names.join(', ');
};

const otherName = (error: Error): Meaning => {
  const names = namesOf(error);
  return names === ''
    ? refused('its certificate is for another name', 'Use the name in the address that its certificate is for.')
    : refused(
        `its certificate is for ${names} only`,
        `Use a name in the address that its certificate is for: ${names}.`,
      );
};

/** What a TLS error means, or null for another error. */
export const tlsMeaning = (code: string, error: Error): Meaning | null => {
  const known = certificates[code] ?? otherConnections[code];
  if (known !== undefined) return known;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return otherName(error);
  if (/^(?:CERT_|CRL_|UNABLE_TO_|ERROR_IN_C|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_MISMATCH$)/.test(code)) {
    return refused(
      `its certificate cannot be used (${code})`,
      'Have its certificate replaced by whoever runs the server; see the log for what is wrong with it.',
    );
  }
  return /^ERR_(?:SSL|TLS)_/.test(code)
    ? refused(
        `the secure connection failed (${code})`,
        'Have the TLS settings checked by whoever runs the server, or what stands before it.',
      )
    : null;
};
