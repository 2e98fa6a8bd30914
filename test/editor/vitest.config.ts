import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'editor',
    root: import.meta.dirname,
    // Slow ones are named *.long.ui.test.ts and belong to `npm run test:long`.
    include: process.env['FORESIGHT_LONG'] === '1' ? ['**/*.long.ui.test.ts'] : ['**/*.ui.test.ts'],
    exclude: ['**/node_modules/**', ...(process.env['FORESIGHT_LONG'] === '1' ? [] : ['**/*.long.ui.test.ts'])],
    // A workbench is a server, an extension host and a browser: one at a time is what two cores carry.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
