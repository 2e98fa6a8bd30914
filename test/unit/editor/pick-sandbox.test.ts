import { beforeEach, describe, expect, it, vi } from 'vitest';
import { askForSandbox } from '../../../src/editor/pick-sandbox.ts';
import type { ServerView } from '../../../src/model/view.ts';
import { appView, sandbox, sandboxView, server } from '../../helpers/views.ts';

const editor = vi.hoisted(() => ({ said: [] as string[], buttons: [] as string[], ran: [] as string[] }));

vi.mock('vscode', () => {
  const message = async (text: string, ...buttons: string[]) => {
    editor.said.push(text);
    editor.buttons.push(...buttons);
    return buttons[0];
  };
  return {
    window: { showInformationMessage: message, showWarningMessage: message },
    commands: { executeCommand: async (id: string) => void editor.ran.push(id) },
  };
});

beforeEach(() => {
  for (const list of [editor.said, editor.buttons, editor.ran]) list.length = 0;
});

describe('where there is no sandbox to choose', () => {
  const asked = (part: Partial<ServerView>) => askForSandbox(appView([], { servers: [server(part)] }));

  it('a server that does not answer is the reason, and it can be asked again', async () => {
    const nextStep = 'Make sure that it runs.';
    await asked({ state: 'down', problem: 'unreachable', text: 'The server cannot be reached.', nextStep });
    expect(editor.said).toEqual([
      'OpenSandbox on 127.0.0.1:8080: The server cannot be reached. Make sure that it runs.',
    ]);
    expect([editor.buttons, editor.ran]).toEqual([['Try Again', 'Change Address…'], ['sandboxForesight.refresh']]);
  });

  it('a refused key is asked for', async () => {
    await asked({ state: 'down', problem: 'unauthorized', text: 'The server did not accept the key.' });
    expect([editor.buttons, editor.ran]).toEqual([['Set API Key…'], ['sandboxForesight.setApiKey']]);
  });

  it('a list that has not come yet is none that is empty', async () => {
    await asked({ state: 'connecting' });
    await asked({});
    expect(editor.said).toEqual([
      'The list of sandboxes has not come yet.',
      'There is no sandbox yet. One that is started appears by itself.',
    ]);
  });

  it('those that ended are not taken for none', async () => {
    await askForSandbox(appView([sandboxView({ sandbox: sandbox({ phase: 'terminated' }) })]));
    expect(editor.said).toEqual(['No sandbox is running. Those that ended are in the view “Sandboxes”.']);
  });

  it('without a server both ways in are offered', async () => {
    await askForSandbox(appView([], { servers: [] }));
    expect(editor.buttons).toEqual(['Connect to a Server…', 'Try the Demo']);
    expect(editor.ran).toEqual(['sandboxForesight.connect']);
  });
});
