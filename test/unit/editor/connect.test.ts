import { beforeEach, describe, expect, it, vi } from 'vitest';
import { askForSecret, connect } from '../../../src/editor/connect.ts';
import { Secrets } from '../../../src/editor/secrets.ts';

interface Box {
  readonly validateInput?: (value: string) => string | undefined;
}
const editor = vi.hoisted(() => ({
  answers: [] as (string | undefined)[],
  stored: [] as string[],
  boxes: [] as Box[],
  pick: null as number | null,
}));

vi.mock('vscode', () => ({
  window: {
    showInputBox: async (box: Box) => {
      editor.boxes.push(box);
      return editor.answers.shift();
    },
    showQuickPick: async <Row>(rows: readonly Row[]) => rows[editor.pick ?? rows.length],
    showInformationMessage: async () => undefined,
  },
  env: { remoteName: undefined },
  workspace: {
    getConfiguration: () => ({ update: async (_name: string, value: string) => void editor.stored.push(value) }),
  },
  ConfigurationTarget: { Global: 1 },
}));

const address = 'http://127.0.0.1:8080';
const key = `sandboxForesight/apiKey/${address}`;

const secretsIn = (kept: Map<string, string>): Secrets => {
  const storage = {
    get: async (name: string) => kept.get(name),
    store: async (name: string, value: string) => void kept.set(name, value),
    delete: async (name: string) => void kept.delete(name),
  };
  return new Secrets(storage as never);
};

const entered = async (kept: Map<string, string>, ...answers: (string | undefined)[]): Promise<boolean> => {
  editor.answers = answers;
  return connect(secretsIn(kept), '', (text) => text);
};

beforeEach(() => {
  editor.stored = [];
  editor.boxes = [];
});

describe('connecting to a server', () => {
  it('stores its address and its key, or that it needs none', async () => {
    const kept = new Map<string, string>();
    expect(await entered(kept, address, 'k')).toBe(true);
    expect([editor.stored, kept.get(key)]).toEqual([[address], 'k']);
    expect(await entered(kept, address, '')).toBe(true);
    expect([editor.stored.length, kept.size]).toEqual([2, 0]);
  });

  it('says what is wrong with an address while it is typed, and takes none with a password', async () => {
    const secrets = new Secrets({} as never);
    editor.answers = [undefined];
    await connect(secrets, '', (text) => {
      if (text.includes('@')) throw new Error('The address contains a password.');
      return text === 'half' ? null : text;
    });
    const [box] = editor.boxes;
    expect(box?.validateInput?.(address)).toBeUndefined();
    for (const typed of ['', ' ', 'half']) expect(box?.validateInput?.(typed)).toMatch(/^Not an address/);
    expect(box?.validateInput?.('https://me:hush@host')).toMatch(/^Leave out the user name and the password/);
  });

  it('does nothing when a question is closed', async () => {
    expect(await entered(new Map(), undefined)).toBe(false);
    expect(await entered(new Map(), address, undefined)).toBe(false);
    expect(editor.stored).toEqual([]);
  });

  it('keeps a key that is stored already when the question for it is closed, as that question says', async () => {
    const kept = new Map([[key, 'old']]);
    expect(await entered(kept, address, undefined)).toBe(true);
    expect([editor.stored, kept.get(key)]).toEqual([[address], 'old']);
  });
});

describe('setting a secret', () => {
  const asked = async (kept: Map<string, string>, pick: number | null, answer?: string): Promise<boolean> => {
    editor.pick = pick;
    editor.answers = [answer];
    return askForSecret(secretsIn(kept), address);
  };

  it('leads to a question to the server where another key was entered or one was removed, and only there', async () => {
    const kept = new Map<string, string>();
    expect(await asked(kept, 0, 'k')).toBe(true);
    expect(await asked(kept, 0)).toBe(false);
    expect(await asked(kept, null)).toBe(false);
    expect(await asked(kept, 1, 'token of the agents')).toBe(false);
    expect(kept.get(key)).toBe('k');
    expect(await asked(kept, 0, '')).toBe(true);
    expect(kept.has(key)).toBe(false);
    expect(await askForSecret(secretsIn(kept), null)).toBe(false);
  });
});
