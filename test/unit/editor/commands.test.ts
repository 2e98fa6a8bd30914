import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandId, commandIds } from '../../../src/editor/command-ids.ts';
import { type CommandHandler, registerCommands } from '../../../src/editor/commands.ts';
import { Problem } from '../../../src/model/problem.ts';

const editor = vi.hoisted(() => ({
  commands: new Map<string, () => Promise<void>>(),
  errors: [] as string[],
}));

vi.mock('vscode', () => ({
  Disposable: { from: () => ({ dispose: () => undefined }) },
  commands: {
    registerCommand: (id: string, run: () => Promise<void>) => {
      editor.commands.set(id, run);
    },
  },
  window: { showErrorMessage: async (text: string) => void editor.errors.push(text) },
}));

beforeEach(() => {
  editor.errors = [];
});

describe('a command that fails', () => {
  const said = async (error: unknown): Promise<string | undefined> => {
    const handler: CommandHandler = () => Promise.reject(error);
    registerCommands(
      Object.fromEntries(commandIds.map((id) => [id, handler])) as Record<CommandId, CommandHandler>,
      () => {
        // What is logged is of no interest here.
      },
    );
    await editor.commands.get('sandboxForesight.refresh')?.();
    return editor.errors.at(-1);
  };

  it('says what is wrong and what to do next', async () => {
    const problem = new Problem('unauthorized', 'The server did not accept the key.', {
      nextStep: 'Store the API key.',
    });
    expect(await said(problem)).toBe('Sandbox Foresight: The server did not accept the key. Store the API key.');
    expect(await said(new Problem('timeout', 'No answer.'))).toBe('Sandbox Foresight: No answer.');
    expect(await said(new Error('boom'))).toBe('Sandbox Foresight: boom');
  });
});
