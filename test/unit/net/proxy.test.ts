import { describe, expect, it } from 'vitest';
import { type ProxySettings, proxyFor } from '../../../src/net/proxy.ts';

const proxy = (url: string, settings: ProxySettings = {}) =>
  proxyFor(new URL(url), { environment: {}, ...settings })?.href ?? null;
const setting = { proxyUrl: 'http://proxy.test:3128' };

describe('proxyFor', () => {
  it('prefers the setting, then the environment, lower case first', () => {
    const environment = { HTTP_PROXY: 'http://upper:1', http_proxy: 'http://lower:2', HTTPS_PROXY: 'http://secure:3' };
    expect(proxy('http://h.test', { environment })).toBe('http://lower:2/');
    expect(proxy('https://h.test', { environment })).toBe('http://secure:3/');
    expect(proxy('wss://h.test', { environment })).toBe('http://secure:3/');
    expect(proxy('https://h.test', { environment: { HTTP_PROXY: 'plain:4' } })).toBe('http://plain:4/');
    expect(proxy('http://h.test', { environment: { HTTPS_PROXY: 'http://secure:3' } })).toBeNull();
    expect(proxy('http://h.test', { environment, ...setting })).toBe('http://proxy.test:3128/');
    expect(proxy('http://h.test')).toBeNull();
    expect(proxy('http://h.test', { ...setting, useProxy: false })).toBeNull();
  });

  it('never sends loopback through a proxy', () => {
    const here = [
      'localhost',
      'a.localhost',
      'localhost.',
      '127.0.0.1',
      '127.9.8.7',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0.0.0.0',
      '[::]',
    ];
    for (const host of here) {
      expect(proxy(`http://${host}:8080/x`, setting)).toBeNull();
    }
    for (const host of ['127.0.0.1.evil.test', 'localhost.evil.test', '[::2]', '128.0.0.1']) {
      expect(proxy(`http://${host}/`, setting)).not.toBeNull();
    }
  });

  const exclusions: [string, string, boolean][] = [
    ['*', 'http://h.test', true],
    ['h.test', 'http://h.test', true],
    ['H.TEST', 'http://h.test.', true],
    ['h.test', 'http://a.h.test', true],
    ['.h.test', 'http://a.h.test', true],
    ['.h.test', 'http://h.test', true],
    ['*.h.test', 'http://a.h.test', true],
    ['*.h.test', 'http://h.test', false],
    ['h.test', 'http://oh.test', false],
    ['h.test:8080', 'http://h.test:8080', true],
    ['h.test:8080', 'http://h.test', false],
    ['h.test:443', 'https://h.test', true],
    ['10.0.0.0/8', 'http://10.1.2.3', true],
    ['10.0.0.0/8', 'http://11.1.2.3', false],
    ['10.0.0.0/99', 'http://10.1.2.3', false],
    ['nonsense/8', 'http://10.1.2.3', false],
    ['fd00::/8', 'http://[fd12::1]', true],
    ['[fd12::1]:81', 'http://[fd12::1]:81', true],
    ['fd12::1', 'http://[fd12::1]', true],
    ['', 'http://h.test', false],
  ];
  for (const [entry, url, direct] of exclusions) {
    it(`NO_PROXY ${entry || '(empty)'} ${direct ? 'excludes' : 'does not exclude'} ${url}`, () => {
      expect(proxy(url, { ...setting, environment: { NO_PROXY: `other.test, ${entry}` } }) === null).toBe(direct);
      expect(proxy(url, { ...setting, noProxy: ['other.test', entry] }) === null).toBe(direct);
    });
  }

  it('says what is wrong with a proxy it cannot use, without its password', () => {
    expect(() => proxy('http://h.test', { proxyUrl: 'http://' })).toThrow('not an address');
    expect(() => proxy('http://h.test', { proxyUrl: 'socks4://me:hunter2@p:1' })).toThrow(/^(?!.*hunter2).*socks4/);
    expect(proxy('http://h.test', { proxyUrl: 'socks5://p:1080' })).toBe('socks5://p:1080');
  });
});
