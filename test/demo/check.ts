/** The demo without a window: what the real workbench showed, as one line of JSON, and whether the warning came first. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openWorkbench, root, vsixFile } from '../editor/harness.ts';
import { openView, statusBarItem, toast, toasts } from '../editor/workbench.ts';
import { demoSandbox, environmentFor, startDemoServer } from './demo-sandbox.ts';

const folder = path.join(root, 'dist', 'demo');
const patienceMs = 240_000;

/** What `npm run demo -- --check` prints. Times are epoch milliseconds. */
export interface DemoResult {
  /** When the warning was on the screen. */
  readonly warnedAtMs: number | null;
  /** When the kernel (or the test server in its place) killed the sandbox, by the server's log. */
  readonly brokeAtMs: number | null;
  readonly leadSeconds: number | null;
  /** Status bar, notification and tree as they were when the warning was on the screen. */
  readonly statusBarText: string;
  readonly notificationText: string;
  readonly treeRows: readonly string[];
}

/** Runs the demo in headless Chromium. Screenshots and the server's log are kept in dist/demo. */
export async function checkDemo(say: (text: string) => void): Promise<DemoResult> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const logFile = path.join(folder, 'sandbox-server.jsonl');
  await using server = await startDemoServer(logFile);
  say(`Test sandbox server: ${server.url}, limits: ${server.limits}`);
  await using workbench = await openWorkbench({ vsix: [vsixFile], env: environmentFor(server) });
  const { page } = workbench;
  const shoot = (name: string): Promise<unknown> => page.screenshot({ path: path.join(folder, `${name}.png`) });
  const status = statusBarItem(page);
  await status.waitForText('no sandbox', patienceMs);
  const tree = await openView(page);
  const sandboxId = await server.createSandbox(demoSandbox);
  say(`Sandbox ${sandboxId} leaks. Waiting for the warning …`);
  await status.waitForText(/api-tests mem/, patienceMs);
  await shoot('1-live');

  const broke = server.waitForEvent('oom-kill', sandboxId, patienceMs);
  const warning = toast(page, 'api-tests', patienceMs).then((shown) => ({ shown, atMs: Date.now() }));
  const first = await Promise.race([warning, broke.then(() => null)]);
  let seen = { warnedAtMs: null as number | null, notificationText: '' };
  if (first) {
    seen = { warnedAtMs: first.atMs, notificationText: first.shown.text };
    say(`Warned: ${first.shown.text}`);
  }
  const statusBarText = (await status.read()).text;
  const rows = await tree.rows();
  await shoot('2-warning');
  say(`Tooltip: ${await status.tooltip()}`);
  await shoot('3-tooltip');
  await page.mouse.move(640, 200);

  const killed = await broke;
  say(`Killed ${new Date(killed.atMs).toISOString()}, by the log of the server.`);
  await status.waitForText('ended', patienceMs);
  await shoot('4-ended');
  const late = (await toasts(page)).map(({ text }) => text);
  say(`After the end the status bar says "${(await status.read()).text}", notifications: ${JSON.stringify(late)}`);
  if (!existsSync(logFile)) throw new Error(`The log of the test server is missing: ${logFile}`);
  return {
    warnedAtMs: seen.warnedAtMs,
    brokeAtMs: killed.atMs,
    leadSeconds: seen.warnedAtMs === null ? null : Math.round((killed.atMs - seen.warnedAtMs) / 100) / 10,
    statusBarText,
    notificationText: seen.notificationText,
    treeRows: rows.map(({ level, label, description }) => `${'  '.repeat(level - 1)}${label} ${description}`.trimEnd()),
  };
}
