import { expect, it, vi } from 'vitest';
import { HttpClient } from '../../../src/net/http.ts';
import { problemOf, transport } from './support.ts';

vi.mock('../../../src/net/system-certificates.ts', () => ({
  readSystemCertificates: () => new Promise<never>(() => undefined),
}));

it('a call does not wait longer for the certificates of the system than for its answer', async () => {
  const way = transport({ systemCertificates: true });
  const http = new HttpClient({ transport: way, baseUrl: 'https://127.0.0.1:9', timeoutMs: 20 });
  expect(await problemOf(http.done('/'))).toMatchObject({ kind: 'timeout' });
});
