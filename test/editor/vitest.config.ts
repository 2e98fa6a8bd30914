import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'editor',
    root: import.meta.dirname,
    include: ['**/*.ui.test.ts'],
    // A workbench is a server, an extension host and a browser: one at a time is what two cores carry.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
