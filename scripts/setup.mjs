// Installs when the lockfile changed since the last install. Plain Node: it runs before there is any dependency.
import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a command in the project's root with its output shown; a failure ends this process with the same code. */
export function run(command, args, options = {}) {
  const bin = `${root}node_modules/.bin`
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, ...options.env }
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: options.quiet ? 'ignore' : 'inherit', env })
  if (status !== 0) {
    if (options.allowFailure) return status ?? 1
    console.error(
      `bongsu: \`${command} ${args.join(' ')}\` ${signal ? `was ended by ${signal}` : `failed with code ${status}`}`,
    )
    process.exit(status ?? 1)
  }
  return 0
}

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 12)) {
  console.error(`bongsu: needs Node 20.12 or later, this is ${process.version}`)
  process.exit(1)
}

const lock = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex')
const stamp = `${root}node_modules/.bongsu-lock`
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.error('bongsu: installing dependencies (once for each change of the lockfile) ...')
  run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'])
  mkdirSync(`${root}node_modules`, { recursive: true })
  writeFileSync(stamp, lock)
}
