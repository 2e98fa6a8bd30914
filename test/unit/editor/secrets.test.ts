import { describe, expect, it } from 'vitest';
import { Secrets } from '../../../src/editor/secrets.ts';

/** A SecretStorage that several windows share. */
class SharedStorage {
  readonly kept = new Map<string, string>();
  readonly #listeners = new Set<(event: { readonly key: string }) => void>();
  /** Thrown by every question when set. */
  problem: Error | null = null;

  async get(key: string): Promise<string | undefined> {
    if (this.problem !== null) throw this.problem;
    return this.kept.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    this.kept.set(key, value);
    this.#tell(key);
  }

  async delete(key: string): Promise<void> {
    this.kept.delete(key);
    this.#tell(key);
  }

  onDidChange(listener: (event: { readonly key: string }) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  #tell(key: string): void {
    for (const listener of this.#listeners) listener({ key });
  }
}

const windowOn = (storage: SharedStorage): Secrets => new Secrets(storage as never);
const origin = 'http://127.0.0.1:8080';

describe('the secrets', () => {
  it('tell which of them was stored or removed, and nothing of what else is kept there', async () => {
    const storage = new SharedStorage();
    const told: string[] = [];
    const listening = windowOn(storage).onChanged(
      () => origin,
      (name) => told.push(name),
    );
    const secrets = windowOn(storage);
    await secrets.set('apiKey', origin, 'k');
    await secrets.set('executionToken', origin, 't');
    await secrets.set('apiKey', origin, '');
    await secrets.markOf('k');
    await storage.store('another extension/apiKey/x', 'y');
    expect(told).toEqual(['apiKey', 'executionToken', 'apiKey']);
    listening.dispose();
    await secrets.set('apiKey', origin, 'k');
    expect(told).toHaveLength(3);
  });

  it('tell nothing of other servers, whichever is watched by then', async () => {
    const storage = new SharedStorage();
    const told: string[] = [];
    let present: string | null = origin;
    windowOn(storage).onChanged(
      () => present,
      (name) => told.push(`${name} of ${present}`),
    );
    const there = windowOn(storage);
    const other = 'https://other.example';
    // One that begins with the present one is another one too.
    for (const each of [other, `${origin}0`]) await there.set('apiKey', each, 'k');
    await there.set('executionToken', other, 't');
    expect(told).toEqual([]);
    present = other;
    await there.set('apiKey', other, 'new');
    await there.set('apiKey', origin, 'new');
    present = null;
    await there.set('apiKey', origin, '');
    expect(told).toEqual([`apiKey of ${other}`]);
  });

  it('are known again by a mark, in every window, and only by who has the storage', async () => {
    const storage = new SharedStorage();
    const secrets = windowOn(storage);
    const [first, again, other] = await Promise.all(['one', 'one', 'two'].map((secret) => secrets.markOf(secret)));
    expect(first).toMatch(/^[0-9a-f]{8}$/);
    expect([again, await windowOn(storage).markOf('one')]).toEqual([first, first]);
    expect(other).not.toBe(first);
    expect(await windowOn(new SharedStorage()).markOf('one')).not.toBe(first);
  });

  it('have marks again when the storage could not be read for a while', async () => {
    const storage = new SharedStorage();
    const secrets = windowOn(storage);
    storage.problem = new Error('locked');
    await expect(secrets.markOf('one')).rejects.toThrow('locked');
    storage.problem = null;
    expect(await secrets.markOf('one')).toBe(await windowOn(storage).markOf('one'));
  });
});
