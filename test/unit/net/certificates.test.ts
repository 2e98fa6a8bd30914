import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { type CertificateStore, trustedCertificates } from '../../../src/net/certificates.ts';
import { readSystemCertificates } from '../../../src/net/system-certificates.ts';

const store: CertificateStore = {
  rootCertificates: ['root'],
  getCACertificates: () => ['own'],
  systemCertificates: async () => ['system', 'own'],
};
const without: CertificateStore = { rootCertificates: ['root'], systemCertificates: async () => [] };

describe('trustedCertificates', () => {
  it("adds the system's and the given ones to Node's own, each once", async () => {
    expect(await trustedCertificates({ extraCaPem: ['extra', 'system'] }, store)).toEqual(['own', 'system', 'extra']);
  });

  it("is null when Node's own are all there is", async () => {
    expect(await trustedCertificates({ systemCertificates: false }, store)).toBeNull();
    expect(await trustedCertificates({}, without)).toBeNull();
  });

  it('does without a system store that is missing or cannot be read', async () => {
    expect(await trustedCertificates({ extraCaPem: ['extra'] }, without)).toEqual(['root', 'extra']);
    const broken: CertificateStore = {
      rootCertificates: ['root'],
      getCACertificates: () => {
        throw new Error('no store');
      },
      systemCertificates: () => Promise.reject(new Error('no store')),
    };
    expect(await trustedCertificates({ extraCaPem: ['extra'] }, broken)).toEqual(['root', 'extra']);
  });
});

describe('readSystemCertificates', () => {
  it.each([
    ['in a thread', undefined],
    ['also where the thread fails', 'throw new Error("no")'],
    ['also where the thread ends without a word', ''],
    ['also where the thread gives something else', "require('node:worker_threads').parentPort.postMessage({})"],
  ])('gives what Node reads, %s', async (_name, source) => {
    expect(await readSystemCertificates(source)).toEqual(tls.getCACertificates('system'));
  });
});
