import { createServer } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { ConnectionSettings } from '../../../src/net/dispatcher.ts';
import { HttpClient } from '../../../src/net/http.ts';
import { wasThroughProxy } from '../../../src/net/proxy-failure.ts';
import { openWebSocket } from '../../../src/net/websocket.ts';
import { makeAuthority } from '../../helpers/certificates.ts';
import {
  type Listening,
  listen,
  type ProxyRule,
  startProxy,
  startSocksProxy,
  type TestProxy,
} from '../../helpers/fronts.ts';
import { nowhere, problemOf, serve, transport } from './support.ts';

const authority = makeAuthority();
const named = authority.issue({ names: ['sandbox.test'] });
const trusting: ConnectionSettings = { extraCaPem: [authority.certificate] };

const kept = <T extends Listening>(listening: T): T => {
  onTestFinished(() => listening.close());
  return listening;
};
const proxy = async (rule: ProxyRule): Promise<TestProxy> => kept(await startProxy(rule));
/** A server for `sandbox.test`, which nothing but a proxy can find. */
const server = async (): Promise<number> => {
  const made = createServer({ key: named.key, cert: named.certificate }, (_, response) => response.end('secure'));
  const sockets = new WebSocketServer({ server: made });
  sockets.on('connection', (socket) => socket.close(1000));
  return kept(await listen(made)).port;
};
const read = async (url: string, settings: ConnectionSettings): Promise<string> =>
  (await new HttpClient({ transport: transport({ ...trusting, ...settings }), baseUrl: url }).text('/x')).value;
const targets = ['https://sandbox.test', 'http://sandbox.test'];

describe('a way through a proxy', () => {
  it('works for HTTPS and for WebSockets, with the password of the address or the header of the setting', async () => {
    const through = await proxy({ to: await server(), password: 'me:p@ss' });
    const proxyUrl = through.url.replace('//', '//me:p%40ss@');
    expect(await read('https://sandbox.test', { proxyUrl })).toBe('secure');
    const withHeader = { proxyUrl: through.url, proxyAuthorization: `Basic ${btoa('me:p@ss')}` };
    expect(await read('https://sandbox.test', withHeader)).toBe('secure');
    const socket = await openWebSocket({
      transport: transport({ ...trusting, proxyUrl }),
      url: 'https://sandbox.test/pty',
    });
    expect((await socket.ended).code).toBe(1000);
    expect(through.seen).toEqual(Array.from({ length: 3 }, () => 'CONNECT sandbox.test:443'));
  });

  it('gives the password to the proxy and never to the server', async () => {
    const { origin, requests } = await serve((_, response) => response.end('plain'));
    const port = Number(new URL(origin).port);
    const through = await proxy({ to: port, password: 'me:hush' });
    const way = transport({ proxyUrl: through.url.replace('//', '//me:hush@') });
    await problemOf(openWebSocket({ transport: way, url: 'http://sandbox.test/pty' }));
    expect(through.authorizations).toHaveLength(1);
    expect(requests.map(({ headers }) => headers['proxy-authorization'])).toEqual([undefined]);
  });

  it('works through a SOCKS5 proxy', async () => {
    const socks = kept(await startSocksProxy(await server()));
    const proxyUrl = `socks5://127.0.0.1:${socks.port}`;
    expect(await read('https://sandbox.test', { proxyUrl })).toBe('secure');
    const untrusting = await problemOf(read('https://sandbox.test', { proxyUrl, extraCaPem: [] }));
    expect(untrusting.message).toMatch(/authority that is not trusted here/);
    const misnamed = await problemOf(read('https://other.test', { proxyUrl }));
    expect(misnamed.message).toMatch(/^Its certificate is for sandbox\.test only/);
    const { origin } = await serve((_, response) => response.end('plain'));
    const plain = kept(await startSocksProxy(Number(new URL(origin).port)));
    expect(await read('http://sandbox.test', { proxyUrl: `socks5://127.0.0.1:${plain.port}` })).toBe('plain');
  });
});

describe('a proxy that does not let through', () => {
  it.each(targets)('names the proxy that wants a password (%s)', async (url) => {
    const { url: proxyUrl } = await proxy({ to: await server(), password: 'me:right' });
    const problem = await problemOf(read(url, { proxyUrl: proxyUrl.replace('//', '//me:wrong@') }));
    const place = new URL(proxyUrl).host;
    expect(problem).toMatchObject({ kind: 'unreachable' });
    expect(problem.message).toMatch(new RegExp(`^The proxy ${place} wants a user name and a password \\(GET `));
    expect(problem.nextStep).toContain('http.proxy');
    expect(`${problem.message} ${problem.nextStep}`).not.toContain('wrong');
  });

  it.each([
    [403, /does not let this connection through \(it answered 403\)/, /http\.noProxy/],
    [503, /could not reach it \(it answered 503\)/, /check the server address/],
  ])('tells what it answered (%d)', async (refuse, message, nextStep) => {
    const { url: proxyUrl } = await proxy({ refuse });
    const problem = await problemOf(read('https://sandbox.test', { proxyUrl }));
    expect(problem.message).toMatch(message);
    expect(problem.nextStep).toMatch(nextStep);
    const ofSocket = openWebSocket({ transport: transport({ proxyUrl }), url: 'http://sandbox.test' });
    expect((await problemOf(ofSocket)).message).toMatch(message);
  });

  it('names one that cuts', async () => {
    const { url: proxyUrl } = await proxy('cut');
    const problem = await problemOf(read('https://sandbox.test', { proxyUrl }));
    expect(problem.message).toMatch(/^The proxy 127\.0\.0\.1:\d+ cut the connection/);
  });

  it.each([
    [5, /^The proxy .* could not reach it \(GET/],
    [2, /^The proxy .* does not let this connection through \(GET/],
  ])('tells the answer %d of a SOCKS5 proxy', async (reply, message) => {
    const socks = kept(await startSocksProxy(0, reply));
    const proxyUrl = `socks5://127.0.0.1:${socks.port}`;
    expect((await problemOf(read('http://sandbox.test', { proxyUrl }))).message).toMatch(message);
  });
});

describe('a proxy that is not there', () => {
  it.each(targets)('is named in the place of the server, without its password (%s)', async (url) => {
    const gone = await nowhere();
    const proxyUrl = gone.replace('//', '//me:hush@');
    const problem = await problemOf(read(url, { proxyUrl }));
    expect(problem.kind).toBe('unreachable');
    expect(problem.message).toContain(`The proxy ${new URL(gone).host} cannot be reached: nothing listens there`);
    expect(problem.nextStep).toMatch(/^Check the address of the proxy/);
    expect(`${problem.message} ${problem.nextStep} ${problem.cause}`).not.toContain('hush');
    expect(wasThroughProxy(problem)).toBe(true);
  });

  it('is told from a server that is not there', async () => {
    const problem = await problemOf(read(await nowhere(), { proxyUrl: await nowhere() }));
    expect(problem.message).toMatch(/^Nothing listens there/);
    expect(wasThroughProxy(problem)).toBe(false);
  });

  it('may be what a certificate fails at, where the proxy itself is reached by HTTPS', async () => {
    const problem = await problemOf(
      read('https://sandbox.test', { proxyUrl: `https://127.0.0.1:${await server()}`, extraCaPem: [] }),
    );
    expect(problem.message).toMatch(/not trusted here \(the server, or the proxy 127\.0\.0\.1:\d+\)/);
  });
});
