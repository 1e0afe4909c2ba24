// Builds server and page when their sources changed since the last build.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './setup.mjs'
import { buildWasm } from './wasm.mjs'

const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs']

/** A hash over the names and contents of all files below `folders`, tests left out. */
function fingerprint(folders) {
  const hash = createHash('sha256')
  for (const file of SETTINGS) hash.update(readFileSync(join(root, file)))
  for (const folder of folders) {
    const names = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    const files = names
      .filter((one) => one.isFile() && !/\.test\.tsx?$/.test(one.name))
      .map((one) => join(one.parentPath, one.name))
    for (const file of files.sort()) hash.update(file.slice(root.length)).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** Runs `build` unless `output` already carries the stamp of these sources. */
function once(output, folders, label, build) {
  const stamp = join(root, output, '.bongsu-build')
  const want = fingerprint(folders)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return
  console.error(`bongsu: building the ${label} ...`)
  rmSync(join(root, output), { recursive: true, force: true })
  build()
  mkdirSync(join(root, output), { recursive: true })
  writeFileSync(stamp, want)
}

once('dist/server', ['src'], 'server', () => {
  run('tsc', ['-p', 'tsconfig.build.json'])
  copyFiles('.sql', join(root, 'src/store/schema'), join(root, 'dist/server/store/schema'))
})
buildWasm()
once('dist/wasm', ['wasm'], 'kernels', () => copyFiles('.wasm', join(root, 'wasm'), join(root, 'dist/wasm')))
once('dist/ui', ['ui', 'src/api/bongsu', 'src/core', 'src/model', 'src/query/promql/syntax'], 'page', () =>
  run('vite', ['build', '--config', 'ui/vite.config.ts', '--logLevel', 'warn']),
)

function copyFiles(ending, from, to) {
  if (!existsSync(from)) return
  mkdirSync(to, { recursive: true })
  for (const file of readdirSync(from).filter((name) => name.endsWith(ending)))
    writeFileSync(join(to, file), readFileSync(join(from, file)))
}
