import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { createRemoteFiles } from '../../../src/editor/remote-files.ts';
import { runInHiddenTerminal } from '../../../src/editor/remote-run.ts';
import { LinuxReader } from '../../../src/providers/local/linux-reader.ts';
import { recognisePlace } from '../../../src/providers/local/recognise.ts';
import { test } from './runner.ts';

/**
 * The way an extension on the person's side of a remote window takes: through the workbench and its connection to the file system of the
 * server. An extension host on the server goes the same way when it names that file system by its remote address instead of `file:`.
 */
const remote = () =>
  createRemoteFiles(vscode.Uri.from({ scheme: 'vscode-remote', authority: vscode.env.remoteName ?? '', path: '/' }));

test('files of size zero are read whole through the remote connection', async () => {
  const memory = (await remote().text('/proc/meminfo')) ?? '';
  const total = /^MemTotal:.*$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[0] ?? 'none';
  assert.ok(memory.includes(total), memory.slice(0, 200));
  assert.equal((await remote().text('/proc/meminfo', 9))?.length, 9);
  assert.deepEqual([...((await remote().bytes('/proc/meminfo', 3)) ?? [])], [...Buffer.from('Mem')]);
});

test('what is not there, or no file, is null and nothing worse', async () => {
  assert.equal(await remote().text('/no/such/file'), null);
  assert.equal(await remote().text('/proc'), null);
  assert.equal(await remote().bytes('/no/such/file', 9), null);
  assert.equal(await remote().names('/no/such/folder'), null);
  assert.ok(((await remote().names('/proc')) ?? []).includes('self'));
});

test('a whole reading comes through the remote connection', async () => {
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const reader = new LinuxReader({
    files: remote(),
    owners: { ownerOf: () => null },
    log: quiet,
    pageBytes: 4096,
    editorPids: [],
    scanEverySeconds: 60,
    countsOpenFiles: false,
  });
  await reader.read(0);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { memory, cpu } = await reader.read(1);
  assert.ok(memory !== undefined && memory.usedBytes > 0 && memory.limitBytes !== null, JSON.stringify(memory));
  assert.ok(cpu !== undefined && cpu.usedCores >= 0, JSON.stringify(cpu));
  const place = await recognisePlace({ files: remote(), environment: {}, remoteName: null });
  assert.notEqual(place.title, '');
});

test('a program in a hidden terminal gives its exit code, and its arguments arrive as they are', async () => {
  const { signal } = new AbortController();
  const script = '[ "$1" = "a b" ] && [ "$2" = "\\$(id)" ] && exit 7; exit 1';
  assert.equal(await runInHiddenTerminal(['/bin/sh', '-c', script, 'sh', 'a b', '$(id)'], signal), 7);
  const stop = new AbortController();
  const running = runInHiddenTerminal(['/bin/sh', '-c', 'sleep 60'], stop.signal);
  setTimeout(() => stop.abort(), 500);
  await running;
});
