// The main job, for a person to see: an editor on a sandbox that is about to run out of memory. --check: headless, as one line of JSON;
// the exit code says whether the warning came before the break, by more than --lead=SECONDS (default 0).
import path from 'node:path';
import { installChromium, installEditor } from '../editor.mjs';
import { readOptions } from '../options.mjs';
import { node } from '../steps.mjs';
import { root, say } from '../toolchain.mjs';

const { values } = readOptions({ check: { type: 'boolean' }, lead: { type: 'string' } });
const checking = values.check === true;
const leadSeconds = Number(values.lead ?? 0);
if (!Number.isFinite(leadSeconds)) {
  say('Write the seconds as a number: npm run demo -- --check --lead=30');
  process.exit(2);
}

async function run() {
  if (checking) {
    const chromium = installChromium();
    if (!chromium) return 1;
    process.env.CHROMIUM = chromium;
  }
  const { desktopCode } = await import('../../test/editor/desktop.ts');
  if (checking || desktopCode() === undefined) installEditor();
  if ((await node([path.join(root, 'scripts/tasks/package.mjs')])) !== 0) return 1;
  if (!checking) {
    const { showDemo } = await import('../../test/demo/show.ts');
    await showDemo(say);
    return 0;
  }
  const { checkDemo } = await import('../../test/demo/check.ts');
  const result = await checkDemo(say);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return result.leadSeconds !== null && result.leadSeconds > leadSeconds ? 0 : 1;
}

process.exitCode = await run();
