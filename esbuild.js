// How the extension becomes files: itself, the thread in which the history is read and written, and the page of the dashboard. scripts/bundle.mjs runs it; `npm run build -- --dev` keeps names and adds a source map.
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

/**
 * The page of the dashboard: it runs in the browser that the editor shows it in.
 * @param {{ dev?: boolean }} [mode]
 * @returns {import('esbuild').BuildOptions}
 */
exports.dashboardBundle = ({ dev = false } = {}) => ({
  absWorkingDir: __dirname,
  entryPoints: [
    { in: 'media/dashboard/main.ts', out: 'dashboard' },
    { in: 'media/dashboard/main.css', out: 'dashboard' },
  ],
  outdir: 'dist',
  bundle: true,
  platform: 'browser',
  format: 'iife',
  // The browser inside the oldest supported VS Code.
  target: 'chrome138',
  minify: !dev,
  sourcemap: dev ? 'inline' : false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
