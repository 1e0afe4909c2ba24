/** The bin: picks a command and turns its outcome into the exit code. The only place that ends the process. */
import { BongsuError, messageOf } from './core/errors.ts'
import { commandOf, usage } from './commands/all.ts'
import { packageFacts } from './commands/package-facts.ts'

// Whoever reads the output may have seen enough: `bongsu query ... | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const [name = '', ...args] = process.argv.slice(2)
if (['version', '--version', '-V'].includes(name)) {
  process.stdout.write(`bongsu ${packageFacts().version}\n`)
  process.exit(0)
}
const command = commandOf(name)
if (command === undefined) {
  const asked = ['', 'help', '--help', '-h'].includes(name)
  process.stderr.write(asked ? usage() : `unknown command ${JSON.stringify(name)}\n\n${usage()}`)
  process.exit(asked ? 0 : 2)
}
try {
  const loaded = await command.load()
  process.exit(await loaded.run(args))
} catch (error) {
  const advice = error instanceof BongsuError ? `\n  ${error.advice}` : ''
  const text = error instanceof BongsuError ? `${error.code}: ${error.message}${advice}` : (error as Error).stack
  process.stderr.write(`bongsu ${name}: ${text ?? messageOf(error)}\n`)
  process.exit(1)
}
