/** Bundles tests for the extension host. */
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles every `*.suite.ts` of `folder` with the runner into one CommonJS file that exports `run()`.
 * @returns outfile
 */
export async function bundleSuite(folder: string, outfile: string): Promise<string> {
  const suites = fs.readdirSync(folder).filter((file) => file.endsWith('.suite.ts'));
  const runner = path.join(import.meta.dirname, 'suite', 'runner.ts');
  const lines = suites.sort().map((file) => `import ${JSON.stringify(`./${file}`)};`);
  lines.push(`export { run } from ${JSON.stringify(runner)};`);
  await build({
    stdin: { contents: lines.join('\n'), resolveDir: folder, sourcefile: 'suites.ts', loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
