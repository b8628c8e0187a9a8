import { defineConfig } from 'vitest/config'

/** What starts programs or servers on ports, or changes what a process has only one of: each file has its own process. */
const APART = [
  ...['adobe', 'local', 'start', 'walk'].map((place) => `test/${place}/**/*.test.ts`),
  'test/stack/bundles.test.ts',
  'test/stack/synth.test.ts',
  // Has a module of its own in the place of one that others import.
  'test/deliver/budget/outage.test.ts',
]

export default defineConfig({
  test: {
    // Both cores of the smallest machine this is run on.
    maxWorkers: 2,
    // On a busy machine; what hangs fails all the same.
    testTimeout: 30_000,
    setupFiles: ['test/node-version.ts', 'test/contract-setup.ts'],
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      {
        extends: true,
        // Files share processes, and what was imported once: to import it anew for each took longer than the tests.
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: APART, isolate: false },
      },
    ],
  },
})
