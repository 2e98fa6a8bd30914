import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktopCode } from './desktop.ts';
import { root } from './harness.ts';
import { bundleSuite } from './suite-build.ts';

const here = import.meta.dirname;
let folder: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'eh-'));
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Runs the tests of a folder beside this file in the extension host; resolves to the exit code and what they said. */
async function runSuite(suite: string): Promise<{ code: number; said: string }> {
  const tests = await bundleSuite(path.join(here, suite), path.join(root, 'dist', 'test', `${suite}.cjs`));
  let said = '';
  const output = new PassThrough().on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  try {
    const code = await runTests({
      vscodeExecutablePath: desktopCode() ?? path.join(here, 'code-stand-in.mjs'),
      extensionDevelopmentPath: root,
      extensionTestsPath: tests,
      launchArgs: [folder],
      // The stand-in is a script for the Node.js this runs on.
      extensionTestsEnv: { PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}` },
      stdout: output,
      stderr: output,
    });
    return { code, said };
  } catch (error) {
    if (error instanceof TestRunFailedError && error.code !== undefined) return { code: error.code, said };
    throw error;
  }
}

describe('the extension host', () => {
  it('passes its own tests', async () => {
    const { code, said } = await runSuite('suite');
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/(\d+) of \1 passed/) });
  });

  it('reports a failing test with its exit code', async () => {
    const { code, said } = await runSuite('suite-failing');
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('0 of 1 passed') });
  });
});
