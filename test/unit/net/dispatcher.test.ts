import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ConnectionSettings, createTransport } from '../../../src/net/dispatcher.ts';
import { HttpClient } from '../../../src/net/http.ts';
import { makeSelfSigned } from '../../helpers/certificates.ts';
import { problemOf, serve, transport } from './support.ts';

const { key, certificate } = makeSelfSigned();

const get = (baseUrl: string, settings: ConnectionSettings) =>
  new HttpClient({ transport: transport(settings), baseUrl }).text('/hello?x=1');

const secureServer = async (): Promise<string> => {
  const server = createServer({ key, cert: certificate }, (_, response) => response.end('secure'));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A proxy that answers plain requests itself and opens every tunnel to `target`. */
const proxyServer = async (target = ''): Promise<{ url: string; seen: string[] }> => {
  const seen: string[] = [];
  const server = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    response.end('from the proxy');
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    if (target === '') {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream = connect(Number(new URL(target).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    onTestFinished(() => {
      upstream.destroy();
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

describe('createTransport: loading', () => {
  it('loads undici at the first call, not before', async () => {
    const loaded = () =>
      Object.keys(createRequire(import.meta.url).cache).some((file) => /[\\/]undici[\\/]/.test(file));
    const { origin } = await serve((_, response) => response.end('ok'));
    createTransport({ proxyUrl: 'http://proxy.test' });
    expect(loaded()).toBe(false);
    await get(origin, {});
    expect(loaded()).toBe(true);
  });
});

describe('createTransport: certificates', () => {
  it('accepts it when its authority is given, and with strict checking off', async () => {
    const origin = await secureServer();
    expect((await get(origin, { extraCaPem: [certificate] })).value).toBe('secure');
    expect((await get(origin, { strictTls: false })).value).toBe('secure');
  });

  it('reads the certificates of the system without failing', async () => {
    const problem = await problemOf(get(await secureServer(), { systemCertificates: true }));
    expect(problem.kind).toBe('unreachable');
  });
});

describe('createTransport: a way out that could not be made', () => {
  const failingOnce = (): ConnectionSettings => {
    const make = vi.spyOn(tls, 'createSecureContext').mockImplementationOnce(() => {
      throw new Error('error:0480006C:PEM routines::no start line');
    });
    onTestFinished(() => make.mockRestore());
    return { extraCaPem: [certificate], environment: {}, systemCertificates: false };
  };

  it('is made anew at the next call', async () => {
    const origin = await secureServer();
    const http = new HttpClient({ transport: transport(failingOnce()), baseUrl: origin });
    expect((await problemOf(http.text('/'))).message).toContain('no start line');
    expect((await http.text('/')).value).toBe('secure');
  });

  it('does not keep the transport from closing', async () => {
    const failing = createTransport(failingOnce());
    const request = { method: 'GET', headers: {}, signal: AbortSignal.timeout(5_000) };
    const call = failing.fetch(new URL('https://127.0.0.1:9'), request);
    // Closed while the call is on its way, and therefore before it has failed.
    const closed = failing.close();
    await expect(call).rejects.toThrow('no start line');
    await expect(closed).resolves.toBeUndefined();
  });
});

describe('createTransport: proxy', () => {
  it('sends plain HTTP through the proxy of the setting or the environment, with its password', async () => {
    const proxy = await proxyServer();
    const withUser = proxy.url.replace('//', '//me:pass@');
    expect((await get('http://sandbox.test', { proxyUrl: withUser })).value).toBe('from the proxy');
    expect((await get('http://sandbox.test', { environment: { http_proxy: proxy.url } })).value).toBe('from the proxy');
    expect(proxy.seen).toEqual([
      `GET http://sandbox.test/hello?x=1 Basic ${btoa('me:pass')}`,
      'GET http://sandbox.test/hello?x=1',
    ]);
  });

  it('sends HTTPS through a tunnel', async () => {
    const proxy = await proxyServer(await secureServer());
    const answer = await get('https://sandbox.test', { proxyUrl: proxy.url, strictTls: false });
    expect(answer.value).toBe('secure');
    expect(proxy.seen).toEqual(['CONNECT sandbox.test:443']);
  });

  it('goes directly to loopback whatever is set', async () => {
    const proxy = await proxyServer();
    const { origin } = await serve((_, response) => response.end('direct'));
    const environment = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    expect((await get(origin, { proxyUrl: proxy.url, environment })).value).toBe('direct');
    expect(proxy.seen).toEqual([]);
  });
});
