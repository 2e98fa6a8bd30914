import { describe, expect, it } from 'vitest';
import { directAddresses, proxyAddress } from '../../../../src/providers/opensandbox/addresses.ts';
import { parseServerAddress } from '../../../../src/providers/opensandbox/server-address.ts';

const plain = parseServerAddress('http://sandboxes.example:8080');
const secure = parseServerAddress('https://sandboxes.example');
const direct = (endpoint: string, server = plain, token: string | null = null) =>
  directAddresses({ endpoint, headers: undefined }, server, token);

describe('directAddresses', () => {
  it("tries the server's scheme first and keeps the path", () => {
    expect(direct('10.0.0.7:40093/proxy/44772').map(({ baseUrl }) => baseUrl)).toEqual([
      'http://10.0.0.7:40093/proxy/44772',
      'https://10.0.0.7:40093/proxy/44772',
    ]);
    expect(direct('id-44772.example.org', secure).map(({ baseUrl }) => baseUrl)).toEqual([
      'https://id-44772.example.org',
      'http://id-44772.example.org',
    ]);
    expect(direct('https://gate.example/id/44772/').map(({ baseUrl }) => baseUrl)).toEqual([
      'https://gate.example/id/44772',
    ]);
  });

  it('passes on the headers of the answer, and never the key', () => {
    const headers = { 'OpenSandbox-Ingress-To': 'id-44772', 'open-sandbox-api-key': 'hush' };
    for (const address of directAddresses({ endpoint: 'gate.example', headers }, plain, 'token')) {
      expect(address.headers).toEqual({ 'OpenSandbox-Ingress-To': 'id-44772', 'X-EXECD-ACCESS-TOKEN': 'token' });
      expect(address.secretHeaders).toEqual([]);
    }
  });

  it('does not send the token in the clear when the server itself is secure', () => {
    const [first, second] = direct('gate.example', secure, 'token');
    expect(first?.headers).toEqual({ 'X-EXECD-ACCESS-TOKEN': 'token' });
    expect(second?.headers).toEqual({});
  });

  it('leaves out an address on this computer when the server is elsewhere', () => {
    const here = ['127.0.0.1:40093', 'localhost:40093', '0.0.0.0:40093', '[::]:40093', '[::ffff:127.0.0.1]:40093'];
    for (const endpoint of here) {
      expect(direct(`${endpoint}/proxy/44772`, plain, 'token')).toEqual([]);
      expect(direct(endpoint, parseServerAddress('127.0.0.1:8080'))).toHaveLength(2);
    }
  });

  it('puts the brackets around an IPv6 address that the server left out', () => {
    const urls = (endpoint: string) => direct(endpoint).map(({ baseUrl }) => baseUrl)[0];
    expect(urls('fd00:10::5:44772')).toBe('http://[fd00:10::5]:44772');
    expect(urls('2001:db8:0:0:0:0:0:7:44772/proxy/1')).toBe('http://[2001:db8::7]:44772/proxy/1');
    expect(urls('[fd00::5]:44772')).toBe('http://[fd00::5]:44772');
    expect(direct('::1:44772')).toEqual([]);
  });

  it.each(['', '/', ':80', 'a b', 'user:pass@host', 'http://', 'host:port'])('has none for %j', (endpoint) => {
    expect(direct(endpoint)).toEqual([]);
  });
});

describe('proxyAddress', () => {
  it("is at the server's own origin, with the key bound to it", () => {
    const server = parseServerAddress('https://example.org/open');
    const secrets = [{ origin: server.origin, headers: { 'OPEN-SANDBOX-API-KEY': 'hush' } }];
    expect(proxyAddress(server, 'a/b', { x: 'y', 'Open-Sandbox-Api-Key': 'other' }, secrets, 'token')).toEqual({
      baseUrl: 'https://example.org/open/v1/sandboxes/a%2Fb/proxy/44772',
      headers: { x: 'y', 'X-EXECD-ACCESS-TOKEN': 'token' },
      secretHeaders: secrets,
    });
  });
});
