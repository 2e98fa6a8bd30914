import * as vscode from 'vscode';
import type { Secrets } from './secrets.ts';
import { storeServerUrl } from './settings.ts';

/** @returns the origin of a server's address as people type it (`localhost:8080`, `https://host/v1`). Throws when it is none. */
export type OriginOf = (address: string) => string | null;

const originOrNull = (originOf: OriginOf, address: string): string | null => {
  try {
    return originOf(address);
  } catch {
    // Half-typed addresses are expected here; the input box says what is missing.
    return null;
  }
};

/** Asks for the server's address and its key, and stores both. */
export async function connect(secrets: Secrets, present: string, originOf: OriginOf): Promise<void> {
  const address = await vscode.window.showInputBox({
    title: 'Connect to an OpenSandbox server',
    prompt: 'Address of the server, for example http://127.0.0.1:8080',
    value: present,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.trim() === '' || originOrNull(originOf, value) === null
        ? 'Not an address. Write it like http://127.0.0.1:8080'
        : undefined,
  });
  if (address === undefined) return;
  const origin = originOrNull(originOf, address);
  if (origin === null) return;
  await askForKey(secrets, origin);
  await storeServerUrl(address.trim());
}

/** Asks for the key of `origin` and stores it in the editor's secret storage. Closing the question keeps the old one. */
export async function askForKey(secrets: Secrets, origin: string | null): Promise<void> {
  if (origin === null) {
    await vscode.window.showInformationMessage('There is no server yet that a key could be for. Connect to one first.');
    return;
  }
  const had = (await secrets.get('apiKey', origin)) !== null;
  const inside = vscode.env.remoteName !== undefined;
  const key = await vscode.window.showInputBox({
    title: `API key for ${origin}`,
    prompt: [
      had
        ? 'A key is stored. Leave this empty and press Enter to remove it, Escape to keep it.'
        : 'Leave empty if the server needs none.',
      inside
        ? 'Note: this editor runs remotely; if it runs inside a sandbox, programs there may be able to read the key.'
        : '',
    ]
      .filter(Boolean)
      .join(' '),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  await secrets.set('apiKey', origin, key.trim());
}
