import { defineConfig } from 'vitest/config'

// Unit tests share one process (isolate: false): it is 20 times faster, and holds because nothing has global state.
const kernels = { globalSetup: './scripts/wasm.mjs' }
const unit = { ...kernels, isolate: false, pool: 'threads' as const }
// What opens a store or a socket runs in a process of its own, one file at a time: chDB allows one store a process.
const heavy = { ...kernels, pool: 'forks' as const, fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    reporters: ['./test/support/reporter.ts'],
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'ui/src/**/*.test.ts', 'test/*.test.ts'], ...unit } },
      { test: { name: 'store', include: ['test/store/**/*.test.ts'], ...heavy } },
      { test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], ...heavy } },
      { test: { name: 'acceptance', include: ['test/acceptance/**/*.test.ts'], ...heavy } },
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], ...heavy } },
    ],
  },
})
