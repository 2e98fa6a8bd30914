// npm run test:editor [-- --oldest] [-- --long] [-- files]: the tests in a real workbench, the newest or the oldest supported one;
// --long runs the slow ones instead.
import { packageExtension } from '../bundle.mjs';
import { installChromium, installEditor } from '../editor.mjs';
import { tool } from '../steps.mjs';
import { say } from '../toolchain.mjs';

const args = process.argv.slice(2);
const oldest = args.includes('--oldest');
const long = args.includes('--long');
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
  return await tool('vitest', ['run', '--config', 'test/editor/vitest.config.ts', ...files], {
    stdout: 'inherit',
    env: {
      CHROMIUM: chromium,
      ...(oldest ? { FORESIGHT_OLDEST_EDITOR: '1' } : {}),
      ...(long ? { FORESIGHT_LONG: '1' } : {}),
    },
  });
}
