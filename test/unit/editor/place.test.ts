import { describe, expect, it, vi } from 'vitest';
import { forgetChoice, placeHints, rememberedSandbox, rememberSandbox } from '../../../src/editor/place.ts';

const editor = vi.hoisted(() => ({
  workspace: { isTrusted: true, name: 'api', workspaceFolders: [] as unknown[] },
}));

vi.mock('vscode', () => ({ workspace: editor.workspace }));

const stateOf = () => {
  const values = new Map<string, unknown>();
  return {
    values,
    keys: () => [...values.keys()],
    get: (key: string) => values.get(key) as undefined,
    update: async (key: string, value: unknown) => void values.set(key, value),
  };
};

describe('the sandbox chosen for a workspace', () => {
  it('is forgotten when it is the one that is meant', async () => {
    const state = stateOf();
    await rememberSandbox(state, 'a');
    await forgetChoice(state, (id) => id === 'b');
    expect(rememberedSandbox(state)).toBe('a');
    await forgetChoice(state, (id) => id === 'a');
    expect([rememberedSandbox(state), [...state.values.values()]]).toEqual([null, [undefined]]);
  });

  it('is not remembered where the person does not trust the workspace, of which the application is told', async () => {
    const state = stateOf();
    expect(placeHints()).toMatchObject({ workspaceNames: ['api'], isTrusted: true });
    editor.workspace.isTrusted = false;
    await rememberSandbox(state, 'a');
    expect([rememberedSandbox(state), placeHints().isTrusted]).toEqual([null, false]);
  });
});
