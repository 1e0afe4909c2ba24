// Compiles each wasm/<name>.ts to wasm/<name>.wasm (AssemblyScript) when its source changed since the last time.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'wasm')
const FLAGS = ['--runtime', 'minimal', '--enable', 'simd', '-O3', '--noAssert']

/** Builds what is out of date; throws with the compiler's words when it fails. */
export function buildWasm() {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.ts'))) compile(name.replace(/\.ts$/, ''))
}

function compile(name) {
  const output = join(folder, `${name}.wasm`)
  const stamp = join(folder, `${name}.wasm.stamp`)
  const want = fingerprint()
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return
  const asc = join(root, 'node_modules/assemblyscript/bin/asc.js')
  // Written aside and then moved, so that a process that reads meanwhile sees a whole file.
  const fresh = join(folder, `${name}.${process.pid}.wasm`)
  const { status, stderr } = spawnSync(process.execPath, [asc, join(folder, `${name}.ts`), ...FLAGS, '-o', fresh])
  if (status !== 0) throw new Error(`wasm/${name}.ts does not compile:\n${String(stderr)}`)
  renameSync(fresh, output)
  writeFileSync(stamp, want)
}

function fingerprint() {
  const hash = createHash('sha256').update(FLAGS.join())
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .toSorted()
  for (const file of [...files, '../scripts/wasm.mjs', '../node_modules/assemblyscript/package.json'])
    hash.update(file).update(readFileSync(join(folder, file)))
  return hash.digest('hex')
}

/** The same, under the name that Vitest calls before the first test. */
export const setup = buildWasm

if (process.argv[1] === fileURLToPath(import.meta.url)) buildWasm()
