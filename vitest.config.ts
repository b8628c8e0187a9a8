import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Both cores of the smallest machine this is run on.
    maxWorkers: 2,
    // On a busy machine; what hangs fails all the same.
    testTimeout: 30_000,
    setupFiles: ['test/node-version.ts', 'test/contract-setup.ts'],
  },
})
