import { expect, it, vi } from 'vitest';
import { EditorProcesses } from '../../../src/editor/process-owners.ts';

type Listener = (event: unknown) => void;
const editor = vi.hoisted(() => ({ started: null as Listener | null, ended: null as Listener | null }));

vi.mock('vscode', () => {
  const nothing = () => ({ dispose: () => undefined });
  const keeps = (name: keyof typeof editor) => (listener: Listener) => {
    editor[name] = listener;
    return nothing();
  };
  return {
    window: { terminals: [], onDidOpenTerminal: nothing, onDidCloseTerminal: nothing },
    tasks: { onDidStartTaskProcess: keeps('started'), onDidEndTaskProcess: keeps('ended') },
  };
});

it('knows the task of each folder by itself, also where two have the same name', () => {
  const owners = new EditorProcesses(() => undefined);
  const [one, other] = [{ task: { name: 'watch' } }, { task: { name: 'watch' } }];
  editor.started?.({ processId: 41, execution: one });
  editor.started?.({ processId: 42, execution: other });
  editor.ended?.({ execution: one });
  expect([owners.ownerOf([41]), owners.ownerOf([9, 42])]).toEqual([null, 'the task “watch”']);
});
