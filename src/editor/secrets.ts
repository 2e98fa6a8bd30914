import type * as vscode from 'vscode';

/** What a stored secret is for. */
export type SecretName = 'apiKey' | 'executionToken';

/**
 * Secrets in the editor's SecretStorage, bound to the origin they were entered for: a key for one server
 * can never be read for another one, whatever a setting says later.
 */
export class Secrets {
  private readonly storage: vscode.SecretStorage;

  constructor(storage: vscode.SecretStorage) {
    this.storage = storage;
  }

  /** @returns the secret for exactly this origin, or null. */
  readonly get = async (name: string, origin: string): Promise<string | null> =>
    (await this.storage.get(keyOf(name, origin))) ?? null;

  /** Stores `value` for `origin`; an empty value removes it. */
  async set(name: SecretName, origin: string, value: string): Promise<void> {
    const key = keyOf(name, origin);
    if (value === '') await this.storage.delete(key);
    else await this.storage.store(key, value);
  }

  /** Calls `changed` when a secret was stored or removed, also from another window. */
  onChanged(changed: () => void): vscode.Disposable {
    return this.storage.onDidChange((event) => {
      if (event.key.startsWith(prefix)) changed();
    });
  }
}

const prefix = 'sandboxForesight/';
const keyOf = (name: string, origin: string): string => `${prefix}${name}/${origin}`;
