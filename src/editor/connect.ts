import * as vscode from 'vscode';
import { storeServerUrl } from './settings.ts';
import type { Secrets } from './secrets.ts';

/** @returns the origin of an address as people type it (`localhost:8080`, `https://host/v1`), or null when it is none. */
export function originOf(address: string): string | null {
  const text = address.trim();
  if (text === '') return null;
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.origin : null;
  } catch {
    return null;
  }
}

/** Asks for the server's address and its key, and stores both. */
export async function connect(secrets: Secrets, present: string): Promise<void> {
  const address = await vscode.window.showInputBox({
    title: 'Connect to an OpenSandbox server',
    prompt: 'Address of the server, for example http://127.0.0.1:8080',
    value: present,
    ignoreFocusOut: true,
    validateInput: (value) =>
      originOf(value) === null ? 'Not an address. Write it like http://127.0.0.1:8080' : undefined,
  });
  if (address === undefined) return;
  const origin = originOf(address);
  if (origin === null) return;
  await askForKey(secrets, origin);
  await storeServerUrl(address.trim());
}

/** Asks for the key of `origin` and stores it in the editor's secret storage. Closing the question keeps the old one. */
export async function askForKey(secrets: Secrets, origin: string): Promise<void> {
  const had = (await secrets.get('apiKey', origin)) !== undefined;
  const inside = vscode.env.remoteName !== undefined;
  const key = await vscode.window.showInputBox({
    title: `API key for ${origin}`,
    prompt: [
      had ? 'A key is stored. Leave this empty and press Enter to remove it, Escape to keep it.' : 'Leave empty if the server needs none.',
      inside ? 'Note: this editor runs remotely; if it runs inside a sandbox, programs there may be able to read the key.' : '',
    ]
      .filter(Boolean)
      .join(' '),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  await secrets.set('apiKey', origin, key.trim());
}
