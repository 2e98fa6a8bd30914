import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createSecureServer as createSecureHttp2 } from 'node:http2';
import { createServer } from 'node:https';
import { createServer as createPlain, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Problem } from '../../../src/model/problem.ts';
import type { ConnectionSettings } from '../../../src/net/dispatcher.ts';
import { HttpClient } from '../../../src/net/http.ts';
import { openWebSocket } from '../../../src/net/websocket.ts';
import { type KeyAndCertificate, makeAuthority, makeSelfSigned } from '../../helpers/certificates.ts';
import { listen, loopbackAddresses, placeOf } from '../../helpers/fronts.ts';
import { problemOf, serve, transport } from './support.ts';

const authority = makeAuthority();
const trusting: ConnectionSettings = { extraCaPem: [authority.certificate] };

const portOf = async (server: Server, host?: string): Promise<number> => {
  const { port, close } = await listen(server, host);
  onTestFinished(close);
  return port;
};
const secure = ({ key, certificate }: KeyAndCertificate, host?: string): Promise<number> =>
  portOf(
    createServer({ key, cert: certificate }, (_, response) => response.end('secure')),
    host,
  );
const read = (baseUrl: string, settings: ConnectionSettings) =>
  new HttpClient({ transport: transport(settings), baseUrl }).text('/x');

/** What is said of a call and of a WebSocket to the same place, which must be the same. */
const refusal = async (url: string, settings: ConnectionSettings): Promise<Problem> => {
  const problem = await problemOf(read(url, settings));
  const ofSocket = await problemOf(openWebSocket({ transport: transport(settings), url }));
  const reason = (text: string): string => text.replace(/ \((?:GET|WebSocket) .*$/, '');
  expect([ofSocket.kind, reason(ofSocket.message), ofSocket.nextStep]).toEqual([
    problem.kind,
    reason(problem.message),
    problem.nextStep,
  ]);
  return problem;
};

describe('HTTPS with a certificate that is trusted', () => {
  it.each(loopbackAddresses)('works at %s', async (host) => {
    const port = await secure(authority.issue(), host);
    expect((await read(`https://${placeOf(host, port)}`, trusting)).value).toBe('secure');
  });

  it('works by name, in whatever letters', async () => {
    expect((await read(`https://LocalHost:${await secure(authority.issue())}`, trusting)).value).toBe('secure');
  });

  it('works with a server that would rather speak HTTP/2', async () => {
    const { key, certificate } = authority.issue();
    const server = createSecureHttp2({ key, cert: certificate, allowHTTP1: true });
    server.on('request', (request, response) => response.end(request.httpVersion));
    expect((await read(`https://127.0.0.1:${await portOf(server)}`, trusting)).value).toBe('1.1');
  });

  it('needs no setting of ours: what the system or the environment trusts is trusted', {
    timeout: 30_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'foresight-tls-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'authority.pem');
    await writeFile(file, authority.certificate);
    const url = `https://localhost:${await secure(authority.issue())}`;
    const program = fileURLToPath(new URL('./https-client.ts', import.meta.url));
    const run = async (environment: Record<string, string>, systemCertificates: boolean): Promise<unknown> => {
      const env = { PATH: process.env['PATH'] ?? '', ...environment };
      const args = [program, url, String(systemCertificates)];
      return JSON.parse((await promisify(execFile)(process.execPath, args, { env })).stdout);
    };
    // Where Node looks for the system's certificates on Linux; on the others the test's authority can not be put there.
    if (process.platform === 'linux') {
      expect(await run({ SSL_CERT_FILE: file, SSL_CERT_DIR: folder }, true)).toEqual({ value: 'secure' });
      expect(await run({ SSL_CERT_FILE: file, SSL_CERT_DIR: folder }, false)).toMatchObject({ kind: 'unreachable' });
    }
    expect(await run({ NODE_EXTRA_CA_CERTS: file }, false)).toEqual({ value: 'secure' });
    expect(await run({}, true)).toMatchObject({ kind: 'unreachable' });
  });
});

describe('HTTPS with a certificate that is not trusted', () => {
  const day = (text: string): Date => new Date(`${text}T00:00:00Z`);
  const past = { notBefore: day('2020-01-01'), notAfter: day('2021-01-01') };
  const future = { notBefore: day('2120-01-01'), notAfter: day('2121-01-01') };

  it.each([
    ['signed by itself', () => makeSelfSigned(), /^Its certificate is signed by itself/, /Add its self-signed certif/],
    [
      'of a stranger',
      () => makeAuthority('Stranger').issue(),
      /authority that is not trusted here/,
      /Add the authority/,
    ],
    ['of one made anew', () => makeAuthority().issue(), /authority that is not trusted here/, /Add the authority/],
    ['expired', () => authority.issue(past), /^Its certificate has expired/, /expired certificate renewed/],
    ['of the future', () => authority.issue(future), /is not valid yet/, /Check the clock of this computer/],
    [
      'of others',
      () => authority.issue({ names: ['box.example', '10.0.0.7'] }),
      /for box.example, 10.0.0.7 only/,
      /name/,
    ],
    [
      'with an odd name',
      () => authority.issue({ names: ['<b>[x](y)'] }),
      /^Its certificate is for another name/,
      /name/,
    ],
  ])('%s: says so, and what to do about it', async (_, make, message, nextStep) => {
    const problem = await refusal(`https://127.0.0.1:${await secure(make())}`, trusting);
    expect(problem.kind).toBe('unreachable');
    expect(problem.message).toMatch(message);
    expect(problem.nextStep).toMatch(nextStep);
    expect(problem.nextStep).not.toMatch(/strict|http\./i);
  });

  it('is not asked again at once', async () => {
    let handshakes = 0;
    const { key, certificate } = makeSelfSigned();
    const server = createServer({ key, cert: certificate });
    server.on('connection', () => {
      handshakes += 1;
    });
    await problemOf(read(`https://127.0.0.1:${await portOf(server)}`, trusting));
    expect(handshakes).toBe(1);
  });
});

describe('the wrong protocol', () => {
  it('HTTPS to an HTTP port', async () => {
    const { origin } = await serve((_, response) => response.end());
    const problem = await refusal(origin.replace('http:', 'https:'), trusting);
    expect(problem).toMatchObject({
      kind: 'unexpected-answer',
      message: expect.stringMatching(/^It does not speak HTTPS/),
    });
    expect(problem.nextStep).toBe('Use http:// instead of https:// in the server address.');
  });

  it('HTTP to an HTTPS port that answers with an alert', async () => {
    const server = createPlain((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])));
    });
    const problem = await refusal(`http://127.0.0.1:${await portOf(server)}`, {});
    expect(problem).toMatchObject({ kind: 'unexpected-answer', message: expect.stringContaining('not speak HTTP') });
    expect(problem.nextStep).toContain('http:// or https://');
  });

  it('HTTP to an HTTPS port that just cuts', async () => {
    const problem = await refusal(`http://127.0.0.1:${await secure(authority.issue())}`, {});
    expect(problem).toMatchObject({ kind: 'reset', message: expect.stringMatching(/^The connection was cut/) });
  });

  it('HTTP/1.1 to a server that speaks HTTP/2 only', async () => {
    const { key, certificate } = authority.issue();
    const url = `https://127.0.0.1:${await portOf(createSecureHttp2({ key, cert: certificate }))}`;
    const problem = await refusal(url, trusting);
    expect(problem).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/^It speaks only HTTP\/2/) });
  });
});
