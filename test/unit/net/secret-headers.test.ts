import { describe, expect, it } from 'vitest';
import { originOf, requestHeaders } from '../../../src/net/secret-headers.ts';

const secrets = [{ origin: 'https://a.test:8443/v1', headers: { 'X-Key': 'k' } }];

describe('requestHeaders', () => {
  it('merges by name in any case, secrets last', () => {
    expect(
      requestHeaders('https://a.test:8443/x', [{ Accept: 'a', 'x-key': 'no' }, undefined, { accept: 'b' }], secrets),
    ).toEqual({
      accept: 'b',
      'x-key': 'k',
    });
  });

  it('refuses another host, port or scheme', () => {
    for (const url of [
      'https://b.test:8443/',
      'https://a.test/',
      'http://a.test:8443/',
      'ws://a.test:8443/',
      'https://a.test.evil:8443/',
    ]) {
      expect(() => requestHeaders(url, [], secrets)).toThrow('is not sent to');
    }
  });

  it('does not show the key in the refusal', () => {
    expect(() =>
      requestHeaders('https://b.test', [], [{ origin: 'https://a.test', headers: { key: 'hunter2' } }]),
    ).toThrow(/^(?!.*hunter2)/);
  });
});

describe('originOf', () => {
  it('compares WebSockets by their handshake', () => {
    expect(originOf('wss://a.test/x')).toBe('https://a.test');
    expect(originOf('ws://a.test:81')).toBe('http://a.test:81');
    expect(originOf('HTTP://A.test:80/')).toBe('http://a.test');
  });
});
