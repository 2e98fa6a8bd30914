import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandId, commandIds } from '../../../src/editor/command-ids.ts';
import { type CommandHandler, registerCommands } from '../../../src/editor/commands.ts';
import { lostRow, sandboxesOf, sandboxOf } from '../../../src/editor/pick-sandbox.ts';
import type { AppView, SandboxView } from '../../../src/model/view.ts';

const editor = vi.hoisted(() => ({ commands: new Map<string, (...given: unknown[]) => Promise<void>>() }));

vi.mock('vscode', () => ({
  Disposable: { from: () => ({ dispose: () => undefined }) },
  commands: {
    registerCommand: (id: string, run: (...given: unknown[]) => Promise<void>) => {
      editor.commands.set(id, run);
      return { dispose: () => undefined };
    },
  },
}));

const one = (id: string): SandboxView => ({ sandbox: { id } }) as SandboxView;
const current = one('current');
const other = one('other');
const view = { sandboxes: [current, other], currentId: 'current' } as unknown as AppView;

describe('a command of a row that the editor has just let go of', () => {
  let asked: unknown[] = [];
  beforeEach(() => {
    asked = [];
    const handler: CommandHandler = (argument) => void asked.push(argument);
    const all = Object.fromEntries(commandIds.map((id) => [id, handler])) as Record<CommandId, CommandHandler>;
    registerCommands(all, () => undefined);
  });

  it('is told apart from one that was called without a row', async () => {
    const run = editor.commands.get('sandboxForesight.delete');
    await run?.();
    await run?.(undefined, undefined);
    await run?.('other');
    expect(asked).toEqual([undefined, lostRow, 'other']);
  });

  it('is never taken for the current sandbox', () => {
    expect(sandboxOf(undefined, view)).toBe(current);
    expect(sandboxOf(lostRow, view)).toBeNull();
    expect(sandboxOf({ sandboxId: 'other' }, view)).toBe(other);
  });

  it('does not add the current sandbox to others that are selected', () => {
    expect(sandboxesOf([{ sandboxId: 'other' }, undefined], other, view)).toEqual([other]);
    expect(sandboxesOf([{ sandboxId: 'other' }, { sandboxId: 'current' }], other, view)).toEqual([other, current]);
  });
});
