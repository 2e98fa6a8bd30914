#!/usr/bin/env node
// Takes the place of the VS Code executable for @vscode/test-electron where there is no desktop VS Code: runs the same tests in
// code-server's extension host and ends with their exit code. Wants the project's own Node.js first in PATH.
import { runExtensionTests } from './harness.ts';

const args = process.argv.slice(2);
const options = (name) => args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));
const [tests] = options('extensionTestsPath');
if (tests === undefined) {
  process.stderr.write('--extensionTestsPath=… is missing\n');
  process.exit(2);
}
// The harness keeps the person's own sandboxes out of the tests; what the caller of the tests wants in comes with these names.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(OPEN_?SANDBOX|FORESIGHT)_/.test(name)),
);
try {
  process.exitCode = await runExtensionTests({
    extension: options('extensionDevelopmentPath'),
    tests,
    folder: args.find((arg) => !arg.startsWith('--')) ?? '.',
    env,
    // The workbench's console is long; what the tests say begins with this.
    log: (_kind, said) => {
      const line = said.map(String).join(' ');
      const at = line.indexOf('[suite] ');
      if (at >= 0) process.stdout.write(`${line.slice(at)}\n`);
    },
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
