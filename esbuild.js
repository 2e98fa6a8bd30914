// How the extension becomes two files: itself, and the thread in which the history is read and written. scripts/bundle.mjs runs it; `npm run build -- --dev` keeps names and adds a source map.
/**
 * @param {{ dev?: boolean }} [mode]
 * @returns {import('esbuild').BuildOptions}
 */
exports.extensionBundle = ({ dev = false } = {}) => ({
  absWorkingDir: __dirname,
  entryPoints: { extension: 'src/extension.ts', 'history-worker': 'src/history/worker.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // The Node.js inside the oldest supported VS Code.
  target: 'node22',
  external: ['vscode'],
  // Packages that have both kinds come as ES modules, from which unused parts can be left out.
  mainFields: ['module', 'main'],
  minify: !dev,
  sourcemap: dev ? 'linked' : false,
  // The licences travel in dist/third-party-notices.txt instead.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
