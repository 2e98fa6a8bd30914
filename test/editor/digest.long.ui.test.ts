/** Incidents outlive the machine the extension runs on: what the editor keeps on the person's side brings them back to a new one. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../helpers/sandbox-server.ts';
import { type Editor, launchBrowser, newPage, openFolder, startEditor, vsixFile } from './harness.ts';
import { openView, screenshot } from './workbench.ts';

let server: SandboxServer;
let browser: Browser;
const editors: Editor[] = [];

/** A machine with nothing on it but the packaged extension. */
async function machine(port?: number): Promise<Editor> {
  const editor = await startEditor({
    vsix: [vsixFile],
    userSettings: { 'sandboxForesight.openSandbox.serverUrl': server.url },
    ...(port === undefined ? {} : { port }),
  });
  editors.push(editor);
  return editor;
}

const workspaceOf = (editor: Editor): string => {
  const folder = path.join(editor.dir, 'workspace');
  fs.mkdirSync(folder, { recursive: true });
  return folder;
};

beforeAll(async () => {
  server = await startSandboxServer({ apiKey: null });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  for (const editor of editors) await editor.stop();
  await server?.stop();
});

it('tells on a new machine what happened on the one before', async () => {
  await server.createSandbox({ metadata: { name: 'api-tests' }, timeout: null });
  const first = await machine();
  const page = await newPage(browser);
  await openFolder(page, first, workspaceOf(first));
  const before = await openView(page);
  const name = `lost-${randomUUID().slice(0, 4)}`;
  const entrypoint = ['sh', '-c', 'sleep 12; exit 3'];
  const id = await server.createSandbox({ metadata: { name }, timeout: null, entrypoint });
  await before.waitForRow(name, /running/);
  await before.waitForRow(name, /failed · crashed/);
  await server.api('DELETE', `/v1/sandboxes/${id}`);
  // Nothing on the page tells when the digest is written, two seconds after the last news, and saved by the editor after that.
  await page.waitForTimeout(5_000);
  await first.stop();
  expect(fs.existsSync(first.dir)).toBe(false);

  // The same address, as behind a forwarded port: the browser's profile belongs to it.
  const second = await machine(first.port);
  await openFolder(page, second, workspaceOf(second));
  const after = await openView(page);
  await after.waitForRow('api-tests', /running/);
  await after.waitForRow(name, /crashed/);
  await after.expand(name);
  expect((await after.waitForRow(/^crashed/i)).ariaLabel).toContain('exit code 3');
  await screenshot(page, 'digest-new-machine');
});
