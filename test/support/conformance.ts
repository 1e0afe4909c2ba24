import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * The folder with the public projects' test cases: `BONGSU_CONFORMANCE_DIR`, or `shared/conformance` beside the checkout or
 * above it. Undefined when absent: suites then skip with a line that says so. Cases are read in place, never copied.
 */
export function conformanceDir(): string | undefined {
  const named = process.env['BONGSU_CONFORMANCE_DIR']
  if (named !== undefined) return existsSync(named) ? named : undefined
  let folder = resolve(import.meta.dirname, '../..')
  while (folder !== dirname(folder)) {
    folder = dirname(folder)
    const found = join(folder, 'shared/conformance')
    if (existsSync(found)) return found
  }
  return undefined
}

export interface Tally {
  readonly suite: string
  readonly passed: number
  readonly left: readonly { readonly name: string; readonly reason: string }[]
}

/** How many cases each suite leaves out today. It may only shrink: whoever solves one lowers the number here. */
const LEFT_OUT: Readonly<Record<string, number>> = {
  'HTTP client config files': 1,
  'JSON of the query API': 1,
  "Prometheus' endpoints": 6,
}

/** One line of the coverage table, printed as a suite ends. Throws when more is left out than was known. */
export function printTally({ suite, passed, left }: Tally): void {
  console.log(`conformance ${suite}: ${passed} of ${passed + left.length} passed, ${left.length} left out`)
  for (const { name, reason } of left) console.log(`  left out: ${name}: ${reason}`)
  if (left.length > (LEFT_OUT[suite] ?? 0))
    throw new Error(`${suite}: ${left.length} cases are left out, known are ${LEFT_OUT[suite] ?? 0}`)
}
