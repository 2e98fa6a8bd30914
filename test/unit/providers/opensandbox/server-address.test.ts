import { describe, expect, it } from 'vitest';
import { isProblem } from '../../../../src/model/problem.ts';
import { parseServerAddress } from '../../../../src/providers/opensandbox/server-address.ts';

describe('parseServerAddress', () => {
  it.each([
    ['localhost:8080', 'http://localhost:8080', 'http://localhost:8080'],
    ['127.0.0.1', 'http://127.0.0.1', 'http://127.0.0.1'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['https://sandboxes.example/v1', 'https://sandboxes.example', 'https://sandboxes.example'],
    ['https://sandboxes.example/v1/', 'https://sandboxes.example', 'https://sandboxes.example'],
    ['  sandboxes.example/v1//  ', 'http://sandboxes.example', 'http://sandboxes.example'],
    ['https://example.org/open/sandbox/v1', 'https://example.org', 'https://example.org/open/sandbox'],
    ['HTTPS://Example.org:443/x?y=1#z', 'https://example.org', 'https://example.org/x'],
    ['http://[::1]:8080', 'http://[::1]:8080', 'http://[::1]:8080'],
    ['[::1]:8080', 'http://[::1]:8080', 'http://[::1]:8080'],
    ['https://[2001:DB8::0:7]/opensandbox/', 'https://[2001:db8::7]', 'https://[2001:db8::7]/opensandbox'],
    ['https://Sandboxes.EXAMPLE./open', 'https://sandboxes.example.', 'https://sandboxes.example./open'],
    ['bücher.example:8080', 'http://xn--bcher-kva.example:8080', 'http://xn--bcher-kva.example:8080'],
  ])('%s', (text, origin, baseUrl) => {
    expect(parseServerAddress(text)).toMatchObject({ origin, baseUrl });
  });

  it('knows what is secure and what is here', () => {
    expect(parseServerAddress('https://localhost')).toMatchObject({ isSecure: true, isLoopback: true });
    expect(parseServerAddress('http://0.0.0.0:8080')).toMatchObject({ isLoopback: true });
    expect(parseServerAddress('sandboxes.example:80')).toMatchObject({
      isSecure: false,
      isLoopback: false,
      place: 'sandboxes.example',
    });
  });

  it.each([
    '',
    ' ',
    'ftp://x',
    'http://',
    'http://a b',
    'file:///etc/passwd',
    'https://me:hush@host',
    'hush@host:8080',
    '::1',
    '::1:8080',
    'host:99999',
  ])('refuses %j without quoting it, and names the setting', (text) => {
    try {
      parseServerAddress(text);
      expect.unreachable();
    } catch (error) {
      if (!isProblem(error, 'invalid-request')) throw error;
      expect(error.nextStep).toContain('sandboxForesight.openSandbox.serverUrl');
      expect(error.message).not.toContain('hush');
    }
  });
});
