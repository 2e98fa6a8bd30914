import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { develop, type Editor, launchBrowser, newPage, openFolder, startEditor, vsixFile } from '../editor/harness.ts';
import { type Few, few } from './measure.ts';

/**
 * Activation of the packaged extension in a real extension host, by the marks that the host itself sets for its report of
 * extension start-up. They are whole milliseconds.
 */
export interface ActivationBench {
  /** Version of the editor. */
  readonly vscode: string;
  /** Reading and evaluating the bundle. */
  readonly loadMs: Few;
  /** The call of `activate()`. */
  readonly activateMs: Few;
}

const hosts = 3;
const patienceMs = 45_000;
/** For all hosts together. */
const limitMs = 120_000;
const reader = dirname(fileURLToPath(import.meta.resolve('./activation-reader/main.cjs')));

const timesSchema = z.object({
  willLoadMs: z.number(),
  didLoadMs: z.number(),
  willActivateMs: z.number(),
  didActivateMs: z.number(),
  version: z.string(),
});
type Times = z.infer<typeof timesSchema>;

/** One page is one fresh extension host. */
async function activateOnce(
  editor: Editor,
  browser: Awaited<ReturnType<typeof launchBrowser>>,
  file: string,
): Promise<Times> {
  rmSync(file, { force: true });
  const page = await newPage(browser);
  try {
    await develop(page, editor, { extension: reader });
    await openFolder(page, editor, editor.dir);
    const deadlineMs = Date.now() + patienceMs;
    while (!existsSync(file)) {
      if (Date.now() > deadlineMs) throw new Error(`the extension was not active after ${patienceMs / 1000} s`);
      await delay(100);
    }
    return timesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } finally {
    await page.close();
  }
}

/** Installs the VSIX into a code-server and starts it in several hosts, one after the other. @throws when it does not activate */
export async function benchActivation(): Promise<ActivationBench> {
  const folder = mkdtempSync(join(tmpdir(), 'activation-'));
  const file = join(folder, 'times.json');
  try {
    const editor = await startEditor({ vsix: [vsixFile], env: { FORESIGHT_ACTIVATION_FILE: file } });
    try {
      const browser = await launchBrowser();
      // Whatever waits for the browser then fails.
      const timer = setTimeout(() => void browser.close(), limitMs);
      try {
        const all: Times[] = [];
        for (let i = 0; i < hosts; i++) all.push(await activateOnce(editor, browser, file));
        return {
          vscode: all[0]?.version ?? 'unknown',
          loadMs: few(all.map((times) => times.didLoadMs - times.willLoadMs)),
          activateMs: few(all.map((times) => times.didActivateMs - times.willActivateMs)),
        };
      } finally {
        clearTimeout(timer);
        await browser.close();
      }
    } finally {
      await editor.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
