import { describe, expect, it } from 'vitest';
import { apiPath, apiUrl, parseBaseUrl } from '../../../src/net/address.ts';

describe('parseBaseUrl', () => {
  it('keeps a path and ends it with a slash', () => {
    expect(parseBaseUrl('http://h:1').href).toBe('http://h:1/');
    expect(parseBaseUrl('https://h/a/b?x=1#y').href).toBe('https://h/a/b/');
  });

  it('refuses what is no server address, without repeating a password', () => {
    for (const text of ['', 'h:8080', '127.0.0.1:8080', 'ftp://h', 'file:///etc']) {
      expect(() => parseBaseUrl(text)).toThrow(/The server address/);
    }
    expect(() => parseBaseUrl('http://me:hunter2@h')).toThrow(/^(?!.*hunter2).*password/);
  });
});

describe('apiUrl', () => {
  it('stays below its base', () => {
    expect(apiUrl('http://h/base/', '/v1/x').href).toBe('http://h/base/v1/x');
    expect(apiUrl('http://h/', '//evil.test/x').href).toBe('http://h/evil.test/x');
    expect(apiUrl('http://h/', 'http://evil.test/x').origin).toBe('http://h');
    expect(() => apiUrl('http://h/base/', '../x')).toThrow('left the address');
  });
});

describe('apiPath', () => {
  it('makes one segment of every value', () => {
    expect(apiPath`/v1/sandboxes/${'a/../b?c#d'}/ports/${8080}`).toBe('/v1/sandboxes/a%2F..%2Fb%3Fc%23d/ports/8080');
  });

  it('refuses values that would name another resource', () => {
    for (const value of ['', '.', '..']) expect(() => apiPath`/x/${value}`).toThrow('not a usable id');
  });
});
