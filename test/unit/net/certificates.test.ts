import { describe, expect, it } from 'vitest';
import { trustedCertificates } from '../../../src/net/certificates.ts';

const store = {
  rootCertificates: ['root'],
  getCACertificates: (type: 'default' | 'system') => (type === 'system' ? ['system', 'own'] : ['own']),
};

describe('trustedCertificates', () => {
  it("adds the system's and the given ones to Node's own, each once", () => {
    expect(trustedCertificates({ extraCaPem: ['extra', 'system'] }, store)).toEqual(['own', 'system', 'extra']);
  });

  it("is null when Node's own are all there is", () => {
    expect(trustedCertificates({ systemCertificates: false }, store)).toBeNull();
    expect(trustedCertificates({}, { rootCertificates: ['root'] })).toBeNull();
  });

  it('does without a system store that is missing or cannot be read', () => {
    expect(trustedCertificates({ extraCaPem: ['extra'] }, { rootCertificates: ['root'] })).toEqual(['root', 'extra']);
    const broken = {
      rootCertificates: ['root'],
      getCACertificates: () => {
        throw new Error('no store');
      },
    };
    expect(trustedCertificates({ extraCaPem: ['extra'] }, broken)).toEqual(['root', 'extra']);
  });
});
