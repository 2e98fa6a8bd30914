import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readNetworkSettings } from '../../../src/editor/settings.ts';

const editor = vi.hoisted(() => ({ http: {} as Record<string, unknown> }));

vi.mock('vscode', () => ({
  workspace: { getConfiguration: () => ({ get: (name: string) => editor.http[name] }) },
}));

beforeEach(() => {
  editor.http = {};
});

describe("the editor's settings of the network", () => {
  it('are safe where nothing is set, and where something else is set than there can be', () => {
    const safe = { useProxy: true, strictTls: true, systemCertificates: true, noProxy: [] };
    expect(readNetworkSettings()).toEqual(safe);
    editor.http = { proxy: '', proxyAuthorization: null, noProxy: 'host', proxyStrictSSL: 'no', systemCertificates: 0 };
    expect(readNetworkSettings()).toEqual(safe);
  });

  it('are taken as they are', () => {
    editor.http = {
      proxy: 'http://proxy.example:3128',
      proxyAuthorization: 'Basic eA==',
      proxySupport: 'off',
      proxyStrictSSL: false,
      systemCertificates: false,
      noProxy: ['10.0.0.0/8', 7],
    };
    expect(readNetworkSettings()).toEqual({
      proxyUrl: 'http://proxy.example:3128',
      proxyAuthorization: 'Basic eA==',
      useProxy: false,
      strictTls: false,
      systemCertificates: false,
      noProxy: ['10.0.0.0/8'],
    });
  });
});
