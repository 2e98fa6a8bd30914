import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetFixes, rememberFix } from '../../../src/editor/error-fixes/remember.ts';
import { RememberedFixes } from '../../../src/editor/error-fixes/remembered-fixes.ts';
import { redactSecrets } from '../../../src/net/redact.ts';
import { sandboxView } from '../../helpers/views.ts';
import { anError } from './dashboard/support.ts';

const editor = vi.hoisted(() => ({
  typed: [] as (string | undefined)[],
  asked: [] as string[],
  answer: undefined as string | undefined,
  said: [] as string[],
  rows: [] as { label: string; detail: string }[],
  /** The places of the rows that are picked; null closes the list. */
  picks: null as readonly number[] | null,
}));

vi.mock('vscode', () => ({
  window: {
    showInputBox: async () => editor.typed.shift(),
    showWarningMessage: async (text: string) => {
      editor.asked.push(text);
      return editor.answer;
    },
    showInformationMessage: async (text: string) => void editor.said.push(text),
    showQuickPick: async (rows: { label: string; detail: string }[]) => {
      editor.rows.push(...rows);
      return editor.picks?.map((at) => rows[at]);
    },
  },
}));

beforeEach(() => {
  Object.assign(editor, { typed: [], asked: [], answer: undefined, said: [], rows: [], picks: null });
});

const fixesIn = (): RememberedFixes => {
  const values = new Map<string, unknown>();
  return new RememberedFixes(
    { get: (key) => values.get(key), update: async (key, value) => void values.set(key, value) },
    redactSecrets,
  );
};

const meant = { view: sandboxView(), error: anError({ fingerprint: 'f1' }) };

describe('keeping a fix', () => {
  it('asks once more before a secret is kept with it', async () => {
    const fixes = fixesIn();
    editor.typed = ['Login', 'PGPASSWORD=hunter2 psql'];
    expect(await rememberFix(meant, fixes, 1)).toBe(false);
    expect([editor.asked, fixes.list]).toEqual([['Keep a secret in this fix?'], []]);
    editor.typed = ['Login', 'PGPASSWORD=hunter2 psql'];
    editor.answer = 'Keep It';
    expect(await rememberFix(meant, fixes, 1)).toBe(true);
    expect(fixes.list.map(({ text }) => text)).toEqual(['PGPASSWORD=hunter2 psql']);
  });

  it('asks nothing more where there is none', async () => {
    const fixes = fixesIn();
    editor.typed = ['Login', 'PGPASSWORD=$PGPASSWORD psql'];
    expect(await rememberFix(meant, fixes, 1)).toBe(true);
    expect(editor.asked).toEqual([]);
  });
});

describe('forgetting fixes of one’s own', () => {
  it('lists them, and takes back those that are picked', async () => {
    const fixes = fixesIn();
    expect(await forgetFixes(fixes)).toBe(false);
    for (const name of ['one', 'two', 'three']) await fixes.add(name, name, `make ${name}`, 1);
    expect(await forgetFixes(fixes)).toBe(false);
    editor.picks = [0, 2];
    expect(await forgetFixes(fixes)).toBe(true);
    expect(editor.rows.slice(-3).map(({ label, detail }) => [label, detail])).toEqual([
      ['three', 'make three'],
      ['two', 'make two'],
      ['one', 'make one'],
    ]);
    expect(fixes.list.map(({ name }) => name)).toEqual(['two']);
    expect(editor.said).toEqual(['You keep no fix of your own.', '2 fixes were forgotten.']);
  });
});
