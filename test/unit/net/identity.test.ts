import { X509Certificate } from 'node:crypto';
import tls, { type PeerCertificate } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkIdentity } from '../../../src/net/identity.ts';
import { makeSelfSigned } from '../../helpers/certificates.ts';

const certificateFor = (...names: readonly string[]): PeerCertificate =>
  new X509Certificate(makeSelfSigned({ names }).certificate).toLegacyObject();

describe('checkIdentity', () => {
  it.each(['box.example', '127.0.0.1', '::1', '[::1]', '0:0:0:0:0:0:0:1'])('accepts %s', (host) => {
    expect(checkIdentity(host, certificateFor('box.example', '127.0.0.1', '::1'))).toBeUndefined();
  });

  it.each(['other.example', 'box.example.org', '127.0.0.2', '::2', '[::2]', '::ffff:127.0.0.1', ''])(
    'refuses %j',
    (host) => {
      expect(checkIdentity(host, certificateFor('box.example', '127.0.0.1', '::1'))).toMatchObject({
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
    },
  );

  it('knows IPv6 addresses also where Node takes them for names', () => {
    const nodes = vi.spyOn(tls, 'checkServerIdentity').mockReturnValue(new Error('no such name'));
    onTestFinished(() => nodes.mockRestore());
    const certificate = certificateFor('2001:db8:0:0:0:0:0:7');
    expect(checkIdentity('2001:db8::7', certificate)).toBeUndefined();
    expect(checkIdentity('2001:db8::8', certificate)).toBeInstanceOf(Error);
    expect(checkIdentity('127.0.0.1', certificate)).toBeInstanceOf(Error);
  });
});
