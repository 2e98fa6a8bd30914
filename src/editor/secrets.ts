import { createHmac, randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';

const secretNames = ['apiKey', 'executionToken'] as const;

/** What a stored secret is for. */
export type SecretName = (typeof secretNames)[number];

/**
 * Secrets in the editor's SecretStorage, bound to the origin they were entered for: a key for one server
 * can never be read for another one, whatever a setting says later.
 */
export class Secrets {
  private readonly storage: vscode.SecretStorage;
  private salt: Promise<string> | null = null;

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

  /**
   * Calls `changed` when a secret of the present origin was stored or removed, also from another window. Windows share the storage: what
   * another one keeps for its own server says nothing of the one that is watched here.
   * @param present the origin that is watched at the moment of asking, or null.
   */
  onChanged(present: () => string | null, changed: (name: SecretName) => void): vscode.Disposable {
    return this.storage.onDidChange((event) => {
      const origin = present();
      const name = origin === null ? undefined : secretNames.find((each) => event.key === keyOf(each, origin));
      if (name !== undefined) changed(name);
    });
  }

  /**
   * @returns a mark by which the same secret is known again, in every window and after a restart. It may be written down: it is made with
   * a random value that is kept here only, so that nobody can try secrets against it. Throws what the storage throws.
   */
  readonly markOf = async (secret: string): Promise<string> => {
    this.salt ??= this.readSalt();
    try {
      return createHmac('sha256', await this.salt)
        .update(secret)
        .digest('hex')
        .slice(0, 8);
    } catch (error) {
      this.salt = null;
      throw error;
    }
  };

  private async readSalt(): Promise<string> {
    const kept = await this.storage.get(saltKey);
    if (kept !== undefined) return kept;
    const fresh = randomBytes(32).toString('hex');
    await this.storage.store(saltKey, fresh);
    // Another window may have stored one at the same time; what is there now is what both find later.
    return (await this.storage.get(saltKey)) ?? fresh;
  }
}

const prefix = 'sandboxForesight/';
const saltKey = `${prefix}saltOfMarks`;
const keyOf = (name: string, origin: string): string => `${prefix}${name}/${origin}`;
