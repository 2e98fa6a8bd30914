import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

let built: string | null = null;

/**
 * The worker as one file, as it is shipped. Node.js could run the source as it stands, but it takes the types out with WebAssembly, whose
 * compiled code threads share, and threads that come and go as fast as in tests make V8 crash over that now and then.
 */
export const workerFile = (): string => {
  if (built !== null) return built;
  const folder = mkdtempSync(join(tmpdir(), 'history-worker-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  built = join(folder, 'history-worker.cjs');
  buildSync({
    entryPoints: [fileURLToPath(new URL('../../../src/history/worker.ts', import.meta.url))],
    outfile: built,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    mainFields: ['module', 'main'],
  });
  return built;
};
