import * as vscode from 'vscode';
import { staying, tell } from './messages.ts';
import type { SecretName, Secrets } from './secrets.ts';
import { storeServerUrl } from './settings.ts';

/** @returns the origin of a server's address as people type it (`localhost:8080`, `https://host/v1`). Throws when it is none. */
export type OriginOf = (address: string) => string | null;

/** @returns the origin of the address, or null when it has none or is none. */
export const originOrNull = (originOf: OriginOf, address: string): string | null => {
  try {
    return originOf(address);
  } catch {
    // Half-typed addresses are expected; the input box, or the row of the server, says what is missing.
    return null;
  }
};

/**
 * Asks for the server's address and its key, and stores both. Nothing is stored when a question is closed, but for one: who closes the
 * question for a key that is stored already keeps that key.
 * @returns whether the address was stored.
 */
export async function connect(secrets: Secrets, present: string, originOf: OriginOf): Promise<boolean> {
  const address = await vscode.window.showInputBox({
    title: 'Connect to an OpenSandbox server',
    prompt: 'Address of the server, for example http://127.0.0.1:8080',
    value: present,
    ...staying,
    validateInput: (value) => {
      if (value.trim() !== '' && originOrNull(originOf, value) !== null) return undefined;
      return value.includes('@')
        ? 'Leave out the user name and the password; a key is asked for next.'
        : 'Not an address. Write it like http://127.0.0.1:8080';
    },
  });
  const origin = address === undefined ? null : originOrNull(originOf, address);
  if (address === undefined || origin === null || !(await askForKey(secrets, origin))) return false;
  await storeServerUrl(address.trim());
  return true;
}

const secretKinds: readonly { readonly name: SecretName; readonly label: string; readonly detail: string }[] = [
  { name: 'apiKey', label: 'API key of the server', detail: 'Sent to the server only, never into a sandbox.' },
  {
    name: 'executionToken',
    label: 'Access token of its sandboxes',
    detail: 'Only for sandboxes whose agent was started with EXECD_ACCESS_TOKEN.',
  },
];

/**
 * Asks which secret of the server at `origin` is meant, then for the secret.
 * @returns whether the server itself is to be asked with another key now.
 */
export async function askForSecret(secrets: Secrets, origin: string | null): Promise<boolean> {
  if (origin === null) {
    tell('There is no server yet that a key could be for. Connect to one first.');
    return false;
  }
  const picked = await vscode.window.showQuickPick(secretKinds, { title: `Secrets for ${origin}` });
  return picked !== undefined && (await askFor(secrets, picked, origin)) === 'stored' && picked.name === 'apiKey';
}

/** Asks for the API key of `origin`. Closing the question keeps the old one. @returns false when it was closed and there is none. */
const askForKey = async (secrets: Secrets, origin: string): Promise<boolean> => {
  const [apiKey] = secretKinds;
  return apiKey === undefined || (await askFor(secrets, apiKey, origin)) !== 'none';
};

/** @returns what is there now: `kept` or `none` when the question was closed. */
async function askFor(
  secrets: Secrets,
  kind: { name: SecretName; label: string },
  origin: string,
): Promise<'stored' | 'kept' | 'none'> {
  const had = (await secrets.get(kind.name, origin)) !== null;
  const remote = vscode.env.remoteName !== undefined;
  const value = await vscode.window.showInputBox({
    title: `${kind.label}: ${origin}`,
    prompt: [
      had
        ? 'One is stored. Leave this empty and press Enter to remove it, Escape to keep it.'
        : 'Leave empty if none is needed.',
      remote
        ? 'Note: this editor runs remotely; if it runs inside a sandbox, programs there may be able to read this.'
        : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
    password: true,
    ...staying,
  });
  if (value === undefined) return had ? 'kept' : 'none';
  await secrets.set(kind.name, origin, value.trim());
  return 'stored';
}
