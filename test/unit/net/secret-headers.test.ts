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

describe('a header that can not be sent', () => {
  it.each(['two\nlines', 'curly \u201cquotes\u201d', 'nul\0'])('is refused without showing its value: %j', (value) => {
    const refused = (): unknown =>
      requestHeaders('https://a.test', [], [{ origin: 'https://a.test', headers: { 'X-Key': value } }]);
    expect(refused).toThrow(
      expect.objectContaining({
        kind: 'invalid-request',
        message: 'The key stored for https://a.test holds a character that can not be sent.',
        nextStep: expect.stringContaining('again'),
      }),
    );
  });

  it('is none for what only stands around it', () => {
    const stored = [{ origin: 'https://a.test', headers: { 'X-Key': ' k\n' } }];
    expect(requestHeaders('https://a.test', [{ a: '\tb ' }], stored)).toEqual({ a: 'b', 'x-key': 'k' });
  });

  it('is refused by name when the server asked for it', () => {
    expect(() => requestHeaders('https://a.test', [{ 'bad name': 'x' }])).toThrow('"bad name"');
    expect(() => requestHeaders('https://a.test', [{ 'X-Route': 'a\r\nHost: b' }])).toThrow(
      /^The header "x-route" can not be sent\.$/,
    );
  });
});

describe('originOf', () => {
  it('compares WebSockets by their handshake', () => {
    expect(originOf('wss://a.test/x')).toBe('https://a.test');
    expect(originOf('ws://a.test:81')).toBe('http://a.test:81');
    expect(originOf('HTTP://A.test:80/')).toBe('http://a.test');
  });
});
