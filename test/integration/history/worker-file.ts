import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
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
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('../../../src/history/worker.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    mainFields: ['module', 'main'],
    write: false,
  });
  const text = outputFiles[0]?.text ?? '';
  // One file for each version of the source: test processes are killed, and would each leave theirs behind.
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), 'sandbox-foresight-test');
  built = join(folder, `history-worker-${name}.cjs`);
  if (!existsSync(built)) {
    mkdirSync(folder, { recursive: true });
    const temporary = `${built}.${process.pid}`;
    writeFileSync(temporary, text);
    renameSync(temporary, built);
  }
  return built;
};
