import { DefaultReporter } from 'vitest/node'
import type { TestModule } from 'vitest/node'

/** Vitest's own report, and `N passed, N failed, N skipped` alone on the last line. A file that can't load counts as failed. */
export default class ClosingLineReporter extends DefaultReporter {
  override onTestRunEnd(...run: Parameters<DefaultReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(...run)
    const [modules, errors] = run
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) countModule(module, count)
    console.log(`${count.passed} passed, ${count.failed + count.pending} failed, ${count.skipped} skipped`)
  }
}

function countModule(module: TestModule, count: Record<'passed' | 'failed' | 'skipped' | 'pending', number>): void {
  if (module.errors().length > 0) count.failed++
  for (const test of module.children.allTests()) count[test.result().state]++
}
