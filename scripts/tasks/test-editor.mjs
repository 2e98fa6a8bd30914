// npm run test:editor [-- --oldest] [-- --long] [-- files]: the tests in a real workbench, the newest or the oldest supported one;
// --long runs the slow ones instead. Files that fail are run once more, each failure is named, and what fails twice has failed: a workbench,
// its server and a browser on a busy machine now and then lose a click, and a run of a quarter of an hour should not be lost with it.
import fs from 'node:fs';
import path from 'node:path';
import { packageExtension } from '../bundle.mjs';
import { installChromium, installEditor } from '../editor.mjs';
import { tool } from '../steps.mjs';
import { root, say } from '../toolchain.mjs';

const args = process.argv.slice(2);
const oldest = args.includes('--oldest');
const long = args.includes('--long');
/** More files than that do not fail by bad luck. */
const mostUnlucky = 3;
const unhandledFile = path.join(root, 'dist', 'test-editor-unhandled.txt');
const resultFile = path.join(root, 'dist', 'test-editor.json');
const files = args.filter((arg) => arg !== '--oldest' && arg !== '--long');
try {
  process.exitCode = await testEditor();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function testEditor() {
  const chromium = installChromium();
  if (chromium === undefined) return 1;
  installEditor(); // for the oldest version too: the browser driver comes with it
  if (oldest) installEditor({ oldest });
  await packageExtension();
  const env = {
    CHROMIUM: chromium,
    ...(oldest ? { FORESIGHT_OLDEST_EDITOR: '1' } : {}),
    ...(long ? { FORESIGHT_LONG: '1' } : {}),
  };
  const code = await runFiles(files, env);
  const failed = code === 0 ? [] : failures();
  if (failed.length === 0 || failed.length > mostUnlucky) return code;
  say(`\nOnce more, because they failed: ${failed.map((file) => path.basename(file)).join(', ')}`);
  const again = await runFiles(failed, env);
  if (again === 0)
    say(`Unsteady, passed only at the second run: ${failed.map((file) => path.basename(file)).join(', ')}`);
  return again;
}

/** Runs these files of tests, or all of them, and keeps the result as JSON. @returns the exit code */
function runFiles(which, env) {
  fs.rmSync(resultFile, { force: true });
  fs.rmSync(unhandledFile, { force: true });
  const told = path.join(root, 'scripts', 'unhandled-errors.mjs');
  const reporters = ['--reporter=default', `--reporter=${told}`, '--reporter=json', `--outputFile.json=${resultFile}`];
  return tool('vitest', ['run', '--config', 'test/editor/vitest.config.ts', ...reporters, ...which], {
    stdout: 'inherit',
    env: { ...env, FORESIGHT_UNHANDLED_FILE: unhandledFile },
  });
}

/** The files that failed in the run that was kept; none where it was ended before it could tell, or something failed that is no test. */
function failures() {
  if (!fs.existsSync(resultFile) || fs.existsSync(unhandledFile)) return [];
  const { testResults } = JSON.parse(fs.readFileSync(resultFile, 'utf8'));
  return testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
}
