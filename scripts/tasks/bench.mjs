// npm run bench [-- --json]: what the extension costs, as a table or as one JSON object. Measures, asserts nothing.
import os from 'node:os';
import { packageExtension } from '../bundle.mjs';
import { installChromium, installEditor } from '../editor.mjs';
import { say } from '../toolchain.mjs';

const missing = [];

/** @returns what `run` measured, or null after its failure was noted. */
async function measure(name, run) {
  say(`▶ ${name} …`);
  try {
    return await run();
  } catch (error) {
    missing.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    say(missing.at(-1));
    return null;
  }
}

/** The browser driver comes with the editor. */
function useChromium() {
  const chromium = installChromium();
  if (!chromium) throw new Error('Chromium is missing; the command that installs it stands above.');
  process.env.CHROMIUM = chromium;
  installEditor();
}

async function activation() {
  useChromium();
  const { benchActivation } = await import('../../test/bench/activation.ts');
  return await benchActivation();
}

// The quiet measurements come first: the package and the browser leave a warm machine behind.
const forecast = await measure('forecaster', async () =>
  (await import('../../test/bench/forecast.ts')).benchForecast(),
);
const path = await measure('whole path', async () => (await import('../../test/bench/whole-path.ts')).benchPath());
const probe = await measure('probe', async () => {
  if (process.platform !== 'linux') throw new Error('the probe reads /proc, which only Linux has.');
  return await (await import('../../test/bench/probe.ts')).benchProbe();
});
const local = await measure('the place the editor works in', async () =>
  (await import('../../test/bench/local.ts')).benchLocal(),
);
const history = await measure('history', async () => (await import('../../test/bench/history.ts')).benchHistory());
const diagnosis = await measure('diagnosis', async () =>
  (await import('../../test/bench/diagnosis.ts')).benchDiagnosis(),
);
const fleet = await measure('fleet numbers', async () =>
  (await import('../../test/bench/fleet-stats.ts')).benchFleetStats(),
);
const bundle = await measure('bundle', async () => {
  await packageExtension();
  return await (await import('../../test/bench/bundle.ts')).benchBundle();
});
const dashboard = bundle
  ? await measure('dashboard', async () => {
      useChromium();
      return await (await import('../../test/bench/dashboard.ts')).benchDashboard();
    })
  : null;
const report = {
  atMs: Date.now(),
  machine: {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown processor',
    cpus: os.availableParallelism(),
  },
  forecast,
  path,
  probe,
  local,
  bundle,
  history,
  diagnosis,
  fleet,
  dashboard,
  activation: bundle ? await measure('activation in the extension host', activation) : null,
  missing,
};
if (!bundle) missing.push('dashboard and activation in the extension host: there is no package to install.');
const { tableOf } = await import('../../test/bench/report.ts');
process.stdout.write(`${process.argv.includes('--json') ? JSON.stringify(report) : tableOf(report)}\n`);
process.exitCode = missing.length === 0 ? 0 : 1;
