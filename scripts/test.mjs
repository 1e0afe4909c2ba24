// `npm test`: set-up, build, types, lint, then every test. The last line is `N passed, N failed, N skipped`.
import { run } from './setup.mjs'
await import('./build.mjs')
const checks = [
  ['tsc', ['--noEmit', '-p', 'tsconfig.json']],
  ['tsc', ['--noEmit', '-p', 'ui/tsconfig.json']],
  ['oxlint', ['--type-aware', '--quiet']],
  ['oxfmt', ['--check']],
]
let failed = 0
for (const [command, args] of checks) if (run(command, args, { allowFailure: true }) !== 0) failed++
const only = process.argv.slice(2)
const tests = run('vitest', ['run', ...only], { allowFailure: true, env: { UV_THREADPOOL_SIZE: '16' } })
if (failed > 0) {
  console.error(`${failed} of ${checks.length} static checks failed (see above)`)
  console.log(`0 passed, ${failed} failed, 0 skipped`)
}
process.exit(tests !== 0 || failed > 0 ? 1 : 0)
