/** The demo for a person: an editor opens on a sandbox that is about to run out of memory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { desktopCode } from '../editor/desktop.ts';
import { root, startEditor, vsixFile } from '../editor/harness.ts';
import type { SandboxServer } from '../helpers/sandbox-server.ts';
import { demoSandbox, environmentFor, startDemoServer } from './demo-sandbox.ts';

const folder = path.join(root, 'dist', 'demo');

/** Ends when the person presses Ctrl+C or closes the desktop editor. */
export async function showDemo(say: (text: string) => void): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await using server = await startDemoServer(path.join(folder, 'sandbox-server.jsonl'));
  const workspace = mkdtempSync(path.join(tmpdir(), 'sandbox-foresight-demo-'));
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const desktop = desktopCode();
  const opened = desktop ? openDesktop(desktop, server, workspace) : await openBrowserEditor(server, workspace, say);
  try {
    const over = Promise.race([ended, opened.closed]);
    say('Waiting until the extension asks for sandboxes …');
    if (!(await isAsked(server, over))) return;
    await server.createSandbox(demoSandbox);
    say('A sandbox named api-tests runs now. It leaks 1.6 MiB a second and has 256 MiB: watch the status bar.');
    say('Press Enter to start another one, Ctrl+C to end the demo.');
    const lines = createInterface({ input: process.stdin });
    lines.on('line', () => {
      server.createSandbox(demoSandbox).then(
        () => say('Another sandbox runs.'),
        (error: unknown) => say(String(error)),
      );
    });
    await over;
    lines.close();
  } finally {
    await opened.stop();
    rmSync(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @returns true once the extension has asked the server for anything, false when the demo is over before that. */
async function isAsked(server: SandboxServer, over: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  over.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  while (!isOver) {
    if ((await server.events()).some(({ event }) => event === 'request')) return true;
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 200))]);
  }
  return false;
}

interface Opened {
  /** Settles when the person closed it; never, where that can not be seen. */
  readonly closed: Promise<unknown>;
  stop(): Promise<void>;
}

async function openBrowserEditor(
  server: SandboxServer,
  workspace: string,
  say: (text: string) => void,
): Promise<Opened> {
  const editor = await startEditor({ vsix: [vsixFile], env: environmentFor(server) });
  say(`\nOpen this address in a browser:\n\n  http://${editor.authority}/?folder=${encodeURIComponent(workspace)}\n`);
  return { closed: once(editor.server, 'exit'), stop: () => editor.stop() };
}

function openDesktop(code: string, server: SandboxServer, workspace: string): Opened {
  const data = mkdtempSync(path.join(tmpdir(), 'sf-code-'));
  const child: ChildProcess = spawn(
    code,
    [
      `--user-data-dir=${data}`,
      `--extensions-dir=${path.join(data, 'extensions')}`,
      `--extensionDevelopmentPath=${root}`,
      '--skip-welcome',
      '--disable-workspace-trust',
      workspace,
    ],
    { env: { ...process.env, ...environmentFor(server) }, stdio: 'ignore' },
  );
  const closed = once(child, 'exit');
  return {
    closed,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill();
        await closed;
      }
      rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
