import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { test } from './runner.ts';

const id = 'sandbox-foresight.sandbox-foresight';

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(id);
  assert.ok(found, `${id} is not there`);
  return found;
}

test('the extension activates', async () => {
  await extension().activate();
  assert.equal(extension().isActive, true);
});

test('every command of the manifest is registered', async () => {
  await extension().activate();
  const manifest = extension().packageJSON as { contributes: { commands: { command: string }[] } };
  const registered = new Set(await vscode.commands.getCommands(true));
  const missing = manifest.contributes.commands.filter(({ command }) => !registered.has(command));
  assert.deepEqual(missing, []);
});
