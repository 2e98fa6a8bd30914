import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A private key and the certificate for it, both PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** What a certificate of a server says; everything has a default. */
export interface WantedCertificate {
  /** Names and addresses it is for. Default `localhost`, 127.0.0.1 and ::1. */
  readonly names?: readonly string[];
  /** Default: yesterday. */
  readonly notBefore?: Date;
  /** Default: tomorrow. */
  readonly notAfter?: Date;
}

/** An authority that vouches for servers, made anew for every test run: nothing of it is ever stored. */
export interface Authority extends KeyAndCertificate {
  issue(wanted?: WantedCertificate): KeyAndCertificate;
}

const dayMs = 24 * 60 * 60_000;

// DER, ITU-T X.690: a tag, a length, and then the value.
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const value = Buffer.concat(parts);
  const size: number[] = [];
  for (let rest = value.length; rest > 0; rest >>= 8) size.unshift(rest & 0xff);
  const length = value.length < 0x80 ? [value.length] : [0x80 | size.length, ...size];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const octets = (...parts: readonly Uint8Array[]): Buffer => der(0x04, ...parts);
const bits = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes);
const yes = der(0x01, Buffer.from([0xff]));
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const time = (date: Date): Buffer =>
  der(0x18, Buffer.from(date.toISOString().replace(/[-:T]/g, '').replace(/\.\d+/, '')));

const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));
const commonName = (name: string): Buffer =>
  sequence(der(0x31, sequence(objectId('550403'), der(0x0c, Buffer.from(name)))));

/** An IPv6 address here is written in full or is `::1`. */
const addressBytes = (address: string): Buffer => {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const full = address === '::1' ? '0:0:0:0:0:0:0:1' : address;
  return Buffer.from(full.split(':').flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16)]));
};

const alternativeNames = (names: readonly string[]): Buffer => {
  const each = names.map((name) => (isIP(name) === 0 ? der(0x82, Buffer.from(name)) : der(0x87, addressBytes(name))));
  return sequence(objectId('551d11'), octets(sequence(...each)));
};
const isAuthority = sequence(objectId('551d13'), yes, octets(sequence(yes)));

interface ToSign {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Uint8Array[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** An X.509 certificate of version 3 (RFC 5280). */
const certify = ({ subject, issuer, publicKey, signer, extensions, notBefore, notAfter }: ToSign): string => {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(15)),
    ecdsaWithSha256,
    commonName(issuer),
    sequence(time(notBefore), time(notAfter)),
    commonName(subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(...extensions)),
  );
  const whole = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, signer)));
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
};

const newKey = (): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pemOf = (key: KeyObject): string => String(key.export({ format: 'pem', type: 'pkcs8' }));
const filled = ({ names, notBefore, notAfter }: WantedCertificate): Required<WantedCertificate> => ({
  names: names ?? ['localhost', '127.0.0.1', '::1'],
  notBefore: notBefore ?? new Date(Date.now() - dayMs),
  notAfter: notAfter ?? new Date(Date.now() + dayMs),
});

/** Makes an authority nobody trusts yet. */
export const makeAuthority = (name = 'Test Authority'): Authority => {
  const own = newKey();
  const { notBefore, notAfter } = filled({});
  const certificate = certify({
    subject: name,
    issuer: name,
    publicKey: own.publicKey,
    signer: own.privateKey,
    extensions: [isAuthority],
    notBefore,
    notAfter,
  });
  const issue = (wanted: WantedCertificate = {}): KeyAndCertificate => {
    const { names, ...dates } = filled(wanted);
    const { privateKey, publicKey } = newKey();
    const extensions = [alternativeNames(names)];
    const subject = names[0] ?? '';
    const issued = certify({ subject, issuer: name, publicKey, signer: own.privateKey, extensions, ...dates });
    return { key: pemOf(privateKey), certificate: issued };
  };
  return { key: pemOf(own.privateKey), certificate, issue };
};

/** A certificate that a server has signed for itself, as many do on a fresh machine. */
export const makeSelfSigned = (wanted: WantedCertificate = {}): KeyAndCertificate => {
  const { names, ...dates } = filled(wanted);
  const { privateKey, publicKey } = newKey();
  const subject = names[0] ?? '';
  const extensions = [alternativeNames(names), isAuthority];
  const certificate = certify({ subject, issuer: subject, publicKey, signer: privateKey, extensions, ...dates });
  return { key: pemOf(privateKey), certificate };
};
